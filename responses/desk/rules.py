"""Pages of reply rules: managers write them, test them on past reviews, switch them on and off."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from responses import cases, reply_rules
from responses.choices import Outcome, TemplateKind
from responses.desk.vendors import vendor_page
from responses.filters import DeskFilter
from responses.models import ReplyRule, ReplyTemplate
from reviews.http import HttpRequest
from reviews.pages.addresses import view_query
from reviews.pages.facet_list import FacetList
from reviews.pages.plain_text import PlainTextField
from reviews.permissions import managed_ids, vendor_managers_only
from reviews.standing_rules import NotTested


class ReplyRuleForm(forms.ModelForm):
    """A reply rule. Its conditions are a query of the desk's filters."""

    name = PlainTextField(max_length=80, label=gettext_lazy("Name"))
    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    longer_than = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100_000,
        label=gettext_lazy("Longer than (characters)"),
    )
    shorter_than = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100_000,
        label=gettext_lazy("Shorter than (characters)"),
    )
    outcome = forms.ChoiceField(choices=Outcome.choices, label=gettext_lazy("Action"))
    templates = forms.ModelMultipleChoiceField(
        ReplyTemplate.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Templates, used in rotation"),
        error_messages={"required": gettext_lazy("Choose at least one template.")},
    )

    class Meta:
        model = ReplyRule
        fields = ("name", "query", "longer_than", "shorter_than", "outcome", "templates")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["templates"]
        choices.queryset = ReplyTemplate.objects.filter(
            vendor=self.instance.vendor_id, kind=TemplateKind.RESPONSE, archived=False
        )

    def clean_query(self) -> str:
        return view_query(QueryDict(self.cleaned_data["query"].replace("\0", ""))).urlencode()

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        same = ReplyRule.objects.filter(vendor=self.instance.vendor_id, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("A rule with this name already exists. Choose another name.")
            )
        return name


@vendor_managers_only
@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """List a vendor's rules in the order in which they apply."""
    vendor, context = vendor_page(request, manages=True)
    rules = list(ReplyRule.objects.filter(vendor=vendor))
    return render(request, "responses/desk/rules.html", {**context, "rules": rules})


def get_rule(request: HttpRequest, pk: int) -> ReplyRule:
    rules = ReplyRule.objects.select_related("vendor", "changed_by")
    return get_object_or_404(rules, pk=pk, vendor__in=managed_ids(request.user))


@vendor_managers_only
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create or edit a rule; show its test results and its responses."""
    if pk is None:
        vendor, context = vendor_page(request, manages=True)
        query = view_query(request.GET)
        query.pop("vendor", None)
        reply_rule = ReplyRule(vendor=vendor, query=query.urlencode()[:2000])
    else:
        reply_rule, context = get_rule(request, pk), {}
        context = {"vendor": reply_rule.vendor}
    form = ReplyRuleForm(request.POST or None, instance=reply_rule)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        cases.open_desk(saved.vendor_id)
        reply_rules.save(
            rule=saved, templates=list(form.cleaned_data["templates"]), actor=request.user
        )
        return redirect("desk-rule", saved.pk)
    conditions = QueryDict(form["query"].value() or "")
    search = DeskFilter(conditions, vendors=[reply_rule.vendor_id])
    context |= {
        "rule": reply_rule,
        "form": form,
        "conditions": FacetList(search, {}, conditions, reverse("desk")).chips,
        "written": reply_rules.responses_of(reply_rule)[:200] if pk else [],
    }
    status = 409 if form.is_bound else 200
    return render(request, "responses/desk/rule.html", context, status=status)


@vendor_managers_only
@require_POST
def test_or_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Test a rule, or switch it on or off."""
    reply_rule = get_rule(request, pk)
    match request.POST.get("do"):
        case "try":
            reply_rules.dry_run(reply_rule)
        case "on":
            try:
                reply_rules.switch(rule=reply_rule, on=True, actor=request.user)
            except NotTested:
                pass  # the page says that it is to be tried first
        case "off":
            reply_rules.switch(rule=reply_rule, on=False, actor=request.user)
    return redirect("desk-rule", pk)
