"""Filters for moderators' pages: signals, reasons, faults."""

import datetime
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.choices import SignalKind
from reviews.templatetags.reviews import tenth
from reviews.translation.engines import EngineFailure

register = template.Library()


@register.filter
def passage_marked(text: str, passage: str) -> SafeString:
    """Return a text with each occurrence of a passage marked; everything is escaped."""
    pieces = [conditional_escape(piece) for piece in text.split(passage)]
    marked_passage = format_html("<mark>{}</mark>", passage)
    return mark_safe(marked_passage.join(pieces))  # noqa: S308  each piece is escaped


@register.filter
def signal_label(kind: str) -> str:
    return str(SignalKind(kind).label)


@register.filter
def evidence(signal: Any) -> str:
    """Return the evidence of a signal as a sentence."""
    data = signal.evidence
    match signal.kind:
        case SignalKind.NEAR_DUPLICATE:
            return _("%(percent)s%% match with a review of %(product)s") % {
                "percent": round(100 * data["similarity"]),
                "product": data["product"],
            }
        case SignalKind.BURST:
            return _("%(count)s reviews on %(day)s, compared with the usual %(usual)s a day") % {
                "count": data["count"],
                "day": date_format(datetime.date.fromisoformat(data["day"]), "SHORT_DATE_FORMAT"),
                "usual": tenth(data["usual"]),
            }
        case SignalKind.MANY_PRODUCTS:
            if "reviewers" in data:
                return _("%(reviewers)s reviewers rated the same %(products)s products") % data
            return _("%(products)s products from %(vendors)s vendors within %(days)s days") % data
        case SignalKind.CONTRADICTION:
            return _("Rated %(stars)s out of 5, contradicted by: %(words)s") % {
                "stars": data["stars"],
                "words": ", ".join(data["words"]),
            }
        case SignalKind.PROMOTION:
            return ", ".join(data["found"])
        case SignalKind.UNUSABLE:
            return {
                "no_words": _("no words"),
                "repeated": _("the same text repeated"),
                "keyboard": _("random letters"),
            }[data["why"]]
    return ""


@register.filter
def why_skipped(code: str) -> str:
    """Return why a bulk job skipped a review."""
    return {
        "status": _("current status doesn't allow it"),
        "reason": _("the decision needs a reason"),
        "same": _("nothing to change"),
        "unknown": _("language unknown"),
        "late": _("too late to undo"),
        "moved": _("a later decision was made"),
    }[code]


@register.filter
def why_untranslated(code: str) -> str:
    """Return why a translation job skipped a text or failed to translate it."""
    return {
        "same": _("Already in that language, or has no text."),
        "unknown": _("Language unknown."),
        "translated": _("Already translated."),
        "changed": _("Changed during translation."),
    }.get(code) or str(EngineFailure(code).label)


@register.filter
def check_label(check: str) -> str:
    """Return what a failed check of a translation found."""
    return {
        "marks": _("a link, name or symbol is missing or repeated"),
        "numbers": _("numbers differ from the original"),
        "empty": _("a sentence is empty"),
        "length": _("a sentence is much longer or shorter than the original"),
        "same": _("a sentence is not translated"),
        "forbidden": _("contains wording the glossary forbids"),
    }[check]


@register.filter
def fault_label(what: str) -> str:
    """Return what is wrong with an audit entry."""
    return {
        "changed": _("it was modified"),
        "gap": _("earlier entries are missing"),
        "unlinked": _("it doesn't match the previous entry"),
        "cut": _("later entries are missing"),
    }[what]


@register.filter
def queue_label(name: str) -> str:
    return {
        "pending": _("Awaiting decision"),
        "flagged": _("Flagged"),
        "suspicious": _("Suspicious"),
        "appealed": _("Appealed"),
    }[name]


@register.filter(name="hex")
def as_hex(value: Any) -> str:
    return bytes(value).hex() if value is not None else ""
