"""The vendor's desk: its own products' published reviews, and answering them."""

from typing import Any

from django.conf import settings
from django.db.models import Q, Sum
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from responses import drafts
from responses.choices import ResponseOrigin
from responses.forms import ResponseForm
from responses.lifecycle import NO_RESPONSE, withdraw_response
from responses.models import AnswerDraft
from responses.writing import write
from reviews.choices import FlagOutcome, ReviewStatus, TranslationStatus
from reviews.filters import ReviewFilter
from reviews.http import HttpRequest
from reviews.inbox.acting import with_query
from reviews.inbox.glossaries import glossary_page
from reviews.inbox.listing import in_pane, listing
from reviews.models import FacetCount, ModerationReason, Product, Review, Vendor
from reviews.models.review import ReviewQuerySet
from reviews.moderation import flags
from reviews.public import reading
from reviews.public.views import prepare
from reviews.roles import vendor_ids, vendor_staff_only

FACETS = (
    "rating",
    "has_response",
    "product",
    "language",
    "company_size",
    "duration",
    "frequency",
    "industry",
    "source",
)


def own_reviews(request: HttpRequest) -> ReviewQuerySet:
    """The published reviews of the products of one's own vendors, no others."""
    return Review.objects.published().of_vendors(vendor_ids(request.user))


def get_own(request: HttpRequest, pk: int) -> Review:
    return get_object_or_404(own_reviews(request).with_names(), pk=pk)


@vendor_staff_only
@require_safe
@reading.varies
def desk(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The three panes: queues, list, and the review at `pk` with the answer's editor."""
    review = get_own(request, pk) if pk else None
    if review is not None and request.htmx and request.htmx.target == "section#review":
        return render(request, "responses/desk/desk.html#review", pane(request, review))
    products = Product.objects.filter(vendor_id__in=vendor_ids(request.user)).values("pk")
    within = Q(product_id__in=products, status=ReviewStatus.PUBLISHED)
    filterset = ReviewFilter(request.GET, queryset=in_pane(own_reviews(request)))
    context = listing(
        request, filterset=filterset, within=within, names=FACETS, path=reverse("desk")
    )
    context["views"] = queues(request, within)
    if review is not None:
        context |= pane(request, review)
    return render(request, "responses/desk/desk.html", context)


def queues(request: HttpRequest, within: Q) -> list[dict[str, Any]]:
    """The queues at the side, with how many reviews stand there."""
    counts = FacetCount.objects.filter(within)

    def number(**conditions: Any) -> int:
        return counts.filter(**conditions).aggregate(n=Sum("n"))["n"] or 0

    found = [
        (
            _("Low rating, unanswered"),
            "rating=1&rating=2&has_response=false",
            number(answered=False, stars__lte=2),
        ),
        (_("Not answered"), "has_response=false", number(answered=False)),
        (_("Answered"), "has_response=true", number(answered=True)),
        (_("All"), "", number()),
    ]
    here = request.GET.copy()
    for name in ("sort", "cursor", "translate", "original", "hl"):
        here.pop(name, None)
    return [
        {
            "label": label,
            "url": reverse("desk") + (f"?{query}" if query else ""),
            "count": count,
            "chosen": here.urlencode() == query,
        }
        for label, query, count in found
    ]


def pane(request: HttpRequest, review: Review, **more: Any) -> dict[str, Any]:
    """What the right pane shows of a review, the editor below it."""
    prepare([review], request)
    response = review.published_response
    query = request.GET.copy()
    query.pop("translate", None)
    draft = AnswerDraft.objects.filter(review=review, author=request.user).first()
    signature = request.user.first_name or request.user.get_username()
    own_language = get_language() or "en"
    return {
        "review": review,
        "response": response,
        **draft_context(draft),
        "languages": settings.LANGUAGES,
        "chosen_language": draft.language if draft else own_language,
        "translates": True,
        "response_form": ResponseForm(
            initial={
                "author_name": response.author_name if response else signature.capitalize(),
                "body": draft.body if draft else response.body if response else "",
                "seen_revision": response.revision_mark if response else NO_RESPONSE,
            }
        ),
        "settled_flags": review.flags.filter(vendor_id__in=vendor_ids(request.user))
        .exclude(outcome=FlagOutcome.OPEN)
        .select_related("reason"),
        "own_flag": review.flags.filter(raised_by=request.user, outcome=FlagOutcome.OPEN).first(),
        "reasons": ModerationReason.objects.for_reviews(),
        "query": query.urlencode(),
        **more,
    }


def answer(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
    """Show the review again after something was done to it."""
    problem = more.get("response_problem")
    if not request.htmx and not problem:
        return redirect(with_query(request, reverse("desk-review", args=[pk])))
    context = pane(request, get_own(request, pk), **more)
    template = "responses/desk/desk.html#review" if request.htmx else "responses/desk/review.html"
    return render(request, template, context, status=409 if problem and not request.htmx else 200)


@vendor_staff_only
@require_POST
def respond(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish or edit the vendor's answer."""
    review = get_own(request, pk)
    form = ResponseForm(request.POST)
    problem = write(form, review=review, actor=request.user, origin=ResponseOrigin.DESK)
    if problem:
        return answer(request, pk, response_form=form, response_problem=problem)
    return answer(request, pk, done=_("Your answer is published."))


@vendor_staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@reading.varies
def translation(request: HttpRequest, pk: int) -> HttpResponse:
    """What the reviewer will read of a draft in another language, and the way back.

    POST asks for it, GET shows how far it is.
    """
    review = get_own(request, pk)
    draft = AnswerDraft.objects.filter(review=review, author=request.user).first()
    form = ResponseForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        said = form.cleaned_data
        if not said.get("body") or not said.get("language"):
            problem = _("Write your answer, and say in which language, first.")
        elif said["language"] == review.language:
            problem = _("You write in the reviewer's language: there is nothing to translate.")
        else:
            problem = ""
        if problem:
            context = {"review": review, **draft_context(draft), "draft_problem": problem}
            if request.htmx:
                return render(request, "responses/_draft.html", context)
            return answer(request, pk, response_form=form, response_problem=problem)
        draft = drafts.ask(
            review=review,
            author=request.user,
            body=said["body"],
            language=said["language"],
            translation=said.get("translation", ""),
        )
    if not request.htmx:
        return redirect(with_query(request, reverse("desk-review", args=[pk])))
    context = {"review": review, **draft_context(draft)}
    return render(request, "responses/_draft.html", context)


def draft_context(draft: AnswerDraft | None) -> dict[str, Any]:
    """What the editor shows of a draft and its translation."""
    if draft is None:
        return {"draft": None}
    late = drafts.is_late(draft)
    failed = late or draft.status == TranslationStatus.FAILED
    return {
        "draft": draft,
        "waits": draft.status == TranslationStatus.PENDING and not late,
        "draft_failure": drafts.failure_of(draft) if failed else "",
    }


@vendor_staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def glossary(request: HttpRequest) -> HttpResponseBase:
    """The vendor's terms, kept by the vendor's own staff."""
    own = Vendor.objects.filter(pk__in=vendor_ids(request.user)).order_by("name")
    slug = request.GET.get("vendor")
    vendor = get_object_or_404(own, slug=slug) if slug else own[0]
    return glossary_page(request, vendor, "responses/desk/glossary.html", vendors=own)


@vendor_staff_only
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the answer back."""
    response = get_own(request, pk).published_response
    if response is None:
        raise Http404
    withdraw_response(response=response, actor=request.user)
    return answer(request, pk, done=_("Your answer is withdrawn."))


@vendor_staff_only
@require_POST
def flag_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for moderation of a review that breaks policy. The review stays where it is."""
    review = get_own(request, pk)
    reason = get_object_or_404(
        ModerationReason.objects.for_reviews(), code=request.POST.get("reason", "")[:40]
    )
    note = request.POST.get("note", "").replace("\0", "")[:2000]
    flags.flag(
        review=review,
        reason=reason,
        note=note,
        actor=request.user,
        vendor=review.product.vendor,
    )
    return answer(request, pk, done=_("Moderators will look at this review."))
