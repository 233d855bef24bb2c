# Opina: `make up` runs it, `make test` tests it. README.md tells the rest.
SHELL = /bin/sh
PYTHON = .venv/bin/python
ALL = production embedded argos development
CHECKS = lint-types lint-code lint-templates lint-catalogue lint-django

.PHONY: up test bench lint $(CHECKS) lock messages screenshots clean

up:
	@config/embedded/setup.sh "production embedded"
	@exec $(PYTHON) -m config.embedded.runner

test:
	@config/embedded/setup.sh "$(ALL)"
	@tests/install-tools.sh
	@$(PYTHON) -m pytest $(ARGS)

bench:
	@config/embedded/setup.sh "$(ALL)"
	@$(PYTHON) -m tests.benchmarks

# Each check runs beside the others and shows what it prints in one piece; all run, and one
# that fails makes `lint` fail.
lint:
	@config/embedded/setup.sh "$(ALL)"
	@$(MAKE) --no-print-directory --keep-going --jobs 2 \
		$(if $(filter output-sync,$(.FEATURES)),--output-sync) $(CHECKS)

lint-types:
	DATABASE_URL=postgres:///types REDIS_URL=redis:///0 SECRET_KEY=types $(PYTHON) -m mypy

lint-code:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

lint-templates:
	$(PYTHON) -m djlint --quiet --lint templates

lint-catalogue:
	$(PYTHON) -m tests.check_catalogue

lint-django:
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py check

lock:
	@config/embedded/setup.sh "$(ALL)"
	@for set in $(ALL); do \
		$(PYTHON) -m uv pip compile --quiet --upgrade --universal --python-version 3.12 \
			--generate-hashes requirements/$$set.in -o requirements/$$set.txt || exit 1; \
	done

messages:
	@config/embedded/setup.sh "$(ALL)"
	$(PYTHON) manage.py makemessages --locale es --no-obsolete --ignore .venv --ignore tests --add-location file
	$(PYTHON) manage.py compilemessages --locale es --ignore .venv

screenshots:
	@config/embedded/setup.sh "$(ALL)"
	@tests/install-tools.sh
	@$(PYTHON) -m tests.screenshots

clean:
	@if [ -L var ]; then rm -rf "$$(readlink var)"; fi
	rm -rf var .venv .pytest_cache .ruff_cache .mypy_cache
