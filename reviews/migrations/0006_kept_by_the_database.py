"""Words to search by, passages blocked out, statuses that only decisions move, and the
chain of audit entries: what the database itself keeps true of the workspace."""

import django.db.models.deletion
from django.db import migrations, models

# ISO 639-1 → Snowball stemmer. Without lists of stop words, so that every phrase is found.
STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french",
    "hi": "hindi", "hu": "hungarian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
NAMES = sorted(set(STEMMERS.values()))
CONFIGURATIONS = "\n".join(
    f"""
CREATE TEXT SEARCH DICTIONARY opina_{name}_stem (TEMPLATE = snowball, Language = {name});
CREATE TEXT SEARCH CONFIGURATION opina_{name} (COPY = opina);
ALTER TEXT SEARCH CONFIGURATION opina_{name}
    ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word WITH unaccent, opina_{name}_stem;"""
    for name in NAMES
)
NO_CONFIGURATIONS = "\n".join(
    f"DROP TEXT SEARCH CONFIGURATION opina_{name};\nDROP TEXT SEARCH DICTIONARY opina_{name}_stem;"
    for name in NAMES
)
CHOICES = "\n".join(
    f"        WHEN '{code}' THEN 'public.opina_{name}'::regconfig"
    for code, name in STEMMERS.items()
)
VARIANTS = "\n    UNION ".join(
    f"SELECT phraseto_tsquery('public.opina_{name}'::regconfig, term)::text" for name in NAMES
)

SEARCH = f"""
{CONFIGURATIONS}
CREATE FUNCTION search_configuration(language text) RETURNS regconfig
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE split_part(language, '-', 1)
{CHOICES}
        ELSE 'public.opina'::regconfig END
$$;
-- A word or phrase as a query: in whichever language it is meant.
CREATE FUNCTION search_term(term text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg('(' || variant || ')', ' | '), '')::tsquery FROM (
    SELECT phraseto_tsquery('public.opina'::regconfig, term)::text
    UNION {VARIANTS}
    ) AS variants (variant) WHERE variant <> ''
$$;
CREATE FUNCTION review_words(review reviews_review) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT to_tsvector(search_configuration(review.language), left(
        review.title || E'\\n' || review.overall || E'\\n' || review.pros || E'\\n'
        || review.cons || E'\\n' || review.reasons_for_choosing || E'\\n'
        || review.reasons_for_switching || E'\\n'
        || array_to_string(review.alternatives, E'\\n') || E'\\n'
        || array_to_string(review.previous_software, E'\\n'), 100000))
$$;
CREATE FUNCTION translated_words(language text, texts jsonb) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT to_tsvector(search_configuration(language),
        left(string_agg(value, E'\\n'), 20000)) FROM jsonb_each_text(texts)
$$;
CREATE AGGREGATE words_together (tsvector) (SFUNC = tsvector_concat, STYPE = tsvector,
    INITCOND = '');
-- The words of a review's answers; the app that holds answers replaces this.
CREATE FUNCTION answer_words(review bigint) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ''::tsvector $$;

CREATE FUNCTION refresh_search_documents(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE reviews_searchdocument AS found SET product_id = review.product_id,
        document = review_words(review) || answer_words(review.id) || coalesce((
            SELECT words_together(translated_words(target_language, texts))
            FROM reviews_reviewtranslation AS translation
            WHERE translation.review_id = review.id AND translation.status = 'done'
        ), '')
    FROM reviews_review AS review
    WHERE review.id = ANY(ids) AND found.review_id = review.id
$$;

CREATE FUNCTION index_added_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reviews_searchdocument (review_id, product_id, document)
  SELECT added.id, added.product_id, review_words(added::reviews_review) FROM added;
  RETURN NULL;
END $$;
CREATE FUNCTION index_changed_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[];
BEGIN
  SELECT array_agg(added.id) INTO ids FROM added JOIN gone USING (id)
  WHERE (added.language, added.title, added.overall, added.pros, added.cons,
    added.reasons_for_choosing, added.reasons_for_switching, added.alternatives,
    added.previous_software, added.product_id) IS DISTINCT FROM (gone.language, gone.title,
    gone.overall, gone.pros, gone.cons, gone.reasons_for_choosing,
    gone.reasons_for_switching, gone.alternatives, gone.previous_software, gone.product_id);
  IF ids IS NOT NULL THEN
    PERFORM refresh_search_documents(ids);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION index_translations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_search_documents(array_agg(DISTINCT review_id)) FROM touched
  WHERE status = 'done';
  RETURN NULL;
END $$;
CREATE TRIGGER index_added AFTER INSERT ON reviews_review
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION index_added_reviews();
CREATE TRIGGER index_changed AFTER UPDATE ON reviews_review
  REFERENCING NEW TABLE AS added OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION index_changed_reviews();
CREATE TRIGGER index_on_insert AFTER INSERT ON reviews_reviewtranslation
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION index_translations();
CREATE TRIGGER index_on_update AFTER UPDATE ON reviews_reviewtranslation
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION index_translations();
CREATE TRIGGER index_on_delete AFTER DELETE ON reviews_reviewtranslation
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION index_translations();

DROP FUNCTION review_search_document;
INSERT INTO reviews_searchdocument (review_id, product_id, document)
  SELECT id, product_id, '' FROM reviews_review;
SELECT refresh_search_documents(array_agg(id)) FROM reviews_review;
"""
NO_SEARCH = f"""
DROP TRIGGER index_added ON reviews_review;
DROP TRIGGER index_changed ON reviews_review;
DROP TRIGGER index_on_insert ON reviews_reviewtranslation;
DROP TRIGGER index_on_update ON reviews_reviewtranslation;
DROP TRIGGER index_on_delete ON reviews_reviewtranslation;
DROP FUNCTION index_added_reviews, index_changed_reviews, index_translations,
    refresh_search_documents, answer_words, translated_words, review_words, search_term;
DROP AGGREGATE words_together (tsvector);
DROP FUNCTION search_configuration;
{NO_CONFIGURATIONS}
CREATE FUNCTION review_search_document(
    title text, overall text, pros text, cons text, choosing text, switching text,
    alternatives text[], previous text[]
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('public.opina'::regconfig, left(
        title || E'\\n' || overall || E'\\n' || pros || E'\\n' || cons || E'\\n'
        || choosing || E'\\n' || switching || E'\\n'
        || array_to_string(alternatives, E'\\n') || E'\\n'
        || array_to_string(previous, E'\\n'), 100000))
$$;
"""

# A passage is blocked out wherever it stands, and again when the text comes in anew.
TEXTS = ("title", "overall", "pros", "cons", "reasons_for_choosing", "reasons_for_switching")
REDACTION = f"""
CREATE FUNCTION blocked_out(said text, passages text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE passage text;
BEGIN
  FOREACH passage IN ARRAY passages LOOP
    said := replace(said, passage, '█████');
  END LOOP;
  RETURN said;
END $$;
-- The longest first: one may stand within another.
CREATE FUNCTION passages_of(review bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT array_agg(passage ORDER BY length(passage) DESC)
    FROM reviews_redaction WHERE review_id = review
$$;
CREATE FUNCTION block_out() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE passages text[] := passages_of(NEW.id);
BEGIN
  IF passages IS NULL THEN
    DELETE FROM reviews_revieworiginal WHERE review_id = NEW.id;
    RETURN NEW;
  END IF;
  INSERT INTO reviews_revieworiginal (review_id, texts) VALUES (NEW.id, jsonb_build_object(
    {", ".join(f"'{name}', NEW.{name}" for name in TEXTS)}))
  ON CONFLICT (review_id) DO UPDATE SET texts = excluded.texts;
  {" ".join(f"NEW.{name} := blocked_out(NEW.{name}, passages);" for name in TEXTS)}
  RETURN NEW;
END $$;
CREATE TRIGGER block_out BEFORE UPDATE OF {", ".join(TEXTS)} ON reviews_review
  FOR EACH ROW EXECUTE FUNCTION block_out();
"""
NO_REDACTION = """
DROP TRIGGER block_out ON reviews_review;
DROP FUNCTION block_out, passages_of, blocked_out;
"""

# Storing a decision is what moves a review; no other statement may.
STATUS = """
CREATE FUNCTION refuse_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a review''s status is moved by a decision alone'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER status_by_decision BEFORE UPDATE OF status ON reviews_review
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION refuse_status();
CREATE FUNCTION move_decided_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved bigint;
BEGIN
  UPDATE reviews_review AS review SET status = decided.to_status, updated_at = now()
  FROM decided WHERE review.id = decided.review_id AND review.status = decided.from_status;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> (SELECT count(*) FROM decided) THEN
    RAISE EXCEPTION 'a decision moves a review from the status that it has'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER move_decided AFTER INSERT ON reviews_moderationdecision
  REFERENCING NEW TABLE AS decided
  FOR EACH STATEMENT EXECUTE FUNCTION move_decided_reviews();
"""
NO_STATUS = """
DROP TRIGGER status_by_decision ON reviews_review;
DROP TRIGGER move_decided ON reviews_moderationdecision;
DROP FUNCTION refuse_status, move_decided_reviews;
"""

ABOUT = """
ALTER TABLE reviews_moderationdecision DISABLE TRIGGER append_only;
UPDATE reviews_moderationdecision AS decision SET product_id = review.product_id,
    stars = review.stars,
    waited = CASE WHEN from_status = 'pending' THEN decided_at - review.created_at END
FROM reviews_review AS review WHERE review.id = decision.review_id;
ALTER TABLE reviews_moderationdecision ENABLE TRIGGER append_only;
"""

# Each entry's hash covers the one before: a change shows in all that follow.
CHAIN = """
CREATE FUNCTION audit_content(entry reviews_auditentry) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'product', entry.product_id, 'number', entry.number, 'review', entry.review_id,
        'action', entry.action, 'actor', entry.actor_id, 'actor_label', entry.actor_label,
        'detail', entry.detail,
        'at', to_char(entry.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    )::text
$$;
CREATE FUNCTION chain_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE chain reviews_auditchain;
BEGIN
  INSERT INTO reviews_auditchain (key, length, head) VALUES (coalesce(NEW.product_id, 0), 0, '')
  ON CONFLICT DO NOTHING;
  SELECT * INTO chain FROM reviews_auditchain
  WHERE key = coalesce(NEW.product_id, 0) FOR UPDATE;
  NEW.number := chain.length + 1;
  NEW.previous_hash := chain.head;
  NEW.hash := sha256(chain.head || convert_to(audit_content(NEW), 'UTF8'));
  UPDATE reviews_auditchain SET length = NEW.number, head = NEW.hash WHERE key = chain.key;
  RETURN NEW;
END $$;

ALTER TABLE reviews_auditentry DISABLE TRIGGER append_only;
DO $$
DECLARE entry reviews_auditentry; chain reviews_auditchain;
BEGIN
  FOR entry IN SELECT * FROM reviews_auditentry ORDER BY id LOOP
    INSERT INTO reviews_auditchain (key, length, head)
    VALUES (coalesce(entry.product_id, 0), 0, '') ON CONFLICT DO NOTHING;
    SELECT * INTO chain FROM reviews_auditchain WHERE key = coalesce(entry.product_id, 0);
    entry.number := chain.length + 1;
    entry.previous_hash := chain.head;
    entry.hash := sha256(chain.head || convert_to(audit_content(entry), 'UTF8'));
    UPDATE reviews_auditentry SET number = entry.number, previous_hash = entry.previous_hash,
      hash = entry.hash WHERE id = entry.id;
    UPDATE reviews_auditchain SET length = entry.number, head = entry.hash
    WHERE key = chain.key;
  END LOOP;
END $$;
ALTER TABLE reviews_auditentry ENABLE TRIGGER append_only;
CREATE TRIGGER chain_entry BEFORE INSERT ON reviews_auditentry
  FOR EACH ROW EXECUTE FUNCTION chain_entry();
"""
NO_CHAIN = """
DROP TRIGGER chain_entry ON reviews_auditentry;
DROP FUNCTION chain_entry, audit_content;
"""

# What an erased review is known by, so that its source cannot bring it back.
ERASED = """
CREATE FUNCTION erased_id(external_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 'erased-' || left(encode(sha256(convert_to(external_id, 'UTF8')), 'hex'), 40)
$$;
"""
NO_ERASED = "DROP FUNCTION erased_id;"

# A passage in an otherwise useful review: its author may mend it.
REASONS_APPLY = """
UPDATE reviews_moderationreason SET mendable = true
WHERE code IN ('personal_data', 'spam', 'incentive_not_disclosed');
UPDATE reviews_moderationreason SET ground = 'law' WHERE code = 'legal_order';
UPDATE reviews_moderationreason SET applies_to = 'reviews'
WHERE code IN ('no_first_hand_use', 'duplicate', 'incentive_not_disclosed');
"""
FLAGS_VENDOR = """
UPDATE reviews_flag AS flag SET vendor_id = product.vendor_id
FROM reviews_review AS review JOIN reviews_product AS product ON product.id = review.product_id
WHERE review.id = flag.review_id AND flag.raised_by_id IN (
    SELECT user_id FROM reviews_vendormembership WHERE vendor_id = product.vendor_id);
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_workspace")]
    operations = [
        # Checks that wait for the end would keep the tables from being altered until then.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", ""),
        migrations.RunSQL(SEARCH, NO_SEARCH),
        migrations.RunSQL(REDACTION, NO_REDACTION),
        migrations.RunSQL(ABOUT, ""),
        migrations.AlterField(
            "moderationdecision",
            "product",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reviews.product",
                verbose_name="product",
            ),
        ),
        migrations.RunSQL(STATUS, NO_STATUS),
        migrations.RunSQL(CHAIN, NO_CHAIN),
        migrations.AddConstraint(
            "auditentry",
            models.UniqueConstraint(
                fields=["product", "number"], name="one_entry_per_number", nulls_distinct=False
            ),
        ),
        migrations.RunSQL(ERASED, NO_ERASED),
        migrations.RunSQL(REASONS_APPLY, ""),
        migrations.RunSQL(FLAGS_VENDOR, ""),
    ]
