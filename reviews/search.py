"""Finding reviews by words: in the review, its response and the translations of both.

Words are found whatever their accents and case, and in other forms of theirs, by the
stemmer of each text's language. "In quotes" is a phrase, -a minus excludes, `or` is either.
"""

import re
from typing import NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable
from django.db import connection

# Around a hit in a highlighted text: characters that no stored text holds.
START, END = "\x02", "\x03"
# Stands for "<" meanwhile: the highlighter would drop what looks like a tag.
LESS = "\ue000"
TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
MAX_TERMS = 20
WHOLE = f"HighlightAll=true, StartSel={START}, StopSel={END}"
SNIPPET = f"MaxFragments=1, MinWords=6, MaxWords=13, StartSel={START}, StopSel={END}"


class Term(NamedTuple):
    """A word or phrase. With `either`, it is an alternative to the term before."""

    text: str
    excluded: bool
    either: bool


class TermQuery(SearchQuery):
    """A term as PostgreSQL's query, in whichever language it is meant."""

    def __init__(self, text: str, *, excluded: bool = False) -> None:
        super().__init__(text, invert=excluded)
        self.function = "search_term"


def terms(said: str) -> list[Term]:
    """Return what somebody searches for, term by term."""
    found: list[Term] = []
    either = False
    for minus, phrase, word in TOKEN.findall(said.replace("\0", "")):
        text = phrase or word
        if word.lower() == "or" and not minus and found:
            either = True
        elif text.strip('"-'):
            found.append(Term(text, bool(minus), either and not minus))
            either = False
    return found[:MAX_TERMS]


def query(said: str) -> SearchQueryCombinable | None:
    """Return a search as one query; None where nothing is searched for."""
    groups: list[SearchQueryCombinable] = []
    for term in terms(said):
        if term.excluded:
            groups.append(TermQuery(term.text, excluded=True))
        elif term.either and groups:
            groups[-1] = groups[-1] | TermQuery(term.text)
        else:
            groups.append(TermQuery(term.text))
    whole = None
    for group in groups:
        whole = group if whole is None else whole & group
    return whole


def highlighted(texts: list[tuple[str, str]], said: str, *, whole: bool) -> list[str]:
    """Return texts with START and END around each hit, all in one query.

    `texts` are pairs of language and text. Without `whole`, the most telling words alone.
    """
    found = [term.text for term in terms(said) if not term.excluded]
    if not found or not texts:
        return [text for _language, text in texts]
    any_of = " || ".join(["search_term(%s)"] * len(found))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT ts_headline(search_configuration(said.language), said.text, {any_of}, %s)
            FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS said (language, text, place)
            ORDER BY place
            """,
            [
                *found,
                WHOLE if whole else SNIPPET,
                [language for language, _text in texts],
                [_guarded(text) for _language, text in texts],
            ],
        )
        return [text.replace(LESS, "<") for (text,) in cursor.fetchall()]


def _guarded(text: str) -> str:
    """Return a text whose tags the highlighter keeps, and without its own characters."""
    return text.replace("<", LESS).replace(START, "").replace(END, "")
