"""Load the rules that the database keeps, and the standard moderation reasons."""

from django.db import migrations

from reviews.moderation.standard_reasons import add_standard_reasons
from reviews.sql import LoadSQL


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial")]
    operations = [
        LoadSQL("append_only.sql"),
        LoadSQL("audit_chain.sql"),
        LoadSQL("review_status.sql"),
        LoadSQL("redactions.sql"),
        LoadSQL("erased_reviews.sql"),
        LoadSQL("stale_translations.sql"),
        LoadSQL("facet_counts.sql"),
        LoadSQL("search_configurations.sql"),
        LoadSQL("search_documents.sql"),  # needs search_configurations
        migrations.RunPython(add_standard_reasons, migrations.RunPython.noop),
    ]
