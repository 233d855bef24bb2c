-- A review's SearchDocument has the words of its published response and of the response's
-- translations, too.
-- The database writes them, for the reason given in reviews/sql/search_documents.sql, where the
-- document is put together.

CREATE OR REPLACE FUNCTION response_words(review bigint) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce((
    SELECT join_words(
      to_tsvector(search_configuration(response.language),
        left(response.author_name || E'\n' || response.body, 20000))
      || coalesce((
        SELECT join_words(translated_words(target_language, texts))
        FROM responses_responsetranslation AS translation
        WHERE translation.response_id = response.id AND translation.status = 'done'
      ), ''))
    FROM responses_response AS response
    WHERE response.review_id = review AND response.status = 'published'
  ), '')
$$;

-- A new response, and a first translation of one, add their words; the rest of the document
-- stays as it is.
CREATE OR REPLACE FUNCTION index_new_responses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_searchdocument AS search
  SET document = document || to_tsvector(search_configuration(response.language),
    left(response.author_name || E'\n' || response.body, 20000))
  FROM new_rows AS response
  WHERE search.review_id = response.review_id AND response.status = 'published';
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER index_new_responses
  AFTER INSERT ON responses_response
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_new_responses();

CREATE OR REPLACE FUNCTION index_changed_responses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_search_documents(array_agg(DISTINCT review_id))
  FROM new_rows;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER index_changed_responses
  AFTER UPDATE ON responses_response
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_changed_responses();

CREATE OR REPLACE FUNCTION index_new_response_translations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE reviews_searchdocument AS search
  SET document = document || added.words
  FROM (
    SELECT response.review_id, join_words(translated_words(target_language, texts)) AS words
    FROM new_rows AS translation
    JOIN responses_response AS response ON response.id = translation.response_id
    WHERE translation.status = 'done' AND response.status = 'published'
    GROUP BY response.review_id
  ) AS added
  WHERE search.review_id = added.review_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER index_new_response_translations
  AFTER INSERT ON responses_responsetranslation
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_new_response_translations();

CREATE OR REPLACE FUNCTION index_changed_response_translations() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_search_documents(array_agg(DISTINCT response.review_id))
  FROM changed_rows AS translation
  JOIN responses_response AS response ON response.id = translation.response_id
  WHERE translation.status = 'done';
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER index_changed_response_translations_on_update
  AFTER UPDATE ON responses_responsetranslation
  REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_changed_response_translations();

CREATE OR REPLACE TRIGGER index_changed_response_translations_on_delete
  AFTER DELETE ON responses_responsetranslation
  REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION index_changed_response_translations();
