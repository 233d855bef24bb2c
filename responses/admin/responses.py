"""The operator's view of responses: read-only, since they have a lifecycle."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from responses import models
from responses.lifecycle import withdraw_response
from responses.models.response import ResponseQuerySet
from responses.transitions import ActorRole
from reviews.admin import ReadOnly, ReadOnlyInline
from reviews.http import HttpRequest


class ResponseRevisionInline(ReadOnlyInline):
    model = models.ResponseRevision
    fields: ClassVar[Any] = ["number", "author_name", "language", "body", "replaced_at"]


@admin.register(models.Response)
class ResponseAdmin(ReadOnly):
    list_display = ["review", "author_name", "status", "language", "origin", "published_at"]
    list_filter = ["status", "origin", "language"]
    list_select_related = ["review"]
    search_fields = ["=review__external_id", "author_name", "body"]
    inlines = [ResponseRevisionInline]
    actions = ["withdraw"]

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("responses.change_response")

    @admin.action(description=_("Withdraw published responses"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: ResponseQuerySet) -> None:
        for response in queryset.published():
            withdraw_response(response=response, role=ActorRole.MANAGER, actor=request.user)


@admin.register(models.ResponseRevision)
class ResponseRevisionAdmin(ReadOnly):
    list_display = ["response_id", "number", "author_name", "replaced_at"]
    search_fields = ["body"]


@admin.register(models.ResponseTranslation)
class ResponseTranslationAdmin(ReadOnly):
    list_display = ["response_id", "target_language", "status", "engine", "requested_at"]
    list_filter = ["status", "target_language", "engine"]


@admin.register(models.TranslatedDraft)
class TranslatedDraftAdmin(ReadOnly):
    list_display = ["review_id", "author", "language", "status", "asked_at"]
    list_filter = ["status", "language"]
    list_select_related = ["author"]


@admin.register(models.ResponseDecision)
class ResponseDecisionAdmin(ReadOnly):
    list_display = ["decided_at", "response_id", "from_status", "to_status", "reason", "actor"]
    list_filter = ["to_status", "reason"]
    list_select_related = ["reason", "actor"]
    search_fields = ["note", "actor__username"]
