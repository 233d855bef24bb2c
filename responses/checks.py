"""What is looked at before an answer is published: what keeps it back, and what is asked.

Rules of the sources are those that their pages give: Google Play takes 350 characters of an
answer (Play Console Help, "View and analyze your app's ratings and reviews"), the App Store
5,970 (App Store Connect API, CustomerReviewResponseV1).
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
# Eight digits and more, as phones, accounts and orders are content.
LONG_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[\s().-]{0,2}\d){7,}(?!\w)")
MARKUP = re.compile(r"\*\*\S|^#{1,6} |\[[^\]\n]+\]\([^)\n]+\)|^```|</?[a-z]+[^>\n]*>", re.M)
# Something of worth, and a word for changing what one wrote, within one sentence or two.
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
COPIES = 9  # so many there may be already
ALIKE = 0.85
LOOKED_THROUGH = 500  # of the vendor's last answers,
LOOKED_BACK = timedelta(days=180)  # within so long


@dataclass
class Found:
    """What keeps an answer back, and what its writer is asked about, as sentences."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def confirmation(self) -> str:
        """What the writer sends along who has read these warnings."""
        return slugify(" ".join(self.warnings), allow_unicode=True)[:300]


def limit_of(review: Review) -> int:
    """Return how many characters an answer to a review may have where it came from."""
    return LIMITS.get(review.source.key, LONGEST)


def check(body: str, review: Review, desk: VendorDesk | None) -> Found:
    """Look at an answer before it is published."""
    found = Found()
    longest = limit_of(review)
    if len(body) > longest:
        found.problems.append(
            _("%(source)s allows at most %(most)s characters. Shorten the response by %(over)s.")
            % {"source": review.source.name, "most": longest, "over": len(body) - longest}
        )
    if left := VARIABLE.search(body):
        found.problems.append(
            _("“%(variable)s” has no value for this review. Replace it with your own text.")
            % {"variable": left[0]}
        )
    allowed = desk.link_domains if desk else []
    for address in ADDRESS.findall(body):
        domain = domain_of(address)
        if not any(domain == each or domain.endswith(f".{each}") for each in allowed):
            found.problems.append(
                _(
                    "Links to %(domain)s are not allowed. Remove the link, or ask a "
                    "manager to allow the domain."
                )
                % {"domain": domain}
            )
    found.warnings = list(_warnings(body, review))
    return found


def check_both(body: str, translation: str, review: Review, desk: VendorDesk | None) -> Found:
    """Look at an answer and at what its reviewer will read of it: readers see both."""
    found = check(body, review, desk)
    if translation.strip():
        other = check(translation, review, desk)
        found.problems += [said for said in other.problems if said not in found.problems]
        found.warnings += [said for said in other.warnings if said not in found.warnings]
    return found


def domain_of(address: str) -> str:
    """Return the domain that an address leads to, in small letters."""
    if "://" not in address:
        address = f"https://{address}"
    try:
        return (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return address


def _warnings(body: str, review: Review) -> list[str]:
    said = []
    if datum := personal_datum(body, review):
        said.append(
            _("“%(datum)s” looks like personal data. Everyone who reads the response would see it.")
            % {"datum": datum}
        )
    if BARGAIN.search(body):
        said.append(
            _(
                "This seems to offer something in exchange for changing the review, "
                "which is not allowed."
            )
        )
    if is_empty_apology(body, review):
        said.append(
            _("Many of your responses already use this apology. Address what this review says.")
        )
    if MARKUP.search(body):
        said.append(_("Formatting marks such as ** or # appear as typed."))
    return said


def personal_datum(body: str, review: Review) -> str:
    """Return what tells more of the reviewer than the review does, empty where nothing does.

    An address or long number that the vendor publishes itself is none, and is not known:
    who writes is asked.
    """
    shown = "\n".join([*review.texts().values(), review.product.vendor.name]).lower()
    known = [review.reviewer.email, review.reviewer.name] if review.reviewer else []
    for datum in known:
        is_public = datum.lower() in review.reviewer_name.lower() or datum.lower() in shown
        if len(datum) > 3 and datum.lower() in body.lower() and not is_public:
            return datum
    for pattern in (EMAIL, LONG_NUMBER):
        if found := pattern.search(body):
            return found[0]
    return ""


def is_empty_apology(body: str, review: Review) -> bool:
    """Tell whether an answer is little but an apology that was given many times before."""
    core = body.strip()
    if len(core) > SHORT_APOLOGY or not APOLOGY.search(core):
        return False
    recent = (
        Response.objects.published()
        .filter(
            review__product__vendor=review.product.vendor_id,
            published_at__gte=timezone.now() - LOOKED_BACK,
        )
        .exclude(review=review)
        .order_by("-published_at")
        .values("pk")[:LOOKED_THROUGH]
    )
    plain = Case(
        When(original_body="", then=F("body")), default=F("original_body"), output_field=CharField()
    )
    alike = Response.objects.filter(pk__in=recent).annotate(likeness=TrigramSimilarity(plain, core))
    return alike.filter(likeness__gte=ALIKE)[:COPIES].count() >= COPIES
