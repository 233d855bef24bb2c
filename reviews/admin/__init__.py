"""The operator's view of every table: find, look, and a few bulk actions.

What has a history or a lifecycle is read-only here: it changes by the functions that
keep its record, never by a form over its columns.
"""

from reviews.admin import records, translation, workspace
from reviews.admin.base import ReadOnly, ReadOnlyInline

__all__ = ["ReadOnly", "ReadOnlyInline", "records", "translation", "workspace"]
