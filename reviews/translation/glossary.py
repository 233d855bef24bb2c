"""A vendor's glossary, enforced with every engine.

Terms to keep or to translate are replaced by placeholders before an engine translates, and
restored in the glossary's wording. Engines that support glossaries get the terms to translate
instead, so that they can inflect them. Forbidden wordings are searched for in the translation.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from reviews.choices import TermKind
from reviews.models import GlossaryTerm
from reviews.translation.protection import ProtectedSegment, replace

NO_TERMS = b""


class VendorTerm(NamedTuple):
    term: str
    kind: str
    translation: str


class Glossary:
    """The terms of one vendor between two languages."""

    def __init__(self, terms: Iterable[VendorTerm]) -> None:
        self.terms = {term.term.casefold(): term for term in terms if term.term.strip()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.terms, key=len, reverse=True)
        words = "|".join(re.escape(term) for term in longest_first)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    @cached_property
    def state(self) -> str:
        """A hash of the glossary's terms."""
        return _digest(self.terms.values()).hex()

    def version(self, text: str) -> bytes:
        """Return a hash of the terms that occur in a text, empty if none does.

        So a changed term invalidates remembered texts that contain it, and no others.
        """
        matches = {match.casefold() for match in self._pattern.findall(text)}
        terms = [self.terms[term] for term in sorted(matches) if term in self.terms]
        return _digest(terms) if terms else NO_TERMS

    def forbidden(self, text: str) -> list[str]:
        """Return the wordings that a text's translation must not contain."""
        terms = (self.terms.get(match.casefold()) for match in self._pattern.findall(text))
        return [t.translation for t in terms if t is not None and t.kind == TermKind.FORBID]

    def mask(self, segment: ProtectedSegment, inflectable: bool) -> ProtectedSegment:
        """Replace a segment's terms by placeholders.

        With `inflectable`, terms to translate are left for the engine.
        """
        kinds = {TermKind.KEEP} if inflectable else {TermKind.KEEP, TermKind.TRANSLATE}
        replacements = []
        words = []
        for match in self._pattern.finditer(segment.text):
            term = self.terms.get(match[0].casefold())
            if term is not None and term.kind in kinds:
                words.append(re.escape(match[0]))
                replacements.append(_cased(term, match[0]))
        if not replacements:
            return segment
        words = sorted(set(words), key=len, reverse=True)
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")
        return replace(segment, pattern, replacements)

    def inflectable(self) -> tuple[tuple[str, str], ...]:
        """Return (term, translation) of the terms to translate, for engines that inflect."""
        chosen = (t for t in self.terms.values() if t.kind == TermKind.TRANSLATE)
        return tuple((term.term, term.translation) for term in chosen)


def _digest(terms: Iterable[VendorTerm]) -> bytes:
    text = "\n".join(f"{t.term}\t{t.kind}\t{t.translation}" for t in terms)
    return hashlib.sha256(text.encode()).digest()[:8]


def _cased(term: VendorTerm, occurrence: str) -> str:
    """Return a term's wording, capitalized if its occurrence in the text is."""
    if term.kind == TermKind.KEEP:
        return occurrence
    if occurrence[:1].isupper() and term.term[:1].islower():
        return term.translation[:1].upper() + term.translation[1:]
    return term.translation


def glossaries(vendor_ids: Iterable[int], target: str) -> dict[tuple[int, str], Glossary]:
    """Return the glossaries of vendors into a language, by vendor and source language."""
    rows = GlossaryTerm.objects.filter(
        vendor_id__in=set(vendor_ids), target_language=target
    ).values_list("vendor_id", "source_language", "term", "kind", "translation")
    terms = defaultdict(list)
    for vendor, source, *term in rows.order_by("vendor_id", "term"):
        terms[vendor, source].append(VendorTerm(*term))
    return {key: Glossary(rows) for key, rows in terms.items()}
