"""A text as a reader sees it: the original, or its translation into the reader's language."""

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

# Query parameters that list the texts of a page that a reader asked to have translated, and
# those that they want to see in the original.
ASKED, ORIGINAL = "translate", "original"
ALL = "all"


@dataclass
class LocalizedText:
    """One text and the state of its translation into the reader's language.

    A finished translation is shown to everyone, a pending one only to those who asked for it.
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
        """Whether there is anything to translate: the language is another one, and known."""
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
        """The translation with its segments marked, and with the hits of a search."""
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
        """Why there is no translation, as a sentence that tells the reader what to do."""
        if self.refusal:
            return self.refusal
        late = EngineFailure.LATE
        code = late if self.translation is None else self.translation.failure or late
        return str(EngineFailure(code).label)


def localize(subjects: Sequence[Any], query: QueryDict) -> None:
    """Set `localized` on each subject, a review or response, from the stored translations.

    One query fetches them for both kinds of subjects; no engine is called.
    """
    target = get_language() or "en"
    asked, originals = set(query.getlist(ASKED)), set(query.getlist(ORIGINAL))
    foreign = [s for s in subjects if s.language not in (target, UNDETERMINED)]
    translations = _stored(foreign, target)
    for subject in subjects:
        localized = LocalizedText(subject, target, translations.get((type(subject), subject.pk)))
        localized.asked = localized.key in asked
        localized.wants_original = bool({localized.key, ALL} & originals)
        subject.localized = localized


def localize_cards(reviews: list[Review], request: HttpRequest) -> None:
    """Set `localized` on reviews and their responses, for their cards."""
    responses = []
    for review in reviews:
        if response := review.published_response:
            # The same object, so that the card finds `localized` on both.
            response.review = review
            responses.append(response)
    localize([*reviews, *responses], request.GET)


def has_translations(reviews: list[Review]) -> bool:
    """Return whether any text of a page has a translation."""
    texts: list[Any] = [text for r in reviews for text in (r, r.published_response) if text]
    return any(text.localized.has_translation for text in texts)


def originals_wanted(request: HttpRequest) -> str | None:
    """Return the parameter value that asks for all originals, None if the reader did not ask."""
    return ALL if ALL in request.GET.getlist(ORIGINAL) else None


def _stored(subjects: Sequence[Any], target: str) -> dict[tuple[type[Any], int], TranslationBase]:
    """Return the translations of reviews and responses, by type and id, in one query."""
    rows: QuerySet[Any] | None = None
    models = {type(subject): subject.translations.model for subject in subjects}
    for index, (kind, model) in enumerate(models.items()):
        field = f"{model.subject_field}_id"
        of_kind = (
            model._default_manager.filter(
                **{f"{field}__in": [s.pk for s in subjects if type(s) is kind]},
                target_language=target,
            )
            .order_by()
            .values_list(Value(index), field, *SHOWN)
        )
        rows = of_kind if rows is None else rows.union(of_kind, all=True)
    kinds = list(models)
    translations: dict[tuple[type[Any], int], TranslationBase] = {}
    for index, pk, *values in rows if rows is not None else ():
        kind = kinds[index]
        translations[kind, pk] = models[kind](**dict(zip(SHOWN, values, strict=True)))
    return translations


# The columns of a translation that a page shows.
SHOWN = (
    "target_language", "status", "texts", "segments", "engine", "via", "origin", "author_id",
    "failed", "failure", "stale_since", "requested_at", "finished_at",
)  # fmt: skip


def respond(request: HttpRequest, subject: Translatable, template: str, back: str) -> HttpResponse:
    """Show one text in the reader's language.

    POST requests the translation, GET shows its state, and GET with `original` shows the
    original. `back` is the page that contains the text, for readers without JavaScript.
    """
    localized = LocalizedText(subject, get_language() or "en")
    localized.wants_original = ORIGINAL in request.GET
    if request.method == "POST" and localized.is_foreign:
        if TranslationThrottle().allows(request):
            localized.translation = request_translation(subject=subject, target=localized.target)
        else:
            localized.refusal = _("Too many translations requested. Try again in a minute.")
    else:
        localized.translation = subject.translations.filter(
            target_language=localized.target
        ).first()
    page = (request.htmx.current_url_abs_path if request.htmx else None) or back
    address = with_key(page, localized.key, ORIGINAL if localized.wants_original else ASKED)
    if not request.htmx:
        return redirect(f"{address}#{localized.key}")
    subject.localized = localized  # type: ignore[attr-defined]
    return replace_url(render(request, template, {"subject": subject}), address)


def with_key(address: str, key: str, parameter: str) -> str:
    """Return a page's address that shows a text translated, or in the original."""
    parts = urlsplit(address)
    pairs = [p for p in parse_qsl(parts.query) if p not in ((ASKED, key), (ORIGINAL, key))]
    pairs.append((parameter, key))
    return f"{parts.path}?{urlencode(pairs)}"


varies = vary_on_headers("HX-Request")
