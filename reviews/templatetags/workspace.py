"""What templates show of moderators' work: signals, reasons, faults."""

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
    """A text with each place of a passage marked; everything is escaped."""
    pieces = [conditional_escape(piece) for piece in text.split(passage)]
    joint = format_html("<mark>{}</mark>", passage)
    return mark_safe(joint.join(pieces))  # noqa: S308  each piece is escaped


@register.filter
def signal_label(kind: str) -> str:
    return str(SignalKind(kind).label)


@register.filter
def evidence(signal: Any) -> str:
    """What a signal rests on, in words."""
    said = signal.evidence
    match signal.kind:
        case SignalKind.NEAR_DUPLICATE:
            return _("%(percent)s%% match with a review of %(product)s") % {
                "percent": round(100 * said["similarity"]),
                "product": said["product"],
            }
        case SignalKind.BURST:
            return _("%(count)s reviews on %(day)s, compared with the usual %(usual)s a day") % {
                "count": said["count"],
                "day": date_format(datetime.date.fromisoformat(said["day"]), "SHORT_DATE_FORMAT"),
                "usual": tenth(said["usual"]),
            }
        case SignalKind.MANY_PRODUCTS:
            if "reviewers" in said:
                return _("%(reviewers)s reviewers rated the same %(products)s products") % said
            return _("%(products)s products from %(vendors)s vendors within %(days)s days") % said
        case SignalKind.CONTRADICTION:
            return _("Rated %(stars)s out of 5, contradicted by: %(words)s") % {
                "stars": said["stars"],
                "words": ", ".join(said["words"]),
            }
        case SignalKind.PROMOTION:
            return ", ".join(said["found"])
        case SignalKind.UNUSABLE:
            return {
                "no_words": _("no words"),
                "repeated": _("the same text repeated"),
                "keyboard": _("random letters"),
            }[said["why"]]
    return ""


@register.filter
def why_skipped(code: str) -> str:
    """Why a bulk job passed a review over, in words."""
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
    """Why a translation job passed a text over or failed with it, in words."""
    return {
        "same": _("Already in that language, or has no text."),
        "unknown": _("Language unknown."),
        "translated": _("Already translated."),
        "changed": _("Changed during translation."),
    }.get(code) or str(EngineFailure(code).label)


@register.filter
def check_label(check: str) -> str:
    """What a check of a translation has found, in words."""
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
    """What is wrong with an audit entry, in words."""
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
