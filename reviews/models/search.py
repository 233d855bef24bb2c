from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchDocument(models.Model):
    """The words of a review, its published response and their translations.

    Triggers maintain it. Accents and case are ignored, and each text is stemmed in its own
    language. The words have a table of their own, because an index on `Review` would be
    rewritten at each change of status.
    """

    review = models.OneToOneField(
        "reviews.Review",
        models.CASCADE,
        primary_key=True,
        related_name="search_document",
        verbose_name=_("review"),
    )
    product_id = models.BigIntegerField()
    document = SearchVectorField(_("words"))

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        indexes = [GinIndex(fields=["product_id", "document"], name="search_by_product")]

    def __str__(self) -> str:
        return str(self.review_id)
