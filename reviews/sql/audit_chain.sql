-- Each audit entry has the hash of the entry before it in its product's chain, so a change or a
-- gap shows in all later hashes. Entries without a product form a chain of their own, key 0.
-- The database numbers and hashes, because it alone sees the entries of all processes in one
-- order: the chain's row is locked until the transaction ends.

-- What a hash covers. reviews/audit/verify.py computes it again to verify a chain.
CREATE OR REPLACE FUNCTION audit_content(entry reviews_auditentry) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'product', entry.product_id,
    'number', entry.number,
    'review', entry.review_id,
    'action', entry.action,
    'actor', entry.actor_id,
    'actor_label', entry.actor_label,
    'detail', entry.detail,
    'at', to_char(entry.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
  )::text
$$;

CREATE OR REPLACE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  chain reviews_auditchain;
BEGIN
  INSERT INTO reviews_auditchain (key, length, head)
  VALUES (coalesce(NEW.product_id, 0), 0, '')
  ON CONFLICT DO NOTHING;

  SELECT * INTO chain
  FROM reviews_auditchain
  WHERE key = coalesce(NEW.product_id, 0)
  FOR UPDATE;

  NEW.number := chain.length + 1;
  NEW.previous_hash := chain.head;
  NEW.hash := sha256(chain.head || convert_to(audit_content(NEW), 'UTF8'));
  UPDATE reviews_auditchain SET length = NEW.number, head = NEW.hash WHERE key = chain.key;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER chain_audit_entry
  BEFORE INSERT ON reviews_auditentry
  FOR EACH ROW EXECUTE FUNCTION chain_audit_entry();
