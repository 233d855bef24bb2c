"""A worker killed over a bulk answer or new cases, and another that goes on: each once."""

import pytest
from celery import current_app

from responses import bulk
from responses.choices import Outcome
from responses.models import Case, ReplyRule, Response, ResponseJob, ResponseJobItem
from responses.tasks import resume_stalled_response_jobs
from reviews.models import AuditEntry, Review
from tests import processes
from tests.factories import ReviewFactory
from tests.responses.desks import Desk

pytestmark = pytest.mark.django_db(transaction=True)
# More than the chunks in which answers and cases are done, so that a kill falls between two.
MANY = 450


def filled() -> Desk:
    """A desk with many reviews that nobody has answered."""
    desk = Desk(overall_rating=5)
    Review.objects.bulk_create(
        ReviewFactory.build(
            product=desk.review.product, source=desk.review.source, overall_rating=5
        )
        for _ in range(MANY - 1)
    )
    return desk


def kill_a_worker_when(condition) -> None:
    """Start a worker, kill all of it by -9 once something holds, and start another."""
    with processes.program(*processes.WORKER) as worker:
        processes.wait_for(condition)
        processes.kill(worker)


def test_a_bulk_answer_goes_on_where_it_was_killed(reasons):
    desk = filled()
    job = bulk.start(
        template=desk.template("Thank you."),
        outcome=Outcome.PUBLISH,
        reviews=Review.objects.all(),
        actor=desk.katie,
    )

    def done() -> int:
        return ResponseJob.objects.get(pk=job.pk).done

    kill_a_worker_when(lambda: 0 < done() < MANY)
    assert 0 < done() < MANY
    assert Response.objects.published().count() == done(), "half a chunk was kept"
    with processes.program(*processes.WORKER):
        # The database learns of a killed session when it next writes to it: what beat does.
        def is_over() -> bool:
            resume_stalled_response_jobs()
            return ResponseJob.objects.get(pk=job.pk).status == "done"

        processes.wait_for(is_over, 90)
    assert Response.objects.published().count() == MANY
    assert AuditEntry.objects.filter(action="response_published").count() == MANY
    assert not ResponseJobItem.objects.exclude(outcome="done").exists()


def test_new_cases_are_answered_once_though_a_worker_was_killed(reasons):
    desk = filled()
    rule = ReplyRule.objects.create(
        vendor=desk.vendor,
        name="Thanks",
        query="rating=5",
        outcome=Outcome.PUBLISH,
        changed_by=desk.manager,
        tested_at=desk.review.created_at,
        active_since=desk.review.created_at,
    )
    rule.templates.add(desk.template("Thank you."))

    def unplanned() -> int:
        return Case.objects.filter(is_scheduled=False).count()

    # The first review was there before its vendor had a desk.
    came = Case.objects.count()
    assert came == MANY - 1
    current_app.send_task("responses.tasks.plan_cases")
    kill_a_worker_when(lambda: 0 < unplanned() < came)
    left = unplanned()
    assert 0 < left < came
    assert Response.objects.published().count() == came - left
    current_app.send_task("responses.tasks.plan_cases")
    with processes.program(*processes.WORKER):
        processes.wait_for(lambda: not unplanned(), 90)
    assert Response.objects.published().count() == came
    rule.refresh_from_db()
    assert rule.turn == came
