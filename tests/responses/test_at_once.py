"""Two hundred at once: one wins, the others get a clear message."""

import threading
from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.db import connection

from responses import drafting
from responses.choices import Approval, ResponseStatus
from responses.drafting import EditorState
from responses.lifecycle import Refused, ResponseContent, withdraw_response
from responses.models import Response, ResponseRevision
from responses.transitions import ActorRole
from reviews.models import AuditEntry, Review
from tests.responses.desks import Desk
from tests.responses.responding import publish

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 200


def at_once(attempt) -> Counter[str]:
    """Make an attempt many times at the same moment; returns what became of each."""
    outcomes: list[str] = []
    start = threading.Barrier(MANY)

    def run(n: int) -> None:
        try:
            # Each has its connection before any begins.
            connection.ensure_connection()
            start.wait()
            attempt(n)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(str(refused))
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[n]) for n in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def result(outcomes: Counter[str], refusal: str) -> None:
    assert outcomes.pop("done") == 1
    ((sentence, times),) = outcomes.items()
    assert times == MANY - 1
    assert sentence.startswith(refusal)


def review_of(desk: Desk) -> Review:
    return Review.objects.select_related("product__vendor__desk").get(pk=desk.review.pk)


def test_of_two_hundred_first_answers_one_is_published(reasons):
    desk = Desk()

    def attempt(n: int) -> None:
        drafting.submit(
            review=review_of(desk),
            content=ResponseContent(f"Answer {n}", "Katie"),
            actor=User.objects.get(pk=desk.katie.pk),
            editor_state=EditorState("none", f"editor {n}"),
        )

    result(at_once(attempt), "Someone else has responded or edited the response in the meantime.")
    response = Response.objects.get()
    assert response.status == ResponseStatus.PUBLISHED
    assert not ResponseRevision.objects.exists()
    assert AuditEntry.objects.filter(action="response_published").count() == 1


def test_of_two_hundred_consents_one_counts(reasons):
    desk = Desk(wish={"approval": Approval.ALWAYS})
    waiting = drafting.submit(
        review=review_of(desk),
        content=ResponseContent("Sorry.", "Katie"),
        actor=desk.katie,
        editor_state=EditorState("none", "e"),
    )
    assert waiting.status == ResponseStatus.IN_APPROVAL

    def attempt(_n: int) -> None:
        response = Response.objects.select_related("review__product__vendor").get(pk=waiting.pk)
        manager = User.objects.get(pk=desk.manager.pk)
        drafting.approve(response=response, actor=manager, expected_version=waiting.version_token)

    result(at_once(attempt), "This response is no longer waiting for approval")
    assert Response.objects.get().status == ResponseStatus.PUBLISHED
    assert AuditEntry.objects.filter(action="response_approved").count() == 1


def test_of_two_hundred_withdrawals_one_counts(reasons):
    desk = Desk()
    response = publish(desk.review)

    def attempt(_n: int) -> None:
        withdraw_response(
            response=Response.objects.get(pk=response.pk),
            role=ActorRole.AGENT,
            actor=User.objects.get(pk=desk.katie.pk),
        )

    result(at_once(attempt), "This response is no longer published")
    assert Response.objects.get().status == ResponseStatus.WITHDRAWN
    assert AuditEntry.objects.filter(action="response_withdrawn").count() == 1
