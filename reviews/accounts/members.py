"""The members of a vendor's staff: invited by mail, with a role.

When a member is removed, their responses stay.
"""

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


class MembershipRefused(Exception):
    """The change to a vendor's members is not possible; the text gives the reason."""


@transaction.atomic
def invite(*, vendor: Vendor, email: str, role: VendorRole, actor: User) -> Invitation:
    """Invite an address by mail. A repeated invitation is sent again, with the new role.

    Raises MembershipRefused if the address belongs to a member.
    """
    if VendorMembership.objects.filter(vendor=vendor, user__email__iexact=email).exists():
        raise MembershipRefused(_("%(email)s is already on your team.") % {"email": email})
    now = timezone.now()
    invitation, _created = Invitation.objects.update_or_create(
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
    """Withdraw an open invitation: its link stops working."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if open_ones.update(withdrawn_at=timezone.now(), send_at=None):
        _record(invitation.vendor, actor, "invitation_withdrawn", invitation=invitation.pk)


def link(invitation: Invitation) -> str:
    """Return the address under which an invitation is accepted."""
    return settings.SITE_URL + reverse("invitation", args=[sign(invitation, salt=SALT)])


def by_link(token: str) -> Invitation | None:
    """Return the open invitation of a link, None if it was used, withdrawn or has expired."""
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    return load_signed(rows.select_related("vendor", "invited_by"), token, salt=SALT, max_age=VALID)


def is_invited(email: str) -> bool:
    """Return whether an address has an open invitation, so that its owner may sign up."""
    since = timezone.now() - VALID
    return Invitation.objects.filter(
        email__iexact=email, accepted_at=None, withdrawn_at=None, created_at__gte=since
    ).exists()


@transaction.atomic
def accept_all(*, email: str, user: User) -> None:
    """Accept every open invitation to an address that is verified to be the user's."""
    since = timezone.now() - VALID
    for invitation in Invitation.objects.filter(
        email__iexact=email, accepted_at=None, withdrawn_at=None, created_at__gte=since
    ):
        accept(invitation=invitation, user=user)


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> VendorMembership:
    """Accept an invitation. Raises MembershipRefused if it was already used or withdrawn."""
    locked = Invitation.objects.select_for_update(of=["self"]).get(pk=invitation.pk)
    if not locked.is_open:
        raise MembershipRefused(
            _("This invitation has already been used or withdrawn. Ask for a new one.")
        )
    locked.accepted_at, locked.accepted_by, locked.send_at = timezone.now(), user, None
    locked.save(update_fields=["accepted_at", "accepted_by", "send_at"])
    membership, _created = VendorMembership.objects.get_or_create(
        vendor_id=locked.vendor_id,
        user=user,
        defaults={"role": locked.role, "language": locked.language},
    )
    _record(locked.vendor, user, "member_joined", invitation=locked.pk, role=membership.role)
    return membership


def _is_last_manager(member: VendorMembership) -> bool:
    """Return whether a member is the vendor's only manager. Locks the vendor's row."""
    Vendor.objects.select_for_update(of=["self"]).only("pk").get(pk=member.vendor_id)
    others = VendorMembership.objects.filter(vendor=member.vendor_id, role=VendorRole.MANAGER)
    return member.role == VendorRole.MANAGER and not others.exclude(pk=member.pk).exists()


@transaction.atomic
def change_role(*, member: VendorMembership, role: VendorRole, actor: User) -> None:
    """Change a member's role. Raises MembershipRefused for the last manager."""
    if role != VendorRole.MANAGER and _is_last_manager(member):
        raise MembershipRefused(
            _("A vendor needs at least one manager. Make someone else a manager first.")
        )
    member.role = role
    member.save(update_fields=["role"])
    _record(member.vendor, actor, "member_role_changed", person=member.user_id, role=role)


@transaction.atomic
def remove(*, member: VendorMembership, actor: User) -> None:
    """Remove a member; their responses stay. Raises MembershipRefused for the last manager."""
    if _is_last_manager(member):
        raise MembershipRefused(
            _("A vendor needs at least one manager. Make someone else a manager first.")
        )
    _record(member.vendor, actor, "member_removed", person=member.user_id)
    member.delete()


@transaction.atomic
def set_language(*, user: User, language: str) -> None:
    """Set the language of the mails to a user."""
    VendorMembership.objects.filter(user=user).update(language=language)


@transaction.atomic
def set_away(
    *, member: VendorMembership, away_from: date | None, away_until: date | None, actor: User
) -> None:
    """Set a member's days off, first and last. Raises MembershipRefused for invalid dates."""
    if (away_from is None) != (away_until is None) or (
        away_from and away_until and away_from > away_until
    ):
        raise MembershipRefused(
            _("Enter the first and last day, in that order, or leave both empty.")
        )
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
