-- A translation is stale from the moment that its response's language or text changes.
-- The database marks it, because the desk, the inbox, the API, imports and redactions all change
-- texts.

CREATE OR REPLACE FUNCTION mark_response_translations_stale() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE responses_responsetranslation
  SET stale_since = now()
  WHERE response_id = NEW.id AND stale_since IS NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER mark_response_translations_stale
  AFTER UPDATE OF language, body ON responses_response
  FOR EACH ROW WHEN ((OLD.language, OLD.body) IS DISTINCT FROM (NEW.language, NEW.body))
  EXECUTE FUNCTION mark_response_translations_stale();
