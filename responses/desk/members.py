"""Pages of a vendor's members: invitations, roles, holidays, removal."""

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from responses.desk.vendors import vendor_page
from reviews.accounts import members
from reviews.choices import VendorRole
from reviews.http import HttpRequest
from reviews.models import Invitation, Vendor, VendorMembership
from reviews.permissions import managed_ids, vendor_ids, vendor_managers_only, vendor_staff_only


class InvitationForm(forms.Form):
    email = forms.EmailField(max_length=254)
    role = forms.ChoiceField(choices=VendorRole.choices)


class AwayForm(forms.Form):
    away_from = forms.DateField(required=False)
    away_until = forms.DateField(required=False)


def show(request: HttpRequest, of: Vendor | None = None, **more: object) -> HttpResponse:
    vendor, context = vendor_page(request, manages=True, named=of)
    invitations = Invitation.objects.filter(vendor=vendor, accepted_at=None, withdrawn_at=None)
    context |= {
        "members": VendorMembership.objects.filter(vendor=vendor)
        .select_related("user")
        .order_by("user__username"),
        "invitations": invitations.select_related("invited_by"),
        "roles": VendorRole.choices,
        **more,
    }
    status = 409 if more.get("problem") else 200
    return render(request, "responses/desk/members.html", context, status=status)


@vendor_managers_only
@require_http_methods(["GET", "HEAD", "POST"])
def member_list(request: HttpRequest) -> HttpResponse:
    """List a vendor's members and invitations. POST invites."""
    vendor, _context = vendor_page(request, manages=True)
    if request.method != "POST":
        return show(request)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        problem = _("Enter an e-mail address and choose a role.")
        return show(request, problem=problem, typed=request.POST.get("email", ""))
    data = form.cleaned_data
    try:
        members.invite(
            vendor=vendor, email=data["email"], role=VendorRole(data["role"]), actor=request.user
        )
    except members.MembershipRefused as refused:
        return show(request, problem=str(refused), typed=data["email"])
    return redirect(f"{reverse('desk-members')}?vendor={vendor.slug}")


@vendor_managers_only
@require_POST
def change_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a member's role or holidays, or remove the member."""
    member = get_object_or_404(
        VendorMembership.objects.select_related("vendor", "user"),
        pk=pk,
        vendor__in=managed_ids(request.user),
    )
    try:
        match request.POST.get("do"):
            case "remove":
                members.remove(member=member, actor=request.user)
            case "away":
                form = AwayForm(request.POST)
                if not form.is_valid():
                    raise members.MembershipRefused(_("Enter valid dates, such as 2026-12-25."))
                members.set_away(member=member, actor=request.user, **form.cleaned_data)
            case role if role in VendorRole.values:
                members.change_role(member=member, role=VendorRole(role), actor=request.user)
    except members.MembershipRefused as refused:
        return show(request, of=member.vendor, problem=str(refused))
    if member.vendor_id not in managed_ids(request.user) or member.user_id == request.user.pk:
        return redirect("desk")
    return redirect(f"{reverse('desk-members')}?vendor={member.vendor.slug}")


@vendor_managers_only
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = get_object_or_404(
        Invitation.objects.select_related("vendor"), pk=pk, vendor__in=managed_ids(request.user)
    )
    members.withdraw(invitation=invitation, actor=request.user)
    return redirect(f"{reverse('desk-members')}?vendor={invitation.vendor.slug}")


@vendor_staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Show and change the user's own holidays and language of mails."""
    mine = VendorMembership.objects.filter(user=request.user, vendor__in=vendor_ids(request.user))
    problem = ""
    if request.method == "POST":
        language = request.POST.get("language", "")
        form = AwayForm(request.POST)
        if language in dict(settings.LANGUAGES):
            members.set_language(user=request.user, language=language)
        try:
            if not form.is_valid():
                raise members.MembershipRefused(_("Enter valid dates, such as 2026-12-25."))
            for member in mine.select_related("vendor"):
                members.set_away(member=member, actor=request.user, **form.cleaned_data)
        except members.MembershipRefused as refused:
            problem = str(refused)
        else:
            return redirect("desk-me")
    context = {
        "memberships": mine.select_related("vendor"),
        "languages": settings.LANGUAGES,
        "problem": problem,
    }
    status = 409 if problem else 200
    return render(request, "responses/desk/me.html", context, status=status)
