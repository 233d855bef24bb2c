-- A review's status changes by a stored decision alone: inserting a ModerationDecision moves the
-- review, and any other UPDATE of the status is refused.
-- The database moves it, so that no status is without the decision that explains it, and two
-- moderators who decide at once cannot both move the same review.

CREATE OR REPLACE FUNCTION refuse_status_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- At depth 1 the UPDATE came from outside; at 2 it came from apply_moderation_decisions.
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a review''s status is moved by a decision alone'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER refuse_status_change
  BEFORE UPDATE OF status ON reviews_review
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION refuse_status_change();

CREATE OR REPLACE FUNCTION apply_moderation_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved bigint;
BEGIN
  UPDATE reviews_review AS review
  SET status = decision.to_status, updated_at = now()
  FROM new_rows AS decision
  WHERE review.id = decision.review_id AND review.status = decision.from_status;

  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> (SELECT count(*) FROM new_rows) THEN
    RAISE EXCEPTION 'a decision moves a review from the status that it has'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER apply_moderation_decisions
  AFTER INSERT ON reviews_moderationdecision
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION apply_moderation_decisions();
