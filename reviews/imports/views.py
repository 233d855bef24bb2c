"""The pages of imports: upload, preview, run, correct rejected rows."""

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import keyset
from reviews.choices import ImportStatus
from reviews.http import HttpRequest
from reviews.importing import products, rejects
from reviews.importing.files import UnusableFile
from reviews.imports.forms import OptionsForm, UploadForm
from reviews.imports.preview import open_import, preview
from reviews.keyset import Segment
from reviews.models import Import
from reviews.pages.neighbours import neighbours
from reviews.permissions import moderators_only
from reviews.tasks import run_import


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """The imports, and the form for a new one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        import_run = upload(form.cleaned_data["file"], request)
        return redirect("import", pk=import_run.pk)
    imports = Import.objects.select_related("product", "started_by")
    try:
        page = keyset.page([Segment(imports, ("-id",))], request.GET.get("cursor"), 25)
    except keyset.BadCursor:
        return redirect("imports")
    return render(
        request,
        "reviews/imports/import_list.html",
        {"form": form, "page": page, **neighbours(request, page)},
    )


def upload(file: UploadedFile, request: HttpRequest) -> Import:
    """Store an uploaded file under a generated name, and create its import."""
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    stored_as = f"imports/{uuid.uuid4().hex}"
    with open(settings.MEDIA_ROOT / stored_as, "xb") as stored_file:
        for block in file.chunks():
            stored_file.write(block)
    return Import.objects.create(
        file_name=Path(file.name or "upload").name[:255],
        stored_as=stored_as,
        started_by=request.user,
        language=get_language() or "en",
    )


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: what it would store, how far it is, or its result."""
    import_run = get_import(pk)
    if import_run.status == ImportStatus.UPLOADED:
        return options(request, import_run)
    template = "reviews/imports/import_detail.html"
    if request.htmx:
        template += "#progress"
    return render(request, template, {"import_run": import_run, **outlook(import_run)})


def get_import(pk: int) -> Import:
    return get_object_or_404(Import.objects.select_related("product__vendor"), pk=pk)


def options(request: HttpRequest, import_run: Import) -> HttpResponse:
    """How the file is read, and its first rows so read."""
    if request.method == "POST":
        form = OptionsForm(request.POST, request.FILES)
        if form.is_valid():
            choose(import_run, form.cleaned_data)
            if "start" in request.POST and take_product(import_run, form.cleaned_data):
                return start(request, import_run.pk)
        # What was typed stays in the form; a mapping file that was sent stays stored.
        shown = preview(import_run)
    else:
        shown = preview(import_run)
        about = products.about(shown.format) if shown.format else None
        form = OptionsForm(
            initial={
                "format": import_run.format or "auto",
                "product": import_run.product and import_run.product.slug,
                "product_name": about and about.product,
                "vendor_name": about and about.vendor,
                "review_status": import_run.review_status,
            }
        )
    return render(
        request,
        "reviews/imports/import_options.html",
        {"import_run": import_run, "form": form, "preview": shown},
    )


def choose(import_run: Import, chosen: dict[str, Any]) -> None:
    """Store how a file is to be read."""
    import_run.format = "" if chosen["format"] == "auto" else chosen["format"]
    import_run.mapping = chosen["mapping"] or import_run.mapping
    import_run.review_status = chosen["review_status"]
    import_run.product = chosen["product"]
    import_run.save()


@transaction.atomic
def take_product(import_run: Import, chosen: dict[str, Any]) -> bool:
    """Find or create the product that an import is about. False where the file can't be used."""
    if import_run.product is None:
        try:
            import_run.product = products.product_for(
                open_import(import_run),
                slug=slugify(chosen["product_name"]),
                vendor=chosen["vendor_name"].strip(),
            )
        except UnusableFile:
            return False  # the preview says so
        import_run.save()
    return True


@moderators_only
@require_POST
@transaction.atomic
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the import; pressed twice, it runs once."""
    import_run = get_object_or_404(Import.objects.select_for_update(), pk=pk)
    if import_run.status == ImportStatus.UPLOADED and import_run.product_id:
        import_run.status = ImportStatus.QUEUED
        import_run.started_at = timezone.now()
        import_run.save()
        language = import_run.language
        transaction.on_commit(lambda: run_import.delay(pk, language))
    return redirect("import", pk=pk)


@moderators_only
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a run to end after the chunk it is at; what is stored stays."""
    Import.objects.filter(pk=pk, status__in=[ImportStatus.QUEUED, ImportStatus.RUNNING]).update(
        cancel_requested=True
    )
    return redirect("import", pk=pk)


def outlook(import_run: Import) -> dict[str, Any]:
    """How long a running import still takes, in seconds, None while it is unknown."""
    remaining = None
    if import_run.is_running and import_run.started_at and import_run.progress > 0.02:
        taken = (timezone.now() - import_run.started_at).total_seconds()
        remaining = taken * (1 - import_run.progress) / import_run.progress
    return {
        "languages": sorted(import_run.languages.items(), key=lambda item: (-item[1], item[0])),
        "percent": round(import_run.progress * 100),
        "remaining": remaining,
        "rejected_first": import_run.rejected_rows.all()[:5] if import_run.rejected else [],
    }


@moderators_only
@require_safe
def rejected(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """The rejected rows as a file to correct and import again."""
    import_run = get_import(pk)
    if not import_run.rejected:
        raise Http404
    format = open_import(import_run) if import_run.stored_as else None
    kind = format.rejects_as if format else "jsonl"
    response = StreamingHttpResponse(
        rejects.lines(
            import_run.rejected_rows.all(),
            kind=kind,
            heading=format.about().product if format else "",
        ),
        content_type="text/plain; charset=utf-8" if kind != "csv" else "text/csv; charset=utf-8",
    )
    name = rejects.file_name(import_run, kind)
    safe = "".join(char for char in name if char.isalnum() or char in "._- ")
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response
