"""Storing a chunk of records: COPY into a temporary table, then a few set statements.

The tables are named in full and the work is done by the database: nothing here runs
once per row but the COPY itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.db import connection
from django.dispatch import Signal

from reviews.importing.records import COLUMNS, REVIEW_FIELDS, Record
from reviews.models import Import, Product, Source
from reviews.models.review import RATING_FIELDS

# Sent inside the transaction when a chunk's reviews are stored. Who listens finds the
# replies in the table `import_row`, and may turn `unchanged` into `updated` there.
chunk_stored = Signal()

# The columns of `import_row` that rows are copied into: the fields of a record, by name.
ROW_COLUMNS = {
    "row": "integer PRIMARY KEY",
    **{column.field: column.kind for column in COLUMNS},
    **dict.fromkeys(RATING_FIELDS.values(), "numeric"),
    "fingerprint": "bytea",
}
# The columns that a review takes over as they are.
REVIEW_COLUMNS = [
    *(name for name in REVIEW_FIELDS if name != "external_id"),
    *RATING_FIELDS.values(),
    "fingerprint",
]
ARRAYS = [column.field for column in COLUMNS if column.kind == "text[]"]
OBJECTS = [column.field for column in COLUMNS if column.kind == "jsonb"]
PLAIN = [column.field for column in COLUMNS if column.kind not in ("text[]", "jsonb")]

MAKE_TABLE = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS import_row (
    {", ".join(f"{name} {kind}" for name, kind in ROW_COLUMNS.items())},
    review_id bigint, outcome text NOT NULL DEFAULT 'created'
)
"""
EMPTY_TABLE = "TRUNCATE import_row"
COPY = f"COPY import_row ({', '.join(ROW_COLUMNS)}) FROM STDIN"
ANALYZE = "ANALYZE import_row (row, external_id, reviewer_key)"

# The first of a file's rows with one id counts; the others are repeats.
CLAIM_IDS = """
INSERT INTO reviews_importedkey (import_run_id, key, row)
SELECT %(import)s, sha256(convert_to(external_id, 'UTF8')), row FROM import_row ORDER BY row
ON CONFLICT DO NOTHING
"""
DELETE_REPEATS = """
DELETE FROM import_row USING reviews_importedkey AS first
WHERE first.import_run_id = %(import)s AND first.row <> import_row.row
  AND first.key = sha256(convert_to(import_row.external_id, 'UTF8'))
"""
FIND_STORED = """
UPDATE import_row SET review_id = review.id, outcome = CASE
    WHEN review.product_id <> %(product)s THEN 'foreign'
    WHEN review.fingerprint = import_row.fingerprint THEN 'unchanged'
    ELSE 'updated' END,
    language = CASE WHEN review.fingerprint = import_row.fingerprint
    THEN review.language ELSE import_row.language END
FROM reviews_review AS review
WHERE review.source_id = %(source)s AND review.external_id = import_row.external_id
"""
# Data erased on request stays erased, whatever the source still says.
FIND_ERASED = """
UPDATE import_row SET review_id = review.id, outcome = 'unchanged', reply = ''
FROM reviews_review AS review
WHERE import_row.outcome = 'created' AND review.source_id = %(source)s
  AND review.external_id = erased_id(import_row.external_id)
"""
NUMBER_NEW = """
UPDATE import_row SET review_id = nextval(pg_get_serial_sequence('reviews_review', 'id'))
WHERE outcome = 'created'
"""
TAKE_FOREIGN = "DELETE FROM import_row WHERE outcome = 'foreign' RETURNING row, external_id"
STORE_REVIEWERS = """
INSERT INTO reviews_reviewer (source_id, external_id, name, email, created_at)
SELECT DISTINCT ON (reviewer_key) %(source)s, reviewer_key, reviewer_name, reviewer_email, now()
FROM import_row WHERE reviewer_key <> '' AND outcome <> 'unchanged'
ORDER BY reviewer_key, row
ON CONFLICT (source_id, external_id) DO NOTHING
"""
KEEP_FORMER = f"""
INSERT INTO reviews_reviewrevision
    (review_id, number, former, replaced_by_import_id, replaced_at)
SELECT review.id,
    1 + (SELECT count(*) FROM reviews_reviewrevision WHERE review_id = review.id),
    to_jsonb(former) || coalesce(original.texts, '{{}}'), %(import)s, now()
FROM import_row JOIN reviews_review AS review ON review.id = import_row.review_id
CROSS JOIN LATERAL (
    SELECT {", ".join(f"review.{name}" for name in REVIEW_COLUMNS if name != "fingerprint")}
) AS former LEFT JOIN reviews_revieworiginal AS original ON original.review_id = review.id
WHERE import_row.outcome = 'updated'
"""
UPDATE_CHANGED = f"""
UPDATE reviews_review AS review SET updated_at = now(), reviewer_id = reviewer.id,
    {", ".join(f"{name} = import_row.{name}" for name in REVIEW_COLUMNS)}
FROM import_row LEFT JOIN reviews_reviewer AS reviewer
    ON reviewer.source_id = %(source)s AND reviewer.external_id = import_row.reviewer_key
WHERE review.id = import_row.review_id AND import_row.outcome = 'updated'
"""
STORE_NEW = f"""
INSERT INTO reviews_review (id, product_id, source_id, imported_by_id, status, has_response,
    external_id, reviewer_id, created_at, updated_at, {", ".join(REVIEW_COLUMNS)})
OVERRIDING SYSTEM VALUE
SELECT import_row.review_id, %(product)s, %(source)s, %(import)s, %(status)s,
    import_row.reply <> '', import_row.external_id, reviewer.id, now(), now(),
    {", ".join(f"import_row.{name}" for name in REVIEW_COLUMNS)}
FROM import_row LEFT JOIN reviews_reviewer AS reviewer
    ON reviewer.source_id = %(source)s AND reviewer.external_id = import_row.reviewer_key
WHERE import_row.outcome = 'created' ORDER BY import_row.row
"""
COUNT = """
SELECT outcome, language, count(*), count(*) FILTER (WHERE reply <> '')
FROM import_row GROUP BY outcome, language
"""
# One statement each, run in this order.
PREPARE = (MAKE_TABLE, EMPTY_TABLE)
COMPARE = (FIND_STORED, FIND_ERASED, NUMBER_NEW)
STORE = (STORE_REVIEWERS, KEEP_FORMER, UPDATE_CHANGED, STORE_NEW)


@dataclass
class Stored:
    """How many of a chunk's records were stored, and how."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    responses: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    # Rows whose review is already there under another product: row, external id.
    foreign: Sequence[tuple[int, str]] = ()


def store(
    *, rows: list[dict[str, Any]], import_run: Import, product: Product, source: Source
) -> Stored:
    """Store a chunk of rows (see `as_row`) within the caller's transaction."""
    parameters: dict[str, Any] = {
        "import": import_run.pk,
        "product": product.pk,
        "source": source.pk,
        "status": import_run.review_status,
    }
    values = itemgetter(*ROW_COLUMNS)
    with connection.cursor() as cursor:
        # Two imports of one source store their chunks one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import'), %s)", [source.pk])
        _run(cursor, PREPARE)
        with cursor.copy(COPY) as copy:
            for row in rows:
                copy.write_row(values(row))
        cursor.execute(ANALYZE)
        _run(cursor, (CLAIM_IDS, DELETE_REPEATS), parameters)
        duplicates = cursor.rowcount
        _run(cursor, COMPARE, parameters)
        cursor.execute(TAKE_FOREIGN)
        stored = Stored(duplicates=duplicates, foreign=cursor.fetchall())
        _run(cursor, STORE, parameters)
        chunk_stored.send(sender=Import, cursor=cursor, import_run=import_run)
        cursor.execute(COUNT)
        for outcome, language, count, replies in cursor.fetchall():
            setattr(stored, outcome, getattr(stored, outcome) + count)
            stored.languages[language] = stored.languages.get(language, 0) + count
            stored.responses += replies
    return stored


def _run(
    cursor: Any, statements: tuple[str, ...], parameters: dict[str, Any] | None = None
) -> None:
    for statement in statements:
        cursor.execute(statement, parameters)


def as_row(number: int, record: Record, **replaced: Any) -> dict[str, Any]:
    """Return a record as a row of ROW_COLUMNS, its values in PostgreSQL's own text form.

    `replaced` has what is stored instead of what the record says: its id, its languages.
    """
    row: dict[str, Any] = {"row": number, "fingerprint": record.fingerprint()}
    row |= {name: getattr(record, name) for name in PLAIN}
    row |= {name: array(getattr(record, name)) for name in ARRAYS}
    row |= {name: json.dumps(getattr(record, name), ensure_ascii=False) for name in OBJECTS}
    row |= {field: record.ratings.get(name) for name, field in RATING_FIELDS.items()}
    row |= replaced
    if not record.reply.strip():
        row["reply"] = ""
    return row


def array(items: list[str]) -> str:
    """Return a list as an array literal (PostgreSQL manual, 8.15.2)."""
    if not items:
        return "{}"
    quoted = (item.replace("\\", "\\\\").replace('"', '\\"') for item in items)
    return "{" + ",".join(f'"{item}"' for item in quoted) + "}"
