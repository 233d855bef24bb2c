-- A passage that is redacted in a review is redacted in its responses, too; original_body is what
-- the author wrote, and empty where nothing is redacted.
-- The database redacts, so that an import, an edit or a translation cannot bring the passage back.

CREATE OR REPLACE FUNCTION redact_response() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  passages text[] := redacted_passages(NEW.review_id);
BEGIN
  NEW.original_body := '';
  IF passages IS NOT NULL AND redacted_text(NEW.body, passages) <> NEW.body THEN
    NEW.original_body := NEW.body;
    NEW.body := redacted_text(NEW.body, passages);
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER redact_response
  BEFORE INSERT OR UPDATE OF body ON responses_response
  FOR EACH ROW EXECUTE FUNCTION redact_response();
