from typing import Any

from allauth.account.utils import perform_login
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from reviews.accounts import members
from reviews.pages.plain_text import PlainTextField
from reviews.permissions import is_moderator, vendor_ids


@login_required
def workspace(request: HttpRequest) -> HttpResponse:
    """Redirect to the workspace of the signed-in person."""
    if is_moderator(request.user):
        return redirect("inbox")
    return redirect("desk" if vendor_ids(request.user) else "product-list")


class JoiningForm(forms.Form):
    """What an invited person without an account enters."""

    username = forms.SlugField(
        max_length=150, label=gettext_lazy("Username (letters, digits, - and _)")
    )
    first_name = PlainTextField(
        max_length=150, label=gettext_lazy("First name (used to sign your responses)")
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("That username is taken. Choose another."))
        return username

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], User(**self.user_fields()))
        return self.cleaned_data["password"]

    def user_fields(self) -> dict[str, str]:
        """Return the fields of the new user, empty where they are invalid."""
        data = self.cleaned_data
        return {name: data.get(name, "") for name in ("username", "first_name")}


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation to a vendor's staff, with an existing account or a new one.

    The link is the permission: it was sent to the invited address.
    """
    invitation = members.by_link(token)
    if invitation is None:
        return render(request, "reviews/accounts/invitation.html", status=404)
    context: dict[str, Any] = {"invitation": invitation, "form": None}
    if request.user.is_authenticated:
        if request.method == "POST":
            try:
                members.accept(invitation=invitation, user=request.user)
            except members.MembershipRefused as refused:
                context["problem"] = str(refused)
                return render(request, "reviews/accounts/invitation.html", context, status=409)
            return redirect("desk")
        return render(request, "reviews/accounts/invitation.html", context)
    form = JoiningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    email=invitation.email,
                    password=form.cleaned_data["password"],
                    **form.user_fields(),
                )
                members.accept(invitation=invitation, user=user)
        except members.MembershipRefused as refused:
            context["problem"] = str(refused)
        else:
            return perform_login(request, user, redirect_url=reverse("desk"))
    context["form"] = form
    status = 409 if form.is_bound else 200
    return render(request, "reviews/accounts/invitation.html", context, status=status)
