"""Webhook messages to partners: stored with the event, sent once it is committed."""

from collections.abc import Sequence
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from reviews.choices import WebhookEvent
from reviews.models import Review, WebhookDelivery, WebhookEndpoint
from reviews.webhooks.sending import NotDelivered, send

MAX_ATTEMPTS = 8  # over about two hours
FIRST_WAIT = timedelta(minutes=1)  # doubled with each attempt


def notify(*, event: WebhookEvent, review: Review) -> None:
    """Store a message about one review (see `notify_many`)."""
    notify_many(event=event, reviews=[review])


def notify_many(*, event: WebhookEvent, reviews: Sequence[Review]) -> None:
    """Store a message for each review and each endpoint that may see it.

    This happens in the caller's transaction. The message has the review's id; the receiver
    reads the rest through the API.
    """
    vendors = {review.product.vendor_id for review in reviews}
    endpoints = list(
        WebhookEndpoint.objects.filter(Q(vendor=None) | Q(vendor__in=vendors), active=True)
    )
    now = timezone.now().isoformat()
    deliveries = WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            endpoint=endpoint,
            event=event,
            payload={
                "event": event.value,
                "review": review.pk,
                "product": review.product.slug,
                "at": now,
            },
        )
        for review in reviews
        for endpoint in endpoints
        if endpoint.vendor_id in (None, review.product.vendor_id)
    )
    ids = [delivery.pk for delivery in deliveries]
    transaction.on_commit(lambda: _enqueue(ids))


def _enqueue(ids: list[int]) -> None:
    for delivery_id in ids:
        current_app.send_task("reviews.tasks.deliver_webhook", [delivery_id])


@transaction.atomic
def deliver(delivery_id: int) -> None:
    """Send one message if it is due. Of two concurrent runs, the second does nothing."""
    delivery = (
        WebhookDelivery.objects.select_for_update(skip_locked=True, of=["self"])
        .select_related("endpoint")
        .filter(pk=delivery_id, next_attempt_at__lte=timezone.now())
        .first()
    )
    if delivery is None:
        return
    delivery.attempts += 1
    try:
        delivery.last_answer = send(
            url=delivery.endpoint.url,
            secret=delivery.endpoint.secret,
            delivery_id=delivery.pk,
            payload=delivery.payload,
        )
        delivery.delivered_at = timezone.now()
        delivery.next_attempt_at = None
    except NotDelivered as error:
        delivery.last_answer = str(error)[:200]
        wait = FIRST_WAIT * 2 ** (delivery.attempts - 1)
        is_given_up = delivery.attempts >= MAX_ATTEMPTS
        delivery.next_attempt_at = None if is_given_up else timezone.now() + wait
    delivery.save()


def resend_due() -> None:
    """Enqueue the messages that are due, after a failure or a lost task."""
    due = WebhookDelivery.objects.filter(next_attempt_at__lte=timezone.now()).order_by(
        "next_attempt_at"
    )
    _enqueue(list(due.values_list("pk", flat=True)[:500]))
