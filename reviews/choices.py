"""The vocabularies of review marketplaces, with their labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    PUBLISHED = "published", _("Published")
    REJECTED = "rejected", _("Rejected")
    REMOVED = "removed", _("Removed")


class Criterion(models.TextChoices):
    OVERALL = "overall", _("Overall rating")
    VALUE_FOR_MONEY = "value_for_money", _("Value for money")
    EASE_OF_USE = "ease_of_use", _("Ease of use")
    CUSTOMER_SUPPORT = "customer_support", _("Customer support")
    FUNCTIONALITY = "functionality", _("Functionality")


class CompanySize(models.TextChoices):
    SELF_EMPLOYED = "self_employed", _("Self-employed")
    FROM_2 = "2_10", _("2–10 employees")
    FROM_11 = "11_50", _("11–50 employees")
    FROM_51 = "51_200", _("51–200 employees")
    FROM_201 = "201_500", _("201–500 employees")
    FROM_501 = "501_1000", _("501–1,000 employees")
    FROM_1001 = "1001_5000", _("1,001–5,000 employees")
    FROM_5001 = "5001_10000", _("5,001–10,000 employees")
    OVER_10000 = "over_10000", _("Over 10,000 employees")


class UsageFrequency(models.TextChoices):
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    OTHER = "other", _("Other frequency")


class UsageDuration(models.TextChoices):
    FREE_TRIAL = "free_trial", _("Free trial")
    FROM_1_MONTH = "1_5_months", _("1–5 months")
    FROM_6_MONTHS = "6_12_months", _("6–12 months")
    OVER_1_YEAR = "over_1_year", _("More than one year")
    OVER_2_YEARS = "over_2_years", _("More than two years")


class Sort(models.TextChoices):
    NEWEST = "newest", _("Newest first")
    OLDEST = "oldest", _("Oldest first")
    HIGHEST = "highest", _("Highest rated first")
    LOWEST = "lowest", _("Lowest rated first")


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", _("Waiting for you")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Refused")


class TranslationStatus(models.TextChoices):
    PENDING = "pending", _("In progress")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class FlagOutcome(models.TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")


class VendorRole(models.TextChoices):
    AGENT = "agent", _("Agent")
    MANAGER = "manager", _("Manager")


class Scope(models.TextChoices):
    REVIEWS_READ = "reviews:read", _("Read reviews")
    REVIEWS_WRITE = "reviews:write", _("Write reviews")
    RESPONSES_WRITE = "responses:write", _("Write responses")
    TRANSLATIONS = "translations", _("Translate")
    IMPORTS = "imports", _("Import")
    WEBHOOKS = "webhooks", _("Manage webhooks")


class WebhookEvent(models.TextChoices):
    REVIEW_PUBLISHED = "review.published", _("Review published")
    REVIEW_REJECTED = "review.rejected", _("Review rejected")
    REVIEW_REMOVED = "review.removed", _("Review removed")
    RESPONSE_PUBLISHED = "response.published", _("Response published")
    RESPONSE_EDITED = "response.edited", _("Response edited")
    RESPONSE_WITHDRAWN = "response.withdrawn", _("Response withdrawn")
    RESPONSE_REMOVED = "response.removed", _("Response removed")
