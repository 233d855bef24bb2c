"""What tests of reviews share."""

import pytest

from tests.factories import ResponseFactory, ReviewFactory
from tests.reviews.translating import translate_now


@pytest.fixture
def translated(libre):
    """An English review and its English answer, both in Spanish, too."""
    review = ReviewFactory(
        title="It is slow.",
        overall="- Ask help@nimbo.example\n\nOr leave it.",
        reviewer_name="Mason",
    )
    answer = ResponseFactory(review=review, body="Hi Mason, it is fixed.")
    translate_now(subject=review, target="es")
    translate_now(subject=answer, target="es")
    return review
