"""What all standing rules share, those of moderators and those of vendors.

A changed rule is off, and must be tested on past reviews before it is switched on. Each change
leaves an audit entry.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.utils import timezone

from reviews.models import AuditEntry


class NotTested(Exception):
    """The rule has not been tested since it was changed, so it cannot be switched on."""


def save_untested(rule: Any, *, others: QuerySet[Any], actor: User) -> None:
    """Store a rule as untested; a new one comes after the `others`. The caller switches it off."""
    rule.tested_at = None
    rule.trial = {}
    rule.changed_by = actor
    if rule.pk is None:
        rule.position = others.count()
    rule.save()


def save_trial(rule: Model, trial: dict[str, Any]) -> None:
    """Store what a dry run found."""
    rules: Any = type(rule)
    rules.objects.filter(pk=rule.pk).update(trial=trial, tested_at=timezone.now())


def lock_to_switch[M: Model](rule: M, *, on: bool) -> M:
    """Lock a rule that is to be switched on or off, and return it. Raises NotTested."""
    rules: Any = type(rule)
    locked = rules.objects.select_for_update(of=["self"]).get(pk=rule.pk)
    if on and locked.tested_at is None:
        raise NotTested
    return locked


def audit(rule: Any, *, action: str, actor: User, detail: dict[str, Any]) -> None:
    """Write the audit entry of a change to a rule."""
    AuditEntry.objects.create(
        action=action,
        actor=actor,
        detail={"rule": rule.pk, "name": rule.name, "query": rule.query} | detail,
    )
