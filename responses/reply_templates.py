"""Writing reply templates, each with its audit entry."""

from django.contrib.auth.models import User
from django.db import transaction

from responses.models import ReplyTemplate
from reviews.models import AuditEntry


@transaction.atomic
def save_template(*, template: ReplyTemplate, actor: User) -> None:
    """Save a new or changed template."""
    template.changed_by = actor
    template.save()
    AuditEntry.objects.create(
        action="reply_template_changed",
        actor=actor,
        detail={"template": template.pk, "vendor": template.vendor_id, "name": template.name},
    )


@transaction.atomic
def archive_template(*, template: ReplyTemplate, actor: User, restore: bool = False) -> None:
    """Archive a template, or restore it. Responses written with it keep it."""
    template.archived = not restore
    template.save(update_fields=["archived", "changed_at"])
    AuditEntry.objects.create(
        action="reply_template_taken_out" if restore else "reply_template_archived",
        actor=actor,
        detail={"template": template.pk, "vendor": template.vendor_id},
    )
