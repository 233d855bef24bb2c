"""Translation jobs for many reviews: create, estimate, start, pause, cancel and report.

`job_runs` is what a worker does with a job.
"""

from decimal import Decimal
from typing import Any

from celery import current_app
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Length
from django.utils import timezone

from reviews.choices import ReviewStatus
from reviews.choices import TranslationJobStatus as Status
from reviews.language import UNDETERMINED
from reviews.locks import session_lock
from reviews.models import (
    AuditEntry,
    Review,
    ReviewTranslation,
    Rule,
    TranslationItem,
    TranslationJob,
)
from reviews.models.review import TEXT_FIELDS
from reviews.translation.chunks import look_up
from reviews.translation.engines import EngineError
from reviews.translation.job_runs import LOCK, enqueue
from reviews.translation.routes import price, route

SAMPLE = 200  # reviews that an estimate looks up in the memory


@transaction.atomic
def choose(
    *, reviews: QuerySet[Review], target: str, query: str = "", actor: User | None = None
) -> TranslationJob:
    """Create a job for some reviews and estimate its cost. Nothing is translated yet."""
    job = TranslationJob.objects.create(
        target_language=target, query=query[:2000], started_by=actor
    )
    _add(job, reviews)
    _estimate(job)
    return job


def _add(job: TranslationJob, reviews: QuerySet[Review]) -> None:
    """Add reviews to a job, except those that it has already."""
    sql, values = reviews.order_by().values("pk").distinct().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reviews_translationitem (job_id, review_id, outcome, skip_reason) "
            f"SELECT %s, id, '', '' FROM ({sql}) AS chosen (id) ORDER BY id "
            "ON CONFLICT DO NOTHING",
            [job.pk, *values],
        )
        job.total += cursor.rowcount
    job.save(update_fields=["total"])


def _estimate(job: TranslationJob) -> None:
    """Count a job's characters and estimate from a sample how many the memory lacks."""
    foreign = Review.objects.filter(translationitem__job=job).exclude(
        language__in=[job.target_language, UNDETERMINED]
    )
    length = sum((Length(name) for name in TEXT_FIELDS[1:]), start=Length(TEXT_FIELDS[0]))
    by_language = dict(foreign.values_list("language").annotate(n=Sum(length)).order_by())
    job.characters = sum(n or 0 for n in by_language.values())
    first = job.items.order_by("pk").values_list("pk", flat=True).first() or 0
    # Evenly spaced ids: items are inserted in one statement, so their ids have no gaps.
    sampled = range(first, first + job.total, max(job.total // SAMPLE, 1))
    sample = look_up(list(job.items.filter(pk__in=sampled).order_by("pk")), job.target_language)
    missing = sum(len(m.segment.text) for m in sample.work.missing.values())
    share = missing / sample.characters if sample.characters else 0
    job.expected_characters = round(job.characters * share)
    cost = 0.0
    for language, characters in by_language.items():
        try:
            path = route(language, job.target_language)
        except EngineError:
            continue
        legs = [path.engines[0], *path.onward[:1]]
        cost += share * (characters or 0) / 1_000_000 * sum(price(key) for key in legs)
    job.expected_cost = Decimal(f"{cost:.2f}")
    job.save()


@transaction.atomic
def start(*, job: TranslationJob, actor: User | None = None, here: bool = False) -> None:
    """Start or resume a job that is estimated, paused, waiting or failed.

    With `here` no task is sent: this process will run it.
    """
    allowed = [Status.ESTIMATED, Status.PAUSED, Status.WAITING, Status.FAILED]
    now = timezone.now()
    if _move(job, allowed, Status.QUEUED, actor, waits=0, problem="", started_at=now) and not here:
        enqueue(job)


@transaction.atomic
def pause(*, job: TranslationJob, actor: User | None = None) -> None:
    """Pause a job after its current chunk."""
    _move(job, [Status.QUEUED, Status.RUNNING, Status.WAITING], Status.PAUSED, actor)


@transaction.atomic
def cancel(*, job: TranslationJob, actor: User | None = None) -> None:
    """Cancel a job after its current chunk. Translations stored so far stay."""
    allowed = [
        Status.ESTIMATED,
        Status.QUEUED,
        Status.RUNNING,
        Status.WAITING,
        Status.PAUSED,
        Status.FAILED,
    ]
    _move(job, allowed, Status.CANCELLED, actor, finished_at=timezone.now())


def _move(
    job: TranslationJob, allowed: list[Status], to: Status, actor: User | None, **more: Any
) -> bool:
    """Change a job's status from one of `allowed`. Returns whether it was in one of them."""
    updated = TranslationJob.objects.filter(pk=job.pk, status__in=allowed).update(status=to, **more)
    if updated:
        AuditEntry.objects.create(
            action=f"translation_job_{to}",
            actor=actor,
            detail={"job": job.pk, "into": job.target_language, "query": job.query},
        )
    return bool(updated)


@transaction.atomic
def translate_by_rule(*, rule: Rule, reviews: QuerySet[Review]) -> None:
    """Add reviews to a rule's open job, creating one if there is none."""
    job = (
        TranslationJob.objects.select_for_update(of=["self"])
        .filter(
            rule=rule,
            target_language=rule.language,
            status__in=[Status.QUEUED, Status.RUNNING, Status.WAITING],
        )
        .order_by("-pk")
        .first()
    )
    if job is None:
        job = TranslationJob(rule=rule, target_language=rule.language, query=rule.query)
        job.status, job.started_at = Status.QUEUED, timezone.now()
        job.save()
    before = job.total
    _add(job, reviews)
    if job.total > before:
        enqueue(job)
    elif not job.total:
        job.delete()


def resume_stalled() -> None:
    """Resend jobs whose worker was killed, whose task was lost, or whose wait is over."""
    due = TranslationJob.objects.filter(status=Status.WAITING, resume_at__lte=timezone.now())
    due.update(status=Status.QUEUED)
    for job in TranslationJob.objects.filter(status__in=[Status.QUEUED, Status.RUNNING]):
        with session_lock(LOCK, job.pk) as is_free:
            pass
        if is_free:
            current_app.send_task("reviews.tasks.run_translation_job", [job.pk], expires=15)


def report(job: TranslationJob) -> list[dict[str, Any]]:
    """Return why reviews failed or were skipped: outcome, skip_reason and count `n`."""
    rows = (
        job.items.exclude(skip_reason="").values("outcome", "skip_reason").annotate(n=Count("pk"))
    )
    return [dict(row) for row in rows.order_by("outcome", "-n")]


def seconds_left(job: TranslationJob) -> int | None:
    """Return the estimated seconds until a job is done, or None if it cannot be estimated."""
    if not job.is_at_work or not job.gone_through or not job.milliseconds:
        return None
    return round((job.total - job.gone_through) * job.milliseconds / job.gone_through / 1000)


def stale_of(rule: Rule, reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of `reviews` whose machine translation into a rule's language is stale.

    Each is tried once after it has become stale, so failures are not retried forever.
    """
    tried = TranslationItem.objects.filter(
        review=OuterRef("review"), job__rule=rule, job__created_at__gte=OuterRef("stale_since")
    )
    stale = ReviewTranslation.objects.filter(
        ~Exists(tried),
        review=OuterRef("pk"),
        target_language=rule.language,
        stale_since__isnull=False,
        author=None,
    )
    return reviews.filter(Exists(stale), status__in=[ReviewStatus.PENDING, ReviewStatus.PUBLISHED])
