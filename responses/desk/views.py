"""The vendor's desk: the list of its reviews, and the pane of one review."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from responses import approval, cases, checks, rendering, response_translation
from responses.choices import ResponseStatus, TemplateKind
from responses.desk.queues import views
from responses.desk.vendors import vendor_page
from responses.filters import DeskFilter, in_list
from responses.forms import DeskResponseForm
from responses.lifecycle import version_token
from responses.models import Response, TranslatedDraft
from responses.models.response import UNFINISHED
from responses.permissions import get_own_review, role_of
from responses.transitions import ActorRole
from responses.views import show_former
from reviews.choices import FlagAbout, FlagOutcome, TranslationState, TranslationStatus
from reviews.http import HttpRequest
from reviews.models import ModerationReason, Review, VendorMembership
from reviews.pages import localized_text
from reviews.pages.addresses import view_query, with_query
from reviews.pages.glossary import glossary_page
from reviews.pages.listing import listing
from reviews.pages.localized_text import localize_cards
from reviews.permissions import managed_ids, owns_open_flag, vendor_ids, vendor_staff_only

FACETS = (
    "rating",
    "has_response",
    "assigned",
    "product",
    "language",
    "company_size",
    "duration",
    "frequency",
    "industry",
    "source",
)


@vendor_staff_only
@require_safe
@localized_text.varies
def desk(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Show the three panes: queues, list, and the review `pk` with the response editor."""
    review = get_own_review(request.user, pk) if pk else None
    if review is not None and request.htmx and request.htmx.target == "section#review":
        return render(request, "responses/desk/desk.html#review", pane(request, review))
    filterset = DeskFilter(
        request.GET, vendors=vendor_ids(request.user), person=request.user.pk, queryset=in_list()
    )
    context = listing(
        request, filterset=filterset, within=filterset.within, names=FACETS, path=reverse("desk")
    )
    context |= {
        "views": views(request),
        "view_query": view_query(request.GET).urlencode(),
        "translation_states": TranslationState.choices,
        "manages": managed_ids(request.user),
    }
    if review is not None:
        context |= pane(request, review)
    return render(request, "responses/desk/desk.html", context)


def zone_of(review: Review) -> str:
    """Return the time zone of a review's vendor."""
    desk = getattr(review.product.vendor, "desk", None)
    return desk.time_zone if desk else "UTC"


def unfinished_of(review: Review) -> Response | None:
    """Return the unfinished response of a review that `get_own_review` fetched."""
    responses: Any = review.responses
    return next((r for r in responses.all() if r.status in UNFINISHED), None)


def pane(request: HttpRequest, review: Review, **more: Any) -> dict[str, Any]:
    """Return the context of the right pane: a review and the response editor."""
    localize_cards([review], request)
    response, unfinished = review.published_response, unfinished_of(review)
    query = request.GET.copy()
    query.pop("translate", None)
    draft = TranslatedDraft.objects.filter(review=review, author=request.user).first()
    templates = rendering.of_vendor(review.product.vendor_id)
    role = role_of(request.user, review.product.vendor_id)
    flags = list(
        review.flags.filter(
            vendor_id__in=vendor_ids(request.user), about=FlagAbout.REVIEW
        ).select_related("reason")
    )
    form = more.get("response_form") or initial(request, review, draft, templates)
    return {
        "review": review,
        "response": response,
        "unfinished": unfinished,
        "waits_for_approval": unfinished is not None
        and unfinished.status == ResponseStatus.IN_APPROVAL,
        "is_manager": role == ActorRole.MANAGER,
        "asks_for_consent": approval.needs_approval(review=review, actor=request.user),
        "limit": checks.limit_of(review),
        "zone": zone_of(review),
        "templates": rendered(review, request.user, templates),
        **draft_context(draft),
        "languages": settings.LANGUAGES,
        "chosen_language": (form["language"].value() or get_language() or "en"),
        "response_form": form,
        "colleagues": colleagues(review.product.vendor_id),
        "settled_flags": [flag for flag in flags if flag.outcome != FlagOutcome.OPEN],
        "own_flag": next((flag for flag in flags if owns_open_flag(request.user, flag)), None),
        "reasons": ModerationReason.objects.for_reviews(),
        "query": query.urlencode(),
        **more,
    }


def initial(
    request: HttpRequest,
    review: Review,
    draft: TranslatedDraft | None,
    templates: list[rendering.ReplyTemplate],
) -> DeskResponseForm:
    """Return the editor's initial form: the unfinished response, else the published one."""
    response, unfinished = review.published_response, unfinished_of(review)
    content = unfinished or response
    signature = request.user.first_name or request.user.get_username().capitalize()
    own_language = get_language() or "en"
    body = rendering.frame(review, request.user, templates, own_language)
    if content is not None:
        body = content.original_body or content.body
    elif draft is not None:
        body = draft.body
    language = content.language if content else draft.language if draft else ""
    return DeskResponseForm(
        initial={
            "author_name": content.author_name if content else signature,
            "body": body,
            "language": language if language in dict(settings.LANGUAGES) else "",
            "expected_version": version_token(response, unfinished),
            "editor": uuid.uuid4().hex,
            "template": unfinished.template_id if unfinished else None,
        }
    )


def rendered(
    review: Review, agent: User, templates: list[rendering.ReplyTemplate]
) -> list[rendering.Rendered]:
    """Return the templates that fit a review, rendered.

    Those in the agent's interface language come first, then those in the review's.
    """
    by_template: dict[int, rendering.Rendered] = {}
    for language in (get_language() or "en", review.language):
        for template in rendering.choose(templates, review, language):
            if template.kind == TemplateKind.RESPONSE and template.pk not in by_template:
                by_template[template.pk] = rendering.render(template, review, agent, templates)
    return list(by_template.values())


def colleagues(vendor_id: int) -> list[tuple[VendorMembership, bool]]:
    """Return a vendor's staff, each with whether they are away today."""
    members = VendorMembership.objects.filter(vendor=vendor_id).select_related("user")
    today = timezone.localdate()
    return [(member, cases.is_away(member, today)) for member in members.order_by("user__username")]


def draft_context(draft: TranslatedDraft | None) -> dict[str, Any]:
    """Return the context of a draft's translation in the editor."""
    if draft is None:
        return {"draft": None}
    is_late = response_translation.is_late(draft)
    has_failed = is_late or draft.status == TranslationStatus.FAILED
    return {
        "draft": draft,
        "waits": draft.status == TranslationStatus.PENDING and not is_late,
        "draft_failure": response_translation.failure_of(draft) if has_failed else "",
    }


def render_review(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
    """Show the review again after an action, or the problem that prevented it."""
    problem = more.get("response_problem") or more.get("warnings")
    if not request.htmx and not problem:
        return redirect(with_query(request, reverse("desk-review", args=[pk])))
    context = pane(request, get_own_review(request.user, pk), **more)
    if request.htmx:
        # The row in the list and the counts at the side change with what was done.
        context |= {"acted": not problem, "views": views(request)}
        return render(request, "responses/desk/desk.html#review", context)
    return render(request, "responses/desk/review.html", context, status=409)


@vendor_staff_only
@require_safe
def former(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the previous versions of a review's response."""
    response = get_own_review(request.user, pk).published_response
    if response is None:
        raise Http404
    return show_former(request, response, with_query(request, reverse("desk-review", args=[pk])))


@vendor_staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def glossary(request: HttpRequest) -> HttpResponseBase:
    """Show and edit the vendor's glossary."""
    vendor, context = vendor_page(request)
    more = {"vendors": context["vendors"], "rest_of_query": context["rest_of_query"]}
    return glossary_page(request, vendor, "responses/desk/glossary.html", **more)
