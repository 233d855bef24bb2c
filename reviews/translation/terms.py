"""Change a vendor's glossary, and mark the translations that a change makes stale."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from reviews.choices import TermKind
from reviews.models import AuditEntry, GlossaryTerm, TranslationBase, Vendor


class Entry(NamedTuple):
    """A glossary term as entered in a form or read from a file."""

    source_language: str
    target_language: str
    term: str
    kind: str
    translation: str = ""


@transaction.atomic
def put(*, vendor: Vendor, entries: Sequence[Entry], actor: User) -> int:
    """Add terms to a glossary, replacing existing ones. Returns how many changed."""
    known = {
        (t.source_language, t.target_language, t.term.casefold()): t
        for t in GlossaryTerm.objects.select_for_update().filter(vendor=vendor)
    }
    changed = []
    for entry in entries:
        wording = "" if entry.kind == TermKind.KEEP else entry.translation
        key = (entry.source_language, entry.target_language, entry.term.casefold())
        row = known.get(key) or GlossaryTerm(
            vendor=vendor, source_language=key[0], target_language=key[1]
        )
        if (row.term, row.kind, row.translation) != (entry.term, entry.kind, wording) or not row.pk:
            row.term, row.kind, row.translation = entry.term, entry.kind, wording
            row.save()
            known[key] = row
            changed.append(row)
    _record_change(vendor, changed, "glossary_changed", actor)
    return len(changed)


@transaction.atomic
def remove(*, term: GlossaryTerm, actor: User) -> None:
    """Delete a term from its glossary."""
    _record_change(term.vendor, [term], "glossary_term_removed", actor)
    term.delete()


def _record_change(vendor: Vendor, terms: Sequence[GlossaryTerm], action: str, actor: User) -> None:
    """Mark translations with the terms as stale, and add an audit entry."""
    if not terms:
        return
    for term in terms:
        mark_stale(term)
    names = [f"{t.source_language}>{t.target_language} {t.term}" for t in terms[:20]]
    AuditEntry.objects.create(
        action=action, actor=actor, detail={"vendor": vendor.pk, "terms": names, "n": len(terms)}
    )


def mark_stale(term: GlossaryTerm) -> None:
    """Mark machine translations of texts that contain a term as stale."""
    for model in TranslationBase.kinds():
        name = model.subject_field
        subject: Any = model._meta.get_field(name).related_model
        has_term = Q()
        for column in subject.CONTENT:
            has_term |= Q(**{f"{name}__{column}__icontains": term.term})
        model._default_manager.filter(
            has_term,
            **{
                f"{name}__{subject.VENDOR_PATH}": term.vendor_id,
                f"{name}__language": term.source_language,
            },
            target_language=term.target_language,
            author=None,
            stale_since=None,
        ).update(stale_since=timezone.now())


def of(vendor: Vendor) -> list[Entry]:
    """Return a vendor's terms, ordered by language pair and term."""
    rows = GlossaryTerm.objects.filter(vendor=vendor).order_by(
        "source_language", "target_language", Lower("term")
    )
    return [
        Entry(r.source_language, r.target_language, r.term, r.kind, r.translation) for r in rows
    ]
