"""Pages of vendors' glossaries and of the translation memory, with their files."""

from typing import Any

from django import forms
from django.db.models import Count
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews.choices import TermKind, TranslationOrigin
from reviews.http import HttpRequest
from reviews.languages import offered
from reviews.models import AuditEntry, GlossaryTerm, MemorySegment, Vendor
from reviews.pages.plain_text import PlainTextField
from reviews.permissions import moderators_only
from reviews.translation import file_formats, terms
from reviews.translation.file_formats import UnreadableFile
from reviews.translation.terms import Entry

MAX_BYTES = {"glossary": 2_000_000, "tmx": 20_000_000}
MAX_UNITS = 50_000
FORMATS = {"csv": "text/csv", "tbx": "application/x-tbx"}


class TermForm(forms.Form):
    """One term of a glossary."""

    source_language = forms.ChoiceField(choices=offered, label=gettext_lazy("Source language"))
    target_language = forms.ChoiceField(choices=offered, label=gettext_lazy("Target language"))
    term = PlainTextField(max_length=200, label=gettext_lazy("Term"))
    kind = forms.ChoiceField(choices=TermKind.choices, label=gettext_lazy("Action"))
    translation = PlainTextField(required=False, max_length=200, label=gettext_lazy("Translation"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("source_language") == said.get("target_language"):
            raise forms.ValidationError(_("Choose two different languages."))
        if said.get("kind") != TermKind.KEEP and not (said.get("translation") or "").strip():
            raise forms.ValidationError(_("Enter a translation."))
        if not (said.get("term") or "").strip():
            raise forms.ValidationError(_("Enter a term."))
        return said

    def entry(self) -> Entry:
        said = {name: value.strip() for name, value in self.cleaned_data.items()}
        return Entry(**said)


@moderators_only
@require_safe
def glossary_list(request: HttpRequest) -> HttpResponse:
    """The vendors with how many terms each has, and what the memory holds."""
    pairs = (
        MemorySegment.objects.values("source_language", "target_language")
        .annotate(n=Count("pk"))
        .order_by("source_language", "target_language")
    )
    context = {
        "vendors": Vendor.objects.annotate(n=Count("glossary")).order_by("name"),
        "pairs": list(pairs),
        "people": MemorySegment.objects.filter(origin=TranslationOrigin.HUMAN).count(),
    }
    return render(request, "reviews/inbox/glossaries.html", context)


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def glossary(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One vendor's terms: add, change, take out, import."""
    vendor = get_object_or_404(Vendor, slug=slug)
    return glossary_page(request, vendor, "reviews/inbox/glossary.html")


def glossary_page(
    request: HttpRequest, vendor: Vendor, template: str, **more: Any
) -> HttpResponseBase:
    """Answer for a vendor's glossary, in the inbox or at the vendor's own desk."""
    if wanted := FORMATS.get(request.GET.get("format", "")):
        return _download(vendor, request.GET["format"], wanted)
    form = TermForm(initial={"source_language": "en", "target_language": "es"})
    problem = done = ""
    if request.method == "POST":
        if "remove" in request.POST:
            pk = request.POST["remove"]
            number = int(pk) if pk.isdecimal() and len(pk) < 19 else 0
            found = get_object_or_404(GlossaryTerm, pk=number, vendor=vendor)
            terms.remove(term=found, actor=request.user)
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
    """Import a file of terms. Returns what is wrong with it, or what was done."""
    file: Any = request.FILES["file"]
    if file.size > MAX_BYTES["glossary"]:
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
    said = (
        file_formats.glossary_csv(entries)
        if format == "csv"
        else file_formats.glossary_tbx(entries)
    )
    response = HttpResponse(said, content_type=f"{content_type}; charset=utf-8")
    name = f"glossary-{vendor.slug}.{format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@moderators_only
@require_safe
def memory_file(request: HttpRequest, source: str, target: str) -> HttpResponseBase:
    """The memory between two languages as TMX."""
    if not MemorySegment.objects.filter(source_language=source, target_language=target).exists():
        raise Http404
    response = StreamingHttpResponse(
        file_formats.memory_tmx(source, target), content_type="application/x-tmx+xml; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="memory-{source}-{target}.tmx"'
    return response


@moderators_only
@require_POST
def memory_import(request: HttpRequest) -> HttpResponse:
    """Take a TMX file into the memory: people's wordings win, machines' fill gaps."""
    file: Any = request.FILES.get("file")
    problem = done = ""
    if file is None:
        problem = _("Choose a file first.")
    elif file.size > MAX_BYTES["tmx"]:
        problem = _("The file is larger than 20 MB. Split it into smaller files.")
    else:
        try:
            units = file_formats.read_tmx(file, MAX_UNITS)
        except UnreadableFile as error:
            problem = str(error)
        else:
            file_formats.take_in(units, actor=request.user)
            AuditEntry.objects.create(
                action="memory_imported", actor=request.user, detail={"units": len(units)}
            )
            done = _("Translations imported: %(n)s.") % {"n": len(units)}
    context = {"problem": problem, "done": done}
    status = 400 if problem else 200
    return render(request, "reviews/inbox/memory_import.html", context, status=status)
