"""Run every benchmark on servers and a database of its own."""

import os

from tests import servers


def main() -> None:
    servers.prepare(is_durable=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

    import django

    django.setup()

    from tests.benchmarks import importing, near_duplicates, reading, translating

    for benchmark in (importing, reading, translating, near_duplicates):
        print(f"\n{benchmark.__doc__.splitlines()[0]}", flush=True)
        benchmark.run()


if __name__ == "__main__":
    main()
