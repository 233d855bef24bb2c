-- A translation is stale from the moment that its review's language or a text changes.
-- The database marks it, because imports, redactions, erasure and authors' edits all change texts.

CREATE OR REPLACE FUNCTION mark_review_translations_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_reviewtranslation
  SET stale_since = now()
  WHERE review_id = NEW.id AND stale_since IS NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER mark_review_translations_stale
  AFTER UPDATE OF language, title, overall, pros, cons, reasons_for_choosing, reasons_for_switching
  ON reviews_review
  FOR EACH ROW WHEN (
    (OLD.language, OLD.title, OLD.overall, OLD.pros, OLD.cons,
      OLD.reasons_for_choosing, OLD.reasons_for_switching)
    IS DISTINCT FROM
    (NEW.language, NEW.title, NEW.overall, NEW.pros, NEW.cons,
      NEW.reasons_for_choosing, NEW.reasons_for_switching)
  )
  EXECUTE FUNCTION mark_review_translations_stale();
