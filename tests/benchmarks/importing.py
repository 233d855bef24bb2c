"""Importing: the pipeline against a bare COPY of the same rows into the same table."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.db import connection

from tests.benchmarks.texts import describe, write_csv
from tests.processes import ROOT

ROWS = 100_000
ROUNDS = 3
TABLES = "reviews_review, reviews_facetcount"


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM")
        cursor.execute("CHECKPOINT")


def run_import(dump: Path) -> float:
    """Import by the command; return the seconds of the run itself."""
    done = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "import_reviews",
            str(dump),
            "--product",
            "bench",
            "--status",
            "published",
            "--json",
        ],
        cwd=ROOT,
        env={**os.environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.split('"seconds": ')[1].split("}")[0])


def columns() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = "
            "'reviews_review' AND is_generated = 'NEVER' ORDER BY ordinal_position"
        )
        return ", ".join(name for (name,) in cursor.fetchall())


def save_rows(path: Path) -> None:
    with connection.cursor() as cursor, open(path, "wb") as file:
        statement = f"COPY (SELECT {columns()} FROM reviews_review ORDER BY id) TO STDOUT"
        with cursor.copy(statement) as copy:
            for block in copy:
                file.write(block)


def bare_copy(path: Path) -> float:
    """COPY the rows back: the same table, indexes, constraints and triggers, nothing else."""
    with connection.cursor() as cursor:
        started = time.perf_counter()
        statement = f"COPY reviews_review ({columns()}) FROM STDIN"
        with open(path, "rb") as file, cursor.copy(statement) as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        return time.perf_counter() - started


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        dump, rows = Path(folder) / "bench.csv", Path(folder) / "rows.copy"
        write_csv(dump, ROWS)
        print(f"  {ROWS:,} rows, {describe(dump)}")
        ratios = []
        for _ in range(ROUNDS):
            empty()
            imported = run_import(dump)
            save_rows(rows)
            empty()
            bare = bare_copy(rows)
            ratios.append(bare / imported)
            print(f"  import {ROWS / imported:,.0f} rows/s, bare COPY {ROWS / bare:,.0f} rows/s")
        print(f"  speed of the import against the bare COPY: {statistics.median(ratios):.2f}")
        again = run_import(dump) and run_import(dump)
        print(f"  a second run, all unchanged: {ROWS / again:,.0f} rows/s")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"  memory of the importing process at its peak: {peak:,.0f} MB")
