"""A product's page for search engines: schema.org in JSON-LD."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from reviews.facets import Summary
from reviews.models import Product, Review

# A script element ends at "</", so these characters are escaped in it.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def product_data(product: Product, summary: Summary, reviews: list[Review], url: str) -> SafeString:
    """Return a product, its aggregate rating and the page's reviews as JSON-LD.

    The shape follows https://schema.org/Product, AggregateRating and Review; unknown values
    are left out.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "url": url,
        "brand": {"@type": "Brand", "name": product.vendor.name},
    }
    if product.category:
        data["category"] = product.category
    if summary.average is not None:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(summary.average, 2),
            "bestRating": 5,
            "worstRating": 1,
            "ratingCount": sum(summary.distribution.values()),
            "reviewCount": summary.count,
        }
    if reviews:
        data["review"] = [review_data(review) for review in reviews]
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(text)  # noqa: S308  every character that could end the element is escaped


def review_data(review: Review) -> dict[str, Any]:
    """Return a review as https://schema.org/Review."""
    parts = [review.overall, review.pros, review.cons]
    data: dict[str, Any] = {
        "@type": "Review",
        "author": {"@type": "Person", "name": review.reviewer_name or review.source.name},
        "reviewBody": "\n\n".join(filter(None, parts)),
        "inLanguage": review.language,
    }
    if review.title:
        data["name"] = review.title
    if review.reviewed_on:
        data["datePublished"] = review.reviewed_on.isoformat()
    if review.overall_rating is not None:
        data["reviewRating"] = {
            "@type": "Rating",
            "ratingValue": float(review.overall_rating),
            "bestRating": 5,
            "worstRating": 1,
        }
    return data
