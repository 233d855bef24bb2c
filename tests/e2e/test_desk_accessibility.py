"""Every page of the desk and of one's account, looked at by axe: both languages, both widths."""

import pytest
from django.utils import timezone

from responses import cases, drafting, mails, reply_rules
from responses.choices import Approval, Outcome, TemplateKind
from responses.drafting import EditorState
from responses.lifecycle import ResponseContent
from responses.models import ReplyRule, Response, ResponseJob
from reviews.accounts import members
from reviews.models import Flag, ModerationReason, Reviewer
from tests.e2e.looking import check
from tests.e2e.test_accessibility import LANGUAGES
from tests.factories import ReviewFactory
from tests.responses.desks import Desk
from tests.responses.responding import publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(reasons) -> Desk:
    """A desk with something on each of its pages."""
    desk = Desk(
        wish={"approval": Approval.ALWAYS, "hours_to_respond": {"1": 1}, "office_hours": {}},
        reviewer_name="Ana P.",
        overall="The queue stops.",
        language="es",
    )
    desk.template("Hi {{ reviewer.first_name }},", kind=TemplateKind.GREETING)
    template = desk.template("we are at it, {{ agent.first_name }}")
    product = desk.review.product
    for n in range(6):
        review = ReviewFactory(
            product=product, overall=f"The queue stops {n}", overall_rating=1 + 4 * (n % 2)
        )
        publish(review, f"We fixed the queue {n}.")
    edited = publish(ReviewFactory(product=product, title="Edited"), "First")
    publish(edited.review, "Second")
    late = ReviewFactory(product=product, title="Late", overall_rating=1)
    cases.plan_all()
    cases.Case.objects.update(due_at=timezone.now())
    cases.assign(review=late, to=desk.katie, actor=desk.manager)
    cases.tag(review=late, name="call back", actor=desk.katie)
    waiting = ReviewFactory(product=product, title="Waiting", language="es")
    drafting.submit(
        review=waiting,
        content=ResponseContent("Sorry", "Katie"),
        actor=desk.katie,
        editor_state=EditorState("none"),
    )
    Flag.objects.create(
        review=desk.review,
        reason=ModerationReason.objects.first(),
        vendor=desk.vendor,
        raised_by=desk.katie,
        outcome="dismissed",
        answer="It stays.",
    )
    rule = ReplyRule.objects.create(
        vendor=desk.vendor,
        name="Thanks",
        query="rating=5",
        outcome=Outcome.DRAFT,
        changed_by=desk.manager,
    )
    rule.templates.add(template)
    reply_rules.dry_run(rule)
    job = ResponseJob.objects.create(
        vendor=desk.vendor, template=template, outcome="draft", started_by=desk.katie, total=2
    )
    job.items.create(review=desk.review, outcome="skipped", skip_reason="Somebody was faster.")
    members.invite(vendor=desk.vendor, email="a@b.example", role="agent", actor=desk.manager)
    return desk


@LANGUAGES
def test_the_desk(visit, desk, language, viewport):
    template = desk.vendor.reply_templates.last()
    waiting = Response.objects.get(status="in_approval").review_id
    edited = Response.objects.get(revisions__isnull=False).review_id
    late = cases.Case.objects.get(assignee=desk.katie).review_id
    agent = visit(language, viewport=viewport)
    agent.sign_in(desk.katie)
    for page in (
        "/desk/",
        "/desk/?overdue=true",
        "/desk/?q=nothing+like+it",
        f"/desk/{desk.review.pk}/",
        f"/desk/{waiting}/",
        f"/desk/{late}/",
        f"/desk/{edited}/revisions/",
        f"/desk/{desk.review.pk}/suggestions/",
        "/desk/templates/",
        "/desk/templates/new/",
        f"/desk/templates/{template.pk}/",
        "/desk/numbers/?months=all",
        "/desk/export/",
        "/desk/flags/",
        "/desk/me/",
        f"/desk/bulk/?scope=all&template={template.pk}",
        "/desk/bulk/",
        f"/desk/bulk/{ResponseJob.objects.get().pk}/",
    ):
        check(agent, page)
    # The sheets, and what appears while someone types.
    page = agent.go(f"/desk/{late}/")
    for key in ("a", "g", "?"):
        page.keyboard.press(key)
        check(agent)
        page.keyboard.press("Escape")
    page.fill("#id_body", "")
    page.locator("#id_body").press_sequentially("/")
    page.locator("#templates").wait_for(state="visible")
    check(agent)
    page.fill("#id_body", "**Sorry** {{ x }} evil.example/x a@b.example")
    page.locator("#draft-state .bad").first.wait_for()
    check(agent)
    page = agent.go(f"/desk/{desk.review.pk}/")
    page.locator(".suggesting summary").click()
    page.locator(".suggestions article").first.wait_for()
    check(agent)


@LANGUAGES
def test_what_managers_keep_and_ones_account(visit, desk, language, viewport):
    waiting = Response.objects.get(status="in_approval").review_id
    manager = visit(language, viewport=viewport)
    manager.sign_in_by_form(desk.manager)
    for page in (
        f"/desk/{waiting}/",
        "/desk/rules/",
        "/desk/rules/new/?rating=5",
        f"/desk/rules/{ReplyRule.objects.get().pk}/",
        "/desk/members/",
        "/desk/settings/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/password/change/",
        "/accounts/email/",
        "/accounts/reauthenticate/",
    ):
        check(manager, page)
    visitor = visit(language, viewport=viewport)
    invitation = members.link(desk.vendor.invitations.get())
    reviewer = Reviewer.objects.create(source=desk.review.source, external_id="a")
    for page in (
        invitation[invitation.index("/accounts/") :],
        "/accounts/password/reset/",
        mails.stop_path(reviewer),
    ):
        check(visitor, page)
