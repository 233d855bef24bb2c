-- An erased review keeps a hash in place of its source's id, so that an import knows it again
-- and does not bring it back.
-- The database computes it, because imports compare thousands of rows with it in one statement
-- (reviews/importing/merge.py); erasing uses the same function (reviews/moderation/erasure.py).

CREATE OR REPLACE FUNCTION erased_id(external_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 'erased-' || left(encode(sha256(convert_to(external_id, 'UTF8')), 'hex'), 40)
$$;
