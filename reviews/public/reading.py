"""A text as a reader sees it: in its own language, or translated into the reader's."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import replace_url

from reviews.choices import TranslationStatus
from reviews.http import HttpRequest
from reviews.models import TranslationBase
from reviews.public.throttles import TranslationThrottle
from reviews.translation.engines import EngineFailure
from reviews.translation.service import is_late, request_translation
from reviews.translation.translator import Translatable

# The query parameter that lists what the reader has had translated on a page.
PARAMETER = "translate"


@dataclass
class Reading:
    """One text and the state of its translation into the reader's language."""

    subject: Any
    target: str
    translation: TranslationBase | None = None
    refusal: str = ""

    @property
    def key(self) -> str:
        return f"{self.subject._meta.model_name}-{self.subject.pk}"

    @property
    def is_foreign(self) -> bool:
        """Whether there is anything to translate: another language, and a known one."""
        return self.subject.language not in (self.target, "und")

    @property
    def state(self) -> str:
        if self.refusal:
            return "failed"
        if self.translation is None:
            return "original"
        if is_late(self.translation):
            return "failed"
        return {
            TranslationStatus.PENDING: "pending",
            TranslationStatus.DONE: "translated",
            TranslationStatus.FAILED: "failed",
        }[TranslationStatus(self.translation.status)]

    @property
    def texts(self) -> dict[str, str]:
        if self.state == "translated" and self.translation:
            return self.translation.texts
        return self.subject.texts()

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


def asked_for(request: HttpRequest) -> set[str]:
    """Return the keys of the texts that the page's address shows translated."""
    return set(request.GET.getlist(PARAMETER))


def readings(subjects: list[Any], keys: set[str]) -> None:
    """Give each subject its `reading`; the translations of all come in one query."""
    target = get_language() or "en"
    wanted = {s.pk: s for s in subjects if f"{s._meta.model_name}-{s.pk}" in keys}
    found = {}
    if wanted:
        model = subjects[0]._meta.get_field("translations").related_model
        name = subjects[0]._meta.model_name
        rows = model.objects.filter(**{f"{name}_id__in": list(wanted)}, target_language=target)
        found = {getattr(row, f"{name}_id"): row for row in rows}
    for subject in subjects:
        subject.reading = Reading(subject, target, found.get(subject.pk))


def respond(request: HttpRequest, subject: Translatable, template: str, back: str) -> HttpResponse:
    """Answer a request for one text in the reader's language.

    POST asks for the translation, GET shows how far it is, GET with `original` the
    original. `back` is the page the text stands on, for readers without JavaScript.
    """
    shown = Reading(subject, get_language() or "en")
    original = "original" in request.GET
    if request.method == "POST" and shown.is_foreign:
        if TranslationThrottle().allows(request):
            shown.translation = request_translation(subject=subject, target=shown.target)
        else:
            shown.refusal = _("That was a lot of translations. Try again in a minute.")
    elif not original:
        shown.translation = subject.translations.filter(target_language=shown.target).first()
    page = (request.htmx.current_url_abs_path if request.htmx else None) or back
    address = with_key(page, shown.key, not original)
    if not request.htmx:
        return redirect(f"{address}#{shown.key}")
    subject.reading = shown  # type: ignore[attr-defined]
    return replace_url(render(request, template, {"subject": subject}), address)


def with_key(address: str, key: str, shown: bool) -> str:
    """Return a page's address in which a text is, or is not, shown translated."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query) if pair != (PARAMETER, key)]
    if shown:
        query.append((PARAMETER, key))
    return parts.path + (f"?{urlencode(query)}" if query else "")


varies = vary_on_headers("HX-Request")
