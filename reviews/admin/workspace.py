"""The tables of the moderators' workspace, read-only."""

from django.contrib import admin

from reviews import models
from reviews.admin.base import ReadOnly


@admin.register(models.Statement)
class StatementAdmin(ReadOnly):
    list_display = ["created_at", "review", "language", "author_may_edit", "send_at", "sent_at"]
    list_filter = ["language", "ground", "author_may_edit"]
    list_select_related = ["review"]
    search_fields = ["=review__external_id"]


@admin.register(models.Appeal)
class AppealAdmin(ReadOnly):
    list_display = ["created_at", "statement", "outcome", "decided_by", "decided_at"]
    list_filter = ["outcome"]
    list_select_related = ["statement", "decided_by"]
    search_fields = ["=statement__review__external_id"]


@admin.register(models.BlindReview)
class BlindReviewAdmin(ReadOnly):
    list_display = ["drawn_at", "decision", "reviewed_by", "verdict", "reviewed_at"]
    list_filter = ["verdict"]
    list_select_related = ["decision", "reviewed_by"]
    search_fields = ["reviewed_by__username"]


@admin.register(models.ReviewAssignment)
class ReviewAssignmentAdmin(ReadOnly):
    list_display = ["review", "assignee", "held_by", "reserved_by", "reserved_until"]
    list_filter = ["held_by"]
    list_select_related = ["review", "assignee", "held_by", "reserved_by"]
    search_fields = ["=review__external_id", "assignee__username"]


@admin.register(models.Skip)
class SkipAdmin(ReadOnly):
    list_display = ["skipped_at", "review", "person", "reason"]
    list_filter = ["reason"]
    list_select_related = ["review", "person"]
    search_fields = ["person__username"]


@admin.register(models.Note)
class NoteAdmin(ReadOnly):
    list_display = ["written_at", "review", "author", "body"]
    list_select_related = ["review", "author"]
    search_fields = ["body", "author__username"]


@admin.register(models.Mention)
class MentionAdmin(ReadOnly):
    list_display = ["note", "person", "seen_at"]
    list_select_related = ["note", "person"]
    search_fields = ["person__username"]


@admin.register(models.Tag)
class TagAdmin(ReadOnly):
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(models.ReviewTag)
class ReviewTagAdmin(ReadOnly):
    list_display = ["added_at", "review", "tag", "added_by", "rule"]
    list_filter = ["tag"]
    list_select_related = ["review", "tag", "added_by", "rule"]
    search_fields = ["=review__external_id"]


@admin.register(models.SavedView)
class SavedViewAdmin(ReadOnly):
    list_display = ["name", "owner", "shared", "default_for", "query"]
    list_filter = ["shared", "default_for"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]


@admin.register(models.Redaction)
class RedactionAdmin(ReadOnly):
    list_display = ["created_at", "review", "kind", "created_by"]
    list_filter = ["kind"]
    list_select_related = ["review", "created_by"]
    search_fields = ["=review__external_id"]


@admin.register(models.ReviewOriginal)
class ReviewOriginalAdmin(ReadOnly):
    list_display = ["review"]
    list_select_related = ["review"]
    search_fields = ["=review__external_id"]


@admin.register(models.SearchDocument)
class SearchDocumentAdmin(ReadOnly):
    list_display = ["review_id", "product_id"]
    search_fields = ["=review__external_id"]


@admin.register(models.Signal)
class SignalAdmin(ReadOnly):
    list_display = ["detected_at", "review", "kind", "score"]
    list_filter = ["kind"]
    list_select_related = ["review"]
    search_fields = ["=review__external_id"]


@admin.register(models.MinHashBand)
class SketchBandAdmin(ReadOnly):
    list_display = ["review_id", "band", "hash"]
    list_filter = ["band"]
    search_fields = ["=review__external_id"]


@admin.register(models.Cluster)
class ClusterAdmin(ReadOnly):
    list_display = ["detected_at", "size"]
    list_filter = ["detected_at"]
    search_fields = ["=pk"]


@admin.register(models.ClusterMember)
class ClusterMemberAdmin(ReadOnly):
    list_display = ["cluster", "review", "similarity"]
    list_select_related = ["cluster", "review"]
    search_fields = ["=review__external_id"]


@admin.register(models.WordList)
class WordListAdmin(ReadOnly):
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(models.ListedWord)
class ListedWordAdmin(ReadOnly):
    list_display = ["text", "kind", "word_list"]
    list_filter = ["kind", "word_list"]
    list_select_related = ["word_list"]
    search_fields = ["text"]


@admin.register(models.Rule)
class RuleAdmin(ReadOnly):
    list_display = ["position", "name", "action", "active", "tested_at", "changed_by", "changed_at"]
    list_filter = ["active", "action"]
    list_select_related = ["changed_by"]
    search_fields = ["name"]


@admin.register(models.BulkJob)
class BulkJobAdmin(ReadOnly):
    list_display = [
        "created_at",
        "action",
        "status",
        "started_by",
        "total",
        "done",
        "skipped",
        "undone",
    ]
    list_filter = ["status", "action"]
    list_select_related = ["started_by"]
    search_fields = ["started_by__username"]


@admin.register(models.BulkItem)
class BulkItemAdmin(ReadOnly):
    list_display = ["job", "review", "outcome", "skip_reason", "undone"]
    list_filter = ["outcome", "skip_reason"]
    list_select_related = ["job", "review"]
    search_fields = ["=review__external_id"]


@admin.register(models.AuditChain)
class AuditChainAdmin(ReadOnly):
    list_display = ["key", "length"]
    search_fields = ["=key"]


@admin.register(models.Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ["created_at", "vendor", "email", "role", "invited_by", "accepted_by"]
    list_filter = ["role"]
    list_select_related = ["vendor", "invited_by", "accepted_by"]
    search_fields = ["email", "vendor__name"]


@admin.register(models.FlagEvidence)
class FlagEvidenceAdmin(ReadOnly):
    list_display = ["added_at", "flag_id", "name", "content_type"]
    list_filter = ["content_type"]
    search_fields = ["name"]
    exclude = ["file"]
