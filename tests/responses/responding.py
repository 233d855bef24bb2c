"""Answers as tests give them."""

from typing import Any

from responses.choices import ResponseOrigin
from responses.lifecycle import ResponseContent, publish_response, withdraw_response
from responses.models import Response
from responses.transitions import ActorRole


def publish(review: Any, body: str = "Thank you.", **more: Any) -> Response:
    """Publish an answer at once, as a partner may."""
    more = {"origin": ResponseOrigin.API, "role": ActorRole.SYSTEM} | more
    return publish_response(review=review, content=ResponseContent(body, "Katie"), **more)


def withdraw(response: Response, **more: Any) -> None:
    withdraw_response(response=response, **({"role": ActorRole.SYSTEM} | more))
