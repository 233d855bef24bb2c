"""The page of a vendor's glossary, in the inbox and on the vendor's desk."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.choices import TermKind
from reviews.http import HttpRequest
from reviews.languages import offered
from reviews.models import GlossaryTerm, Vendor
from reviews.pages.plain_text import PlainTextField
from reviews.translation import file_formats, terms
from reviews.translation.file_formats import UnreadableFile
from reviews.translation.terms import Entry

MAX_BYTES = 2_000_000
FORMATS = {"csv": "text/csv", "tbx": "application/x-tbx"}


class TermForm(forms.Form):
    """One term of a glossary."""

    source_language = forms.ChoiceField(choices=offered, label=gettext_lazy("Source language"))
    target_language = forms.ChoiceField(choices=offered, label=gettext_lazy("Target language"))
    term = PlainTextField(max_length=200, label=gettext_lazy("Term"))
    kind = forms.ChoiceField(choices=TermKind.choices, label=gettext_lazy("Action"))
    translation = PlainTextField(required=False, max_length=200, label=gettext_lazy("Translation"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source_language") == data.get("target_language"):
            raise forms.ValidationError(_("Choose two different languages."))
        if data.get("kind") != TermKind.KEEP and not (data.get("translation") or "").strip():
            raise forms.ValidationError(_("Enter a translation."))
        if not (data.get("term") or "").strip():
            raise forms.ValidationError(_("Enter a term."))
        return data

    def entry(self) -> Entry:
        values = {name: value.strip() for name, value in self.cleaned_data.items()}
        return Entry(**values)


def glossary_page(
    request: HttpRequest, vendor: Vendor, template: str, **more: Any
) -> HttpResponseBase:
    """Show, change, import or download a vendor's glossary, in the inbox or on the desk.

    `more` goes into the template.
    """
    if content_type := FORMATS.get(request.GET.get("format", "")):
        return _download(vendor, request.GET["format"], content_type)
    form = TermForm(initial={"source_language": "en", "target_language": "es"})
    problem = done = ""
    if request.method == "POST":
        if "remove" in request.POST:
            pk = request.POST["remove"]
            number = int(pk) if pk.isdecimal() and len(pk) < 19 else 0
            term = get_object_or_404(GlossaryTerm, pk=number, vendor=vendor)
            terms.remove(term=term, actor=request.user)
            return redirect(request.get_full_path())
        if "file" in request.FILES:
            problem, done = _import(request, vendor)
        else:
            form = TermForm(request.POST)
            if form.is_valid():
                terms.put(vendor=vendor, entries=[form.entry()], actor=request.user)
                return redirect(request.get_full_path())
            problem = str(next(iter(form.errors.values()))[0])
    rows = GlossaryTerm.objects.filter(vendor=vendor)[: file_formats.MAX_TERMS]
    context = {"vendor": vendor, "terms": rows, "form": form, "problem": problem, "done": done}
    context |= more
    return render(request, template, context, status=400 if problem else 200)


def _import(request: HttpRequest, vendor: Vendor) -> tuple[str, str]:
    """Import a file of terms. Return a problem and a success message, one of them empty."""
    file: Any = request.FILES["file"]
    if file.size > MAX_BYTES:
        return _("The file is larger than 2 MB. Split it into smaller files."), ""
    try:
        entries = file_formats.read_glossary(file.name, file.read())
    except UnreadableFile as error:
        return str(error), ""
    changed = terms.put(vendor=vendor, entries=entries, actor=request.user)
    return "", _("Terms read: %(read)s. New or changed: %(changed)s.") % {
        "read": len(entries),
        "changed": changed,
    }


def _download(vendor: Vendor, format: str, content_type: str) -> HttpResponse:
    entries = terms.of(vendor)
    text = (
        file_formats.glossary_csv(entries)
        if format == "csv"
        else file_formats.glossary_tbx(entries)
    )
    response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    name = f"glossary-{vendor.slug}.{format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
