"""The vocabularies of responses, with their labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ResponseStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_APPROVAL = "in_approval", _("In approval")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REMOVED = "removed", _("Removed")


class ResponseOrigin(models.TextChoices):
    IMPORT = "import", _("Import")
    DESK = "desk", _("Desk")
    INBOX = "inbox", _("Inbox")
    API = "api", _("API")
