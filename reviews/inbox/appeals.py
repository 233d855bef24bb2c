"""Statements of reasons as moderators see them, and deciding appeals."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reviews.choices import AppealOutcome
from reviews.http import HttpRequest
from reviews.models import Appeal, Statement
from reviews.moderation.appeals import Settled, decide_appeal
from reviews.moderation.decisions import DecisionNotAllowed
from reviews.moderation.statements import link
from reviews.pages.review_fetch import get_review
from reviews.pages.review_pane import render_review
from reviews.permissions import moderators_only
from reviews.storable_text import storable


@moderators_only
@require_safe
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement of reasons that an author gets, and their personal link to it."""
    statement_of_reasons = get_object_or_404(
        Statement.objects.select_related("review__product", "review__reviewer", "appeal"), pk=pk
    )
    return render(
        request,
        "reviews/inbox/statement.html",
        {"statement": statement_of_reasons, "link": link(statement_of_reasons)},
    )


@moderators_only
@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide the open appeal of a review: publish it again, or uphold the decision."""
    review = get_review(pk)
    open_appeal = get_object_or_404(Appeal, statement__review=review, outcome=AppealOutcome.OPEN)
    message = storable(request.POST.get("answer", "")).strip()[:2000]
    if not message:
        return render_review(request, pk, problem=_("Write a message to the author first."))
    try:
        decide_appeal(
            appeal=open_appeal,
            granted=request.POST.get("outcome") == AppealOutcome.GRANTED,
            answer=message,
            actor=request.user,
        )
    except DecisionNotAllowed:
        problem = _("You made this decision, so a colleague must decide the appeal.")
        return render_review(request, pk, problem=problem)
    except Settled:
        return render_review(request, pk, problem=_("This appeal has already been decided."))
    return render_review(request, pk)
