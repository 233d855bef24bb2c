"""What the database itself keeps true: functions and triggers, one rule a file.

The files here and in `responses/sql/` are what is in force; docs/architecture.md lists them.
Each can be loaded again and again. To change a rule, edit its file and load it in a new
migration: `operations = [LoadSQL("append_only.sql")]`. A new database loads the same file in
`0002_sql` first; if the file now needs a column that comes later, take its line out there.
"""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class LoadSQL(Operation):
    """Load a file from the folder `sql` of the migration's app, as the file is now.

    PostgreSQL replaces a function only by one with the same parameters and the same type of
    result. If these change, or if a function or trigger goes, the migration drops the old one
    by `RunSQL` first. Going back leaves everything as it is.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Functions and triggers are not part of the models."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        path = Path(apps.get_app_config(app_label).path, "sql", self.file_name)
        # Without parameters, a percent sign in the file is a percent sign.
        schema_editor.execute(path.read_text(encoding="utf-8"), params=None)

    def database_backwards(self, *_args: Any) -> None:
        """Leave the functions: loading the file again replaces them."""

    def describe(self) -> str:
        return f"Load {self.file_name}"
