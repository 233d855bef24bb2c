"""Keep `Review.answered` true to the published responses, whoever writes them."""

from django.db import migrations

ANSWERED = """
CREATE FUNCTION mark_answered_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_review AS review SET answered = now_answered.answered
  FROM (
    SELECT changed.review_id, EXISTS (
      SELECT FROM responses_response AS response
      WHERE response.review_id = changed.review_id AND response.status = 'published'
    ) AS answered
    FROM (SELECT DISTINCT review_id FROM touched) AS changed
  ) AS now_answered
  WHERE review.id = now_answered.review_id AND review.answered <> now_answered.answered;
  RETURN NULL;
END $$;
CREATE TRIGGER mark_answered_on_insert AFTER INSERT ON responses_response
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION mark_answered_reviews();
CREATE TRIGGER mark_answered_on_update AFTER UPDATE ON responses_response
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION mark_answered_reviews();
CREATE TRIGGER mark_answered_on_delete AFTER DELETE ON responses_response
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION mark_answered_reviews();
"""
NO_ANSWERED = """
DROP TRIGGER mark_answered_on_insert ON responses_response;
DROP TRIGGER mark_answered_on_update ON responses_response;
DROP TRIGGER mark_answered_on_delete ON responses_response;
DROP FUNCTION mark_answered_reviews;
"""


class Migration(migrations.Migration):
    dependencies = [("responses", "0001_tables"), ("reviews", "0004_reasons")]
    operations = [migrations.RunSQL(ANSWERED, NO_ANSWERED)]
