"""What tests of decisions share."""

from reviews.models import (
    ModerationReason,
    Review,
    Reviewer,
)
from reviews.moderation.decisions import (
    DecisionRequest,
    decide,
)
from tests.factories import (
    ReviewFactory,
    moderator,
)


def reason(code: str = "spam") -> ModerationReason:
    return ModerationReason.objects.get(code=code)


def rejected(person=None, code="spam", passage="", **fields) -> Review:
    review = ReviewFactory(status="pending", **fields)
    request = DecisionRequest(
        "rejected", actor=person or moderator(), reason=reason(code), passage=passage
    )
    decide(review=review, request=request)
    return review


def with_address(review: Review, email: str = "mason@mail.example") -> None:
    review.reviewer = Reviewer.objects.create(
        source=review.source, external_id=f"r{review.pk}", name="Mason", email=email
    )
    review.save()
