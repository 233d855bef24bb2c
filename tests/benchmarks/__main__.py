"""Run every benchmark on servers and a database of its own."""

import os

import tests.servers  # noqa: F401  starts the servers and names them in the environment


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

    import django

    django.setup()

    from django.core.management import call_command

    from tests.benchmarks import importing, near_duplicates, reading, translating

    call_command("migrate", verbosity=0)
    for benchmark in (importing, reading, translating, near_duplicates):
        print(f"\n{benchmark.__doc__.splitlines()[0]}", flush=True)
        benchmark.run()


if __name__ == "__main__":
    main()
