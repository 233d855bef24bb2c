"""Split texts into the segments to translate and the strings between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from reviews.translation.glossary import NO_TERMS, Glossary, glossaries
from reviews.translation.memory import Key
from reviews.translation.protection import protect
from reviews.translation.segments import split


class Translatable(Protocol):
    """A text that can be translated."""

    pk: Any
    language: str
    translations: Any
    is_formal: bool

    @property
    def vendor_id(self) -> int: ...

    def texts(self) -> dict[str, str]: ...

    def content(self) -> list[str]: ...

    def protected_names(self) -> list[str]: ...


class PlannedSegment(NamedTuple):
    """A segment of a text: its key in the memory, and the passages behind its marks."""

    key: Key
    passages: tuple[str, ...]
    paragraph: int
    source: str


@dataclass
class Plan:
    """A subject's texts by field, as segments to translate and strings that stay."""

    vendor_id: int
    is_formal: bool
    glossary: Glossary | None
    fields: dict[str, list[str | PlannedSegment]]

    def segments(self) -> Iterable[PlannedSegment]:
        return (p for parts in self.fields.values() for p in parts if isinstance(p, PlannedSegment))


def plans(subjects: Sequence[Translatable], target: str) -> list[Plan]:
    """Return a plan for each subject. Reads their glossaries in one query."""
    terms = glossaries({subject.vendor_id for subject in subjects}, target)
    return [_plan(subject, terms) for subject in subjects]


def _plan(subject: Translatable, terms: dict[tuple[int, str], Glossary]) -> Plan:
    names = tuple(name for name in subject.protected_names() if len(name) > 1)
    glossary = terms.get((subject.vendor_id, subject.language))
    fields: dict[str, list[str | PlannedSegment]] = {}
    paragraph = 0
    for name, text in subject.texts().items():
        parts: list[str | PlannedSegment] = []
        for piece in split(text):
            if piece.is_segment:
                segment = protect(piece.text, names)
                version = glossary.version(segment.text) if glossary else NO_TERMS
                key = Key(subject.language, segment.text, version)
                parts.append(PlannedSegment(key, segment.passages, paragraph, piece.text))
            else:
                paragraph += "\n" in piece.text
                parts.append(piece.text)
        fields[name] = parts
        paragraph += 1
    return Plan(subject.vendor_id, subject.is_formal, glossary, fields)
