"""A response that changes makes its translations stale."""

from django.db import migrations

STALE = """
CREATE FUNCTION mark_response_translations_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE responses_responsetranslation SET stale_since = now()
  WHERE response_id = NEW.id AND stale_since IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER translations_stale AFTER UPDATE OF language, body ON responses_response
  FOR EACH ROW WHEN ((OLD.language, OLD.body) IS DISTINCT FROM (NEW.language, NEW.body))
  EXECUTE FUNCTION mark_response_translations_stale();
"""
# A first translation adds its words to what is found of its review.
SEARCH = """
CREATE FUNCTION index_added_answer_translations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_searchdocument AS found SET document = document || added.words
  FROM (
    SELECT response.review_id, words_together(translated_words(target_language, texts)) AS words
    FROM touched JOIN responses_response AS response ON response.id = touched.response_id
    WHERE touched.status = 'done' AND response.status = 'published'
    GROUP BY response.review_id
  ) AS added
  WHERE found.review_id = added.review_id;
  RETURN NULL;
END $$;
DROP TRIGGER index_on_insert ON responses_responsetranslation;
CREATE TRIGGER index_on_insert AFTER INSERT ON responses_responsetranslation
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION index_added_answer_translations();
"""
NO_SEARCH = """
DROP TRIGGER index_on_insert ON responses_responsetranslation;
CREATE TRIGGER index_on_insert AFTER INSERT ON responses_responsetranslation
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION index_answer_translations();
DROP FUNCTION index_added_answer_translations;
"""
NO_STALE = """
DROP TRIGGER translations_stale ON responses_response;
DROP FUNCTION mark_response_translations_stale;
"""
DIGESTS = """
UPDATE responses_responsetranslation AS translation
SET digest = sha256(convert_to(concat_ws(chr(31), response.language, response.body), 'UTF8'))
FROM responses_response AS response
WHERE response.id = translation.response_id AND translation.status = 'done';
"""


class Migration(migrations.Migration):
    dependencies = [("responses", "0005_translation"), ("reviews", "0008_stale_translations")]
    operations = [
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", ""),
        migrations.RunSQL(STALE, NO_STALE),
        migrations.RunSQL(SEARCH, NO_SEARCH),
        migrations.RunSQL(DIGESTS, ""),
    ]
