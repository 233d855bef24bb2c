"""A decision on a response is refused any change, as one on a review is."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON responses_responsedecision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
NO_APPEND_ONLY = "DROP TRIGGER append_only ON responses_responsedecision;"


class Migration(migrations.Migration):
    dependencies = [("responses", "0002_answered")]
    operations = [migrations.RunSQL(APPEND_ONLY, NO_APPEND_ONLY)]
