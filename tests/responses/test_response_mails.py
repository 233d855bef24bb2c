"""Reviewers get mail about a response, and unsubscribe with one click."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from responses.models import ResponseMail
from responses.tasks import send_due_mails
from reviews.models import Reviewer
from tests.factories import ReviewFactory
from tests.responses.responding import publish, withdraw
from tests.responses.test_cases import change

pytestmark = pytest.mark.django_db


def reviewed(email: str = "ana@example.org", **more):
    review = ReviewFactory(overall_rating=1, **more)
    review.reviewer = Reviewer.objects.create(
        source=review.source, external_id=str(review.pk), email=email
    )
    review.save()
    return review


def later() -> None:
    """Let the time go by in which an answer can be taken back."""
    ResponseMail.objects.filter(send_at__isnull=False).update(send_at=timezone.now())
    for _ in range(2):
        send_due_mails()


def test_the_reviewer_gets_the_answer_in_their_language_once_it_is_final():
    review = reviewed(language="es")
    publish(review, "Lo sentimos, Ana.")
    send_due_mails()
    assert mail.outbox == []
    later()
    (sent,) = mail.outbox
    assert sent.to == ["ana@example.org"]
    assert "Lo sentimos, Ana." in sent.body
    assert review.product.name in sent.subject


def test_one_click_stops_them(client):
    review = reviewed()
    publish(review)
    later()
    (sent,) = mail.outbox
    address = re.fullmatch(r"<https?://[^/]+(/\S+)>", sent.extra_headers["List-Unsubscribe"])[1]
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # Opening it changes nothing: programs that look at links do that.
    assert "Unsubscribe" in client.get(address).content.decode()
    assert Reviewer.objects.get().wants_mail
    client.handler.enforce_csrf_checks = True
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Reviewer.objects.get().wants_mail
    withdraw(review.responses.get())
    publish(review, "Another")
    later()
    assert len(mail.outbox) == 1
    client.post(address, {"again": "1"})
    assert Reviewer.objects.get().wants_mail
    assert client.post("/responses/mails/made-up/").status_code == 404


def test_an_answer_taken_back_in_time_is_mailed_to_nobody():
    review = reviewed()
    withdraw(publish(review))
    later()
    assert mail.outbox == []


def test_an_edit_sends_no_mail_but_a_new_answer_to_a_changed_review_does():
    review = reviewed()
    publish(review, "First")
    later()
    publish(review, "First, with a comma")
    later()
    assert len(mail.outbox) == 1
    review.refresh_from_db()
    change(review, overall_rating=3)
    publish(review, "Second")
    later()
    assert "Second" in mail.outbox[1].body


def test_without_an_address_nobody_is_written_to():
    publish(reviewed(email=""))
    publish(ReviewFactory())
    later()
    assert mail.outbox == []


def test_a_mail_that_fails_is_tried_again_and_delays_no_other(monkeypatch):
    publish(reviewed("refused@example.org"))
    publish(reviewed("fine@example.org"))
    from django.core.mail import EmailMessage

    send = EmailMessage.send

    def picky(self, *args, **kwargs):
        if self.to == ["refused@example.org"]:
            raise OSError("refused")
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", picky)
    later()
    assert [sent.to for sent in mail.outbox] == [["fine@example.org"]]
    waiting = ResponseMail.objects.get(send_at__isnull=False)
    assert timedelta(0) < waiting.send_at - timezone.now() < timedelta(hours=1)
