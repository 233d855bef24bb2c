"""How tests that commit leave the database: as the migrations left it.

Django would truncate each of the tables and make groups and permissions anew. Here the few
tables that have rows are emptied, and those that migrations fill are filled from a copy.
"""

from django.db import connection
from django.db.backends.utils import CursorWrapper

COPIES = "as_migrated"
# Triggers and foreign keys rest meanwhile: some tables refuse to give up a row. The lock
# waits for other sessions that are still writing.
FUNCTION = """
CREATE FUNCTION {copies}.put_back() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica AS $$
BEGIN
    LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE;
    {statements}
END $$
"""
EMPTY = "IF EXISTS (SELECT FROM {table}) THEN DELETE FROM {table}; END IF;"
FILL = """
IF EXISTS ((TABLE {table} EXCEPT TABLE {copy}) UNION ALL (TABLE {copy} EXCEPT TABLE {table}))
THEN DELETE FROM {table}; INSERT INTO {table} TABLE {copy}; END IF;
"""


def remember() -> None:
    """Keep a copy of what migrations have put into the tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {COPIES}")
        tables = connection.introspection.table_names(cursor)
        cursor.execute(
            FUNCTION.format(
                copies=COPIES,
                tables=", ".join(tables),
                statements="\n".join(_statement(cursor, table) for table in tables),
            )
        )


def _statement(cursor: CursorWrapper, table: str) -> str:
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
    [has_rows] = cursor.fetchone()
    if not has_rows:
        return EMPTY.format(table=table)
    copy = f"{COPIES}.{table}"
    cursor.execute(f"CREATE TABLE {copy} AS TABLE {table}")
    return FILL.format(table=table, copy=copy)


def put_back(_test_case: object = None) -> None:
    """Undo everything that was committed since `remember`."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COPIES}.put_back()")
