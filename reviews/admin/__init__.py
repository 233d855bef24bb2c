"""The admin: every table, with search, filters and a few bulk actions.

Tables with a history or a lifecycle are read-only here: only the functions that record
each change may change them, never a form over their columns.
"""

from reviews.admin import records, translation, workspace
from reviews.admin.base import ReadOnly, ReadOnlyInline

__all__ = ["ReadOnly", "ReadOnlyInline", "records", "translation", "workspace"]
