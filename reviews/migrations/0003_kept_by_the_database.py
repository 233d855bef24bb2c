"""What the database itself keeps true: facet counts, and records nobody can change."""

from django.db import migrations

# Every change of reviews adds rows of differences, so that the sums are always exact.
FACETS = """
CREATE FUNCTION count_added_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reviews_facetcount (
    product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
    n, overall_n, overall_sum, value_for_money_n,
    value_for_money_sum, ease_of_use_n, ease_of_use_sum, customer_support_n,
    customer_support_sum, functionality_n, functionality_sum, recommendation_n,
    recommendation_sum, promoters, detractors
  )
  SELECT
    product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
    sum(n),
    sum(overall_n),
    sum(overall_sum),
    sum(value_for_money_n),
    sum(value_for_money_sum),
    sum(ease_of_use_n),
    sum(ease_of_use_sum),
    sum(customer_support_n),
    sum(customer_support_sum),
    sum(functionality_n),
    sum(functionality_sum),
    sum(recommendation_n),
    sum(recommendation_sum),
    sum(promoters),
    sum(detractors)
  FROM (
    SELECT product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
        1 AS n,
        ((overall_rating IS NOT NULL)::int) AS overall_n,
        (COALESCE(overall_rating, 0)) AS overall_sum,
        ((value_for_money_rating IS NOT NULL)::int) AS value_for_money_n,
        (COALESCE(value_for_money_rating, 0)) AS value_for_money_sum,
        ((ease_of_use_rating IS NOT NULL)::int) AS ease_of_use_n,
        (COALESCE(ease_of_use_rating, 0)) AS ease_of_use_sum,
        ((customer_support_rating IS NOT NULL)::int) AS customer_support_n,
        (COALESCE(customer_support_rating, 0)) AS customer_support_sum,
        ((functionality_rating IS NOT NULL)::int) AS functionality_n,
        (COALESCE(functionality_rating, 0)) AS functionality_sum,
        ((recommendation IS NOT NULL)::int) AS recommendation_n,
        (COALESCE(recommendation, 0)) AS recommendation_sum,
        (COALESCE(recommendation >= 9, false)::int) AS promoters,
        (COALESCE(recommendation < 7, false)::int) AS detractors
    FROM added
  ) AS change
  GROUP BY product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered
  HAVING sum(n) <> 0
    OR sum(overall_n) <> 0
    OR sum(overall_sum) <> 0
    OR sum(value_for_money_n) <> 0
    OR sum(value_for_money_sum) <> 0
    OR sum(ease_of_use_n) <> 0
    OR sum(ease_of_use_sum) <> 0
    OR sum(customer_support_n) <> 0
    OR sum(customer_support_sum) <> 0
    OR sum(functionality_n) <> 0
    OR sum(functionality_sum) <> 0
    OR sum(recommendation_n) <> 0
    OR sum(recommendation_sum) <> 0
    OR sum(promoters) <> 0
    OR sum(detractors) <> 0;
  RETURN NULL;
END $$;
CREATE FUNCTION count_gone_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reviews_facetcount (
    product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
    n, overall_n, overall_sum, value_for_money_n,
    value_for_money_sum, ease_of_use_n, ease_of_use_sum, customer_support_n,
    customer_support_sum, functionality_n, functionality_sum, recommendation_n,
    recommendation_sum, promoters, detractors
  )
  SELECT
    product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
    sum(n),
    sum(overall_n),
    sum(overall_sum),
    sum(value_for_money_n),
    sum(value_for_money_sum),
    sum(ease_of_use_n),
    sum(ease_of_use_sum),
    sum(customer_support_n),
    sum(customer_support_sum),
    sum(functionality_n),
    sum(functionality_sum),
    sum(recommendation_n),
    sum(recommendation_sum),
    sum(promoters),
    sum(detractors)
  FROM (
    SELECT product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
        -1 AS n,
        -((overall_rating IS NOT NULL)::int) AS overall_n,
        -(COALESCE(overall_rating, 0)) AS overall_sum,
        -((value_for_money_rating IS NOT NULL)::int) AS value_for_money_n,
        -(COALESCE(value_for_money_rating, 0)) AS value_for_money_sum,
        -((ease_of_use_rating IS NOT NULL)::int) AS ease_of_use_n,
        -(COALESCE(ease_of_use_rating, 0)) AS ease_of_use_sum,
        -((customer_support_rating IS NOT NULL)::int) AS customer_support_n,
        -(COALESCE(customer_support_rating, 0)) AS customer_support_sum,
        -((functionality_rating IS NOT NULL)::int) AS functionality_n,
        -(COALESCE(functionality_rating, 0)) AS functionality_sum,
        -((recommendation IS NOT NULL)::int) AS recommendation_n,
        -(COALESCE(recommendation, 0)) AS recommendation_sum,
        -(COALESCE(recommendation >= 9, false)::int) AS promoters,
        -(COALESCE(recommendation < 7, false)::int) AS detractors
    FROM gone
  ) AS change
  GROUP BY product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered
  HAVING sum(n) <> 0
    OR sum(overall_n) <> 0
    OR sum(overall_sum) <> 0
    OR sum(value_for_money_n) <> 0
    OR sum(value_for_money_sum) <> 0
    OR sum(ease_of_use_n) <> 0
    OR sum(ease_of_use_sum) <> 0
    OR sum(customer_support_n) <> 0
    OR sum(customer_support_sum) <> 0
    OR sum(functionality_n) <> 0
    OR sum(functionality_sum) <> 0
    OR sum(recommendation_n) <> 0
    OR sum(recommendation_sum) <> 0
    OR sum(promoters) <> 0
    OR sum(detractors) <> 0;
  RETURN NULL;
END $$;
CREATE FUNCTION count_changed_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reviews_facetcount (
    product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
    n, overall_n, overall_sum, value_for_money_n,
    value_for_money_sum, ease_of_use_n, ease_of_use_sum, customer_support_n,
    customer_support_sum, functionality_n, functionality_sum, recommendation_n,
    recommendation_sum, promoters, detractors
  )
  SELECT
    product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
    sum(n),
    sum(overall_n),
    sum(overall_sum),
    sum(value_for_money_n),
    sum(value_for_money_sum),
    sum(ease_of_use_n),
    sum(ease_of_use_sum),
    sum(customer_support_n),
    sum(customer_support_sum),
    sum(functionality_n),
    sum(functionality_sum),
    sum(recommendation_n),
    sum(recommendation_sum),
    sum(promoters),
    sum(detractors)
  FROM (
    SELECT product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
        1 AS n,
        ((overall_rating IS NOT NULL)::int) AS overall_n,
        (COALESCE(overall_rating, 0)) AS overall_sum,
        ((value_for_money_rating IS NOT NULL)::int) AS value_for_money_n,
        (COALESCE(value_for_money_rating, 0)) AS value_for_money_sum,
        ((ease_of_use_rating IS NOT NULL)::int) AS ease_of_use_n,
        (COALESCE(ease_of_use_rating, 0)) AS ease_of_use_sum,
        ((customer_support_rating IS NOT NULL)::int) AS customer_support_n,
        (COALESCE(customer_support_rating, 0)) AS customer_support_sum,
        ((functionality_rating IS NOT NULL)::int) AS functionality_n,
        (COALESCE(functionality_rating, 0)) AS functionality_sum,
        ((recommendation IS NOT NULL)::int) AS recommendation_n,
        (COALESCE(recommendation, 0)) AS recommendation_sum,
        (COALESCE(recommendation >= 9, false)::int) AS promoters,
        (COALESCE(recommendation < 7, false)::int) AS detractors
    FROM added
    UNION ALL
    SELECT product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered,
        -1 AS n,
        -((overall_rating IS NOT NULL)::int) AS overall_n,
        -(COALESCE(overall_rating, 0)) AS overall_sum,
        -((value_for_money_rating IS NOT NULL)::int) AS value_for_money_n,
        -(COALESCE(value_for_money_rating, 0)) AS value_for_money_sum,
        -((ease_of_use_rating IS NOT NULL)::int) AS ease_of_use_n,
        -(COALESCE(ease_of_use_rating, 0)) AS ease_of_use_sum,
        -((customer_support_rating IS NOT NULL)::int) AS customer_support_n,
        -(COALESCE(customer_support_rating, 0)) AS customer_support_sum,
        -((functionality_rating IS NOT NULL)::int) AS functionality_n,
        -(COALESCE(functionality_rating, 0)) AS functionality_sum,
        -((recommendation IS NOT NULL)::int) AS recommendation_n,
        -(COALESCE(recommendation, 0)) AS recommendation_sum,
        -(COALESCE(recommendation >= 9, false)::int) AS promoters,
        -(COALESCE(recommendation < 7, false)::int) AS detractors
    FROM gone
  ) AS change
  GROUP BY product_id, source_id, status, language, stars, company_size, usage_frequency, usage_duration, industry, answered
  HAVING sum(n) <> 0
    OR sum(overall_n) <> 0
    OR sum(overall_sum) <> 0
    OR sum(value_for_money_n) <> 0
    OR sum(value_for_money_sum) <> 0
    OR sum(ease_of_use_n) <> 0
    OR sum(ease_of_use_sum) <> 0
    OR sum(customer_support_n) <> 0
    OR sum(customer_support_sum) <> 0
    OR sum(functionality_n) <> 0
    OR sum(functionality_sum) <> 0
    OR sum(recommendation_n) <> 0
    OR sum(recommendation_sum) <> 0
    OR sum(promoters) <> 0
    OR sum(detractors) <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER count_added AFTER INSERT ON reviews_review
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_added_reviews();
CREATE TRIGGER count_gone AFTER DELETE ON reviews_review
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION count_gone_reviews();
CREATE TRIGGER count_changed AFTER UPDATE ON reviews_review
  REFERENCING NEW TABLE AS added OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION count_changed_reviews();
"""
NO_FACETS = """
DROP TRIGGER count_added ON reviews_review;
DROP TRIGGER count_gone ON reviews_review;
DROP TRIGGER count_changed ON reviews_review;
DROP FUNCTION count_added_reviews, count_gone_reviews, count_changed_reviews;
"""

# The application owns its tables, so a missing privilege would not hold it: triggers do.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reviews_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reviews_moderationdecision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
NO_APPEND_ONLY = """
DROP TRIGGER append_only ON reviews_auditentry;
DROP TRIGGER append_only ON reviews_moderationdecision;
DROP FUNCTION refuse_change;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_tables")]
    operations = [
        migrations.RunSQL(FACETS, NO_FACETS),
        migrations.RunSQL(APPEND_ONLY, NO_APPEND_ONLY),
    ]
