"""What an author reads, and what they can do: appeal, edit."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    Review,
    Statement,
)
from reviews.moderation import signals, statements
from reviews.moderation.appeals import appeal, decide_appeal
from reviews.moderation.decisions import (
    DecisionRequest,
    decide,
)
from tests import processes
from tests.factories import (
    ReviewFactory,
    moderator,
)
from tests.reviews.deciding import reason, rejected, with_address

pytestmark = pytest.mark.django_db


def path_of(review: Review) -> str:
    link = statements.link(Statement.objects.get(review=review))
    return link.removeprefix("http://localhost:8000")


def test_a_statement_is_in_the_reviewers_language_and_sent_later():
    review = ReviewFactory(status="pending", language="es", title="Oferta")
    with_address(review)
    request = DecisionRequest("rejected", actor=moderator(), reason=reason(), note="internal")
    decide(review=review, request=request)
    statement = Statement.objects.get()
    assert statement.language == "es"
    assert "No hemos publicado" in statement.facts
    assert "Las opiniones no deben anunciar" in statement.policy
    assert not statement.automated
    assert statements.mail_queue.due() == []
    Statement.objects.update(send_at=timezone.now())
    for _ in range(2):  # safe to run twice
        for pk in [statement.pk]:
            statements.mail_queue.send(pk)
    sent = mail.outbox[0]
    assert len(mail.outbox) == 1
    assert sent.to == ["mason@mail.example"]
    assert "Puedes recurrir" in sent.body
    assert "internal" not in sent.body
    assert re.search(r"http://localhost:8000/statements/\S+/", sent.body)


def test_an_author_appeals_by_a_signed_link_and_another_person_decides(client):
    first, second = moderator(), moderator()
    review = rejected(first)
    path = path_of(review)
    page = client.get(path, HTTP_ACCEPT_LANGUAGE="en")
    assert "Why do you think the decision is wrong?" in page.content.decode()
    assert client.get(path.replace("statements/", "statements/x")).status_code == 404
    assert client.post(f"{path}appeal/", {"text": ""}).status_code == 409
    assert client.post(f"{path}appeal/", {"text": "It is all true."}).status_code == 302
    assert client.post(f"{path}appeal/", {"text": "Again."}).status_code == 409
    # The first decider may not; it stands in the queue of appeals for others.
    url = reverse("inbox-appeal", args=[review.pk])
    client.force_login(first)
    result = {"outcome": "granted", "answer": "You are right."}
    assert client.post(url, result).status_code == 409
    client.force_login(second)
    pane = client.get(f"{reverse('inbox-review', args=[review.pk])}?appealed=true")
    assert "It is all true." in pane.content.decode()
    assert client.post(url, result).status_code == 302
    review.refresh_from_db()
    assert review.status == "published"
    assert review.decisions.first().basis == "appeal"
    assert "You are right." in client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert client.post(url, result).status_code == 404


def test_a_dismissed_appeal_leaves_the_review_where_it_is():
    review = rejected()
    made = appeal(statement=Statement.objects.get(), text="No")
    decide_appeal(appeal=made, granted=False, answer="It stands.", actor=moderator())
    review.refresh_from_db()
    assert review.status == "rejected"


def test_an_author_corrects_a_passage_and_the_former_text_stays(client):
    review = rejected(
        code="personal_data", passage="600 111 222", overall="Good. Call 600 111 222.", title="Fine"
    )
    path = path_of(review)
    html = client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "<mark>600 111 222</mark>" in html
    same = {"overall": review.overall, "title": review.title}
    assert client.post(f"{path}edit/", same).status_code == 409
    blank = client.post(f"{path}edit/", {"overall": " ", "title": " "}, HTTP_ACCEPT_LANGUAGE="en")
    assert blank.status_code == 409
    assert "The text is unchanged or empty" in blank.content.decode()
    corrected = {"overall": "Good.", "title": "Fine", "status": "published"}
    assert client.post(f"{path}edit/", corrected).status_code == 302
    review.refresh_from_db()
    assert (review.status, review.overall) == ("pending", "Good.")
    assert review.revisions.get().former["overall"] == "Good. Call 600 111 222."
    assert client.post(f"{path}edit/", {"overall": "Else"}).status_code == 409
    client.force_login(moderator())
    pane = client.get(f"{reverse('inbox-review', args=[review.pk])}?status=pending")
    assert "<del> Call 600 111 222.</del>" in pane.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_corrected_text_is_screened_again(client, worker, reasons):
    review = rejected(overall="Cheaper at https://deals.example/x", title="")
    signals.compute([review.pk])
    assert review.signals.exists()
    client.post(f"{path_of(review)}edit/", {"overall": "Cheaper elsewhere"})
    processes.wait_for(lambda: not review.signals.exists())


def test_a_reason_that_allows_no_correction_offers_none(client):
    review = rejected(code="off_topic")
    answer = client.post(f"{path_of(review)}edit/", {"title": "Else"})
    assert answer.status_code == 409
    review.refresh_from_db()
    assert review.status == "rejected"
