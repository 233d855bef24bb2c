"""Find reviews by words in the review, its response and the translations of both.

Accents and case are ignored, and other forms of a word match, by the stemmer of each
text's language. "In quotes" is a phrase, -minus excludes a term, `or` means either term.
"""

import re
from typing import NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable
from django.db import connection

# Around a match in a highlighted text: characters that no stored text contains.
START, END = "\x02", "\x03"
# Replaces "<" for ts_headline, which would drop anything that looks like a tag.
LESS = "\ue000"
TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
MAX_TERMS = 20
WHOLE = f"HighlightAll=true, StartSel={START}, StopSel={END}"
SNIPPET = f"MaxFragments=1, MinWords=6, MaxWords=13, StartSel={START}, StopSel={END}"


class SearchTerm(NamedTuple):
    """A word or phrase. With `either`, it is an alternative to the previous term."""

    text: str
    excluded: bool
    either: bool


class TermQuery(SearchQuery):
    """A term as a PostgreSQL tsquery, stemmed by every language."""

    def __init__(self, text: str, *, excluded: bool = False) -> None:
        super().__init__(text, invert=excluded)
        self.function = "search_term"


def terms(words: str) -> list[SearchTerm]:
    """Return the terms of a search, `MAX_TERMS` at most."""
    results: list[SearchTerm] = []
    either = False
    for minus, phrase, word in TOKEN.findall(words.replace("\0", "")):
        text = phrase or word
        if word.lower() == "or" and not minus and results:
            either = True
        elif text.strip('"-'):
            results.append(SearchTerm(text, bool(minus), either and not minus))
            either = False
    return results[:MAX_TERMS]


def query(words: str) -> SearchQueryCombinable | None:
    """Return a search as one query, or None if it has no terms."""
    groups: list[SearchQueryCombinable] = []
    for term in terms(words):
        if term.excluded:
            groups.append(TermQuery(term.text, excluded=True))
        elif term.either and groups:
            groups[-1] = groups[-1] | TermQuery(term.text)
        else:
            groups.append(TermQuery(term.text))
    combined = None
    for group in groups:
        combined = group if combined is None else combined & group
    return combined


def highlighted(texts: list[tuple[str, str]], words: str, *, whole: bool) -> list[str]:
    """Return texts with START and END around each match, in one query.

    `texts` are pairs of language and text. Without `whole`, only the best matching snippet
    of each text is returned.
    """
    wanted = [term.text for term in terms(words) if not term.excluded]
    if not wanted or not texts:
        return [text for _language, text in texts]
    any_of = " || ".join(["search_term(%s)"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT ts_headline(search_configuration(input.language), input.text, {any_of}, %s)
            FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS input (language, text, place)
            ORDER BY place
            """,
            [
                *wanted,
                WHOLE if whole else SNIPPET,
                [language for language, _text in texts],
                [_guarded(text) for _language, text in texts],
            ],
        )
        return [text.replace(LESS, "<") for (text,) in cursor.fetchall()]


def _guarded(text: str) -> str:
    """Return a text without START and END, and with its "<" replaced by LESS."""
    return text.replace("<", LESS).replace(START, "").replace(END, "")
