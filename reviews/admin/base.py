"""The base classes of read-only pages."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest
from django.utils.functional import cached_property

# Above this number of rows, a table is estimated rather than counted.
MAX_EXACT_COUNT = 100_000

admin.site.site_header = "Opina"
admin.site.site_title = "Opina"


class EstimatingPaginator(Paginator):
    """A paginator that takes the length of an unfiltered list from PostgreSQL's estimate.

    Counting a whole table would cost more than the page.
    """

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        query = rows.query
        if not query.where:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
                    [query.model._meta.db_table],
                )
                estimate = cursor.fetchone()[0]
            if estimate > MAX_EXACT_COUNT:
                return estimate
        return super().count


class ReadOnly(admin.ModelAdmin):
    """A page on which rows cannot be added, changed or deleted."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(admin.StackedInline):
    """Read-only rows on the page of the object that they belong to."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields
