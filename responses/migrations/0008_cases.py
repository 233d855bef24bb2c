"""Open a case when a review is published or its answer outdated; keep it true to the answer.

And tell words that say something from stop words, which the search keeps.
"""

from django.db import migrations

# What a reviewer can change that an answer is about.
SAID = ", ".join(
    f"{{}}.{name}"
    for name in (
        "title", "overall", "pros", "cons", "reasons_for_choosing", "reasons_for_switching",
        "overall_rating",
    )
)  # fmt: skip
CASES = f"""
CREATE FUNCTION open_cases_of_new_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM responses_vendordesk) THEN
    INSERT INTO responses_case (review_id, vendor_id, opened_at, waits, planned, tags)
    SELECT touched.id, desk.vendor_id, clock_timestamp(), NOT touched.answered, false, '{{}}'
    FROM touched JOIN reviews_product AS product ON product.id = touched.product_id
    JOIN responses_vendordesk AS desk ON desk.vendor_id = product.vendor_id
    WHERE touched.status = 'published'
    ON CONFLICT (review_id) DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER open_cases_on_insert AFTER INSERT ON reviews_review
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT
  EXECUTE FUNCTION open_cases_of_new_reviews();

CREATE FUNCTION keep_cases_of_changed_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Published now, with or without an answer.
  IF EXISTS (SELECT FROM responses_vendordesk) THEN
    INSERT INTO responses_case (review_id, vendor_id, opened_at, waits, planned, tags)
    SELECT after.id, desk.vendor_id, clock_timestamp(), NOT after.answered, false, '{{}}'
    FROM after JOIN before USING (id)
    JOIN reviews_product AS product ON product.id = after.product_id
    JOIN responses_vendordesk AS desk ON desk.vendor_id = product.vendor_id
    WHERE after.status = 'published' AND before.status <> 'published'
    ON CONFLICT (review_id) DO NOTHING;
  END IF;
  UPDATE responses_case AS found
  SET waits = after.status = 'published' AND NOT after.answered, outdated_since = NULL
  FROM after JOIN before USING (id)
  WHERE found.review_id = after.id
    AND (after.status, after.answered) IS DISTINCT FROM (before.status, before.answered);
  -- Changed by who wrote it: a revision of this transaction tells that from blocking out.
  INSERT INTO responses_case (review_id, vendor_id, opened_at, waits, planned, outdated_since,
      tags)
  SELECT after.id, product.vendor_id, clock_timestamp(), true, false, now(), '{{}}'
  FROM after JOIN before USING (id)
  JOIN reviews_product AS product ON product.id = after.product_id
  WHERE after.status = 'published' AND after.answered AND before.answered
    AND ({SAID.format(*["after"] * 7)}) IS DISTINCT FROM ({SAID.format(*["before"] * 7)})
    AND after.erased_at IS NULL
    AND EXISTS (SELECT FROM reviews_reviewrevision AS revision
      WHERE revision.review_id = after.id AND revision.replaced_at >= now())
  ON CONFLICT (review_id) DO UPDATE SET outdated_since = now(), opened_at = clock_timestamp(),
    waits = true, planned = false, due_at = NULL, reminded_at = NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_cases_on_update AFTER UPDATE ON reviews_review
  REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
  EXECUTE FUNCTION keep_cases_of_changed_reviews();
"""
NO_CASES = """
DROP TRIGGER open_cases_on_insert ON reviews_review;
DROP TRIGGER keep_cases_on_update ON reviews_review;
DROP FUNCTION open_cases_of_new_reviews, keep_cases_of_changed_reviews;
"""

# PostgreSQL's own configuration of a language: it leaves out stop words, as the search does not.
TELLING = """
CREATE FUNCTION telling_words(language text) RETURNS regconfig
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (CASE search_configuration(language)::text WHEN 'opina' THEN 'simple'
        ELSE replace(search_configuration(language)::text, 'opina_', '') END)::regconfig
$$;
"""
NO_TELLING = "DROP FUNCTION telling_words;"


class Migration(migrations.Migration):
    dependencies = [("responses", "0007_desk")]
    operations = [migrations.RunSQL(CASES, NO_CASES), migrations.RunSQL(TELLING, NO_TELLING)]
