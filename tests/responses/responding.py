"""Answers as tests give them."""

from typing import Any

from responses.choices import ResponseOrigin
from responses.lifecycle import Written, publish_response, withdraw_response
from responses.models import Response
from responses.transitions import Mover


def publish(review: Any, body: str = "Thank you.", **more: Any) -> Response:
    """Publish an answer at once, as a partner may."""
    more = {"origin": ResponseOrigin.API, "mover": Mover.SYSTEM} | more
    return publish_response(review=review, written=Written(body, "Katie"), **more)


def withdraw(response: Response, **more: Any) -> None:
    withdraw_response(response=response, **({"mover": Mover.SYSTEM} | more))
