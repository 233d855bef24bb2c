-- A redacted passage is replaced by blocks in every text of its review; what the author wrote is
-- in ReviewOriginal as long as the review has redactions.
-- The database redacts, so that a text which is imported anew or edited is redacted again, and
-- nothing that reads a review can forget to.

CREATE OR REPLACE FUNCTION redacted_text(original text, passages text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  passage text;
BEGIN
  FOREACH passage IN ARRAY passages LOOP
    original := replace(original, passage, '█████');
  END LOOP;
  RETURN original;
END $$;

-- The longest first: one passage may be part of another.
CREATE OR REPLACE FUNCTION redacted_passages(review bigint) RETURNS text[]
LANGUAGE sql STABLE AS $$
  SELECT array_agg(passage ORDER BY length(passage) DESC)
  FROM reviews_redaction
  WHERE review_id = review
$$;

CREATE OR REPLACE FUNCTION redact_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  passages text[] := redacted_passages(NEW.id);
BEGIN
  IF passages IS NULL THEN
    DELETE FROM reviews_revieworiginal WHERE review_id = NEW.id;
    RETURN NEW;
  END IF;

  INSERT INTO reviews_revieworiginal (review_id, texts)
  VALUES (NEW.id, jsonb_build_object(
    'title', NEW.title,
    'overall', NEW.overall,
    'pros', NEW.pros,
    'cons', NEW.cons,
    'reasons_for_choosing', NEW.reasons_for_choosing,
    'reasons_for_switching', NEW.reasons_for_switching
  ))
  ON CONFLICT (review_id) DO UPDATE SET texts = excluded.texts;

  NEW.title := redacted_text(NEW.title, passages);
  NEW.overall := redacted_text(NEW.overall, passages);
  NEW.pros := redacted_text(NEW.pros, passages);
  NEW.cons := redacted_text(NEW.cons, passages);
  NEW.reasons_for_choosing := redacted_text(NEW.reasons_for_choosing, passages);
  NEW.reasons_for_switching := redacted_text(NEW.reasons_for_switching, passages);
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER redact_review
  BEFORE UPDATE OF title, overall, pros, cons, reasons_for_choosing, reasons_for_switching
  ON reviews_review
  FOR EACH ROW EXECUTE FUNCTION redact_review();
