"""One action on many reviews: chosen at once, done in chunks, cancelled or undone as a whole.

The reviews are those in the view when the job was started. A chunk is one transaction with its
progress, so a job whose worker was killed continues where it stopped.
"""

from typing import Any

from celery import current_app
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, QuerySet

from reviews import undoable_jobs
from reviews.choices import BulkAction, JobStatus
from reviews.models import BulkItem, BulkJob, ModerationDecision, ModerationReason, Review
from reviews.moderation import assignment, notes
from reviews.moderation.decisions import DecisionRequest, decide_many
from reviews.moderation.undoing import undo
from reviews.undoable_jobs import finish

CHUNK = 500
DONE, SKIPPED = "done", "skipped"
LOCK = "bulk job"
TASK = "reviews.tasks.run_bulk_job"


@transaction.atomic
def start(
    *,
    action: BulkAction,
    parameters: dict[str, Any],
    reviews: QuerySet[Review],
    query: str,
    actor: User,
) -> BulkJob:
    """Choose the reviews and queue the job. `query` is the view, shown to people."""
    job = BulkJob.objects.create(
        action=action, parameters=parameters, query=query, started_by=actor
    )
    sql, values = reviews.order_by().values("pk").distinct().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reviews_bulkitem (job_id, review_id, outcome, skip_reason, undone) "
            f"SELECT %s, id, '', '', false FROM ({sql}) AS chosen (id) ORDER BY id",
            [job.pk, *values],
        )
        job.total = cursor.rowcount
    job.save(update_fields=["total"])
    _enqueue(job)
    return job


def _enqueue(job: BulkJob) -> None:
    transaction.on_commit(lambda: current_app.send_task(TASK, [job.pk]))


def undo_job(*, job: BulkJob, actor: User) -> None:
    """Queue the undoing of all that a job did. Raises CannotUndo."""
    undoable_jobs.undo(job=job, actor=actor, enqueue=_enqueue)


def run(job_id: int) -> None:
    """Do the rest of a job. A second process that runs it at once does nothing."""
    undoable_jobs.run(job_id, lock=LOCK, chunk=_chunk)


def resume_stalled() -> None:
    """Resend the tasks of jobs whose worker was killed or whose task was lost."""
    undoable_jobs.resume_stalled(BulkJob, lock=LOCK, task=TASK)


@transaction.atomic
def _chunk(job_id: int) -> bool:
    """Do the next reviews of a job. Returns whether there is more to do."""
    job = BulkJob.objects.select_for_update(of=["self"]).select_related("started_by").get(pk=job_id)
    if not job.is_running:
        return False
    if job.undoing:
        items = job.items.filter(outcome=DONE, undone=False).order_by("-pk")[:CHUNK]
    else:
        items = job.items.filter(outcome="").order_by("pk")[:CHUNK]
    rows = list(items)
    if job.cancel_requested and not job.undoing:
        return finish(job, JobStatus.CANCELLED)
    if not rows:
        return finish(job, JobStatus.DONE)
    job.status = JobStatus.RUNNING
    if job.undoing:
        _undo_chunk(job, rows)
    else:
        _do_chunk(job, rows)
    job.save()
    return True


def _do_chunk(job: BulkJob, rows: list[BulkItem]) -> None:
    ids = [row.review_id for row in rows]
    formers: dict[int, int | None] = {}
    match job.action:
        case BulkAction.DECIDE:
            skipped = decide_many(ids=ids, request=request_of(job)).skipped
        case BulkAction.ASSIGN:
            skipped, formers = _assign(job, ids)
        case _:
            skipped = _tag(job, ids)
    for row in rows:
        row.skip_reason = skipped.get(row.review_id, "")
        row.outcome = SKIPPED if row.skip_reason else DONE
        row.former = formers.get(row.review_id)
    BulkItem.objects.bulk_update(rows, ["outcome", "skip_reason", "former"])
    job.skipped += len(skipped)
    job.done += len(rows) - len(skipped)


def request_of(job: BulkJob) -> DecisionRequest:
    """Return the decision that a job makes."""
    data = job.parameters
    reason = ModerationReason.objects.filter(code=data.get("reason") or "").first()
    return DecisionRequest(
        data["to_status"],
        actor=job.started_by,
        reason=reason,
        note=data.get("note", ""),
        explanation=data.get("explanation", ""),
        bulk_job=job,
    )


def _assign(job: BulkJob, ids: list[int]) -> tuple[dict[int, str], dict[int, int | None]]:
    """Assign reviews; return those that need no change, and the former assignees of the others."""
    to = job.parameters["to"]
    people: dict[int, User | None]
    if to == "turn":
        people = dict(zip(ids, assignment.round_robin(count=len(ids)), strict=False))
    else:
        people = dict.fromkeys(ids, assignment.moderators().filter(username=to).first())
    formers = assignment.assign_many(people=people, actor=job.started_by, bulk_job=job.pk)
    return {pk: "same" for pk in ids if pk not in formers}, formers


def _tag(job: BulkJob, ids: list[int]) -> dict[int, str]:
    tagged = notes.tag_many(
        ids=ids, name=job.parameters["tag"], actor=job.started_by, bulk_job=job.pk
    )
    return {pk: "same" for pk in ids if pk not in tagged}


def _undo_chunk(job: BulkJob, rows: list[BulkItem]) -> None:
    ids = [row.review_id for row in rows]
    if job.action == BulkAction.DECIDE:
        decisions = ModerationDecision.objects.filter(
            bulk_job=job, review_id__in=ids, undoes=None
        ).select_related("reason", "actor")
        # A job undone in time is undone completely, however long it took.
        result = undo(decisions=list(decisions), actor=job.started_by, since=job.created_at)
        skipped = result.skipped
    elif job.action == BulkAction.ASSIGN:
        former_assignees = User.objects.in_bulk([row.former for row in rows if row.former])
        people = {row.review_id: former_assignees.get(row.former or 0) for row in rows}
        assignment.assign_many(people=people, actor=job.started_by, bulk_job=job.pk, undone=True)
        skipped = {}
    else:
        tag = job.parameters["tag"]
        notes.untag_many(ids=ids, name=tag, actor=job.started_by, bulk_job=job.pk, undone=True)
        skipped = {}
    for row in rows:
        row.undone = True
        row.skip_reason = skipped.get(row.review_id, "")
    BulkItem.objects.bulk_update(rows, ["undone", "skip_reason"])
    job.undone += len(rows) - len(skipped)


def report(job: BulkJob) -> list[dict[str, Any]]:
    """Return why reviews were passed over, each reason with how many."""
    rows = (
        job.items.exclude(skip_reason="")
        .values("skip_reason")
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    return [dict(row) for row in rows]
