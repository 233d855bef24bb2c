"""Pages of moderation rules and word lists: leads write, try and switch on rules."""

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
from reviews.standing_rules import NotTested

MAX_WORDS = 2000


class ModerationRuleForm(forms.ModelForm):
    """A rule. Its conditions are a view of the inbox, chosen there."""

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
        data = super().clean() or {}
        action = data.get("action")
        if action == RuleAction.TAG and not data.get("tag_name", "").strip():
            self.add_error("tag_name", _("Enter a tag."))
        if action == RuleAction.TRANSLATE and not data.get("language"):
            self.add_error("language", _("Choose a language."))
        if action == RuleAction.PUBLISH and not data.get("query") and not data.get("word_list"):
            self.add_error(None, _("A rule that publishes needs at least one condition."))
        return data

    def rule(self) -> Rule:
        """Return the rule that the form describes, not yet stored."""
        data = self.cleaned_data
        rule: Rule = self.save(commit=False)
        rule.tag = rule.assignee = None
        rule.language = ""
        if data["action"] == RuleAction.TAG:
            rule.tag = Tag.objects.get_or_create(name=data["tag_name"].strip().lower())[0]
        if data["action"] == RuleAction.ASSIGN:
            rule.assignee = data["assignee"]
        if data["action"] == RuleAction.TRANSLATE:
            rule.language = data["language"]
        return rule


class WordListForm(forms.Form):
    """A word list as three texts with one entry a line: keywords, phrases, patterns."""

    name = PlainTextField(max_length=60, label=gettext_lazy("Name"))
    word = PlainTextField(required=False, label=gettext_lazy("Keywords"), widget=forms.Textarea)
    phrase = PlainTextField(required=False, label=gettext_lazy("Phrases"), widget=forms.Textarea)
    pattern = PlainTextField(required=False, label=gettext_lazy("Patterns"), widget=forms.Textarea)

    def clean_pattern(self) -> str:
        patterns = self.cleaned_data["pattern"]
        for line in entries(patterns):
            if not words.is_usable(line):
                raise forms.ValidationError(
                    _("“%(pattern)s” is not a valid pattern. Check its brackets or simplify it.")
                    % {"pattern": line}
                )
        return patterns

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for kind in WordKind.values:
            lines = entries(data.get(kind, ""))
            if len(lines) > MAX_WORDS or any(len(line) > 200 for line in lines):
                raise forms.ValidationError(
                    _("Enter at most %(most)s entries of up to 200 characters each.")
                    % {"most": MAX_WORDS}
                )
            if any(not words.folded(line).strip() for line in lines):
                raise forms.ValidationError(
                    _("An entry contains no letters or numbers. Edit or remove it.")
                )
        return data


def entries(text: str) -> list[str]:
    """Return the entries of a text with one entry a line, without duplicates."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def conditions(query: str) -> list[str]:
    """Return the labels of a rule's conditions."""
    parameters = QueryDict(query)
    filterset = InboxFilter(parameters, queryset=Review.objects.all())
    return [chip.label for chip in FacetList(filterset, {}, parameters, "").chips]


@leads_only
@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules in order, and the word lists."""
    all_rules = Rule.objects.select_related("word_list", "tag", "assignee")
    rows = [(rule, conditions(rule.query)) for rule in all_rules]
    context = {"rules": rows, "word_lists": WordList.objects.prefetch_related("words")}
    return render(request, "reviews/inbox/rules.html", context)


@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write or change a rule. A changed rule is off until it is tried again."""
    stored = get_object_or_404(Rule, pk=pk) if pk else None
    initial = {"query": view_query(request.GET).urlencode()} if stored is None else {}
    if stored is not None and request.GET:
        initial["query"] = view_query(request.GET).urlencode()
    form = ModerationRuleForm(request.POST or None, instance=stored, initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = form.rule()
        rules.save(rule=changed, actor=request.user)
        return redirect("inbox-rule", changed.pk)
    query = form["query"].value() or ""
    context: dict[str, Any] = {
        "rule": stored,
        "form": form,
        "conditions": conditions(query),
        "view_query": query,
    }
    if stored is not None and stored.tested_at:
        context["sample"] = Review.objects.filter(
            pk__in=stored.trial.get("sample", [])
        ).select_related("product")
        context["published"] = rules.published_by(stored)
    status = 409 if form.errors else 200
    return render(request, "reviews/inbox/rule.html", context, status=status)


@leads_only
@require_POST
def change_rule_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a rule, switch it on or off, or move it up or down, by the button pressed (`do`)."""
    rule = get_object_or_404(Rule.objects.select_related("word_list"), pk=pk)
    match request.POST.get("do"):
        case "try":
            rules.dry_run(rule)
            return redirect("inbox-rule", pk)
        case "on":
            try:
                rules.switch(rule=rule, on=True, actor=request.user)
            except NotTested:
                pass  # the page shows that the rule must be tried first
            return redirect("inbox-rule", pk)
        case "off":
            rules.switch(rule=rule, on=False, actor=request.user)
        case "up" | "down" as direction:
            rules.move(rule=rule, up=direction == "up", actor=request.user)
    return redirect("inbox-rules")


@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def word_list(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write or change a word list. Rules that use it are off until they are tried again."""
    stored = get_object_or_404(WordList, pk=pk) if pk else None
    form = WordListForm(request.POST or None, initial=as_texts(stored) if stored else None)
    if request.method == "POST" and form.is_valid():
        try:
            store(stored, form, request)
            return redirect("inbox-rules")
        except IntegrityError:
            form.add_error("name", _("A list with this name already exists. Choose another name."))
    status = 409 if form.errors else 200
    context = {"word_list": stored, "form": form}
    return render(request, "reviews/inbox/word_list.html", context, status=status)


def as_texts(word_list: WordList) -> dict[str, str]:
    """Return a word list as the initial values of its form."""
    words_by_kind = dict.fromkeys(WordKind.values, "")
    for word in word_list.words.all():
        words_by_kind[word.kind] += f"{word.text}\n"
    return {"name": word_list.name, **words_by_kind}


@transaction.atomic
def store(word_list: WordList | None, form: WordListForm, request: HttpRequest) -> None:
    """Store a new or changed word list, and switch off the rules that use it."""
    data = form.cleaned_data
    word_list = word_list or WordList()
    word_list.name = data["name"].strip()
    word_list.save()
    word_list.words.all().delete()
    ListedWord.objects.bulk_create(
        ListedWord(word_list=word_list, kind=kind, text=line)
        for kind in WordKind.values
        for line in entries(data[kind])
    )
    Rule.objects.filter(word_list=word_list).update(active=False, tested_at=None, trial={})
    AuditEntry.objects.create(
        action="word_list_changed",
        actor=request.user,
        detail={
            "word_list": word_list.pk,
            "name": word_list.name,
            "words": {kind: entries(data[kind]) for kind in WordKind.values},
        },
    )
