"""Vendors, products, reviews, imports, partners and their records."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reviews import models
from reviews.admin.base import ReadOnly, ReadOnlyInline
from reviews.choices import FlagAbout, FlagOutcome, ReviewStatus
from reviews.moderation import flags
from reviews.moderation.decisions import DecisionRequest, decide_many


class MembershipInline(admin.StackedInline):
    model = models.VendorMembership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(models.Vendor)
class VendorAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "flag_notice", "created_at"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline]


@admin.register(models.VendorMembership)
class VendorMembershipAdmin(admin.ModelAdmin):
    list_display = ["user", "vendor", "role"]
    list_filter = ["role", ("vendor", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["user", "vendor"]
    search_fields = ["user__username", "vendor__name"]
    autocomplete_fields = ["user", "vendor"]


@admin.register(models.Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "vendor", "category", "slug", "created_at"]
    list_filter = [("vendor", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["vendor"]
    search_fields = ["name", "slug", "category", "vendor__name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["vendor"]


@admin.register(models.Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["name", "key"]
    search_fields = ["name", "key"]


@admin.register(models.Reviewer)
class ReviewerAdmin(ReadOnly):
    list_display = ["name", "external_id", "source", "created_at"]
    list_filter = ["source"]
    list_select_related = ["source"]
    search_fields = ["name", "=external_id"]


class RevisionInline(ReadOnlyInline):
    model = models.ReviewRevision
    fields: ClassVar[Any] = ["number", "former", "replaced_by_import", "replaced_at"]


class DecisionInline(ReadOnlyInline):
    model = models.ModerationDecision
    fields: ClassVar[Any] = ["decided_at", "from_status", "to_status", "reason", "note", "actor"]


@admin.register(models.Review)
class ReviewAdmin(ReadOnly):
    list_display = [
        "__str__",
        "product",
        "overall_rating",
        "status",
        "language",
        "has_response",
        "reviewed_on",
        "source",
    ]
    list_filter = [
        "status",
        "stars",
        "has_response",
        "source",
        "company_size",
        "usage_duration",
        "usage_frequency",
    ]
    list_select_related = ["product", "source"]
    search_fields = ["=external_id", "=product__slug", "reviewer_name", "title"]
    inlines = [DecisionInline, RevisionInline]
    actions = ["publish"]
    exclude = ["fingerprint"]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reviews.view_review")

    @admin.action(description=_("Publish selected pending reviews"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[models.Review]) -> None:
        """Publish the selected pending reviews, each by a decision; skip the others."""
        pending = queryset.filter(status=ReviewStatus.PENDING).values_list("pk", flat=True)
        result = decide_many(
            ids=list(pending),
            request=DecisionRequest(ReviewStatus.PUBLISHED, actor=request.user),  # type: ignore[arg-type]
        )
        published, skipped = len(result.decisions), len(result.skipped)
        self.message_user(
            request,
            ngettext("%(n)d review published.", "%(n)d reviews published.", published)
            % {"n": published},
            messages.WARNING if skipped else messages.SUCCESS,
        )


@admin.register(models.ReviewRevision)
class ReviewRevisionAdmin(ReadOnly):
    list_display = ["review_id", "number", "replaced_by_import", "replaced_at"]
    list_select_related = ["replaced_by_import"]
    search_fields = ["=review__external_id"]


@admin.register(models.ModerationReason)
class ModerationReasonAdmin(admin.ModelAdmin):
    list_display = [
        "code",
        "label_en",
        "label_es",
        "applies_to",
        "author_may_edit",
        "position",
        "active",
    ]
    list_filter = ["active", "applies_to", "author_may_edit"]
    search_fields = ["code", "label_en", "label_es"]


@admin.register(models.ModerationDecision)
class ModerationDecisionAdmin(ReadOnly):
    list_display = [
        "decided_at",
        "review",
        "from_status",
        "to_status",
        "basis",
        "reason",
        "actor",
        "rule",
    ]
    list_filter = ["to_status", "basis", "reason"]
    list_select_related = ["review", "reason", "actor", "rule"]
    search_fields = ["=review__external_id", "note", "actor__username"]


@admin.register(models.AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ["created_at", "action", "product", "review", "actor", "actor_label"]
    list_filter = ["action"]
    list_select_related = ["product", "review", "actor"]
    search_fields = ["=review__external_id", "actor__username", "actor_label"]


@admin.register(models.Flag)
class FlagAdmin(ReadOnly):
    list_display = [
        "raised_at",
        "review",
        "about",
        "reason",
        "raised_by",
        "vendor",
        "partner",
        "outcome",
        "settled_by",
    ]
    list_filter = ["outcome", "about", "reason"]
    list_select_related = ["review", "reason", "raised_by", "vendor", "partner", "settled_by"]
    search_fields = ["=review__external_id", "note", "raised_by__username"]
    actions = ["dismiss"]

    def has_dismiss_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reviews.view_flag")

    @admin.action(description=_("Dismiss selected open flags"), permissions=["dismiss"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[models.Flag]) -> None:
        for flag in queryset.filter(outcome=FlagOutcome.OPEN).select_related("review"):
            flags.settle(
                review=flag.review,
                about=FlagAbout(flag.about),
                actor=request.user,  # type: ignore[arg-type]
                outcome=FlagOutcome.DISMISSED,
            )


@admin.register(models.Import)
class ImportAdmin(ReadOnly):
    list_display = [
        "created_at",
        "file_name",
        "product",
        "format",
        "status",
        "read",
        "created",
        "updated",
        "unchanged",
        "duplicates",
        "rejected",
        "started_by",
    ]
    list_filter = ["status", "format", ("product", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["product", "started_by"]
    search_fields = ["file_name", "product__name"]


@admin.register(models.RejectedRow)
class RejectedRowAdmin(ReadOnly):
    list_display = ["import_run", "line", "field", "value", "reason"]
    list_filter = ["field"]
    list_select_related = ["import_run"]
    search_fields = ["=field", "reason"]


@admin.register(models.FacetCount)
class FacetCountAdmin(ReadOnly):
    list_display = ["product_id", "status", "language", "stars", "company_size", "n"]
    list_filter = ["status", "stars"]
    search_fields = ["=product_id"]


@admin.register(models.ImportedKey)
class ImportedKeyAdmin(ReadOnly):
    list_display = ["import_run_id", "row"]
    search_fields = ["=import_run__file_name"]


class WebhookInline(admin.StackedInline):
    model = models.WebhookEndpoint
    extra = 0
    autocomplete_fields = ["vendor"]


@admin.register(models.WebhookEndpoint)
class WebhookEndpointAdmin(admin.ModelAdmin):
    list_display = ["url", "partner", "vendor", "active", "created_at"]
    list_filter = ["active"]
    list_select_related = ["partner", "vendor"]
    search_fields = ["url", "partner__name"]
    autocomplete_fields = ["partner", "vendor"]


@admin.register(models.WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly):
    list_display = ["created_at", "event", "endpoint", "attempts", "delivered_at", "last_answer"]
    list_filter = ["event"]
    list_select_related = ["endpoint"]
    search_fields = ["endpoint__url"]


class KeyInline(ReadOnlyInline):
    model = models.ApiKey
    fields: ClassVar[Any] = ["prefix", "vendor", "scopes", "created_at", "revoked_at"]


@admin.register(models.Partner)
class PartnerAdmin(admin.ModelAdmin):
    list_display = ["name", "created_at"]
    search_fields = ["name"]
    inlines = [KeyInline, WebhookInline]


@admin.register(models.ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = ["prefix", "partner", "vendor", "scopes", "created_at", "revoked_at"]
    list_filter = [("partner", admin.RelatedOnlyFieldListFilter), "revoked_at"]
    list_select_related = ["partner", "vendor"]
    search_fields = ["partner__name", "=prefix"]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reviews.change_apikey")

    @admin.action(description=_("Revoke selected keys"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[models.ApiKey]) -> None:
        queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
