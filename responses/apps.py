from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResponsesConfig(AppConfig):
    name = "responses"
    verbose_name = _("Responses")

    def ready(self) -> None:
        from responses import cases, erasure, importing, redactions  # noqa: F401  connect to signals
        from reviews.moderation.redactions import attached_texts

        attached_texts.append(redactions)
