-- Decisions on responses are written once, as decisions on reviews are.
-- The function is in reviews/sql/append_only.sql, with the reason why the database refuses.

CREATE OR REPLACE TRIGGER refuse_change
  BEFORE UPDATE OR DELETE OR TRUNCATE ON responses_responsedecision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
