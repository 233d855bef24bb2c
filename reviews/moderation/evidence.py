"""Files that support a flag: pictures and PDFs, recognized by their first bytes.

They are stored where the web server does not serve them; moderators alone can download them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from reviews.models import Flag, FlagEvidence
from reviews.storable_text import storable

MOST = 5  # files of a flag
LARGEST = 5 * 2**20  # bytes
KINDS = {
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"%PDF-": ("application/pdf", "pdf"),
}


class Unusable(Exception):
    """A file cannot be accepted; the message says what to do."""


@dataclass(frozen=True)
class Evidence:
    name: str
    content: bytes
    content_type: str
    ending: str


def read(files: Sequence[UploadedFile]) -> list[Evidence]:
    """Return uploaded files as evidence. Raises Unusable."""
    if len(files) > MOST:
        raise Unusable(_("Attach up to %(most)s files.") % {"most": MOST})
    evidence = []
    for file in files:
        name = storable(file.name or "")[:200]
        if (file.size or 0) > LARGEST:
            raise Unusable(_("%(name)s is too large. Files can be up to 5 MB.") % {"name": name})
        content = file.read()
        kind = next((kind for start, kind in KINDS.items() if content.startswith(start)), None)
        if kind is None:
            raise Unusable(_("%(name)s is not a PNG, JPEG or PDF file.") % {"name": name})
        evidence.append(Evidence(name, content, *kind))
    return evidence


@transaction.atomic
def attach(*, flag: Flag, files: Sequence[Evidence]) -> None:
    """Store files with a flag; only its last `MOST` files are kept."""
    for file in files:
        row = FlagEvidence(flag=flag, name=file.name, content_type=file.content_type)
        row.file.save(f"{flag.pk}.{file.ending}", ContentFile(file.content), save=False)
        row.save()
    latest = list(flag.evidence.order_by("-pk").values_list("pk", flat=True)[:MOST])
    for old in flag.evidence.exclude(pk__in=latest):
        transaction.on_commit(partial(old.file.delete, save=False))
        old.delete()
