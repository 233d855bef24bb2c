"""Reply templates: variables, greeting and signature, and which templates fit a review.

A variable without a value stays in the text for the writer to see; a response with one in it
cannot be published.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from responses.choices import TemplateKind
from responses.models import ReplyTemplate
from reviews.language import base_language
from reviews.models import Review

VARIABLE = re.compile(r"\{\{\s*([\w.]*)\s*\}\}")
# The variables of templates, with their labels.
VARIABLES = {
    "reviewer.first_name": _("the reviewer's first name"),
    "reviewer.name": _("the reviewer's name as shown to readers"),
    "product": _("the product's name"),
    "vendor": _("the vendor's name"),
    "agent.first_name": _("the first name of the person responding"),
    "rating": _("the overall rating, 1 to 5"),
}
# Placeholders that sources show in place of a name.
NO_NAMES = {"anonymous", "anónimo", "verified reviewer", "usuario verificado", "a google user"}


@dataclass(frozen=True)
class Rendered:
    """A template's text for one review, with the variables that have no value."""

    template: ReplyTemplate
    text: str
    missing: tuple[str, ...]


def first_name(name: str) -> str:
    """Return the first name to greet a person by, empty if it is not known."""
    first = name.strip().split(" ")[0].rstrip(".,")
    # "J. Smith", "user1234", "verified reviewer"
    is_name = len(first) > 1 and first.isalpha() and name.strip().lower() not in NO_NAMES
    return first[:1].upper() + first[1:] if is_name else ""


def values(review: Review, agent: User | None) -> dict[str, str]:
    """Return the value of each variable, empty if unknown."""
    with translation.override(base_language(review.language) or "en"):
        rating = review.overall_rating
        shown = "" if rating is None else number_format(rating.normalize(), use_l10n=True)
    if rating is not None and rating == rating.to_integral_value():
        shown = str(int(rating))
    return {
        "reviewer.first_name": first_name(review.reviewer_name),
        "reviewer.name": review.reviewer_name,
        "product": review.product.name,
        "vendor": review.product.vendor.name,
        "agent.first_name": agent.first_name if agent else "",
        "rating": shown,
    }


def fill(text: str, known: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return a text with its variables filled in, and the names of those without a value."""
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        text = known.get(match[1], "")
        if not text:
            missing.append(match[1])
        return text or match[0]

    return VARIABLE.sub(value, text), tuple(missing)


def unknown_variables(text: str) -> list[str]:
    """Return the variables in a text that do not exist."""
    return [name for name in VARIABLE.findall(text) if name not in VARIABLES]


def fits(template: ReplyTemplate, review: Review, language: str = "") -> bool:
    """Return whether a template is for a review's rating and for a language.

    Without `language`, the review's.
    """
    wanted = base_language(language or review.language)
    if template.language and base_language(template.language) != wanted:
        return False
    if review.stars is None:
        return (template.stars_from, template.stars_to) == (1, 5)
    return template.stars_from <= review.stars <= template.stars_to


def choose(
    templates: Iterable[ReplyTemplate], review: Review, language: str = ""
) -> list[ReplyTemplate]:
    """Return the templates that fit a review in a language, those of that language first."""
    fitting = [template for template in templates if fits(template, review, language)]
    return sorted(fitting, key=lambda template: (not template.language, template.name))


def of_vendor(vendor_id: int) -> list[ReplyTemplate]:
    """Return the templates of a vendor that are in use."""
    return list(ReplyTemplate.objects.filter(vendor=vendor_id, archived=False))


def render(
    template: ReplyTemplate, review: Review, agent: User | None, others: Iterable[ReplyTemplate]
) -> Rendered:
    """Return a whole response: the template's text between a greeting and a signature.

    These come from `others`, the vendor's templates, in the template's language, if there are any.
    """
    known = values(review, agent)
    fitting = choose(others, review, template.language)
    parts = [
        _of_kind(fitting, TemplateKind.GREETING),
        template.body,
        _of_kind(fitting, TemplateKind.SIGNATURE),
    ]
    text, missing = fill("\n\n".join(part.strip() for part in parts if part), known)
    return Rendered(template, text, missing)


def _of_kind(templates: list[ReplyTemplate], kind: TemplateKind) -> str:
    return next((template.body for template in templates if template.kind == kind), "")


def frame(review: Review, agent: User, templates: list[ReplyTemplate], language: str) -> str:
    """Return the text of a new editor: greeting and signature with space between them."""
    known = values(review, agent)
    fitting = choose(templates, review, language)
    greeting = _of_kind(fitting, TemplateKind.GREETING)
    signature = _of_kind(fitting, TemplateKind.SIGNATURE)
    if not greeting and not signature:
        return ""
    return fill("\n\n".join((greeting.strip(), "", signature.strip())), known)[0].strip("\n")
