"""The history of a review, with the changes of its text."""

import difflib
import re
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from reviews.models import Review
from reviews.models.review import TEXT_FIELDS
from reviews.moderation.appeals import written_texts
from reviews.pages.text_labels import text_labels

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# A longer text is compared by lines: words would take too long.
LONG = 20_000  # characters


@dataclass(frozen=True)
class Change:
    """The difference between two versions of one field, deletions and insertions marked."""

    label: str
    html: SafeString


@dataclass(frozen=True)
class Moment:
    """One event: an audit entry, a note or a change of text."""

    at: Any
    kind: str
    entry: Any
    changes: tuple[Change, ...] = ()


def timeline(
    review: Review, notes: list[Any], revisions: list[Any], entries: list[Any]
) -> list[Moment]:
    """Return the events, latest first."""
    # The note itself is listed, so the entry that it was written would repeat it.
    moments = [
        Moment(entry.created_at, "entry", entry)
        for entry in entries
        if entry.action != "note_written"
    ]
    moments += [Moment(note.written_at, "note", note) for note in notes]
    later = written_texts(review) if revisions else {}
    for revision in sorted(revisions, key=lambda r: -r.number):
        former = {name: revision.former.get(name) or "" for name in TEXT_FIELDS}
        changes = tuple(
            Change(label, difference(former[name], later.get(name, "")))
            for name, label in text_labels().items()
            if former[name] != later.get(name, "")
        )
        moments.append(Moment(revision.replaced_at, "revision", revision, changes))
        later = former
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def difference(before: str, after: str) -> SafeString:
    """Return the difference of two texts: deletions in <del>, insertions in <ins>, all escaped."""
    is_long = max(len(before), len(after)) > LONG
    old = before.splitlines(keepends=True) if is_long else WORDS.findall(before)
    new = after.splitlines(keepends=True) if is_long else WORDS.findall(after)
    pieces = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(escape("".join(old[a:b])))
            continue
        if a < b:
            pieces.append(format_html("<del>{}</del>", "".join(old[a:b])))
        if c < d:
            pieces.append(format_html("<ins>{}</ins>", "".join(new[c:d])))
    return mark_safe("".join(pieces))  # noqa: S308  each piece is escaped
