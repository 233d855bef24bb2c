"""The vocabularies of reviews, moderation and translation, with their labels."""

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
    UPLOADED = "uploaded", _("Awaiting confirmation")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class Basis(models.TextChoices):
    """Who or what made a decision."""

    MANUAL = "manual", _("manual")
    RULE = "rule", _("by a rule")
    APPEAL = "appeal", _("on appeal")
    AUTHOR_EDIT = "author_edit", _("edited by the author")
    UNDO = "undo", _("undone")


class AppliesTo(models.TextChoices):
    BOTH = "both", _("Reviews and responses")
    REVIEWS = "reviews", _("Reviews")
    RESPONSES = "responses", _("Responses")


class Ground(models.TextChoices):
    """What a rejection or removal is based on (Regulation (EU) 2022/2065, art. 17(3)(d), (e))."""

    TERMS = "terms", _("our terms")
    LAW = "law", _("the law")


class SignalKind(models.TextChoices):
    NEAR_DUPLICATE = "near_duplicate", _("Possible duplicate")
    BURST = "burst", _("Review burst")
    MANY_PRODUCTS = "many_products", _("One reviewer, many products")
    CONTRADICTION = "contradiction", _("Text and rating don't match")
    UNUSABLE = "unusable", _("Unusable text")
    PROMOTION = "promotion", _("Promotional link")


class RuleAction(models.TextChoices):
    TAG = "tag", _("Tag")
    ASSIGN = "assign", _("Assign")
    TRANSLATE = "translate", _("Translate")
    PUBLISH = "publish", _("Publish")
    HOLD = "hold", _("Hold for review")


class WordKind(models.TextChoices):
    WORD = "word", _("Word")
    PHRASE = "phrase", _("Phrase")
    PATTERN = "pattern", _("Pattern")


class BulkAction(models.TextChoices):
    DECIDE = "decide", _("Decide")
    ASSIGN = "assign", _("Assign")
    TAG = "tag", _("Tag")


class JobStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class SkipReason(models.TextChoices):
    LANGUAGE = "language", _("I don't know the language well enough")
    UNSURE = "unsure", _("I'm not sure")
    INVOLVED = "involved", _("I have a conflict of interest")
    LATER = "later", _("It can't be decided yet")


class RedactionKind(models.TextChoices):
    NAME = "name", _("Name")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")
    CARD = "card", _("Card number")
    PROFANITY = "profanity", _("Profanity")
    OTHER = "other", _("Other text")


class FlagAbout(models.TextChoices):
    REVIEW = "review", _("the review")
    RESPONSE = "response", _("the response")


class AppealOutcome(models.TextChoices):
    OPEN = "open", _("Open")
    DENIED = "denied", _("Denied")
    GRANTED = "granted", _("Granted")


class DefaultFor(models.TextChoices):
    MODERATORS = "moderators", _("Moderators")
    LEADS = "leads", _("Leads")


class Verification(models.TextChoices):
    """How the source verified the reviewer, as it states."""

    ACCOUNT = "account", _("signed in with their own account")
    PURCHASE = "purchase", _("proof of purchase or use")
    INVITATION = "invitation", _("invited after using the product")
    SOURCE = "source", _("by the source (method not stated)")


class TranslationStatus(models.TextChoices):
    PENDING = "pending", _("In progress")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class TranslationOrigin(models.TextChoices):
    """Who made a translation."""

    MACHINE = "machine", _("Machine translation")
    EDITED = "edited", _("Machine translation, edited by a person")
    HUMAN = "human", _("Translated by a person")


class TranslationState(models.TextChoices):
    """The state of a review's translation into the language of the page."""

    NONE = "none", _("Not translated")
    MACHINE = "machine", _("Machine only")
    PERSON = "person", _("Written or edited by a person")
    DOUBTFUL = "doubtful", _("Failed a check")
    STALE = "stale", _("Outdated")
    REPORTED = "reported", _("Reported by readers")


class TermKind(models.TextChoices):
    """What a glossary prescribes for a term."""

    TRANSLATE = "translate", _("Translate as")
    KEEP = "keep", _("Keep as is")
    FORBID = "forbid", _("Never translate as")


class TranslationJobStatus(models.TextChoices):
    ESTIMATED = "estimated", _("Estimated, not started")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting for the engine")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
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
    REVIEW_PENDING = "review.pending", _("Review back in moderation")
    RESPONSE_PUBLISHED = "response.published", _("Response published")
    RESPONSE_EDITED = "response.edited", _("Response edited")
    RESPONSE_WITHDRAWN = "response.withdrawn", _("Response withdrawn")
    RESPONSE_REMOVED = "response.removed", _("Response removed")
