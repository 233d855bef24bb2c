"""The vocabularies of responses, with their labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ResponseStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_APPROVAL = "in_approval", _("Waiting for approval")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REMOVED = "removed", _("Removed")


class ResponseOrigin(models.TextChoices):
    IMPORT = "import", _("Imported")
    DESK = "desk", _("Desk")
    INBOX = "inbox", _("Inbox")
    API = "api", _("API")


class Approval(models.TextChoices):
    """When a manager must approve an agent's response before it is published."""

    NEVER = "never", _("Never")
    ALWAYS = "always", _("Always")
    BY_RULE = "by_rule", _("For low ratings and new agents")


class TemplateKind(models.TextChoices):
    RESPONSE = "response", _("Response")
    GREETING = "greeting", _("Greeting")
    SIGNATURE = "signature", _("Signature")


class Outcome(models.TextChoices):
    """What a rule or a bulk response does with each response."""

    DRAFT = "draft", _("Save as draft")
    APPROVAL = "approval", _("Submit for approval")
    PUBLISH = "publish", _("Publish")
