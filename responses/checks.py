"""Checks before a response is published: problems, which block it, and warnings.

Maximum lengths are those that the sources document: Google Play allows 350 characters (Play
Console Help, "View and analyze your app's ratings and reviews"), the App Store 5,970 (App Store
Connect API, CustomerReviewResponseV1).
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, CharField, F, When
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from responses.forms import LONGEST
from responses.models import Response, VendorDesk
from responses.rendering import VARIABLE
from reviews.models import Review

LIMITS = {"google_play": 350, "app_store": 5970}
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"']+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*", re.I)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Eight digits or more: phone, account and order numbers.
LONG_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[\s().-]{0,2}\d){7,}(?!\w)")
MARKUP = re.compile(r"\*\*\S|^#{1,6} |\[[^\]\n]+\]\([^)\n]+\)|^```|</?[a-z]+[^>\n]*>", re.M)
# Something of value and a request to change the review, within a sentence or two.
WORTH = (
    r"refund|discount|voucher|gift ?card|coupon|credit|free (?:month|year)|compensat\w*|reward|"
    r"reembols\w*|descuento|vale|cupón|regalo|compensa\w*|abono|mes(?:es)? gratis|"
    r"rembours\w*|réduction|bon d'achat|remise|Gutschein|Rabatt|Erstattung|"
    r"reembolso|desconto|cupom|brinde"
)
CHANGE = (
    r"(?:chang|updat|edit|remov|delet|revis|rais|improv|cambi|modific|actualiz|elimin|borr|retir|"
    r"sub|mejor|modifi|supprim|mett|änder|lösch|alter|apag|remov|atualiz)\w*"
)
OPINION = (
    r"(?:review|rating|stars?|reseña|opini[oó]n|valoraci[oó]n|puntuaci[oó]n|estrellas?|"
    r"avis|note|étoiles?|Bewertung|Rezension|avaliaç\w+)"
)
BARGAIN = re.compile(
    rf"(?s)(?:\b(?:{WORTH})\b.{{0,160}}\b{CHANGE}\b.{{0,40}}\b{OPINION}\b)"
    rf"|(?:\b{CHANGE}\b.{{0,40}}\b{OPINION}\b.{{0,160}}\b(?:{WORTH})\b)",
    re.I,
)
APOLOGY = re.compile(
    r"\b(?:sorry|apologi[sz]e|apologies|lamentamos|sentimos|disculpa\w*|perdón|désolés?|"
    r"excus\w+|Entschuldigung|leid|desculp\w*|lamento)\b",
    re.I,
)
SHORT_APOLOGY = 400  # characters
MAX_COPIES = 9  # published already
MIN_SIMILARITY = 0.85  # of trigrams, 0 to 1
COMPARED = 500  # of the vendor's latest responses,
COMPARED_AGE = timedelta(days=180)  # not older than this


@dataclass
class CheckResult:
    """Problems that block a response, and warnings that its writer must confirm, as sentences."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def confirmation(self) -> str:
        """The value that the form returns when the writer has confirmed these warnings."""
        return slugify(" ".join(self.warnings), allow_unicode=True)[:300]


def limit_of(review: Review) -> int:
    """Return how many characters the review's source allows for a response."""
    return LIMITS.get(review.source.key, LONGEST)


def check(body: str, review: Review, desk: VendorDesk | None) -> CheckResult:
    """Check a response before it is published."""
    result = CheckResult()
    longest = limit_of(review)
    if len(body) > longest:
        result.problems.append(
            _("%(source)s allows at most %(most)s characters. Shorten the response by %(over)s.")
            % {"source": review.source.name, "most": longest, "over": len(body) - longest}
        )
    if variable := VARIABLE.search(body):
        result.problems.append(
            _("“%(variable)s” has no value for this review. Replace it with your own text.")
            % {"variable": variable[0]}
        )
    allowed = desk.link_domains if desk else []
    for address in ADDRESS.findall(body):
        domain = domain_of(address)
        if not any(domain == name or domain.endswith(f".{name}") for name in allowed):
            result.problems.append(
                _(
                    "Links to %(domain)s are not allowed. Remove the link, or ask a "
                    "manager to allow the domain."
                )
                % {"domain": domain}
            )
    result.warnings = _warnings(body, review)
    return result


def check_both(body: str, translation: str, review: Review, desk: VendorDesk | None) -> CheckResult:
    """Check a response and its translation, since readers see both."""
    result = check(body, review, desk)
    if translation.strip():
        other = check(translation, review, desk)
        result.problems += [text for text in other.problems if text not in result.problems]
        result.warnings += [text for text in other.warnings if text not in result.warnings]
    return result


def domain_of(address: str) -> str:
    """Return the domain of an address, in lower case."""
    if "://" not in address:
        address = f"https://{address}"
    try:
        return (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return address


def _warnings(body: str, review: Review) -> list[str]:
    warnings = []
    if datum := personal_data(body, review):
        warnings.append(
            _("“%(datum)s” looks like personal data. Everyone who reads the response would see it.")
            % {"datum": datum}
        )
    if BARGAIN.search(body):
        warnings.append(
            _(
                "This seems to offer something in exchange for changing the review, "
                "which is not allowed."
            )
        )
    if is_empty_apology(body, review):
        warnings.append(
            _("Many of your responses already use this apology. Address what this review says.")
        )
    if MARKUP.search(body):
        warnings.append(_("Formatting marks such as ** or # appear as typed."))
    return warnings


def personal_data(body: str, review: Review) -> str:
    """Return the first personal data that the review does not contain, empty if there is none.

    Which addresses and numbers the vendor itself publishes is not known, so the writer is
    asked about every one.
    """
    shown = "\n".join([*review.texts().values(), review.product.vendor.name]).lower()
    known = [review.reviewer.email, review.reviewer.name] if review.reviewer else []
    for datum in known:
        is_public = datum.lower() in review.reviewer_name.lower() or datum.lower() in shown
        if len(datum) > 3 and datum.lower() in body.lower() and not is_public:
            return datum
    for pattern in (EMAIL, LONG_NUMBER):
        if match := pattern.search(body):
            return match[0]
    return ""


def is_empty_apology(body: str, review: Review) -> bool:
    """Return whether a response is a short apology that the vendor has used many times."""
    text = body.strip()
    if len(text) > SHORT_APOLOGY or not APOLOGY.search(text):
        return False
    recent = (
        Response.objects.published()
        .filter(
            review__product__vendor=review.product.vendor_id,
            published_at__gte=timezone.now() - COMPARED_AGE,
        )
        .exclude(review=review)
        .order_by("-published_at")
        .values("pk")[:COMPARED]
    )
    plain = Case(
        When(original_body="", then=F("body")), default=F("original_body"), output_field=CharField()
    )
    compared = Response.objects.filter(pk__in=recent).annotate(
        similarity=TrigramSimilarity(plain, text)
    )
    return compared.filter(similarity__gte=MIN_SIMILARITY)[:MAX_COPIES].count() >= MAX_COPIES
