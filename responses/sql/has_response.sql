-- Review.has_response is true exactly while the review has a published response.
-- The database sets it, because imports write thousands of responses at once, and a wrong value
-- would put a review into the wrong queue and count it in the wrong facet.

CREATE OR REPLACE FUNCTION mark_answered_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_review AS review
  SET has_response = current.has_response
  FROM (
    SELECT changed.review_id, EXISTS (
      SELECT FROM responses_response AS response
      WHERE response.review_id = changed.review_id AND response.status = 'published'
    ) AS has_response
    FROM (SELECT DISTINCT review_id FROM changed_rows) AS changed
  ) AS current
  WHERE review.id = current.review_id AND review.has_response <> current.has_response;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER mark_answered_reviews_on_insert
  AFTER INSERT ON responses_response
  REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION mark_answered_reviews();

CREATE OR REPLACE TRIGGER mark_answered_reviews_on_update
  AFTER UPDATE ON responses_response
  REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION mark_answered_reviews();

CREATE OR REPLACE TRIGGER mark_answered_reviews_on_delete
  AFTER DELETE ON responses_response
  REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION mark_answered_reviews();
