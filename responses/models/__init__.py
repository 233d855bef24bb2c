"""The models of responses and of vendors' desks."""

from responses.models.bulk import ResponseJob, ResponseJobItem
from responses.models.desk import AssignmentRule, Case, VendorDesk
from responses.models.draft import TranslatedDraft
from responses.models.mail import ResponseMail
from responses.models.response import (
    Response,
    ResponseDecision,
    ResponseRevision,
    ResponseTranslation,
    names_in_responses,
)
from responses.models.rule import ReplyRule
from responses.models.template import ReplyTemplate

__all__ = [
    "AssignmentRule",
    "Case",
    "ReplyRule",
    "ReplyTemplate",
    "Response",
    "ResponseDecision",
    "ResponseJob",
    "ResponseJobItem",
    "ResponseMail",
    "ResponseRevision",
    "ResponseTranslation",
    "TranslatedDraft",
    "VendorDesk",
    "names_in_responses",
]
