"""The labels of a review's texts."""

from django.utils.translation import gettext as _


def text_labels() -> dict[str, str]:
    return {
        "title": _("Title"),
        "overall": _("Review"),
        "pros": _("Pros"),
        "cons": _("Cons"),
        "reasons_for_choosing": _("Reasons for choosing"),
        "reasons_for_switching": _("Reasons for switching"),
    }
