"""The operator's view of vendors' desks: read-only, since vendors edit them."""

from django.contrib import admin

from responses import models
from reviews.admin import ReadOnly


@admin.register(models.VendorDesk)
class VendorDeskAdmin(ReadOnly):
    list_display = ["vendor", "approval", "time_zone", "remind_before", "weekly_mail"]
    list_filter = ["approval", "weekly_mail"]
    list_select_related = ["vendor"]
    search_fields = ["vendor__name"]


@admin.register(models.Case)
class CaseAdmin(ReadOnly):
    list_display = [
        "review_id",
        "vendor",
        "awaits_response",
        "due_at",
        "outdated_since",
        "assignee",
    ]
    list_filter = ["awaits_response", "is_scheduled"]
    list_select_related = ["vendor", "assignee"]
    search_fields = ["=review__external_id", "assignee__username"]


@admin.register(models.AssignmentRule)
class AssignmentRuleAdmin(ReadOnly):
    list_display = ["vendor", "position", "query", "member"]
    list_select_related = ["vendor", "member__user", "member__vendor"]
    search_fields = ["vendor__name"]


@admin.register(models.ReplyTemplate)
class ReplyTemplateAdmin(ReadOnly):
    list_display = ["vendor", "kind", "name", "language", "stars_from", "stars_to", "archived"]
    list_filter = ["kind", "language", "archived"]
    list_select_related = ["vendor"]
    search_fields = ["name", "body", "vendor__name"]


@admin.register(models.ReplyRule)
class ReplyRuleAdmin(ReadOnly):
    list_display = ["vendor", "position", "name", "outcome", "active_since", "tested_at"]
    list_filter = ["outcome"]
    list_select_related = ["vendor"]
    search_fields = ["name", "vendor__name"]


@admin.register(models.ResponseJob)
class ResponseJobAdmin(ReadOnly):
    list_display = ["created_at", "vendor", "template", "outcome", "status", "total", "started_by"]
    list_filter = ["status", "outcome"]
    list_select_related = ["vendor", "template", "started_by"]
    search_fields = ["vendor__name", "started_by__username"]


@admin.register(models.ResponseJobItem)
class ResponseJobItemAdmin(ReadOnly):
    list_display = ["job_id", "review_id", "outcome", "skip_reason"]
    list_filter = ["outcome"]
    search_fields = ["=review__external_id"]


@admin.register(models.ResponseMail)
class ResponseMailAdmin(ReadOnly):
    list_display = ["response_id", "created_at", "send_at", "sent_at"]
    search_fields = ["=response__review__external_id"]
