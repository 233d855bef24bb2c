from reviews.models.audit import AuditChain, AuditEntry
from reviews.models.bulk import BulkItem, BulkJob
from reviews.models.facet import FacetCount
from reviews.models.flag import Flag, FlagEvidence
from reviews.models.glossary import GlossaryTerm
from reviews.models.imports import Import, ImportedKey, RejectedRow
from reviews.models.invitation import Invitation
from reviews.models.moderation import BlindReview, ModerationDecision, ModerationReason
from reviews.models.partner import ApiKey, Partner
from reviews.models.product import Product
from reviews.models.redaction import Redaction, ReviewOriginal
from reviews.models.review import Review, ReviewRevision
from reviews.models.reviewer import Reviewer
from reviews.models.rule import ListedWord, Rule, WordList
from reviews.models.search import SearchDocument
from reviews.models.signal import Cluster, ClusterMember, MinHashBand, Signal
from reviews.models.source import Source
from reviews.models.spending import EngineDay, TranslationBudget, TranslationSpending
from reviews.models.statement import Appeal, Statement
from reviews.models.translation import (
    MemorySegment,
    ReviewTranslation,
    TranslationBase,
    TranslationReport,
)
from reviews.models.translation_job import TranslationItem, TranslationJob
from reviews.models.vendor import Vendor, VendorMembership
from reviews.models.webhook import WebhookDelivery, WebhookEndpoint
from reviews.models.workspace import (
    Mention,
    Note,
    ReviewAssignment,
    ReviewTag,
    SavedView,
    Skip,
    Tag,
)

__all__ = [
    "ApiKey",
    "Appeal",
    "AuditChain",
    "AuditEntry",
    "BlindReview",
    "BulkItem",
    "BulkJob",
    "Cluster",
    "ClusterMember",
    "EngineDay",
    "FacetCount",
    "Flag",
    "FlagEvidence",
    "GlossaryTerm",
    "Import",
    "ImportedKey",
    "Invitation",
    "ListedWord",
    "MemorySegment",
    "Mention",
    "MinHashBand",
    "ModerationDecision",
    "ModerationReason",
    "Note",
    "Partner",
    "Product",
    "Redaction",
    "RejectedRow",
    "Review",
    "ReviewAssignment",
    "ReviewOriginal",
    "ReviewRevision",
    "ReviewTag",
    "ReviewTranslation",
    "Reviewer",
    "Rule",
    "SavedView",
    "SearchDocument",
    "Signal",
    "Skip",
    "Source",
    "Statement",
    "Tag",
    "TranslationBase",
    "TranslationBudget",
    "TranslationItem",
    "TranslationJob",
    "TranslationReport",
    "TranslationSpending",
    "Vendor",
    "VendorMembership",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WordList",
]
