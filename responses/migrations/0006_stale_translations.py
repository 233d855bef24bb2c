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
        migrations.RunSQL(DIGESTS, ""),
    ]
