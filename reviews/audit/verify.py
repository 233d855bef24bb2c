"""Verifying the chain of audit entries: the hashes are recomputed, changes and gaps reported.

An entry's hash is the SHA-256 of the hash before it and of its own content, as canonical JSON
(`audit_content` in `reviews/sql/audit_chain.sql`). With the hash of a chain's last entry, which the
transparency page shows, anyone can check later that nothing before it was changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

CHECK = """
WITH entries AS (
    SELECT id, coalesce(product_id, 0) AS chain, number, hash, previous_hash,
        sha256(previous_hash || convert_to(audit_content(entry), 'UTF8')) AS right_hash,
        lag(hash, 1, ''::bytea) OVER same AS hash_before,
        lag(number, 1, 0::bigint) OVER same AS number_before
    FROM reviews_auditentry AS entry
    WHERE %(chain)s IS NULL OR coalesce(product_id, 0) = %(chain)s
    WINDOW same AS (PARTITION BY coalesce(product_id, 0) ORDER BY number)
)
SELECT chain, number, id, CASE
    WHEN hash IS DISTINCT FROM right_hash THEN 'changed'
    WHEN number IS DISTINCT FROM number_before + 1 THEN 'gap'
    ELSE 'unlinked' END AS what
FROM entries
WHERE hash IS DISTINCT FROM right_hash OR number IS DISTINCT FROM number_before + 1
   OR previous_hash IS DISTINCT FROM hash_before
ORDER BY chain, number
LIMIT %(most)s
"""
# The end of a chain, where a gap leaves no entry to show it.
ENDS = """
SELECT chain.key, chain.length, coalesce(last.number, 0),
    coalesce(last.hash = chain.head, chain.length = 0)
FROM reviews_auditchain AS chain LEFT JOIN LATERAL (
    SELECT number, hash FROM reviews_auditentry
    WHERE coalesce(product_id, 0) = chain.key ORDER BY number DESC LIMIT 1
) AS last ON true
WHERE (%(chain)s IS NULL OR chain.key = %(chain)s)
  AND (coalesce(last.number, 0) <> chain.length
       OR NOT coalesce(last.hash = chain.head, chain.length = 0))
"""
# Entries whose chain has no row in `reviews_auditchain`.
LOST = """
SELECT DISTINCT coalesce(product_id, 0) FROM reviews_auditentry
WHERE (%(chain)s IS NULL OR coalesce(product_id, 0) = %(chain)s)
  AND coalesce(product_id, 0) NOT IN (SELECT key FROM reviews_auditchain)
"""
LINES = """
SELECT number, encode(previous_hash, 'hex'), encode(hash, 'hex'), audit_content(entry)
FROM reviews_auditentry AS entry WHERE coalesce(product_id, 0) = %s ORDER BY number
"""
MAX_NAMED = 1000


@dataclass(frozen=True)
class Fault:
    """What is wrong with an entry: `changed`, `gap` (entries missing before it), `unlinked`,
    or `cut` (entries missing at the end). `chain` is a product's id, 0 for none."""

    chain: int
    number: int
    what: str


def find_faults(chain: int | None = None) -> list[Fault]:
    """Return the faults of one chain, or of all."""
    names: dict[str, Any] = {"chain": chain, "most": MAX_NAMED}
    with connection.cursor() as cursor:
        cursor.execute(_typed(CHECK), names)
        faults = [Fault(key, number or 0, what) for key, number, _id, what in cursor.fetchall()]
        cursor.execute(_typed(ENDS), names)
        faults += [Fault(key, length, "cut") for key, length, _last, _same in cursor.fetchall()]
        cursor.execute(_typed(LOST), names)
        faults += [Fault(key, 0, "cut") for (key,) in cursor.fetchall()]
    return faults


def _typed(sql: str) -> str:
    """Give the parameter `chain`, which may be null, its type."""
    return sql.replace("%(chain)s", "%(chain)s::bigint")


def export(chain: int) -> Iterator[dict[str, Any]]:
    """Yield the entries of a chain as they were hashed, so that they can be verified elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, [chain])
        for number, previous, own, content in cursor:
            yield {"number": number, "previous": previous, "hash": own, "content": content}
