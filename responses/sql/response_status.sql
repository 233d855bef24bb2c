-- A response moves only as responses/transitions.py allows, and is removed only by a stored
-- decision. A new response may begin with any status.
-- The database refuses other moves, because the desk, the inbox, the API, rules, the clock and
-- imports all move responses.

CREATE OR REPLACE FUNCTION refuse_response_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status, NEW.status) NOT IN (
    ('draft', 'in_approval'),
    ('draft', 'published'),
    ('in_approval', 'draft'),
    ('in_approval', 'published'),
    ('published', 'withdrawn'),
    ('published', 'removed')
  ) THEN
    RAISE EXCEPTION 'a response does not move from % to %', OLD.status, NEW.status
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.status = 'removed' AND NOT EXISTS (
    SELECT FROM responses_responsedecision
    WHERE response_id = NEW.id AND to_status = 'removed'
  ) THEN
    RAISE EXCEPTION 'a response is removed by a decision alone'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER refuse_response_transition
  BEFORE UPDATE OF status ON responses_response
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION refuse_response_transition();
