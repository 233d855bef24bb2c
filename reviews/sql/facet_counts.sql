-- FacetCount says how many reviews, and which sums of their ratings, each combination of facets
-- has. A statement that changes reviews adds rows of differences; the sum of all rows of a
-- combination is exact at any time, and compact_facet_counts folds them into one.
-- The database counts, because every statement that writes reviews must be counted in its own
-- transaction. Rows are only added, so writers never wait for each other.
-- The columns are those of DIMENSIONS and MEASURES in reviews/models/facet.py.

CREATE OR REPLACE FUNCTION count_new_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reviews_facetcount (
    product_id, source_id, status, language, stars, company_size, usage_frequency,
    usage_duration, industry, has_response,
    n,
    overall_n, overall_sum,
    value_for_money_n, value_for_money_sum,
    ease_of_use_n, ease_of_use_sum,
    customer_support_n, customer_support_sum,
    functionality_n, functionality_sum,
    recommendation_n, recommendation_sum,
    promoters, detractors
  )
  SELECT
    product_id, source_id, status, language, stars, company_size, usage_frequency,
    usage_duration, industry, has_response,
    count(*),
    count(overall_rating), coalesce(sum(overall_rating), 0),
    count(value_for_money_rating), coalesce(sum(value_for_money_rating), 0),
    count(ease_of_use_rating), coalesce(sum(ease_of_use_rating), 0),
    count(customer_support_rating), coalesce(sum(customer_support_rating), 0),
    count(functionality_rating), coalesce(sum(functionality_rating), 0),
    count(recommendation), coalesce(sum(recommendation), 0),
    count(*) FILTER (WHERE recommendation >= 9),
    count(*) FILTER (WHERE recommendation < 7)
  FROM new_rows
  GROUP BY
    product_id, source_id, status, language, stars, company_size, usage_frequency,
    usage_duration, industry, has_response;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER count_new_reviews
  AFTER INSERT ON reviews_review
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_new_reviews();

CREATE OR REPLACE FUNCTION count_deleted_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reviews_facetcount (
    product_id, source_id, status, language, stars, company_size, usage_frequency,
    usage_duration, industry, has_response,
    n,
    overall_n, overall_sum,
    value_for_money_n, value_for_money_sum,
    ease_of_use_n, ease_of_use_sum,
    customer_support_n, customer_support_sum,
    functionality_n, functionality_sum,
    recommendation_n, recommendation_sum,
    promoters, detractors
  )
  SELECT
    product_id, source_id, status, language, stars, company_size, usage_frequency,
    usage_duration, industry, has_response,
    -count(*),
    -count(overall_rating), -coalesce(sum(overall_rating), 0),
    -count(value_for_money_rating), -coalesce(sum(value_for_money_rating), 0),
    -count(ease_of_use_rating), -coalesce(sum(ease_of_use_rating), 0),
    -count(customer_support_rating), -coalesce(sum(customer_support_rating), 0),
    -count(functionality_rating), -coalesce(sum(functionality_rating), 0),
    -count(recommendation), -coalesce(sum(recommendation), 0),
    -count(*) FILTER (WHERE recommendation >= 9),
    -count(*) FILTER (WHERE recommendation < 7)
  FROM old_rows
  GROUP BY
    product_id, source_id, status, language, stars, company_size, usage_frequency,
    usage_duration, industry, has_response;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER count_deleted_reviews
  AFTER DELETE ON reviews_review
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_reviews();

-- Each changed review counts 1 as it is now and -1 as it was; what comes to nothing is left out.
CREATE OR REPLACE FUNCTION count_changed_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO reviews_facetcount (
    product_id, source_id, status, language, stars, company_size, usage_frequency,
    usage_duration, industry, has_response,
    n,
    overall_n, overall_sum,
    value_for_money_n, value_for_money_sum,
    ease_of_use_n, ease_of_use_sum,
    customer_support_n, customer_support_sum,
    functionality_n, functionality_sum,
    recommendation_n, recommendation_sum,
    promoters, detractors
  )
  SELECT *
  FROM (
    SELECT
      product_id, source_id, status, language, stars, company_size, usage_frequency,
      usage_duration, industry, has_response,
      sum(sign) AS n,
      coalesce(sum(sign) FILTER (WHERE overall_rating IS NOT NULL), 0) AS overall_n,
      coalesce(sum(sign * overall_rating), 0) AS overall_sum,
      coalesce(sum(sign) FILTER (WHERE value_for_money_rating IS NOT NULL), 0) AS value_for_money_n,
      coalesce(sum(sign * value_for_money_rating), 0) AS value_for_money_sum,
      coalesce(sum(sign) FILTER (WHERE ease_of_use_rating IS NOT NULL), 0) AS ease_of_use_n,
      coalesce(sum(sign * ease_of_use_rating), 0) AS ease_of_use_sum,
      coalesce(sum(sign) FILTER (WHERE customer_support_rating IS NOT NULL), 0) AS customer_support_n,
      coalesce(sum(sign * customer_support_rating), 0) AS customer_support_sum,
      coalesce(sum(sign) FILTER (WHERE functionality_rating IS NOT NULL), 0) AS functionality_n,
      coalesce(sum(sign * functionality_rating), 0) AS functionality_sum,
      coalesce(sum(sign) FILTER (WHERE recommendation IS NOT NULL), 0) AS recommendation_n,
      coalesce(sum(sign * recommendation), 0) AS recommendation_sum,
      coalesce(sum(sign) FILTER (WHERE recommendation >= 9), 0) AS promoters,
      coalesce(sum(sign) FILTER (WHERE recommendation < 7), 0) AS detractors
    FROM (
      SELECT 1 AS sign,
        product_id, source_id, status, language, stars, company_size, usage_frequency,
        usage_duration, industry, has_response,
        overall_rating, value_for_money_rating, ease_of_use_rating, customer_support_rating,
        functionality_rating, recommendation
      FROM new_rows
      UNION ALL
      SELECT -1,
        product_id, source_id, status, language, stars, company_size, usage_frequency,
        usage_duration, industry, has_response,
        overall_rating, value_for_money_rating, ease_of_use_rating, customer_support_rating,
        functionality_rating, recommendation
      FROM old_rows
    ) AS change
    GROUP BY
      product_id, source_id, status, language, stars, company_size, usage_frequency,
      usage_duration, industry, has_response
  ) AS difference
  WHERE 0 <> ANY (ARRAY[
    n,
    overall_n, overall_sum,
    value_for_money_n, value_for_money_sum,
    ease_of_use_n, ease_of_use_sum,
    customer_support_n, customer_support_sum,
    functionality_n, functionality_sum,
    recommendation_n, recommendation_sum,
    promoters, detractors
  ]);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER count_changed_reviews
  AFTER UPDATE ON reviews_review
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_changed_reviews();
