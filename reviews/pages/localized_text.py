"""A text as a reader sees it: in its own language, or translated into the reader's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import QuerySet, Value
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import replace_url

from reviews.choices import TranslationStatus
from reviews.http import HttpRequest
from reviews.language import UNDETERMINED
from reviews.models import Review, TranslationBase
from reviews.pages.throttles import TranslationThrottle
from reviews.translation.alignment import marked_translation
from reviews.translation.engines import EngineFailure
from reviews.translation.plans import Translatable
from reviews.translation.service import is_late, request_translation

# The query parameters that list what a reader has had translated on a page, and what they
# want to see as it was written.
ASKED, ORIGINAL = "translate", "original"
ALL = "all"


@dataclass
class LocalizedText:
    """One text and the state of its translation into the reader's language.

    What is translated already is shown so; what is under way only to who asked for it.
    """

    subject: Any
    target: str
    translation: TranslationBase | None = None
    asked: bool = True
    wants_original: bool = False
    refusal: str = ""
    found_texts: dict[str, str] | None = None

    @property
    def key(self) -> str:
        return f"{self.subject._meta.model_name}-{self.subject.pk}"

    @property
    def is_foreign(self) -> bool:
        """Whether there is anything to translate: another language, and a known one."""
        return self.subject.language not in (self.target, UNDETERMINED)

    @property
    def state(self) -> str:
        if self.refusal:
            return "failed"
        if self.translation is None or self.wants_original:
            return "original"
        if self.translation.status == TranslationStatus.DONE:
            return "translated"
        if not self.asked:
            return "original"
        if self.translation.status == TranslationStatus.FAILED or is_late(self.translation):
            return "failed"
        return "pending"

    @property
    def has_translation(self) -> bool:
        """Whether a translation is stored, shown or not."""
        return self.translation is not None and self.translation.status == TranslationStatus.DONE

    @property
    def texts(self) -> dict[str, str]:
        if self.state == "translated" and self.translation:
            return self.translation.texts
        return self.subject.texts()

    @property
    def marked_texts(self) -> dict[str, str]:
        """The translation with its segments marked, and what a search has found in it."""
        if self.found_texts is not None:
            return self.found_texts
        if self.translation is None:
            return {}
        return marked_translation(self.subject.texts(), self.translation)

    @property
    def language(self) -> str:
        return self.target if self.state == "translated" else self.subject.language

    @property
    def failure(self) -> str:
        """Why there is no translation, as a sentence that says what to do."""
        if self.refusal:
            return self.refusal
        late = EngineFailure.LATE
        code = late if self.translation is None else self.translation.failure or late
        return str(EngineFailure(code).label)


def localize(subjects: Sequence[Any], query: QueryDict) -> None:
    """Give each subject, review or response, its `localized` text out of the stored translations.

    They come in one query, whatever the subjects are; no engine is called.
    """
    target = get_language() or "en"
    asked, originals = set(query.getlist(ASKED)), set(query.getlist(ORIGINAL))
    foreign = [s for s in subjects if s.language not in (target, UNDETERMINED)]
    found = _stored(foreign, target)
    for subject in subjects:
        localized = LocalizedText(subject, target, found.get((type(subject), subject.pk)))
        localized.asked = localized.key in asked
        localized.wants_original = bool({localized.key, ALL} & originals)
        subject.localized = localized


def localize_cards(reviews: list[Review], request: HttpRequest) -> None:
    """Give reviews and their responses what a card shows of them."""
    responses = []
    for review in reviews:
        if response := review.published_response:
            # The same object: the card reads both from here.
            response.review = review
            responses.append(response)
    localize([*reviews, *responses], request.GET)


def has_translations(reviews: list[Review]) -> bool:
    """Tell whether anything on a page is there in another language than it was written in."""
    texts: list[Any] = [text for r in reviews for text in (r, r.published_response) if text]
    return any(text.localized.has_translation for text in texts)


def originals_wanted(request: HttpRequest) -> str | None:
    """Return the parameter by which a reader asks for all originals, None if they did not."""
    return ALL if ALL in request.GET.getlist(ORIGINAL) else None


def _stored(subjects: Sequence[Any], target: str) -> dict[tuple[type[Any], int], TranslationBase]:
    """Return the translations of reviews and responses alike, in one query."""
    rows: QuerySet[Any] | None = None
    models = {type(subject): subject.translations.model for subject in subjects}
    for place, (kind, model) in enumerate(models.items()):
        field = f"{model.subject_field}_id"
        own = (
            model._default_manager.filter(
                **{f"{field}__in": [s.pk for s in subjects if type(s) is kind]},
                target_language=target,
            )
            .order_by()
            .values_list(Value(place), field, *SHOWN)
        )
        rows = own if rows is None else rows.union(own, all=True)
    kinds = list(models)
    found: dict[tuple[type[Any], int], TranslationBase] = {}
    for place, pk, *values in rows if rows is not None else ():
        kind = kinds[place]
        found[kind, pk] = models[kind](**dict(zip(SHOWN, values, strict=True)))
    return found


# What a page shows of a translation.
SHOWN = (
    "target_language", "status", "texts", "segments", "engine", "via", "origin", "author_id",
    "failed", "failure", "stale_since", "requested_at", "finished_at",
)  # fmt: skip


def respond(request: HttpRequest, subject: Translatable, template: str, back: str) -> HttpResponse:
    """Answer a request for one text in the reader's language.

    POST asks for the translation, GET shows how far it is, GET with `original` the
    original. `back` is the page the text stands on, for readers without JavaScript.
    """
    shown = LocalizedText(subject, get_language() or "en")
    shown.wants_original = ORIGINAL in request.GET
    if request.method == "POST" and shown.is_foreign:
        if TranslationThrottle().allows(request):
            shown.translation = request_translation(subject=subject, target=shown.target)
        else:
            shown.refusal = _("Too many translations requested. Try again in a minute.")
    else:
        shown.translation = subject.translations.filter(target_language=shown.target).first()
    page = (request.htmx.current_url_abs_path if request.htmx else None) or back
    address = with_key(page, shown.key, ORIGINAL if shown.wants_original else ASKED)
    if not request.htmx:
        return redirect(f"{address}#{shown.key}")
    subject.localized = shown  # type: ignore[attr-defined]
    return replace_url(render(request, template, {"subject": subject}), address)


def with_key(address: str, key: str, parameter: str) -> str:
    """Return a page's address in which a text is shown translated, or as it was written."""
    parts = urlsplit(address)
    pairs = [p for p in parse_qsl(parts.query) if p not in ((ASKED, key), (ORIGINAL, key))]
    pairs.append((parameter, key))
    return f"{parts.path}?{urlencode(pairs)}"


varies = vary_on_headers("HX-Request")
