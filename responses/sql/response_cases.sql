-- A case says how a review stands at its vendor's desk. One opens when a review of a vendor with
-- a desk is published, and when a reviewer changes a review that has a response; its `awaits_response`
-- follows the review's status and response.
-- The database keeps cases, because decisions, undoing, rules, imports and the desk all change
-- reviews. Reviews of vendors without a desk cost nothing.

CREATE OR REPLACE FUNCTION open_cases_for_new_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM responses_vendordesk) THEN
    INSERT INTO responses_case (review_id, vendor_id, opened_at, awaits_response, is_scheduled, tags)
    SELECT review.id, desk.vendor_id, clock_timestamp(), NOT review.has_response, false, '{}'
    FROM new_rows AS review
    JOIN reviews_product AS product ON product.id = review.product_id
    JOIN responses_vendordesk AS desk ON desk.vendor_id = product.vendor_id
    WHERE review.status = 'published'
    ON CONFLICT (review_id) DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER open_cases_for_new_reviews
  AFTER INSERT ON reviews_review
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION open_cases_for_new_reviews();

CREATE OR REPLACE FUNCTION update_cases_of_changed_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Published now, with or without a response.
  IF EXISTS (SELECT FROM responses_vendordesk) THEN
    INSERT INTO responses_case (review_id, vendor_id, opened_at, awaits_response, is_scheduled, tags)
    SELECT after.id, desk.vendor_id, clock_timestamp(), NOT after.has_response, false, '{}'
    FROM new_rows AS after
    JOIN old_rows AS before USING (id)
    JOIN reviews_product AS product ON product.id = after.product_id
    JOIN responses_vendordesk AS desk ON desk.vendor_id = product.vendor_id
    WHERE after.status = 'published' AND before.status <> 'published'
    ON CONFLICT (review_id) DO NOTHING;
  END IF;

  UPDATE responses_case AS desk_case
  SET awaits_response = after.status = 'published' AND NOT after.has_response, outdated_since = NULL
  FROM new_rows AS after
  JOIN old_rows AS before USING (id)
  WHERE desk_case.review_id = after.id
    AND (after.status, after.has_response) IS DISTINCT FROM (before.status, before.has_response);

  -- Changed by its author: a redaction changes texts too, but writes no revision.
  INSERT INTO responses_case (
    review_id, vendor_id, opened_at, awaits_response, is_scheduled, outdated_since, tags
  )
  SELECT after.id, product.vendor_id, clock_timestamp(), true, false, now(), '{}'
  FROM new_rows AS after
  JOIN old_rows AS before USING (id)
  JOIN reviews_product AS product ON product.id = after.product_id
  WHERE after.status = 'published' AND after.has_response AND before.has_response
    AND (after.title, after.overall, after.pros, after.cons,
      after.reasons_for_choosing, after.reasons_for_switching, after.overall_rating)
    IS DISTINCT FROM (before.title, before.overall, before.pros, before.cons,
      before.reasons_for_choosing, before.reasons_for_switching, before.overall_rating)
    AND after.erased_at IS NULL
    AND EXISTS (
      SELECT FROM reviews_reviewrevision AS revision
      WHERE revision.review_id = after.id AND revision.replaced_at >= now()
    )
  ON CONFLICT (review_id) DO UPDATE
  SET outdated_since = now(), opened_at = clock_timestamp(), awaits_response = true, is_scheduled = false,
    due_at = NULL, reminded_at = NULL;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER update_cases_of_changed_reviews
  AFTER UPDATE ON reviews_review
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION update_cases_of_changed_reviews();
