"""Answers are found by their words, and blocked out like the review that they answer."""

from django.db import migrations, models

SEARCH = """
CREATE OR REPLACE FUNCTION answer_words(review bigint) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((
        SELECT words_together(to_tsvector(search_configuration(response.language),
                left(response.author_name || E'\\n' || response.body, 20000))
            || coalesce((
                SELECT words_together(translated_words(target_language, texts))
                FROM responses_responsetranslation AS translation
                WHERE translation.response_id = response.id AND translation.status = 'done'
            ), ''))
        FROM responses_response AS response
        WHERE response.review_id = review AND response.status = 'published'
    ), '')
$$;
CREATE FUNCTION index_added_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_searchdocument AS found SET document = document
    || to_tsvector(search_configuration(touched.language),
        left(touched.author_name || E'\\n' || touched.body, 20000))
  FROM touched WHERE found.review_id = touched.review_id AND touched.status = 'published';
  RETURN NULL;
END $$;
CREATE FUNCTION index_changed_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_search_documents(array_agg(DISTINCT review_id)) FROM touched;
  RETURN NULL;
END $$;
CREATE FUNCTION index_answer_translations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_search_documents(array_agg(DISTINCT response.review_id))
  FROM touched JOIN responses_response AS response ON response.id = touched.response_id
  WHERE touched.status = 'done';
  RETURN NULL;
END $$;
CREATE TRIGGER index_on_insert AFTER INSERT ON responses_response
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION index_added_answers();
CREATE TRIGGER index_on_update AFTER UPDATE ON responses_response
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION index_changed_answers();
CREATE TRIGGER index_on_insert AFTER INSERT ON responses_responsetranslation
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION index_answer_translations();
CREATE TRIGGER index_on_update AFTER UPDATE ON responses_responsetranslation
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION index_answer_translations();
CREATE TRIGGER index_on_delete AFTER DELETE ON responses_responsetranslation
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION index_answer_translations();
SELECT refresh_search_documents(array_agg(DISTINCT review_id)) FROM responses_response;
"""
NO_SEARCH = """
DROP TRIGGER index_on_insert ON responses_response;
DROP TRIGGER index_on_update ON responses_response;
DROP TRIGGER index_on_insert ON responses_responsetranslation;
DROP TRIGGER index_on_update ON responses_responsetranslation;
DROP TRIGGER index_on_delete ON responses_responsetranslation;
DROP FUNCTION index_added_answers, index_changed_answers, index_answer_translations;
CREATE OR REPLACE FUNCTION answer_words(review bigint) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ''::tsvector $$;
"""
REDACTION = """
CREATE FUNCTION block_out_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE passages text[] := passages_of(NEW.review_id);
BEGIN
  NEW.original_body := '';
  IF passages IS NOT NULL AND blocked_out(NEW.body, passages) <> NEW.body THEN
    NEW.original_body := NEW.body;
    NEW.body := blocked_out(NEW.body, passages);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER block_out BEFORE INSERT OR UPDATE OF body ON responses_response
  FOR EACH ROW EXECUTE FUNCTION block_out_answer();
"""
NO_REDACTION = """
DROP TRIGGER block_out ON responses_response;
DROP FUNCTION block_out_answer;
"""
# Each move that `responses/transitions.py` has; from nowhere, any status is a beginning.
STATUS = """
CREATE FUNCTION refuse_response_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status, NEW.status) NOT IN (('draft', 'in_approval'), ('draft', 'published'),
      ('in_approval', 'draft'), ('in_approval', 'published'), ('published', 'withdrawn'),
      ('published', 'removed')) THEN
    RAISE EXCEPTION 'a response does not move from % to %', OLD.status, NEW.status
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.status = 'removed' AND NOT EXISTS (
      SELECT FROM responses_responsedecision
      WHERE response_id = NEW.id AND to_status = 'removed') THEN
    RAISE EXCEPTION 'a response is removed by a decision alone'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER status_by_table BEFORE UPDATE OF status ON responses_response
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION refuse_response_status();
"""
NO_STATUS = """
DROP TRIGGER status_by_table ON responses_response;
DROP FUNCTION refuse_response_status;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("responses", "0003_decisions_kept"),
        ("reviews", "0006_kept_by_the_database"),
    ]
    operations = [
        # Checks that wait for the end would keep the table from being altered until then.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", ""),
        migrations.AddField(
            "response", "original_body", models.TextField(blank=True, editable=False)
        ),
        migrations.RunSQL(SEARCH, NO_SEARCH),
        migrations.RunSQL(REDACTION, NO_REDACTION),
        migrations.RunSQL(STATUS, NO_STATUS),
    ]
