-- A SearchDocument has the words of a review, of its published response and of their
-- translations, each stemmed by its own language.
-- The database writes them, because texts change by imports, edits, redactions and translators,
-- and a search must see them in the same transaction. The words of responses come from
-- responses/sql/search_documents.sql.

-- A tsvector may have 1 MB, so a long text is cut where nobody reads on.
CREATE OR REPLACE FUNCTION review_words(review reviews_review) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT to_tsvector(search_configuration(review.language), left(
    review.title || E'\n'
    || review.overall || E'\n'
    || review.pros || E'\n'
    || review.cons || E'\n'
    || review.reasons_for_choosing || E'\n'
    || review.reasons_for_switching || E'\n'
    || array_to_string(review.alternatives, E'\n') || E'\n'
    || array_to_string(review.previous_software, E'\n'), 100000))
$$;

CREATE OR REPLACE FUNCTION translated_words(language text, texts jsonb) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT to_tsvector(search_configuration(language), left(string_agg(value, E'\n'), 20000))
  FROM jsonb_each_text(texts)
$$;

CREATE OR REPLACE AGGREGATE join_words(tsvector) (
  SFUNC = tsvector_concat,
  STYPE = tsvector,
  INITCOND = ''
);

-- In plpgsql, since response_words() is made later, with the tables of responses.
CREATE OR REPLACE FUNCTION refresh_search_documents(ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_searchdocument AS search
  SET product_id = review.product_id,
    document = review_words(review) || response_words(review.id) || coalesce((
      SELECT join_words(translated_words(target_language, texts))
      FROM reviews_reviewtranslation AS translation
      WHERE translation.review_id = review.id AND translation.status = 'done'
    ), '')
  FROM reviews_review AS review
  WHERE review.id = ANY(ids) AND search.review_id = review.id;
END $$;

CREATE OR REPLACE FUNCTION index_new_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reviews_searchdocument (review_id, product_id, document)
  SELECT new_rows.id, new_rows.product_id, review_words(new_rows::reviews_review)
  FROM new_rows;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER index_new_reviews
  AFTER INSERT ON reviews_review
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_new_reviews();

-- Another status changes no words, so it leaves the document and its index alone.
CREATE OR REPLACE FUNCTION index_changed_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
BEGIN
  SELECT array_agg(after.id) INTO ids
  FROM new_rows AS after
  JOIN old_rows AS before USING (id)
  WHERE (after.language, after.title, after.overall, after.pros, after.cons,
      after.reasons_for_choosing, after.reasons_for_switching, after.alternatives,
      after.previous_software, after.product_id)
    IS DISTINCT FROM (before.language, before.title, before.overall, before.pros, before.cons,
      before.reasons_for_choosing, before.reasons_for_switching, before.alternatives,
      before.previous_software, before.product_id);
  IF ids IS NOT NULL THEN
    PERFORM refresh_search_documents(ids);
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER index_changed_reviews
  AFTER UPDATE ON reviews_review
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_changed_reviews();

-- A first translation adds its words; the rest of the document stays as it is.
CREATE OR REPLACE FUNCTION index_new_review_translations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_searchdocument AS search
  SET document = document || added.words
  FROM (
    SELECT review_id, join_words(translated_words(target_language, texts)) AS words
    FROM new_rows
    WHERE status = 'done'
    GROUP BY review_id
  ) AS added
  WHERE search.review_id = added.review_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER index_new_review_translations
  AFTER INSERT ON reviews_reviewtranslation
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_new_review_translations();

CREATE OR REPLACE FUNCTION index_changed_review_translations() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_search_documents(array_agg(DISTINCT review_id))
  FROM changed_rows
  WHERE status = 'done';
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER index_changed_review_translations_on_update
  AFTER UPDATE ON reviews_reviewtranslation
  REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_changed_review_translations();

CREATE OR REPLACE TRIGGER index_changed_review_translations_on_delete
  AFTER DELETE ON reviews_reviewtranslation
  REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_changed_review_translations();
