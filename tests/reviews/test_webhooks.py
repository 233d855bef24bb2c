"""Partners get what happened: signed, after commit, until it arrives."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from reviews.models import Partner, WebhookDelivery, WebhookEndpoint
from reviews.moderation.decisions import DecisionRequest, decide
from reviews.tasks import deliver_webhook, resend_due_webhooks
from reviews.webhooks import outbox, sending
from tests.factories import ReviewFactory, VendorFactory, moderator
from tests.responses.responding import publish, withdraw

pytestmark = pytest.mark.django_db


class PartnersServer(HTTPServer):
    """A partner's own server: it stores what it gets and answers as configured."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answer = 200

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.got.append((self.path, dict(self.headers), body))
            self.send_response(self.server.answer)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_words) -> None: ...


@pytest.fixture
def server(monkeypatch):
    # The only address that tests may reach is this machine's own.
    monkeypatch.setattr(sending, "is_public", lambda address: address == "127.0.0.1")
    server = PartnersServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def endpoint(server=None, **options) -> WebhookEndpoint:
    url = f"http://127.0.0.1:{server.server_port}/hook?a=1" if server else "https://p.example/"
    partner, _made = Partner.objects.get_or_create(name="Acme")
    return WebhookEndpoint.objects.create(partner=partner, url=url, **options)


def events() -> list[str]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("event", flat=True))


def test_partners_are_notified_of_decisions_and_answers_that_concern_them():
    review = ReviewFactory(status="pending")
    endpoint(vendor=review.product.vendor)
    WebhookEndpoint.objects.create(
        partner=Partner.objects.create(name="Other"),
        url="https://o.example/",
        vendor=VendorFactory(),
    )
    person = moderator()
    decide(review=review, request=DecisionRequest("published", actor=person))
    response = publish(review, "Hi")
    publish(review, "Hi there")
    withdraw(response)
    assert events() == [
        "review.published",
        "response.published",
        "response.edited",
        "response.withdrawn",
    ]


def test_a_message_is_signed_and_names_the_review(server):
    hook = endpoint(server)
    review = ReviewFactory(status="pending")
    decide(review=review, request=DecisionRequest("published", actor=moderator()))
    delivery = WebhookDelivery.objects.get()
    deliver_webhook(delivery.pk)
    deliver_webhook(delivery.pk)
    [(path, headers, body)] = server.got
    assert path == "/hook?a=1"
    assert json.loads(body)["review"] == review.pk
    assert headers["Opina-Delivery"] == str(delivery.pk)
    at = int(headers["Opina-Signature"].split(",")[0].removeprefix("t="))
    assert headers["Opina-Signature"] == sending.signature(hook.secret, body, at)
    delivery.refresh_from_db()
    assert delivery.delivered_at
    assert delivery.last_answer == "200 OK"


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_what_does_not_arrive_is_sent_again_and_given_up_in_the_end(server, monkeypatch, answer):
    sent = []
    monkeypatch.setattr(outbox, "_enqueue", sent.append)
    endpoint(server)
    review = ReviewFactory()
    outbox.notify(event=outbox.WebhookEvent.REVIEW_PUBLISHED, review=review)
    delivery = WebhookDelivery.objects.get()
    server.answer = answer
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        WebhookDelivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
        deliver_webhook(delivery.pk)
        assert len(server.got) == attempt
    delivery.refresh_from_db()
    assert delivery.next_attempt_at is None
    assert delivery.delivered_at is None
    assert delivery.last_answer.startswith(str(answer))
    resend_due_webhooks()
    assert sent == [[]]


def test_what_waits_is_sent_again_by_beat(monkeypatch):
    sent = []
    monkeypatch.setattr(outbox, "_enqueue", sent.append)
    endpoint()
    outbox.notify(event=outbox.WebhookEvent.REVIEW_PUBLISHED, review=ReviewFactory())
    resend_due_webhooks()
    assert sent == [[WebhookDelivery.objects.get().pk]]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000/", "http://localhost/", "http://10.0.0.1/", "http://169.254.169.254/",
     "http://[::1]/", "http://0.0.0.0/", "http://nothing.invalid/", "http://a:99999/", "http:///"],
)  # fmt: skip
def test_addresses_of_our_own_network_are_never_called(url):
    with pytest.raises(sending.NotDelivered):
        sending.send(url=url, secret="s", delivery_id=1, payload={})


def test_an_event_that_is_undone_is_not_sent():
    endpoint()
    review = ReviewFactory(status="pending")
    with transaction.atomic():
        decide(review=review, request=DecisionRequest("published", actor=moderator()))
        transaction.set_rollback(True)
    assert events() == []


def test_an_address_is_http_and_named_once():
    hook = endpoint()
    for url in ("ftp://p.example/", hook.url):
        with pytest.raises(IntegrityError), transaction.atomic():
            WebhookEndpoint.objects.create(partner=hook.partner, url=url)
