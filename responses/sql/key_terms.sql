-- Key terms are no stop words. Opina's own search keeps stop words, so PostgreSQL's configuration
-- of the language is asked, which leaves them out.
-- The database has this function, because the statements of key terms (responses/key_terms.py) and of
-- suggestions (responses/suggestions.py) call it for each word.

CREATE OR REPLACE FUNCTION stop_word_configuration(language text) RETURNS regconfig
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (
    CASE search_configuration(language)::text
      WHEN 'opina' THEN 'simple'
      ELSE replace(search_configuration(language)::text, 'opina_', '')
    END
  )::regconfig
$$;
