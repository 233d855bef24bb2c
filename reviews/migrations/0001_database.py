"""Extensions and functions that the tables are made with."""

from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

# Words as they stand, accents and case ignored. A tsvector holds 1 MB at most, so a
# text of any length is cut where a person would long have stopped reading.
SEARCH = """
CREATE TEXT SEARCH CONFIGURATION opina (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION opina
    ALTER MAPPING FOR hword, hword_part, word, numhword, numword WITH unaccent, simple;
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
NO_SEARCH = """
DROP FUNCTION review_search_document;
DROP TEXT SEARCH CONFIGURATION opina;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        UnaccentExtension(),
        migrations.RunSQL(SEARCH, NO_SEARCH),
    ]
