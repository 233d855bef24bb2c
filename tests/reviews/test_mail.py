"""Mail as it leaves: over SMTP, to a server that speaks it."""

import re
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from reviews.models import ModerationReason, Reviewer, Statement
from reviews.moderation import statements
from reviews.moderation.decisions import DecisionRequest, decide
from reviews.tasks import send_due_mails
from tests.config.test_runner import free_port
from tests.factories import ReviewFactory, moderator

pytestmark = pytest.mark.django_db


class Postbox:
    """Takes mails, or refuses them."""

    def __init__(self) -> None:
        self.mails: list = []
        self.refuses = False

    async def handle_DATA(self, _server, _session, envelope) -> str:
        if self.refuses:
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def postbox(settings):
    handler, port = Postbox(), free_port()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port},
        }
    }
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield handler
    server.stop()


def rejected(email: str = "mason@mail.example") -> Statement:
    review = ReviewFactory(status="pending", title="Subject\r\nBcc: everybody@mail.example")
    review.reviewer = Reviewer.objects.create(
        source=review.source, external_id=f"r{review.pk}", email=email
    )
    review.save()
    reason = ModerationReason.objects.get(code="spam")
    decide(review=review, request=DecisionRequest("rejected", actor=moderator(), reason=reason))
    Statement.objects.update(send_at=timezone.now())
    return Statement.objects.get(review=review)


def test_an_author_gets_one_mail_with_the_reasons(postbox):
    statement = rejected()
    send_due_mails()
    send_due_mails()
    (mail,) = postbox.mails
    assert mail["To"] == "mason@mail.example"
    assert mail["Bcc"] is None
    assert "Spam" in mail.get_content()
    token = re.search(r"/statements/(\S+)/", mail.get_content())[1]
    assert statements.by_link(token) == statement
    statement.refresh_from_db()
    assert statement.sent_at is not None
    # What is stored is what was sent.
    assert statement.text in mail.get_content().replace("\r\n", "\n")


def test_a_mail_that_is_refused_is_sent_later(postbox):
    statement = rejected()
    postbox.refuses = True
    send_due_mails()
    statement.refresh_from_db()
    assert statement.sent_at is None
    assert statement.send_at > timezone.now()
    postbox.refuses = False
    Statement.objects.update(send_at=timezone.now())
    send_due_mails()
    assert len(postbox.mails) == 1


def test_one_mail_that_fails_keeps_no_other_back(postbox):
    rejected(email="bad address@mail.example")
    good = rejected()
    send_due_mails()
    good.refresh_from_db()
    assert good.sent_at is not None
