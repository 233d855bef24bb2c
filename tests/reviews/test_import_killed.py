"""Killed at any moment, an import is finished with nothing twice and nothing missing."""

import json
import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from config.embedded.servers import Servers
from reviews.models import Import, ImportedKey, Review
from reviews.tasks import resume_stalled_imports, run_import
from tests import processes
from tests.factories import ProductFactory
from tests.reviews.dumps import csv_of, write
from tests.reviews.importing_helpers import counts, import_reviews
from tests.servers import copy_migrated

# Six chunks: enough to be killed in the middle of.
ROWS = 12_000

pytestmark = pytest.mark.django_db(transaction=True)


def is_in_the_middle() -> bool:
    started = Import.objects.order_by("pk").last()
    return bool(started and 0 < started.read < ROWS)


def test_a_killed_command_is_finished_by_running_it_again(tmp_path):
    dump = write(tmp_path / "t.csv", csv_of(ROWS))
    with processes.program("manage.py", "import_reviews", str(dump), "--product", "p") as child:
        processes.wait_for(is_in_the_middle)
        processes.kill(child)
    cut_off = Import.objects.get()
    assert cut_off.status == "running"
    assert Review.objects.count() == cut_off.read < ROWS
    report = import_reviews(dump, product="p")
    assert counts(report) == (ROWS - cut_off.read, 0, cut_off.read, 0, 0)
    assert Review.objects.count() == ROWS
    resume_stalled_imports()
    cut_off.refresh_from_db()
    assert cut_off.status == "cancelled"


def test_a_killed_worker_is_followed_by_one_that_goes_on(tmp_path, settings):
    folder = settings.MEDIA_ROOT / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    repeats = csv_of(500).split("\n", 1)[1]
    write(folder / "killed", csv_of(ROWS) + repeats)
    started = Import.objects.create(
        file_name="t.csv", stored_as="imports/killed", product=ProductFactory(), status="queued"
    )
    run_import.delay(started.pk, "en")
    with processes.program(*processes.WORKER) as child:
        processes.wait_for(is_in_the_middle)
        processes.kill(child)
    started.refresh_from_db()
    assert started.status == "running"
    assert Review.objects.count() == started.read < ROWS
    connection.close()
    with processes.program(*processes.WORKER):
        # What beat does every 15 seconds.
        processes.wait_for(lambda: resume_stalled_imports() or is_done(started))
    assert started.created == Review.objects.count() == ROWS
    assert (started.duplicates, started.read) == (500, ROWS + 500)
    assert Review.objects.filter(has_response=True).count() == len(range(0, ROWS, 3))
    assert not ImportedKey.objects.exists()


def is_done(started: Import) -> bool:
    started.refresh_from_db()
    return started.status == "done"


def test_a_killed_database_loses_no_stored_chunk(tmp_path, reachable_folder):
    home = reachable_folder
    copy_migrated(home)
    servers = Servers(home, durable=False)  # a kill is no crash of the machine
    servers.start()
    environment = processes.environment_on(servers, home)

    def manage(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=processes.ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def database() -> int:
        return int((home / "postgres" / "postmaster.pid").read_text().split()[0])

    try:
        dump = write(tmp_path / "t.csv", csv_of(ROWS))
        command = ("manage.py", "import_reviews", str(dump), "--product", "p")
        with processes.program(*command, env=environment) as child:
            processes.wait_for(
                lambda: processes.ask(servers, "SELECT read FROM reviews_import WHERE read > 0")
            )
            os.kill(database(), signal.SIGKILL)
            assert child.wait() != 0
        servers.start()
        report = json.loads(manage("import_reviews", str(dump), "--product", "p", "--json"))
        assert report["created"] + report["unchanged"] == report["read"] == ROWS
        assert report["unchanged"] > 0
        assert processes.ask(servers, "SELECT count(*) FROM reviews_review") == ROWS
    finally:
        servers.stop()
