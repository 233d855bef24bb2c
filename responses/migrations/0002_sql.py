"""Load the rules that the database keeps of responses; they call functions of reviews."""

from django.db import migrations

from reviews.sql import LoadSQL


class Migration(migrations.Migration):
    dependencies = [("responses", "0001_initial"), ("reviews", "0002_sql")]
    operations = [
        LoadSQL("append_only.sql"),
        LoadSQL("response_status.sql"),
        LoadSQL("has_response.sql"),
        LoadSQL("redactions.sql"),
        LoadSQL("stale_translations.sql"),
        LoadSQL("search_documents.sql"),
        LoadSQL("key_terms.sql"),
        LoadSQL("response_cases.sql"),
    ]
