"""Translations, memory, glossaries, jobs and engines: read-only here, edited in the inbox."""

from django.contrib import admin

from reviews import models
from reviews.admin.base import ReadOnly


@admin.register(models.ReviewTranslation)
class ReviewTranslationAdmin(ReadOnly):
    list_display = ["review_id", "target_language", "status", "origin", "engine", "via", "failure"]
    list_filter = ["status", "target_language", "origin", "engine"]
    search_fields = ["=review__external_id"]


@admin.register(models.MemorySegment)
class MemorySegmentAdmin(ReadOnly):
    list_display = ["source_language", "target_language", "source_text", "target_text", "origin"]
    list_filter = ["source_language", "target_language", "origin", "engine"]
    search_fields = ["source_text", "target_text"]


@admin.register(models.TranslationReport)
class TranslationReportAdmin(ReadOnly):
    list_display = ["created_at", "review_id", "about", "target_language", "note", "settled_at"]
    list_filter = ["about", "target_language"]


@admin.register(models.GlossaryTerm)
class GlossaryTermAdmin(ReadOnly):
    list_display = ["term", "kind", "translation", "source_language", "target_language", "vendor"]
    list_filter = ["kind", "source_language", "target_language"]
    list_select_related = ["vendor"]
    search_fields = ["term", "translation"]


@admin.register(models.TranslationJob)
class TranslationJobAdmin(ReadOnly):
    list_display = [
        "created_at",
        "target_language",
        "status",
        "total",
        "done",
        "failed",
        "started_by",
    ]
    list_filter = ["status", "target_language"]
    list_select_related = ["started_by"]


@admin.register(models.TranslationItem)
class TranslationItemAdmin(ReadOnly):
    list_display = ["job_id", "review_id", "outcome", "skip_reason"]
    list_filter = ["outcome", "skip_reason"]


@admin.register(models.TranslationBudget)
class TranslationBudgetAdmin(ReadOnly):
    list_display = ["scope", "characters"]
    search_fields = ["scope"]


@admin.register(models.TranslationSpending)
class TranslationSpendingAdmin(ReadOnly):
    list_display = ["month", "scope", "characters"]
    list_filter = ["month"]


@admin.register(models.EngineDay)
class EngineDayAdmin(ReadOnly):
    list_display = ["day", "engine", "calls", "segments", "characters", "failures", "slowest"]
    list_filter = ["engine"]
