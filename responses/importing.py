"""Publish imported replies as responses, a chunk at a time.

A response that was written or edited here is never overwritten.
"""

from typing import Any

from django.dispatch import receiver

from reviews.importing.merge import chunk_stored
from reviews.models import Import

# Replies that differ from the responses they were imported as.
CHANGED = """
CREATE TEMPORARY TABLE changed_reply ON COMMIT DROP AS
SELECT response.id, import_row.row
FROM import_row JOIN responses_response AS response
  ON response.review_id = import_row.review_id AND response.status = 'published'
WHERE import_row.reply <> '' AND response.origin = 'import'
  AND (coalesce(nullif(response.original_body, ''), response.body), response.author_name)
    <> (import_row.reply, import_row.reply_author)
"""
KEEP_FORMER = """
INSERT INTO responses_responserevision
    (response_id, number, author_name, language, body, replaced_at)
SELECT response.id,
    1 + (SELECT count(*) FROM responses_responserevision WHERE response_id = response.id),
    response.author_name, response.language, response.body, now()
FROM changed_reply JOIN responses_response AS response USING (id)
"""
UPDATE = """
UPDATE responses_response AS response SET body = import_row.reply,
    author_name = import_row.reply_author, language = import_row.reply_language,
    published_at = import_row.replied_at, updated_at = import_row.reply_updated_at
FROM changed_reply JOIN import_row USING (row) WHERE response.id = changed_reply.id
"""
CREATE = """
INSERT INTO responses_response (review_id, status, author_name, language, body, origin,
    published_at, created_at, updated_at)
SELECT import_row.review_id, 'published', import_row.reply_author, import_row.reply_language,
    import_row.reply, 'import', import_row.replied_at, now(), import_row.reply_updated_at
FROM import_row
WHERE import_row.reply <> '' AND NOT EXISTS (
    SELECT FROM responses_response AS response WHERE response.review_id = import_row.review_id
      AND response.status NOT IN ('draft', 'in_approval')
) ORDER BY import_row.row
RETURNING review_id
"""
# A review counts as updated, too, if only its reply is new or changed.
COUNT_AS_UPDATED = """
UPDATE import_row SET outcome = 'updated' WHERE outcome = 'unchanged'
  AND (row IN (SELECT row FROM changed_reply) OR review_id = ANY(%s))
"""
AUDIT = """
INSERT INTO reviews_auditentry (product_id, review_id, action, actor_id, actor_label, detail,
    created_at)
SELECT review.product_id, review.id, 'response_imported', NULL, %s, '{}', now()
FROM reviews_review AS review WHERE review.id = ANY(%s)
"""


@receiver(chunk_stored, dispatch_uid="responses")
def store_replies(cursor: Any, import_run: Import, **_kwargs: Any) -> None:
    """Publish a chunk's replies in the transaction that stores its reviews."""
    cursor.execute("SELECT EXISTS (SELECT FROM import_row WHERE reply <> '')")
    if not cursor.fetchone()[0]:
        return
    cursor.execute("DROP TABLE IF EXISTS changed_reply")
    cursor.execute(CHANGED)
    cursor.execute(KEEP_FORMER)
    cursor.execute(UPDATE)
    cursor.execute(CREATE)
    responded_ids = [review_id for (review_id,) in cursor.fetchall()]
    cursor.execute(COUNT_AS_UPDATED, [responded_ids])
    cursor.execute(AUDIT, [f"import {import_run.pk}", responded_ids])
