"""Bulk responses: one template for many reviews, each response rendered and checked separately.

The reviews are those in the view when the job was started. A chunk is one transaction with
its progress, so a job whose worker was killed continues where it stopped.
"""

from typing import Any

from celery import current_app
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from responses import checks, drafting, rendering
from responses.choices import Outcome, ResponseStatus
from responses.lifecycle import Refused, ResponseContent, version_token, withdraw_response
from responses.models import ReplyTemplate, Response, ResponseJob, ResponseJobItem
from responses.permissions import role_of
from reviews import undoable_jobs
from reviews.choices import JobStatus
from reviews.models import Review
from reviews.moderation.bulk import DONE, SKIPPED
from reviews.undoable_jobs import finish

CHUNK = 100
LOCK = "bulk answer"
TASK = "responses.tasks.run_response_job"


@transaction.atomic
def start(
    *, template: ReplyTemplate, outcome: Outcome, reviews: QuerySet[Review], actor: User
) -> ResponseJob:
    """Choose the reviews and queue the job. Reviews of other vendors are left out."""
    job = ResponseJob.objects.create(
        vendor_id=template.vendor_id,
        template=template,
        outcome=outcome,
        started_by=actor,
        language=translation.get_language() or "en",
    )
    own = reviews.filter(product__vendor=template.vendor_id)
    sql, values = own.order_by().values("pk").distinct().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO responses_responsejobitem "
            "(job_id, review_id, outcome, skip_reason, version_token) "
            f"SELECT %s, id, '', '', '' FROM ({sql}) AS chosen (id) ORDER BY id",
            [job.pk, *values],
        )
        job.total = cursor.rowcount
    job.save(update_fields=["total"])
    _enqueue(job)
    return job


def _enqueue(job: ResponseJob) -> None:
    transaction.on_commit(lambda: current_app.send_task(TASK, [job.pk]))


def undo_job(*, job: ResponseJob, actor: User) -> None:
    """Queue the undoing of everything that a job did. Raises CannotUndo."""
    undoable_jobs.undo(job=job, actor=actor, enqueue=_enqueue)


def run(job_id: int) -> None:
    """Do the rest of a job. A concurrent second run does nothing."""
    undoable_jobs.run(job_id, lock=LOCK, chunk=_chunk)


def resume_stalled() -> None:
    """Queue jobs again whose worker was killed or whose task was lost."""
    undoable_jobs.resume_stalled(ResponseJob, lock=LOCK, task=TASK)


@transaction.atomic
def _chunk(job_id: int) -> bool:
    """Do the next reviews of a job. Returns whether there is more to do."""
    job = (
        ResponseJob.objects.select_for_update(of=["self"])
        .select_related("started_by", "template", "vendor__desk")
        .get(pk=job_id)
    )
    if not job.is_running:
        return False
    rows = _next_rows(job)
    if job.cancel_requested and not job.undoing:
        return finish(job, JobStatus.CANCELLED)
    if not rows:
        return finish(job, JobStatus.DONE)
    job.status = JobStatus.RUNNING
    templates = rendering.of_vendor(job.vendor_id)
    with translation.override(job.language):
        for row in rows:
            _process(job, row, templates)
    ResponseJobItem.objects.bulk_update(
        rows, ["outcome", "skip_reason", "response", "version_token"]
    )
    job.save()
    return True


def _process(job: ResponseJob, row: ResponseJobItem, templates: list[ReplyTemplate]) -> None:
    """Respond to one review of a job, or undo that, and count it."""
    if job.undoing:
        row.skip_reason = _undo(job, row)
        row.outcome = SKIPPED if row.skip_reason else "undone"
        job.undone += not row.skip_reason
    else:
        row.skip_reason = _respond(job, row, templates)
        row.outcome = SKIPPED if row.skip_reason else DONE
        job.skipped += bool(row.skip_reason)
        job.done += not row.skip_reason


def _next_rows(job: ResponseJob) -> list[ResponseJobItem]:
    """Return the next items of a job, of one product, their reviews locked.

    This order, and one audit chain per transaction, prevent deadlocks between two writers of
    responses.
    """
    todo = job.items.filter(outcome=DONE if job.undoing else "")
    product = todo.order_by("pk").values("review__product")[:1]
    items = todo.filter(review__product=product).select_related(
        "review__product__vendor", "review__source", "review__reviewer"
    )
    rows = list(items.order_by("pk")[:CHUNK])
    reviews = Review.objects.select_for_update(of=["self"]).order_by("pk")
    list(reviews.filter(pk__in=[row.review_id for row in rows]).values_list("pk", flat=True))
    return rows


def _respond(job: ResponseJob, row: ResponseJobItem, templates: list[ReplyTemplate]) -> str:
    """Respond to one review. Returns an empty string, or the sentence why it was skipped."""
    review, agent = row.review, job.started_by
    if not rendering.fits(job.template, review):
        return _("The template doesn't match the review's language or rating.")
    rendered = rendering.render(job.template, review, agent, templates)
    result = checks.check(rendered.text, review, getattr(job.vendor, "desk", None))
    if obstacles := [*result.problems, *result.warnings]:
        return " ".join(obstacles)
    name = agent.first_name or agent.get_username().capitalize()
    content = ResponseContent(rendered.text, name, "", job.template)
    try:
        with transaction.atomic():
            # Stale, and so refused, if there is a response or draft already.
            editor_state = drafting.EditorState(version_token(None))
            if job.outcome == Outcome.DRAFT:
                response = drafting.save(
                    review=review, content=content, actor=agent, editor_state=editor_state
                )
            else:
                response = drafting.submit(
                    review=review,
                    content=content,
                    actor=agent,
                    editor_state=editor_state,
                    submit_for_approval=job.outcome == Outcome.APPROVAL,
                )
    except Refused:
        return _("Someone has already responded or started a draft.")
    if response is not None:
        row.response, row.version_token = response, response.version_token
    return ""


def _undo(job: ResponseJob, row: ResponseJobItem) -> str:
    """Undo one response unless it was edited since. Returns an empty string, or why not."""
    response = (
        Response.objects.select_related("review__product").filter(pk=row.response_id or 0).first()
    )
    if response is None or response.version_token != row.version_token:
        return _("Someone has edited the response since.")
    try:
        with transaction.atomic():
            if response.status == ResponseStatus.PUBLISHED:
                role = role_of(job.started_by, job.vendor_id)
                withdraw_response(response=response, role=role, actor=job.started_by)
            else:
                drafting.drop(response=response, actor=job.started_by)
                row.response = None
    except Refused as refused:
        return str(refused)
    return ""


def report(job: ResponseJob) -> list[dict[str, Any]]:
    """Return the reasons why reviews were skipped, each with its number of reviews."""
    rows = (
        job.items.exclude(skip_reason="")
        .values("skip_reason")
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    return [dict(row) for row in rows[:20]]
