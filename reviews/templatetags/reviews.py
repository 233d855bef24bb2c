"""What templates show of reviews."""

import datetime
import re
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.choices import Criterion, ReviewStatus, SignalKind
from reviews.industries import industry_label
from reviews.languages import language_name
from reviews.search import END, START

register = template.Library()
HIT = re.compile(f"{START}([^{START}{END}]*){END}")
register.filter("industry", industry_label)
register.filter("language_name", language_name)


@register.filter
def tenth(value: Any) -> str:
    """A number with one decimal, as the reader writes it: 4,3 or 4.3."""
    return number_format(round(float(value), 1), 1) if value is not None else ""


@register.filter
def grouped(value: Any) -> str:
    """A count with its thousands grouped, as the reader writes them."""
    return number_format(value, force_grouping=True) if value is not None else ""


@register.filter
def stars(value: Any) -> SafeString:
    """A rating as five stars, read out as a number. Halves are shown as such."""
    rating = float(value)
    marks = []
    for place in range(1, 6):
        kind = "on" if rating >= place - 0.25 else "half" if rating >= place - 0.75 else "off"
        marks.append(format_html('<i class="{}">★</i>', kind))
    return format_html(
        '<span class="stars" role="img" aria-label="{}">{}</span>',
        _("%(rating)s out of 5") % {"rating": tenth(rating)},
        mark_safe("".join(marks)),  # noqa: S308  built just above
    )


@register.filter
def criterion(key: str) -> str:
    return str(Criterion(key).label)


@register.filter
def paragraphs(text: str) -> SafeString:
    """A text in its own shape: paragraphs, lists, line breaks. Everything is escaped."""
    blocks = []
    for block in re.split(r"\n\s*\n", str(text).strip()):
        lines = [_with_marks(conditional_escape(line.strip())) for line in block.split("\n")]
        blocks.append("<p>" + "<br>".join(lines) + "</p>")
    return mark_safe("".join(blocks))  # noqa: S308  each line is escaped


def _with_marks(escaped: str) -> str:
    """Turn the highlighter's characters, around hits, into elements."""
    found = HIT.sub(r"<mark>\1</mark>", escaped)
    return found.replace(START, "").replace(END, "")


@register.filter
def marked(text: str, most: int) -> SafeString:
    """The beginning of a text, its hits marked; everything is escaped."""
    cut = text.strip()
    if len(cut) > most:
        # A cut within a hit would leave it open.
        cut = cut[:most].rstrip(START)
        cut += (END if cut.count(START) > cut.count(END) else "") + "…"
    return mark_safe(_with_marks(conditional_escape(cut)))  # noqa: S308  escaped just here


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
def evidence(signal: dict[str, Any]) -> str:
    """What a signal rests on, in words."""
    said = signal["evidence"]
    match signal["kind"]:
        case SignalKind.LOOKALIKE:
            return _("%(percent)s%% like a review of %(product)s") % {
                "percent": round(100 * said["similarity"]), "product": said["product"]
            }  # fmt: skip
        case SignalKind.BURST:
            return _("%(count)s reviews came on %(day)s; usual are %(usual)s a day") % {
                "count": said["count"],
                "day": date_format(datetime.date.fromisoformat(said["day"]), "SHORT_DATE_FORMAT"),
                "usual": tenth(said["usual"]),
            }
        case SignalKind.MANY_PRODUCTS:
            if "reviewers" in said:
                return _("%(reviewers)s reviewers rated the same %(products)s products") % said
            return _("%(products)s products of %(vendors)s vendors within %(days)s days") % said
        case SignalKind.CONTRADICTION:
            return _("%(stars)s stars, but: %(words)s") % {
                "stars": said["stars"], "words": ", ".join(said["words"])
            }  # fmt: skip
        case SignalKind.PROMOTION:
            return ", ".join(said["found"])
        case SignalKind.UNUSABLE:
            return {
                "no_words": _("no words in it"),
                "repeated": _("one thing said over and over"),
                "keyboard": _("letters that make no words"),
            }[said["why"]]
    return ""


@register.filter
def age(date: datetime.date | None) -> str:
    """How long ago a day is, in a word: 3 d, 5 mo, 2 y."""
    if date is None:
        return ""
    days = max((timezone.now().date() - date).days, 0)
    if days < 60:
        return _("%(n)d d") % {"n": days}
    if days < 730:
        return _("%(n)d mo") % {"n": days // 30}
    return _("%(n)d y") % {"n": days // 365}


@register.filter
def duration(seconds: float | None) -> str:
    """A time to wait, rounded so as not to promise too much."""
    if seconds is None:
        return ""
    if seconds < 60:
        return _("less than a minute")
    minutes = round(seconds / 60)
    return ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}


@register.filter
def share(part: int, whole: int) -> float:
    """A part of a whole in percent, 0 where there is no whole."""
    return round(100 * part / whole, 1) if whole else 0


@register.filter
def points(share_: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    said = number_format(round(100 * share_, 1), 1)
    return f"+{said}" if share_ > 0 else said


@register.filter
def wait(delta: datetime.timedelta) -> str:
    """How long something took, in the unit that tells most."""
    seconds = delta.total_seconds()
    if seconds < 90 * 60:
        minutes = max(1, round(seconds / 60))
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if seconds < 48 * 3600:
        hours = round(seconds / 3600)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(seconds / 86400)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter(name="hex")
def as_hex(value: Any) -> str:
    return bytes(value).hex() if value is not None else ""


@register.filter
def fault_label(what: str) -> str:
    """What is wrong with an audit entry, in words."""
    return {
        "changed": _("it was changed"),
        "gap": _("entries before it are missing"),
        "unlinked": _("it does not follow from the one before"),
        "cut": _("entries at the end are missing"),
    }[what]


@register.filter
def queue_label(name: str) -> str:
    return {
        "pending": _("Waiting for a decision"),
        "flagged": _("Flagged"),
        "suspicious": _("Suspicious"),
        "appealed": _("Appealed"),
    }[name]


@register.simple_tag
def bar(part: int, whole: int, kind: str) -> SafeString:
    """A part of a whole as a bar, for tables: the number stands beside it."""
    width = number_format(share(part, whole), 1, use_l10n=False)
    return format_html(
        '<svg class="share-bar {}" viewBox="0 0 100 8" preserveAspectRatio="none"'
        ' aria-hidden="true"><rect width="{}" height="8"/></svg>',
        kind,
        width,
    )


@register.simple_tag
def spark(pairs: list[tuple[str, int]]) -> SafeString:
    """A small column chart for a table's cell, read out as its numbers."""
    most = max((n for _label, n in pairs), default=0) or 1
    said = ", ".join(f"{label}: {n}" for label, n in pairs if n)
    rects = [
        format_html('<rect x="{}" y="{}" width="4" height="{}"/>', 5 * place,
                    24 - round(24 * n / most), round(24 * n / most))
        for place, (_label, n) in enumerate(pairs)
    ]  # fmt: skip
    return format_html(
        '<svg class="spark" viewBox="0 0 {} 24" role="img" aria-label="{}">{}</svg>',
        5 * len(pairs),
        said,
        mark_safe("".join(rects)),  # noqa: S308  made just above of numbers
    )


@register.inclusion_tag("reviews/_columns.html")
def columns(pairs: list[tuple[Any, int]], summary: str) -> dict[str, Any]:
    """A column chart of (label or day, number) pairs, its numbers in a table behind it."""
    most = max((n for _label, n in pairs), default=0) or 1
    labels = [
        date_format(label, "SHORT_DATE_FORMAT") if isinstance(label, datetime.date) else label
        for label, _n in pairs
    ]
    return {
        "columns": [
            {
                "label": label,
                "n": n,
                "x": 10 * place + 1,
                "width": 8,
                "height": round(115 * n / most),
                "y": 119 - round(115 * n / most),
            }
            for place, (label, (_said, n)) in enumerate(zip(labels, pairs, strict=True))
        ],
        "width": 10 * len(pairs),
        "summary": summary,
        "first": labels[0] if labels else "",
        "last": labels[-1] if labels else "",
    }


@register.filter
def key_of(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key, "")


@register.filter
def action_label(action: str) -> str:
    """An audit entry's action in words."""
    return {
        "review_decided": _("Decision"),
        "review_decision_undone": _("Decision undone"),
        "review_flagged": _("Review flagged"),
        "response_flagged": _("Response flagged"),
        "flags_settled": _("Flags settled"),
        "review_skipped": _("Skipped"),
        "review_assigned": _("Assigned"),
        "review_mended": _("Mended by the author"),
        "appeal_made": _("Appeal"),
        "appeal_decided": _("Appeal decided"),
        "note_written": _("Note"),
        "tag_added": _("Tag added"),
        "tag_removed": _("Tag removed"),
        "passage_redacted": _("Passage blocked out"),
        "redaction_lifted": _("Passage shown again"),
        "reviewer_erased": _("Reviewer's data erased"),
        "rule_held": _("Held by a rule"),
        "second_look": _("Second look"),
        "import_finished": _("Import"),
        "rule_changed": _("Rule changed"),
        "rule_switched_on": _("Rule switched on"),
        "rule_switched_off": _("Rule switched off"),
        "rule_moved": _("Rule moved"),
        "word_list_changed": _("Word list changed"),
        "translation_requested": _("Translation requested"),
        "response_published": _("Response published"),
        "response_edited": _("Response edited"),
        "response_withdrawn": _("Response withdrawn"),
        "response_removed": _("Response removed"),
        "response_imported": _("Response imported"),
    }.get(action, action)


@register.filter
def why_skipped(code: str) -> str:
    """Why a bulk job passed a review over, in words."""
    return {
        "status": _("it cannot be moved there from where it is"),
        "reason": _("the decision needs a reason"),
        "same": _("it was so already"),
        "unknown": _("its language is not known"),
        "late": _("too late to undo"),
        "moved": _("somebody has decided on it since"),
    }[code]


@register.filter
def status_label(status: str) -> str:
    return str(ReviewStatus(status).label)


@register.inclusion_tag("reviews/_text_of.html")
def text_of(reading: Any, field: str, label: str = "") -> dict[str, Any]:
    """One field of a review as it is read, under its label; nothing where it is empty."""
    return {
        "text": reading.texts.get(field, ""),
        "language": reading.language,
        "label": label,
    }
