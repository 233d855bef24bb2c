"""Pages of vendors' glossaries and of the translation memory, with their imports and exports."""

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews.choices import TranslationOrigin
from reviews.http import HttpRequest
from reviews.models import AuditEntry, MemorySegment, Vendor
from reviews.pages.glossary import glossary_page
from reviews.permissions import moderators_only
from reviews.translation import file_formats
from reviews.translation.file_formats import UnreadableFile

MAX_BYTES = 20_000_000  # of a TMX file
MAX_UNITS = 50_000


@moderators_only
@require_safe
def glossary_list(request: HttpRequest) -> HttpResponse:
    """The vendors with their numbers of terms, and the language pairs of the translation memory."""
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
    """One vendor's terms: add, change, remove, import."""
    vendor = get_object_or_404(Vendor, slug=slug)
    return glossary_page(request, vendor, "reviews/inbox/glossary.html")


@moderators_only
@require_safe
def memory_file(request: HttpRequest, source: str, target: str) -> HttpResponseBase:
    """Download the translation memory of a language pair as TMX."""
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
    """Import a TMX file: human translations replace stored ones, machine translations fill gaps."""
    file: Any = request.FILES.get("file")
    problem = done = ""
    if file is None:
        problem = _("Choose a file first.")
    elif file.size > MAX_BYTES:
        problem = _("The file is larger than 20 MB. Split it into smaller files.")
    else:
        try:
            units = file_formats.read_tmx(file, MAX_UNITS)
        except UnreadableFile as error:
            problem = str(error)
        else:
            file_formats.import_units(units, actor=request.user)
            AuditEntry.objects.create(
                action="memory_imported", actor=request.user, detail={"units": len(units)}
            )
            done = _("Translations imported: %(n)s.") % {"n": len(units)}
    context = {"problem": problem, "done": done}
    status = 400 if problem else 200
    return render(request, "reviews/inbox/memory_import.html", context, status=status)
