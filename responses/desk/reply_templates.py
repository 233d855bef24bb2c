"""Pages of a vendor's reply templates, which all of its staff may edit."""

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from responses import reply_templates, statistics
from responses.choices import ResponseStatus, TemplateKind
from responses.desk.vendors import vendor_page
from responses.models import ReplyTemplate
from responses.rendering import VARIABLES, unknown_variables
from reviews.http import HttpRequest, whole_number
from reviews.language import base_language
from reviews.languages import offered
from reviews.pages.plain_text import PlainTextField
from reviews.permissions import vendor_ids, vendor_staff_only

STARS = [(n, "★" * n) for n in range(1, 6)]


class TemplateForm(forms.ModelForm):
    """A template as its writer types it."""

    kind = forms.ChoiceField(choices=TemplateKind.choices, label=gettext_lazy("Type"))
    name = PlainTextField(max_length=80, label=gettext_lazy("Name"))
    language = forms.CharField(required=False, label=gettext_lazy("Language"))
    stars_from = forms.TypedChoiceField(
        choices=STARS, coerce=int, label=gettext_lazy("From"), initial=1
    )
    stars_to = forms.TypedChoiceField(
        choices=STARS, coerce=int, label=gettext_lazy("To"), initial=5
    )
    body = PlainTextField(
        max_length=5000, widget=forms.Textarea({"rows": 10}), label=gettext_lazy("Text")
    )

    class Meta:
        model = ReplyTemplate
        fields = ("kind", "name", "language", "stars_from", "stars_to", "body")

    def clean_language(self) -> str:
        language = self.cleaned_data["language"]
        if language and not base_language(language):
            raise forms.ValidationError(_("Choose a language from the list."))
        return base_language(language) if language else ""

    def clean_body(self) -> str:
        body = self.cleaned_data["body"].strip()
        if unknown := unknown_variables(body):
            raise forms.ValidationError(
                _("Unknown variable: {{ %(name)s }}. Use only the variables listed on this page.")
                % {"name": unknown[0]}
            )
        return body

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("stars_from", 1) > data.get("stars_to", 5):
            self.add_error("stars_to", _("The highest rating can't be below the lowest."))
        same = ReplyTemplate.objects.filter(
            vendor=self.instance.vendor_id,
            archived=False,
            kind=data.get("kind"),
            name=data.get("name"),
            language=data.get("language"),
        )
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error(
                "name",
                _(
                    "A template with this name already exists for "
                    "this language. Choose another name."
                ),
            )
        return data


@vendor_staff_only
@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """List a vendor's templates, how often each was used, and its outcomes."""
    vendor, context = vendor_page(request)
    published = Q(responses__status=ResponseStatus.PUBLISHED)
    templates = ReplyTemplate.objects.filter(vendor=vendor, archived=False).annotate(
        used=Count("responses", filter=published)
    )
    outcomes = statistics.outcomes(vendor.pk)
    archived = ReplyTemplate.objects.filter(
        vendor=vendor, archived=True, pk=whole_number(request.GET.get("archived")) or 0
    ).first()
    context |= {
        "templates": [(template, outcomes.get(template.pk)) for template in templates],
        "archived": archived,
    }
    return render(request, "responses/desk/templates.html", context)


@vendor_staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create a template, or edit one."""
    if pk is None:
        vendor, context = vendor_page(request)
        reply_template = ReplyTemplate(vendor=vendor)
    else:
        reply_template = get_object_or_404(
            ReplyTemplate.objects.select_related("vendor"),
            pk=pk,
            vendor__in=vendor_ids(request.user),
            archived=False,
        )
        context = {"vendor": reply_template.vendor}
    form = TemplateForm(request.POST or None, instance=reply_template)
    if request.method == "POST" and form.is_valid():
        reply_templates.save_template(template=form.save(commit=False), actor=request.user)
        return redirect(f"{reverse('desk-templates')}?vendor={reply_template.vendor.slug}")
    context |= {
        "form": form,
        "template": reply_template,
        "variables": VARIABLES,
        "offered": offered(),
    }
    status = 409 if form.is_bound else 200
    return render(request, "responses/desk/template.html", context, status=status)


@vendor_staff_only
@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Archive a template, or restore it."""
    reply_template = get_object_or_404(
        ReplyTemplate.objects.select_related("vendor"), pk=pk, vendor__in=vendor_ids(request.user)
    )
    reply_templates.archive_template(
        template=reply_template, actor=request.user, restore=request.POST.get("back") == "1"
    )
    archived = f"&archived={reply_template.pk}" if reply_template.archived else ""
    return redirect(f"{reverse('desk-templates')}?vendor={reply_template.vendor.slug}{archived}")
