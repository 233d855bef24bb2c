"""Storing a chunk of records: COPY into a temporary table, then a few set statements.

The tables are named in full and the work is done by the database: nothing here runs
once per row but the COPY itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.dispatch import Signal

from reviews.importing.records import CRITERIA, Record
from reviews.models import Import, Product, Source

# Sent inside the transaction when a chunk's reviews are stored. Who listens finds the
# replies in the table `import_row`, and may turn `unchanged` into `updated` there.
chunk_stored = Signal()

COLUMNS = {
    "row": "integer PRIMARY KEY",
    "external_id": "text",
    "reviewer_key": "text",
    "reviewer_email": "text",
    "reviewer_name": "text",
    "language": "text",
    "reviewed_on": "date",
    "title": "text",
    "overall": "text",
    "pros": "text",
    "cons": "text",
    "reasons_for_choosing": "text",
    "reasons_for_switching": "text",
    "alternatives": "text[]",
    "previous_software": "text[]",
    "overall_rating": "numeric",
    "value_for_money_rating": "numeric",
    "ease_of_use_rating": "numeric",
    "customer_support_rating": "numeric",
    "functionality_rating": "numeric",
    "rated_criteria": "text[]",
    "recommendation": "numeric",
    "industry": "text",
    "company_size": "text",
    "country": "text",
    "usage_frequency": "text",
    "usage_duration": "text",
    "invited": "boolean",
    "rewarded": "boolean",
    "verified": "boolean",
    "verification": "text",
    "source_values": "jsonb",
    "fingerprint": "bytea",
    "reply": "text",
    "reply_author": "text",
    "reply_language": "text",
    "replied_at": "timestamptz",
    "reply_updated_at": "timestamptz",
}
# The columns that a review takes over as they are.
TAKEN = [name for name in list(COLUMNS)[4:] if not name.startswith("repl")]

MAKE_TABLE = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS import_row (
    {", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())},
    review_id bigint, outcome text NOT NULL DEFAULT 'created'
);
TRUNCATE import_row;
"""
COPY = f"COPY import_row ({', '.join(COLUMNS)}) FROM STDIN"

# The first of a file's rows with one id counts; the others are repeats.
DROP_REPEATS = """
INSERT INTO reviews_importedkey (import_run_id, key, row)
SELECT %(import)s, sha256(convert_to(external_id, 'UTF8')), row FROM import_row ORDER BY row
ON CONFLICT DO NOTHING;
DELETE FROM import_row USING reviews_importedkey AS first
WHERE first.import_run_id = %(import)s AND first.row <> import_row.row
  AND first.key = sha256(convert_to(import_row.external_id, 'UTF8'));
"""
COMPARE = """
UPDATE import_row SET review_id = review.id, outcome = CASE
    WHEN review.product_id <> %(product)s THEN 'foreign'
    WHEN review.fingerprint = import_row.fingerprint THEN 'unchanged'
    ELSE 'updated' END,
    language = CASE WHEN review.fingerprint = import_row.fingerprint
    THEN review.language ELSE import_row.language END
FROM reviews_review AS review
WHERE review.source_id = %(source)s AND review.external_id = import_row.external_id;
-- Whose data was erased on request stays so, whatever the source still says.
UPDATE import_row SET review_id = review.id, outcome = 'unchanged', reply = ''
FROM reviews_review AS review
WHERE import_row.outcome = 'created' AND review.source_id = %(source)s
  AND review.external_id = erased_id(import_row.external_id);
UPDATE import_row SET review_id = nextval(pg_get_serial_sequence('reviews_review', 'id'))
WHERE outcome = 'created';
"""
TAKE_FOREIGN = "DELETE FROM import_row WHERE outcome = 'foreign' RETURNING row, external_id"
STORE_REVIEWERS = """
INSERT INTO reviews_reviewer (source_id, external_id, name, email, created_at)
SELECT DISTINCT ON (reviewer_key) %(source)s, reviewer_key, reviewer_name, reviewer_email, now()
FROM import_row WHERE reviewer_key <> '' AND outcome <> 'unchanged'
ORDER BY reviewer_key, row
ON CONFLICT (source_id, external_id) DO NOTHING;
"""
KEEP_FORMER = f"""
INSERT INTO reviews_reviewrevision
    (review_id, number, former, replaced_by_import_id, replaced_at)
SELECT review.id,
    1 + (SELECT count(*) FROM reviews_reviewrevision WHERE review_id = review.id),
    to_jsonb(former) || coalesce(original.texts, '{{}}'), %(import)s, now()
FROM import_row JOIN reviews_review AS review ON review.id = import_row.review_id
CROSS JOIN LATERAL (
    SELECT {", ".join(f"review.{name}" for name in TAKEN if name != "fingerprint")}
) AS former LEFT JOIN reviews_revieworiginal AS original ON original.review_id = review.id
WHERE import_row.outcome = 'updated';
"""
UPDATE_CHANGED = f"""
UPDATE reviews_review AS review SET updated_at = now(), reviewer_id = reviewer.id,
    {", ".join(f"{name} = import_row.{name}" for name in TAKEN)}
FROM import_row LEFT JOIN reviews_reviewer AS reviewer
    ON reviewer.source_id = %(source)s AND reviewer.external_id = import_row.reviewer_key
WHERE review.id = import_row.review_id AND import_row.outcome = 'updated';
"""
STORE_NEW = f"""
INSERT INTO reviews_review (id, product_id, source_id, imported_by_id, status, has_response,
    external_id, reviewer_id, created_at, updated_at, {", ".join(TAKEN)})
OVERRIDING SYSTEM VALUE
SELECT import_row.review_id, %(product)s, %(source)s, %(import)s, %(status)s,
    import_row.reply <> '', import_row.external_id, reviewer.id, now(), now(),
    {", ".join(f"import_row.{name}" for name in TAKEN)}
FROM import_row LEFT JOIN reviews_reviewer AS reviewer
    ON reviewer.source_id = %(source)s AND reviewer.external_id = import_row.reviewer_key
WHERE import_row.outcome = 'created' ORDER BY import_row.row;
"""
COUNT = """
SELECT outcome, language, count(*), count(*) FILTER (WHERE reply <> '')
FROM import_row GROUP BY outcome, language
"""


@dataclass
class Stored:
    """What became of a chunk's records."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    responses: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    # Rows whose review is already there under another product: row, external id.
    foreign: Sequence[tuple[int, str]] = ()


def store(*, rows: list[tuple], import_run: Import, product: Product, source: Source) -> Stored:
    """Store a chunk of rows (see `as_row`) within the caller's transaction."""
    names: dict[str, Any] = {
        "import": import_run.pk,
        "product": product.pk,
        "source": source.pk,
        "status": import_run.review_status,
    }
    with connection.cursor() as cursor:
        # Two imports of one source store their chunks one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import'), %s)", [source.pk])
        cursor.execute(MAKE_TABLE)
        with cursor.copy(COPY) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ANALYZE import_row (row, external_id, reviewer_key)")
        _run(cursor, DROP_REPEATS, names)
        duplicates = cursor.rowcount
        _run(cursor, COMPARE, names)
        cursor.execute(TAKE_FOREIGN)
        stored = Stored(duplicates=duplicates, foreign=cursor.fetchall())
        _run(cursor, STORE_REVIEWERS + KEEP_FORMER + UPDATE_CHANGED + STORE_NEW, names)
        chunk_stored.send(sender=Import, cursor=cursor, import_run=import_run)
        cursor.execute(COUNT)
        for outcome, language, count, replies in cursor.fetchall():
            setattr(stored, outcome, getattr(stored, outcome) + count)
            stored.languages[language] = stored.languages.get(language, 0) + count
            stored.responses += replies
    return stored


def _run(cursor, statements: str, names: dict[str, Any]) -> None:
    for statement in statements.strip().rstrip(";").split(";\n"):
        cursor.execute(statement, names)


def as_row(
    number: int,
    record: Record,
    *,
    external_id: str,
    language: str,
    reply_language: str,
    reply_author: str,
) -> tuple:
    """Return a record as the row of COLUMNS, its values in PostgreSQL's own text form."""
    return (
        number,
        external_id,
        # A name alone is nobody in particular: it stays on the review.
        record.reviewer_id,
        record.reviewer_email,
        record.reviewer_name,
        language,
        record.reviewed_on,
        record.title,
        record.overall,
        record.pros,
        record.cons,
        record.reasons_for_choosing,
        record.reasons_for_switching,
        array(record.alternatives),
        array(record.previous_software),
        *(record.ratings.get(name) for name in CRITERIA),
        array(record.rated_criteria),
        record.recommendation,
        record.industry,
        record.company_size,
        record.country,
        record.frequency,
        record.duration,
        record.invited,
        record.rewarded,
        record.verified,
        record.verification,
        json.dumps(record.source_values, ensure_ascii=False),
        record.fingerprint(),
        record.reply if record.reply.strip() else "",
        reply_author,
        reply_language,
        record.replied_at,
        record.reply_updated_at,
    )


def array(items: list[str]) -> str:
    """Return a list as an array literal (PostgreSQL manual, 8.15.2)."""
    if not items:
        return "{}"
    quoted = (item.replace("\\", "\\\\").replace('"', '\\"') for item in items)
    return "{" + ",".join(f'"{item}"' for item in quoted) + "}"
