from reviews.models.audit import AuditEntry
from reviews.models.facet import FacetCount
from reviews.models.flag import Flag
from reviews.models.imports import Import, ImportedKey, RejectedRow
from reviews.models.moderation import ModerationDecision, ModerationReason
from reviews.models.partner import ApiKey, Partner
from reviews.models.product import Product
from reviews.models.review import Review, ReviewRevision
from reviews.models.reviewer import Reviewer
from reviews.models.source import Source
from reviews.models.translation import MemorySegment, ReviewTranslation, TranslationBase
from reviews.models.vendor import Vendor, VendorMembership
from reviews.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "ApiKey",
    "AuditEntry",
    "FacetCount",
    "Flag",
    "Import",
    "ImportedKey",
    "MemorySegment",
    "ModerationDecision",
    "ModerationReason",
    "Partner",
    "Product",
    "RejectedRow",
    "Review",
    "ReviewRevision",
    "ReviewTranslation",
    "Reviewer",
    "Source",
    "TranslationBase",
    "Vendor",
    "VendorMembership",
    "WebhookDelivery",
    "WebhookEndpoint",
]
