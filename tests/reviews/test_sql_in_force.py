"""The files of reviews/sql and responses/sql are all that is in force in the database."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from reviews.sql import LoadSQL

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
APPS = ("reviews", "responses")
FILES = sorted(file for app in APPS for file in (ROOT / app / "sql").glob("*.sql"))

FUNCTION = re.compile(r"^CREATE OR REPLACE (?:FUNCTION|AGGREGATE) (\w+)\(", re.M)
TRIGGER = re.compile(r"^CREATE OR REPLACE TRIGGER (\w+)\n[^;]*?\bON (\w+)", re.M)
CREATED = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|AGGREGATE|PROCEDURE|TRIGGER)\b")

FUNCTIONS = """
SELECT function.proname, CASE
    WHEN function.prokind = 'a' THEN to_jsonb(aggregate)::text
    ELSE pg_get_functiondef(function.oid)
  END
FROM pg_proc AS function
LEFT JOIN pg_aggregate AS aggregate ON aggregate.aggfnoid = function.oid
WHERE function.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (
    SELECT FROM pg_depend AS extension
    WHERE extension.classid = 'pg_proc'::regclass AND extension.objid = function.oid
      AND extension.deptype = 'e')
"""
TRIGGERS = """
SELECT tgname, tgrelid::regclass::text, tgenabled, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
"""


def rows(query: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return sorted(cursor.fetchall())


def loaded_files() -> list[Path]:
    """The files that migrations load, in their order."""
    loader = MigrationLoader(connection)
    plan = [key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]
    return [
        Path(apps.get_app_config(app).path, "sql", operation.file_name)
        for app, name in dict.fromkeys(plan)
        for operation in loader.graph.nodes[app, name].operations
        if isinstance(operation, LoadSQL)
    ]


def test_the_database_has_the_functions_of_the_files():
    named = sorted(name for file in FILES for name in FUNCTION.findall(file.read_text()))
    assert named == [name for name, _definition in rows(FUNCTIONS)]


def test_the_database_has_the_triggers_of_the_files():
    named = sorted(pair for file in FILES for pair in TRIGGER.findall(file.read_text()))
    assert named == [(name, table) for name, table, *_definition in rows(TRIGGERS)]


def test_loading_every_file_again_changes_nothing():
    before = rows(FUNCTIONS), rows(TRIGGERS)
    with connection.cursor() as cursor:
        for file in loaded_files():
            cursor.execute(file.read_text())
    assert (rows(FUNCTIONS), rows(TRIGGERS)) == before


def test_a_migration_loads_every_file():
    assert set(loaded_files()) == set(FILES)


def test_only_the_files_create_functions_and_triggers():
    sources = [file for app in (*APPS, "config") for file in (ROOT / app).rglob("*.py")]
    assert [file for file in sources if CREATED.search(file.read_text())] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_architecture_lists_the_file_with_its_triggers(file):
    listed = (ROOT / "docs" / "architecture.md").read_text()
    [row] = [line for line in listed.splitlines() if f"| `{file.relative_to(ROOT)}` |" in line]
    text = file.read_text()
    names = {name for pair in TRIGGER.findall(text) for name in pair}
    if not names:  # functions that statements call
        names = set(FUNCTION.findall(text))
    assert {name for name in names if f"`{name}`" not in row} == set()
