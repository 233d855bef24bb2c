"""A review that changes makes its translations stale; jobs of translation are their own."""

from django.db import migrations, models

STALE = """
CREATE FUNCTION mark_review_translations_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_reviewtranslation SET stale_since = now()
  WHERE review_id = NEW.id AND stale_since IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER translations_stale
  AFTER UPDATE OF language, title, overall, pros, cons, reasons_for_choosing,
    reasons_for_switching ON reviews_review
  FOR EACH ROW WHEN (
    (OLD.language, OLD.title, OLD.overall, OLD.pros, OLD.cons, OLD.reasons_for_choosing,
      OLD.reasons_for_switching)
    IS DISTINCT FROM (NEW.language, NEW.title, NEW.overall, NEW.pros, NEW.cons,
      NEW.reasons_for_choosing, NEW.reasons_for_switching))
  EXECUTE FUNCTION mark_review_translations_stale();
"""
# A first translation adds its words to what is found of a review; the rest stays as it is.
SEARCH = """
CREATE FUNCTION index_added_translations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_searchdocument AS found SET document = document || added.words
  FROM (
    SELECT review_id, words_together(translated_words(target_language, texts)) AS words
    FROM touched WHERE status = 'done' GROUP BY review_id
  ) AS added
  WHERE found.review_id = added.review_id;
  RETURN NULL;
END $$;
DROP TRIGGER index_on_insert ON reviews_reviewtranslation;
CREATE TRIGGER index_on_insert AFTER INSERT ON reviews_reviewtranslation
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION index_added_translations();
"""
NO_SEARCH = """
DROP TRIGGER index_on_insert ON reviews_reviewtranslation;
CREATE TRIGGER index_on_insert AFTER INSERT ON reviews_reviewtranslation
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION index_translations();
DROP FUNCTION index_added_translations;
"""
NO_STALE = """
DROP TRIGGER translations_stale ON reviews_review;
DROP FUNCTION mark_review_translations_stale;
"""
# Translations that were made before say the same of their originals in another way.
DIGESTS = """
UPDATE reviews_reviewtranslation AS translation
SET digest = sha256(convert_to(concat_ws(chr(31), review.language, review.title, review.overall,
    review.pros, review.cons, review.reasons_for_choosing, review.reasons_for_switching), 'UTF8')),
  stale_since = CASE WHEN translation.finished_at < review.updated_at THEN review.updated_at END
FROM reviews_review AS review
WHERE review.id = translation.review_id AND translation.status = 'done';
"""


# Translating many reviews was one of the bulk actions: now it is a job of its own.
JOBS = """
INSERT INTO reviews_translationjob (query, target_language, status, started_by_id, total, done,
    skipped, failed, characters, expected_characters, expected_cost, segments, remembered, calls,
    sent_characters, engine_milliseconds, milliseconds, problem, waits, made_at, started_at,
    finished_at)
  SELECT query, parameters->>'language', CASE status WHEN 'done' THEN 'done' ELSE 'cancelled' END,
    started_by_id, total, done, skipped, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', 0, made_at, made_at,
    coalesce(finished_at, now())
  FROM reviews_bulkjob WHERE action = 'translate';
DELETE FROM reviews_bulkitem USING reviews_bulkjob AS job
  WHERE job.id = job_id AND job.action = 'translate';
DELETE FROM reviews_bulkjob WHERE action = 'translate';
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0007_translation")]
    operations = [
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", ""),
        migrations.RunSQL(STALE, NO_STALE),
        migrations.RunSQL(SEARCH, NO_SEARCH),
        migrations.RunSQL(DIGESTS, ""),
        migrations.RunSQL(JOBS, ""),
        migrations.AddConstraint(
            model_name="bulkjob",
            constraint=models.CheckConstraint(
                condition=models.Q(action__in=["decide", "assign", "tag"]),
                name="bulk_action_known",
            ),
        ),
    ]
