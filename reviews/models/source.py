from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """Where reviews come from: another marketplace, an app store, a partner."""

    key = models.SlugField(_("key"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
