"""Pages of standing rules and word lists: leads write them, try them, switch them on."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews.choices import RuleAction, WordKind
from reviews.http import HttpRequest
from reviews.models import AuditEntry, ListedWord, Review, Rule, Tag, WordList
from reviews.moderation import assignment, rules, words
from reviews.moderation.filters import InboxFilter
from reviews.pages.addresses import view_query
from reviews.pages.facet_list import FacetList
from reviews.pages.plain_text import PlainTextField
from reviews.permissions import leads_only

MAX_WORDS = 2000


class RuleForm(forms.ModelForm):
    """A rule, but its conditions, which come from a view of the inbox."""

    tag_name = PlainTextField(required=False, max_length=40, label=gettext_lazy("Tag"))
    assignee = forms.ModelChoiceField(
        assignment.moderators(),
        required=False,
        to_field_name="username",
        empty_label=gettext_lazy("Next in rotation"),
        label=gettext_lazy("Assign to"),
    )
    language = forms.ChoiceField(
        choices=[("", "–"), *settings.LANGUAGES],
        required=False,
        label=gettext_lazy("Translate into"),
    )

    class Meta:
        model = Rule
        fields = ["name", "query", "word_list", "action", "blind_review_percent"]
        widgets = {"query": forms.HiddenInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["tag_name"] = self.instance.tag.name if self.instance.tag else ""
            self.initial["assignee"] = self.instance.assignee
            self.initial["language"] = self.instance.language

    def clean_query(self) -> str:
        return view_query(QueryDict(self.cleaned_data["query"].replace("\0", ""))).urlencode()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        action = said.get("action")
        if action == RuleAction.TAG and not said.get("tag_name", "").strip():
            self.add_error("tag_name", _("Enter a tag."))
        if action == RuleAction.TRANSLATE and not said.get("language"):
            self.add_error("language", _("Choose a language."))
        if action == RuleAction.PUBLISH and not said.get("query") and not said.get("word_list"):
            self.add_error(None, _("A rule that publishes needs at least one condition."))
        return said

    def rule(self) -> Rule:
        """Return the rule as the form holds it, not yet stored."""
        said = self.cleaned_data
        rule: Rule = self.save(commit=False)
        rule.tag = rule.assignee = None
        rule.language = ""
        if said["action"] == RuleAction.TAG:
            rule.tag = Tag.objects.get_or_create(name=said["tag_name"].strip().lower())[0]
        if said["action"] == RuleAction.ASSIGN:
            rule.assignee = said["assignee"]
        if said["action"] == RuleAction.TRANSLATE:
            rule.language = said["language"]
        return rule


class WordListForm(forms.Form):
    """A list as three texts, an entry a line."""

    name = PlainTextField(max_length=60, label=gettext_lazy("Name"))
    word = PlainTextField(required=False, label=gettext_lazy("Keywords"), widget=forms.Textarea)
    phrase = PlainTextField(required=False, label=gettext_lazy("Phrases"), widget=forms.Textarea)
    pattern = PlainTextField(required=False, label=gettext_lazy("Patterns"), widget=forms.Textarea)

    def clean_pattern(self) -> str:
        said = self.cleaned_data["pattern"]
        for line in entries(said):
            if not words.is_usable(line):
                raise forms.ValidationError(
                    _("“%(pattern)s” is not a valid pattern. Check its brackets or simplify it.")
                    % {"pattern": line}
                )
        return said

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for kind in WordKind.values:
            lines = entries(said.get(kind, ""))
            if len(lines) > MAX_WORDS or any(len(line) > 200 for line in lines):
                raise forms.ValidationError(
                    _("Enter at most %(most)s entries of up to 200 characters each.")
                    % {"most": MAX_WORDS}
                )
            if any(not words.folded(line).strip() for line in lines):
                raise forms.ValidationError(
                    _("An entry contains no letters or numbers. Edit or remove it.")
                )
        return said


def entries(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def conditions(query: str) -> list[str]:
    """Return a rule's conditions in words."""
    said = QueryDict(query)
    filterset = InboxFilter(said, queryset=Review.objects.all())
    return [chip.label for chip in FacetList(filterset, {}, said, "").chips]


@leads_only
@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules in their order, and the word lists."""
    found = Rule.objects.select_related("word_list", "tag", "assignee")
    rows = [(rule, conditions(rule.query)) for rule in found]
    context = {"rules": rows, "word_lists": WordList.objects.prefetch_related("words")}
    return render(request, "reviews/inbox/rules.html", context)


@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a rule, or change one: it is off then, until it is tried again."""
    found = get_object_or_404(Rule, pk=pk) if pk else None
    initial = {"query": view_query(request.GET).urlencode()} if found is None else {}
    if found is not None and request.GET:
        initial["query"] = view_query(request.GET).urlencode()
    form = RuleForm(request.POST or None, instance=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = form.rule()
        rules.save(rule=made, actor=request.user)
        return redirect("inbox-rule", made.pk)
    query = form["query"].value() or ""
    context: dict[str, Any] = {
        "rule": found,
        "form": form,
        "conditions": conditions(query),
        "view_query": query,
    }
    if found is not None and found.tested_at:
        context["sample"] = Review.objects.filter(
            pk__in=found.trial.get("sample", [])
        ).select_related("product")
        context["published"] = rules.published_by(found)
    status = 409 if form.errors else 200
    return render(request, "reviews/inbox/rule.html", context, status=status)


@leads_only
@require_POST
def change_rule_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a rule, switch it on or off, or move it up or down, by the button pressed (`do`)."""
    found = get_object_or_404(Rule.objects.select_related("word_list"), pk=pk)
    match request.POST.get("do"):
        case "try":
            rules.dry_run(found)
            return redirect("inbox-rule", pk)
        case "on":
            try:
                rules.switch(rule=found, on=True, actor=request.user)
            except rules.NotTested:
                pass  # the page shows that the rule must be tried first
            return redirect("inbox-rule", pk)
        case "off":
            rules.switch(rule=found, on=False, actor=request.user)
        case "up" | "down" as direction:
            rules.move(rule=found, up=direction == "up", actor=request.user)
    return redirect("inbox-rules")


@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def word_list(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a word list. Rules that use it are off until they are tried again."""
    found = get_object_or_404(WordList, pk=pk) if pk else None
    form = WordListForm(request.POST or None, initial=as_texts(found) if found else None)
    if request.method == "POST" and form.is_valid():
        try:
            store(found, form, request)
            return redirect("inbox-rules")
        except IntegrityError:
            form.add_error("name", _("A list with this name already exists. Choose another name."))
    status = 409 if form.errors else 200
    context = {"word_list": found, "form": form}
    return render(request, "reviews/inbox/word_list.html", context, status=status)


def as_texts(word_list: WordList) -> dict[str, str]:
    """Return a list as its form holds it."""
    words_by_kind = dict.fromkeys(WordKind.values, "")
    for word in word_list.words.all():
        words_by_kind[word.kind] += f"{word.text}\n"
    return {"name": word_list.name, **words_by_kind}


@transaction.atomic
def store(found: WordList | None, form: WordListForm, request: HttpRequest) -> None:
    said = form.cleaned_data
    kept_list = found or WordList()
    kept_list.name = said["name"].strip()
    kept_list.save()
    kept_list.words.all().delete()
    ListedWord.objects.bulk_create(
        ListedWord(word_list=kept_list, kind=kind, text=line)
        for kind in WordKind.values
        for line in entries(said[kind])
    )
    Rule.objects.filter(word_list=kept_list).update(active=False, tested_at=None, trial={})
    AuditEntry.objects.create(
        action="word_list_changed",
        actor=request.user,
        detail={
            "word_list": kept_list.pk,
            "name": kept_list.name,
            "words": {kind: entries(said[kind]) for kind in WordKind.values},
        },
    )
