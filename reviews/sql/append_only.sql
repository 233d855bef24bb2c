-- Audit entries and moderation decisions are written once: no UPDATE, DELETE or TRUNCATE.
-- The database refuses because code, the admin and psql all come here. The application owns its
-- tables, so withholding a privilege would not stop it; a trigger does.

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE OR REPLACE TRIGGER refuse_change
  BEFORE UPDATE OR DELETE OR TRUNCATE ON reviews_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER refuse_change
  BEFORE UPDATE OR DELETE OR TRUNCATE ON reviews_moderationdecision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
