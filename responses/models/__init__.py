"""The models of responses and of the vendors' desks, one file each kind."""

from responses.models.bulk import AnswerItem, AnswerJob
from responses.models.desk import AssignmentRule, Case, VendorDesk
from responses.models.draft import AnswerDraft
from responses.models.mail import AnswerMail
from responses.models.response import (
    Response,
    ResponseDecision,
    ResponseRevision,
    ResponseTranslation,
    names_in_answers,
)
from responses.models.rule import ReplyRule
from responses.models.template import ReplyTemplate

__all__ = [
    "AnswerDraft",
    "AnswerItem",
    "AnswerJob",
    "AnswerMail",
    "AssignmentRule",
    "Case",
    "ReplyRule",
    "ReplyTemplate",
    "Response",
    "ResponseDecision",
    "ResponseRevision",
    "ResponseTranslation",
    "VendorDesk",
    "names_in_answers",
]
