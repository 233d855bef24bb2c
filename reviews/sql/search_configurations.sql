-- How a text becomes words to search by: accents and case ignored, stemmed by its language
-- (Snowball), without lists of stop words, so that every phrase is found. A language without a
-- stemmer is searched by its words as they are, by the configuration opina.
-- These are the database's own objects: the index, the triggers and the queries share them.

CREATE EXTENSION IF NOT EXISTS unaccent;

-- PostgreSQL has no CREATE OR REPLACE for these, so what exists is left alone.
DO $$
DECLARE
  language text;
  languages text[] := ARRAY[
    'arabic', 'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french',
    'german', 'greek', 'hindi', 'hungarian', 'indonesian', 'italian', 'lithuanian',
    'norwegian', 'portuguese', 'romanian', 'russian', 'serbian', 'spanish', 'swedish',
    'turkish'
  ];
BEGIN
  IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'opina') THEN
    CREATE TEXT SEARCH CONFIGURATION opina (COPY = simple);
    ALTER TEXT SEARCH CONFIGURATION opina
      ALTER MAPPING FOR hword, hword_part, word, numhword, numword
      WITH unaccent, simple;
  END IF;
  FOREACH language IN ARRAY languages LOOP
    IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'opina_' || language) THEN
      EXECUTE format(
        'CREATE TEXT SEARCH DICTIONARY opina_%1$s_stem (TEMPLATE = snowball, Language = %1$s)',
        language);
      EXECUTE format('CREATE TEXT SEARCH CONFIGURATION opina_%s (COPY = opina)', language);
      EXECUTE format(
        'ALTER TEXT SEARCH CONFIGURATION opina_%1$s
          ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word
          WITH unaccent, opina_%1$s_stem',
        language);
    END IF;
  END LOOP;
END $$;

-- The configuration of a language, given as a BCP 47 tag.
CREATE OR REPLACE FUNCTION search_configuration(language text) RETURNS regconfig
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE split_part(language, '-', 1)
    WHEN 'ar' THEN 'public.opina_arabic'::regconfig
    WHEN 'ca' THEN 'public.opina_catalan'::regconfig
    WHEN 'da' THEN 'public.opina_danish'::regconfig
    WHEN 'de' THEN 'public.opina_german'::regconfig
    WHEN 'el' THEN 'public.opina_greek'::regconfig
    WHEN 'en' THEN 'public.opina_english'::regconfig
    WHEN 'es' THEN 'public.opina_spanish'::regconfig
    WHEN 'eu' THEN 'public.opina_basque'::regconfig
    WHEN 'fi' THEN 'public.opina_finnish'::regconfig
    WHEN 'fr' THEN 'public.opina_french'::regconfig
    WHEN 'hi' THEN 'public.opina_hindi'::regconfig
    WHEN 'hu' THEN 'public.opina_hungarian'::regconfig
    WHEN 'id' THEN 'public.opina_indonesian'::regconfig
    WHEN 'it' THEN 'public.opina_italian'::regconfig
    WHEN 'lt' THEN 'public.opina_lithuanian'::regconfig
    WHEN 'nb' THEN 'public.opina_norwegian'::regconfig
    WHEN 'nl' THEN 'public.opina_dutch'::regconfig
    WHEN 'no' THEN 'public.opina_norwegian'::regconfig
    WHEN 'pt' THEN 'public.opina_portuguese'::regconfig
    WHEN 'ro' THEN 'public.opina_romanian'::regconfig
    WHEN 'ru' THEN 'public.opina_russian'::regconfig
    WHEN 'sr' THEN 'public.opina_serbian'::regconfig
    WHEN 'sv' THEN 'public.opina_swedish'::regconfig
    WHEN 'tr' THEN 'public.opina_turkish'::regconfig
    ELSE 'public.opina'::regconfig
  END
$$;

-- A word or phrase as a query, stemmed by every language, since a search has no language.
CREATE OR REPLACE FUNCTION search_term(term text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg('(' || variant || ')', ' | '), '')::tsquery
  FROM (
    SELECT phraseto_tsquery('public.opina'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_arabic'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_basque'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_catalan'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_danish'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_dutch'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_english'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_finnish'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_french'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_german'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_greek'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_hindi'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_hungarian'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_indonesian'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_italian'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_lithuanian'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_norwegian'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_portuguese'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_romanian'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_russian'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_serbian'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_spanish'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_swedish'::regconfig, term)::text
    UNION SELECT phraseto_tsquery('public.opina_turkish'::regconfig, term)::text
  ) AS variants (variant)
  WHERE variant <> ''
$$;
