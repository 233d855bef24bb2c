"""Writing a desk's settings and assignment rules, each with its audit entry."""

from django.contrib.auth.models import User
from django.db import transaction

from responses import cases
from responses.models import AssignmentRule, VendorDesk
from reviews.models import AuditEntry, Vendor, VendorMembership

# Due dates depend on these.
SCHEDULE_FIELDS = ("hours_to_respond", "office_hours", "holidays", "time_zone")


@transaction.atomic
def save_settings(*, desk: VendorDesk, actor: User) -> None:
    """Save a desk's settings; recalculate due dates if a field that they depend on changed."""
    before = VendorDesk.objects.select_for_update(of=["self"]).get(pk=desk.pk)
    desk.save()
    if any(getattr(before, name) != getattr(desk, name) for name in SCHEDULE_FIELDS):
        cases.replan(desk.vendor_id)
    AuditEntry.objects.create(
        action="desk_settings_changed",
        actor=actor,
        detail={
            "vendor": desk.vendor_id,
            "approval": desk.approval,
            "hours_to_respond": desk.hours_to_respond,
            "links": desk.link_domains,
        },
    )


@transaction.atomic
def add_assignment_rule(
    *, vendor: Vendor, member: VendorMembership, query: str, actor: User
) -> AssignmentRule:
    """Add a rule after the vendor's other rules: reviews matching `query` go to `member`."""
    cases.open_desk(vendor.pk)
    rule = AssignmentRule.objects.create(
        vendor=vendor,
        member=member,
        query=query,
        position=AssignmentRule.objects.filter(vendor=vendor).count(),
    )
    _record(rule, "assignment_rule_added", actor)
    return rule


@transaction.atomic
def remove_assignment_rule(*, rule: AssignmentRule, actor: User) -> None:
    _record(rule, "assignment_rule_removed", actor)
    rule.delete()


def _record(rule: AssignmentRule, action: str, actor: User) -> None:
    AuditEntry.objects.create(
        action=action,
        actor=actor,
        detail={"vendor": rule.vendor_id, "query": rule.query, "member": rule.member_id},
    )
