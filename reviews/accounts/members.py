"""A vendor's people: invited by mail, with a role, gone with their answers left behind."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from reviews.choices import VendorRole
from reviews.mailing import MailQueue
from reviews.models import AuditEntry, Invitation, Vendor, VendorMembership
from reviews.signed_links import load_signed, sign

SALT = "invitation"
VALID = timedelta(days=14)


class Refused(Exception):
    """What cannot be done to a vendor's people, with a sentence that says why."""


@transaction.atomic
def invite(*, vendor: Vendor, email: str, role: VendorRole, actor: User) -> Invitation:
    """Offer a place by mail; offered again, it is sent again, with the role as it is now."""
    if VendorMembership.objects.filter(vendor=vendor, user__email__iexact=email).exists():
        raise Refused(_("%(email)s is already on your team.") % {"email": email})
    now = timezone.now()
    invitation, _made = Invitation.objects.update_or_create(
        vendor=vendor,
        email=email.lower(),
        accepted_at=None,
        withdrawn_at=None,
        defaults={
            "role": role,
            "invited_by": actor,
            "send_at": now,
            "sent_at": None,
            "language": translation.get_language() or "en",
        },
    )
    _record(vendor, actor, "member_invited", invitation=invitation.pk, role=role)
    return invitation


@transaction.atomic
def withdraw(*, invitation: Invitation, actor: User) -> None:
    """Let an invitation's link open nothing any more."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if open_ones.update(withdrawn_at=timezone.now(), send_at=None):
        _record(invitation.vendor, actor, "invitation_withdrawn", invitation=invitation.pk)


def link(invitation: Invitation) -> str:
    """Return the address under which an invitation is accepted."""
    return settings.SITE_URL + reverse("invitation", args=[sign(invitation, salt=SALT)])


def by_link(token: str) -> Invitation | None:
    """Return the open invitation that a link is for, None where there is none any more."""
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    return load_signed(rows.select_related("vendor", "invited_by"), token, salt=SALT, max_age=VALID)


def is_invited(email: str) -> bool:
    """Tell whether an address holds an invitation: who signs in with it first may come in."""
    since = timezone.now() - VALID
    return Invitation.objects.filter(
        email__iexact=email, accepted_at=None, withdrawn_at=None, created_at__gte=since
    ).exists()


@transaction.atomic
def accept_all(*, email: str, user: User) -> None:
    """Take every place that was offered to an address which is the person's for certain."""
    since = timezone.now() - VALID
    for invitation in Invitation.objects.filter(
        email__iexact=email, accepted_at=None, withdrawn_at=None, created_at__gte=since
    ):
        accept(invitation=invitation, user=user)


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> VendorMembership:
    """Take the place that was offered. Raises Refused where somebody has."""
    locked = Invitation.objects.select_for_update(of=["self"]).get(pk=invitation.pk)
    if not locked.is_open:
        raise Refused(_("This invitation has already been used or withdrawn. Ask for a new one."))
    locked.accepted_at, locked.accepted_by, locked.send_at = timezone.now(), user, None
    locked.save(update_fields=["accepted_at", "accepted_by", "send_at"])
    membership, _made = VendorMembership.objects.get_or_create(
        vendor_id=locked.vendor_id,
        user=user,
        defaults={"role": locked.role, "language": locked.language},
    )
    _record(locked.vendor, user, "member_joined", invitation=locked.pk, role=membership.role)
    return membership


def _last_manager(member: VendorMembership) -> bool:
    """Tell whether a vendor would have no manager without this one; waits its turn."""
    Vendor.objects.select_for_update(of=["self"]).only("pk").get(pk=member.vendor_id)
    others = VendorMembership.objects.filter(vendor=member.vendor_id, role=VendorRole.MANAGER)
    return member.role == VendorRole.MANAGER and not others.exclude(pk=member.pk).exists()


@transaction.atomic
def change_role(*, member: VendorMembership, role: VendorRole, actor: User) -> None:
    """Make an agent a manager, or the other way round. Raises Refused."""
    if role != VendorRole.MANAGER and _last_manager(member):
        raise Refused(_("A vendor needs at least one manager. Make someone else a manager first."))
    member.role = role
    member.save(update_fields=["role"])
    _record(member.vendor, actor, "member_role_changed", person=member.user_id, role=role)


@transaction.atomic
def remove(*, member: VendorMembership, actor: User) -> None:
    """Take somebody's place away; what they answered stays. Raises Refused."""
    if _last_manager(member):
        raise Refused(_("A vendor needs at least one manager. Make someone else a manager first."))
    _record(member.vendor, actor, "member_removed", person=member.user_id)
    member.delete()


@transaction.atomic
def set_language(*, user: User, language: str) -> None:
    """Say in which language somebody is written to."""
    VendorMembership.objects.filter(user=user).update(language=language)


@transaction.atomic
def set_away(
    *, member: VendorMembership, away_from: date | None, away_until: date | None, actor: User
) -> None:
    """Say when somebody is on holiday. Raises Refused where the days make no sense."""
    if (away_from is None) != (away_until is None) or (
        away_from and away_until and away_from > away_until
    ):
        raise Refused(_("Enter the first and last day, in that order, or leave both empty."))
    member.away_from, member.away_until = away_from, away_until
    member.save(update_fields=["away_from", "away_until"])
    _record(member.vendor, actor, "member_away", person=member.user_id)


def _record(vendor: Vendor, actor: User, action: str, **detail: object) -> None:
    AuditEntry.objects.create(action=action, actor=actor, detail={"vendor": vendor.pk, **detail})


def _deliver(invitation: Invitation) -> dict[str, Any]:
    """Send an invitation."""
    with translation.override(invitation.language):
        send_mail(
            _("Invitation to respond to reviews for %(vendor)s")
            % {"vendor": invitation.vendor.name},
            render_to_string(
                "reviews/accounts/invitation.txt",
                {"invitation": invitation, "link": link(invitation), "days": VALID.days},
            ),
            settings.DEFAULT_FROM_EMAIL,
            [invitation.email],
        )
    return {"sent_at": timezone.now()}


mail_queue = MailQueue(Invitation.objects.select_related("vendor", "invited_by"), _deliver)
