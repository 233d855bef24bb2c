"""A review's translations, and its response's: read, and asked for."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from reviews.choices import FlagAbout, Scope, TranslationOrigin, TranslationStatus
from reviews.http import KeyRequest
from reviews.language import UNDETERMINED
from reviews.languages import OFFERED
from reviews.models import Review, TranslationBase
from reviews.permissions import visible_reviews
from reviews.translation.engines import EngineFailure
from reviews.translation.service import request_translation


class TranslationSerializer(serializers.Serializer[Any]):
    about = serializers.ChoiceField(choices=FlagAbout.choices)
    language = serializers.CharField(source="target_language", help_text="BCP 47")
    status = serializers.ChoiceField(choices=TranslationStatus.choices)
    texts = serializers.DictField(
        child=serializers.CharField(), help_text="Field of the original → its translation"
    )
    origin = serializers.ChoiceField(choices=TranslationOrigin.choices)
    engine = serializers.CharField()
    via = serializers.CharField(help_text="The language gone over, empty where it was direct")
    failed_checks = serializers.ListField(
        source="failed", child=serializers.CharField(), help_text="What may be wrong with it"
    )
    stale = serializers.BooleanField(help_text="Whether the original has changed since")
    failure = serializers.ChoiceField(
        choices=[("", "none"), *EngineFailure.choices], help_text="Why there is none"
    )
    finished_at = serializers.DateTimeField(allow_null=True)


def shown(about: FlagAbout, translation: TranslationBase) -> dict[str, Any]:
    """Return a translation as it is outside. One that is under way has no texts yet."""
    is_done = translation.status == TranslationStatus.DONE
    said = {
        name: getattr(translation, name)
        for name in (
            "target_language",
            "status",
            "origin",
            "engine",
            "via",
            "failed",
            "failure",
            "finished_at",
        )
    }
    return TranslationSerializer(
        {
            "about": about,
            "texts": translation.texts if is_done else {},
            "stale": translation.stale_since is not None,
            **said,
        }
    ).data


def subjects(review: Review) -> list[tuple[FlagAbout, Any]]:
    """Return what of a review has translations: itself, and its published response."""
    found: list[tuple[FlagAbout, Any]] = [(FlagAbout.REVIEW, review)]
    if answer := review.published_response:
        answer.review = review
        found.append((FlagAbout.RESPONSE, answer))
    return found


class ReviewTranslations(APIView):
    """The translations of a review and of its response, into all languages."""

    scopes: ClassVar = {"*": Scope.TRANSLATIONS}

    @extend_schema(responses=TranslationSerializer(many=True), operation_id="translations")
    def get(self, request: KeyRequest, pk: int) -> Response:
        review = get_object_or_404(visible_reviews(request.auth), pk=pk)
        return Response(
            [
                shown(about, translation)
                for about, subject in subjects(review)
                for translation in subject.translations.order_by("target_language")
            ]
        )


class ReviewTranslation(APIView):
    """The translations of a review and of its response into one language.

    PUT asks for those that are missing or stale: 200 where all are there, 202 where an engine
    is at work; then ask again a little later. What is in that language already is left out.
    """

    scopes: ClassVar = {"*": Scope.TRANSLATIONS}

    @extend_schema(responses=TranslationSerializer(many=True), operation_id="translation")
    def get(self, request: KeyRequest, pk: int, language: str) -> Response:
        review = get_object_or_404(visible_reviews(request.auth), pk=pk)
        return Response(
            [
                shown(about, translation)
                for about, subject in subjects(review)
                for translation in subject.translations.filter(target_language=language)
            ]
        )

    @extend_schema(
        request=None,
        responses={
            200: TranslationSerializer(many=True),
            202: TranslationSerializer(many=True),
        },
        operation_id="request_translation",
    )
    def put(self, request: KeyRequest, pk: int, language: str) -> Response:
        review = get_object_or_404(visible_reviews(request.auth), pk=pk)
        if language not in OFFERED:
            raise ValidationError(
                {
                    "language": [
                        _("Unsupported language. Use one of these codes: %(codes)s.")
                        % {"codes": ", ".join(OFFERED)}
                    ]
                }
            )
        found = [
            (about, request_translation(subject=subject, target=language))
            for about, subject in subjects(review)
            if subject.language not in (language, UNDETERMINED)
        ]
        waits = any(one.status == TranslationStatus.PENDING for _about, one in found)
        return Response(
            [shown(about, one) for about, one in found],
            status=status.HTTP_202_ACCEPTED if waits else status.HTTP_200_OK,
        )
