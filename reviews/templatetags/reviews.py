"""Filters and tags for showing reviews."""

import datetime
import re
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.choices import Criterion, ReviewStatus
from reviews.industries import industry_label
from reviews.languages import language_in_text, language_name
from reviews.search import END, START
from reviews.translation.alignment import SEGMENT, SEGMENT_END
from reviews.translation.protection import MARK

register = template.Library()
HIT = re.compile(f"{START}([^{START}{END}]*){END}")
register.filter("industry", industry_label)
register.filter("language_name", language_name)
register.filter("language_in_text", language_in_text)


@register.filter
def tenth(value: Any) -> str:
    """Return a number with one decimal in the reader's format: 4,3 or 4.3."""
    return number_format(round(float(value), 1), 1) if value is not None else ""


@register.filter
def grouped(value: Any) -> str:
    """Return a count with its digits grouped in the reader's format."""
    return number_format(value, force_grouping=True) if value is not None else ""


@register.filter
def stars(value: Any) -> SafeString:
    """Return a rating as five stars, to the half; screen readers read out the number."""
    rating = float(value)
    marks = []
    for position in range(1, 6):
        kind = "on" if rating >= position - 0.25 else "half" if rating >= position - 0.75 else "off"
        marks.append(format_html('<i class="{}">★</i>', kind))
    return format_html(
        '<span class="stars" role="img" aria-label="{}">{}</span>',
        _("%(rating)s out of 5 stars") % {"rating": tenth(rating)},
        mark_safe("".join(marks)),  # noqa: S308  built just above
    )


@register.filter
def criterion(key: str) -> str:
    return str(Criterion(key).label)


@register.filter
def field_label(name: str) -> str:
    """Return the label of a field of a review or a response."""
    return {
        "title": _("Title"),
        "overall": _("Overall"),
        "pros": _("Pros"),
        "cons": _("Cons"),
        "reasons_for_choosing": _("Reasons for choosing"),
        "reasons_for_switching": _("Reasons for switching"),
        "body": _("Response"),
    }[name]


@register.filter
def without_marks(text: str) -> str:
    """Return a segment of the translation memory with ellipses for its protected passages."""
    return MARK.sub("…", text)


@register.filter
def paragraphs(text: str) -> SafeString:
    """Return a text as HTML paragraphs with its line breaks. Everything is escaped."""
    blocks = []
    for block in re.split(r"\n\s*\n", str(text).strip()):
        lines = [_with_marks(conditional_escape(line.strip())) for line in block.split("\n")]
        blocks.append("<p>" + "<br>".join(lines) + "</p>")
    return mark_safe("".join(blocks))  # noqa: S308  each line is escaped


def _with_marks(escaped: str) -> str:
    """Replace the characters that mark hits and segments with elements."""
    html = HIT.sub(r"<mark>\1</mark>", escaped)
    html = html.replace(START, "").replace(END, "")
    return html.replace(SEGMENT, '<span class="segment">').replace(SEGMENT_END, "</span>")


@register.filter
def marked(text: str, limit: int) -> SafeString:
    """Return the beginning of a text with its hits marked; everything is escaped."""
    beginning = text.strip()
    if len(beginning) > limit:
        # A hit that is cut off must still be closed.
        beginning = beginning[:limit].rstrip(START)
        beginning += (END if beginning.count(START) > beginning.count(END) else "") + "…"
    return mark_safe(_with_marks(conditional_escape(beginning)))  # noqa: S308  escaped on this line


@register.filter
def age(date: datetime.date | None) -> str:
    """Return how long ago a day is: 3 d, 5 mo, 2 y."""
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
    """Return a waiting time in seconds, rounded to minutes, as it is an estimate."""
    if seconds is None:
        return ""
    if seconds < 60:
        return _("less than a minute")
    minutes = round(seconds / 60)
    return ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}


@register.filter
def share(part: int, whole: int) -> float:
    """Return a part of a whole in percent, 0 if the whole is 0."""
    return round(100 * part / whole, 1) if whole else 0


@register.filter
def wait(delta: datetime.timedelta) -> str:
    """Return a duration in minutes, hours or days, whichever fits best."""
    seconds = delta.total_seconds()
    if seconds < 90 * 60:
        minutes = max(1, round(seconds / 60))
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if seconds < 48 * 3600:
        hours = round(seconds / 3600)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(seconds / 86400)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter
def key_of(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key, "")


@register.filter
def action_label(action: str) -> str:
    """Return the label of an audit entry's action."""
    return {
        "review_decided": _("Decision"),
        "review_decision_undone": _("Decision undone"),
        "review_flagged": _("Review flagged"),
        "response_flagged": _("Response flagged"),
        "flags_settled": _("Flags resolved"),
        "review_skipped": _("Skipped"),
        "review_assigned": _("Assigned"),
        "review_edited_by_author": _("Edited by the author"),
        "appeal_made": _("Appeal"),
        "appeal_decided": _("Appeal decided"),
        "note_written": _("Note"),
        "tag_added": _("Tag added"),
        "tag_removed": _("Tag removed"),
        "passage_redacted": _("Passage redacted"),
        "redaction_lifted": _("Redaction removed"),
        "reviewer_erased": _("Reviewer's data erased"),
        "rule_held": _("Held by a rule"),
        "blind_review": _("Blind re-review"),
        "import_finished": _("Import"),
        "rule_changed": _("Rule changed"),
        "rule_switched_on": _("Rule switched on"),
        "rule_switched_off": _("Rule switched off"),
        "rule_moved": _("Rule moved"),
        "word_list_changed": _("Word list changed"),
        "translation_requested": _("Translation requested"),
        "translation_corrected": _("Translation corrected"),
        "translation_reports_settled": _("Translation reports resolved"),
        "translation_job_queued": _("Translation job started"),
        "translation_job_paused": _("Translation job paused"),
        "translation_job_cancelled": _("Translation job cancelled"),
        "translation_budget_set": _("Translation budget set"),
        "language_corrected": _("Language corrected"),
        "glossary_changed": _("Glossary changed"),
        "glossary_term_removed": _("Glossary term removed"),
        "memory_imported": _("Translation memory imported"),
        "response_published": _("Response published"),
        "response_edited": _("Response edited"),
        "response_withdrawn": _("Response withdrawn"),
        "response_removed": _("Response removed"),
        "response_imported": _("Response imported"),
        "response_drafted": _("Response drafted by a rule"),
        "response_submitted": _("Response submitted for approval"),
        "response_approved": _("Response approved"),
        "response_sent_back": _("Response sent back"),
        "response_taken_back": _("Approval request withdrawn"),
        "response_scheduled": _("Response scheduled"),
        "response_unscheduled": _("Response unscheduled"),
        "response_draft_discarded": _("Response draft discarded"),
        "case_assigned": _("Response assigned"),
        "case_tagged": _("Vendor tag added"),
        "case_untagged": _("Vendor tag removed"),
        "reply_rule_changed": _("Reply rule changed"),
        "reply_rule_switched_on": _("Reply rule switched on"),
        "reply_rule_switched_off": _("Reply rule switched off"),
        "reply_template_changed": _("Reply template changed"),
        "reply_template_archived": _("Reply template archived"),
        "reply_template_taken_out": _("Reply template restored"),
        "desk_settings_changed": _("Desk settings changed"),
        "assignment_rule_added": _("Assignment rule added"),
        "assignment_rule_removed": _("Assignment rule removed"),
        "member_invited": _("Member invited"),
        "invitation_withdrawn": _("Invitation withdrawn"),
        "member_joined": _("Member joined"),
        "member_role_changed": _("Member's role changed"),
        "member_removed": _("Member removed"),
        "member_away": _("Member's time off changed"),
    }.get(action, action)


@register.filter
def status_label(status: str) -> str:
    return str(ReviewStatus(status).label)


@register.inclusion_tag("reviews/_text_of.html")
def text_of(localized: Any, field: str, label: str = "") -> dict[str, Any]:
    """Show one field of a localized text under its label; nothing if it is empty."""
    return {
        "text": localized.texts.get(field, ""),
        "language": localized.language,
        "label": label,
    }
