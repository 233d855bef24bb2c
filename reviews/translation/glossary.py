"""A vendor's terms, held to with every engine.

A term to keep or to translate in one way is protected before an engine translates, and comes
back as the glossary says; engines that know glossaries get those to translate, so that they
can bend them. What is forbidden is looked for in the translation.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from reviews.choices import TermKind
from reviews.models import GlossaryTerm
from reviews.translation.protection import Segment, replace

NO_TERMS = b""


class Term(NamedTuple):
    term: str
    kind: str
    translation: str


class Glossary:
    """The terms of one vendor between two languages."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = {term.term.casefold(): term for term in terms if term.term.strip()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.terms, key=len, reverse=True)
        words = "|".join(re.escape(term) for term in longest_first)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    @cached_property
    def state(self) -> str:
        """What tells this state of the glossary from another."""
        return _digest(self.terms.values()).hex()

    def version(self, text: str) -> bytes:
        """Return what tells which terms bear on a text: nothing for most texts.

        A changed term makes a text new that has it, and leaves all others in the memory.
        """
        found = {match.casefold() for match in self._pattern.findall(text)}
        bearing = [self.terms[term] for term in sorted(found) if term in self.terms]
        return _digest(bearing) if bearing else NO_TERMS

    def forbidden(self, text: str) -> list[str]:
        """Return the wordings that a text's translation must not have."""
        found = (self.terms.get(match.casefold()) for match in self._pattern.findall(text))
        return [t.translation for t in found if t is not None and t.kind == TermKind.FORBID]

    def dress(self, segment: Segment, inflectable: bool) -> Segment:
        """Protect a segment's terms; with `inflectable` those to translate are left open."""
        kinds = {TermKind.KEEP} if inflectable else {TermKind.KEEP, TermKind.TRANSLATE}
        instead = []
        words = []
        for match in self._pattern.finditer(segment.text):
            term = self.terms.get(match[0].casefold())
            if term is not None and term.kind in kinds:
                words.append(re.escape(match[0]))
                instead.append(_cased(term, match[0]))
        if not instead:
            return segment
        words = sorted(set(words), key=len, reverse=True)
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")
        return replace(segment, pattern, instead)

    def inflectable(self) -> tuple[tuple[str, str], ...]:
        """Return source → target of the terms to translate, for engines that bend them."""
        chosen = (t for t in self.terms.values() if t.kind == TermKind.TRANSLATE)
        return tuple((term.term, term.translation) for term in chosen)


def _digest(terms: Iterable[Term]) -> bytes:
    said = "\n".join(f"{t.term}\t{t.kind}\t{t.translation}" for t in terms)
    return hashlib.sha256(said.encode()).digest()[:8]


def _cased(term: Term, found: str) -> str:
    """Return what stands for a term, with a capital where the text has one."""
    if term.kind == TermKind.KEEP:
        return found
    if found[:1].isupper() and term.term[:1].islower():
        return term.translation[:1].upper() + term.translation[1:]
    return term.translation


def glossaries(vendor_ids: Iterable[int], target: str) -> dict[tuple[int, str], Glossary]:
    """Return the glossaries of vendors into a language, by vendor and source language."""
    rows = GlossaryTerm.objects.filter(
        vendor_id__in=set(vendor_ids), target_language=target
    ).values_list("vendor_id", "source_language", "term", "kind", "translation")
    terms = defaultdict(list)
    for vendor, source, *term in rows.order_by("vendor_id", "term"):
        terms[vendor, source].append(Term(*term))
    return {key: Glossary(found) for key, found in terms.items()}
