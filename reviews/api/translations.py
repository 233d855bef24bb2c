"""Read and request the translations of a review and its response."""

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
    via = serializers.CharField(
        help_text="The intermediate language, empty for a direct translation"
    )
    failed_checks = serializers.ListField(
        source="failed",
        child=serializers.CharField(),
        help_text="Checks that the translation failed",
    )
    stale = serializers.BooleanField(help_text="Whether the original has changed since")
    failure = serializers.ChoiceField(
        choices=[("", "none"), *EngineFailure.choices], help_text="Why the translation failed"
    )
    finished_at = serializers.DateTimeField(allow_null=True)


def serialize(about: FlagAbout, translation: TranslationBase) -> dict[str, Any]:
    """Return a translation as the API represents it. A pending one has no texts yet."""
    is_done = translation.status == TranslationStatus.DONE
    columns = {
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
            **columns,
        }
    ).data


def subjects(review: Review) -> list[tuple[FlagAbout, Any]]:
    """Return what can be translated of a review: itself, and its published response."""
    texts: list[tuple[FlagAbout, Any]] = [(FlagAbout.REVIEW, review)]
    if response := review.published_response:
        response.review = review
        texts.append((FlagAbout.RESPONSE, response))
    return texts


class ReviewTranslationsView(APIView):
    """The translations of a review and of its response, into all languages."""

    scopes: ClassVar = {"*": Scope.TRANSLATIONS}

    @extend_schema(responses=TranslationSerializer(many=True), operation_id="translations")
    def get(self, request: KeyRequest, pk: int) -> Response:
        review = get_object_or_404(visible_reviews(request.auth), pk=pk)
        return Response(
            [
                serialize(about, translation)
                for about, subject in subjects(review)
                for translation in subject.translations.order_by("target_language")
            ]
        )


class ReviewTranslationView(APIView):
    """The translations of a review and of its response into one language.

    PUT requests those that are missing or stale: 200 if all are done, 202 if an engine is
    still working; then ask again a little later. Texts already in that language are left out.
    """

    scopes: ClassVar = {"*": Scope.TRANSLATIONS}

    @extend_schema(responses=TranslationSerializer(many=True), operation_id="translation")
    def get(self, request: KeyRequest, pk: int, language: str) -> Response:
        review = get_object_or_404(visible_reviews(request.auth), pk=pk)
        return Response(
            [
                serialize(about, translation)
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
        translations = [
            (about, request_translation(subject=subject, target=language))
            for about, subject in subjects(review)
            if subject.language not in (language, UNDETERMINED)
        ]
        is_pending = any(
            translation.status == TranslationStatus.PENDING for _about, translation in translations
        )
        return Response(
            [serialize(about, translation) for about, translation in translations],
            status=status.HTTP_202_ACCEPTED if is_pending else status.HTTP_200_OK,
        )
