"""Every page, in both languages: axe finds nothing, nothing overflows, nothing errors."""

import pytest
from django.utils import timezone

from responses.models import TranslatedDraft
from reviews.choices import FlagAbout, ImportStatus, RedactionKind, TranslationJobStatus
from reviews.models import (
    BlindReview,
    BulkJob,
    Cluster,
    EngineDay,
    Import,
    ModerationReason,
    Review,
    Rule,
    Statement,
    TranslationJob,
    Vendor,
    WordList,
)
from reviews.moderation import flags, rules, signals, statements
from reviews.moderation.appeals import appeal
from reviews.moderation.decisions import DecisionRequest, decide
from reviews.moderation.flags import flag
from reviews.moderation.notes import tag_many, write_note
from reviews.moderation.redactions import redact
from reviews.translation import corrections, reports, terms
from reviews.translation.terms import Entry
from tests.e2e.looking import PHONE, WIDE, check
from tests.factories import (
    ResponseFactory,
    ReviewFactory,
    UserFactory,
    lead,
    moderator,
    vendor_staff,
)
from tests.reviews.dumps import GETAPP, csv_of, write
from tests.reviews.importing_helpers import import_reviews

# Each page is loaded in both widths: in one language in the one, in the other in the other.
LANGUAGES = pytest.mark.parametrize(
    ("language", "viewport"), [("es-ES", WIDE), ("en-US", PHONE)], ids=["es", "en"]
)


PARTS = 4


@pytest.fixture
def site(reasons, tmp_path):
    """A product with reviews in all states, an answer, a flag, and imports."""
    import_reviews(write(tmp_path / "page.txt", GETAPP), status="published")
    import_reviews(write(tmp_path / "t.csv", csv_of(60)), product="nimbo-desk", status="pending")
    bad = "id,rating,text\n1,11,Fine with us\n"
    import_reviews(write(tmp_path / "bad.csv", bad), product="nimbo-desk")
    return Review.objects.get(title="Never again")


@LANGUAGES
def test_public_pages(visit, site, language, viewport):
    visitor = visit(language, viewport=viewport)
    path = f"/products/{site.product.slug}/"
    Vendor.objects.update(flag_notice=True)
    for page in (
        "/",
        "/?q=zzz",
        f"{path}transparency/",
        "/transparency/",
        f"/reviews/{site.pk}/flag/",
        path,
        f"{path}?rating=1",
        f"{path}?company_size=11_50&q=list",
        "/accounts/login/",
        "/api/v1/",
    ):
        check(visitor, page)


@LANGUAGES
def test_workspaces(visit, site, language, viewport):
    staff = vendor_staff(site.product.vendor)
    flag(review=site, reason=ModerationReason.objects.first(), note="Not ours", actor=staff)
    visitor = visit(language, viewport=viewport)
    visitor.sign_in(moderator())
    imports = Import.objects.order_by("pk")
    waiting = Import.objects.create(file_name="lost.csv", stored_as="imports/none")
    running = Import.objects.create(
        file_name="long.csv", status=ImportStatus.RUNNING, progress=0.4, product=site.product
    )
    for page in (
        "/inbox/",
        "/inbox/?status=pending",
        f"/inbox/{site.pk}/",
        "/imports/",
        f"/imports/{imports[0].pk}/",
        f"/imports/{imports[2].pk}/",
        f"/imports/{waiting.pk}/",
        f"/imports/{running.pk}/",
    ):
        check(visitor, page)
    agent = visit(language, viewport=viewport)
    agent.sign_in(staff)
    for page in ("/desk/", f"/desk/{site.pk}/"):
        check(agent, page)


@LANGUAGES
def test_what_surrounds_the_inbox(visit, site, language, viewport):
    person = lead()
    reason = ModerationReason.objects.get(code="personal_data")
    text = "We moved all of our newsletters here two years ago and have never looked back since."
    pending = [ReviewFactory(status="pending", overall=f"{text} {n}") for n in range(3)]
    signals.compute([review.pk for review in pending])
    request = DecisionRequest("rejected", actor=moderator(), reason=reason, passage="newsletters")
    decision = decide(review=pending[0], request=request)
    BlindReview.objects.get_or_create(decision=decision)
    statement = Statement.objects.get()
    link = statements.link(statement).removeprefix("http://localhost:8000")
    visitor = visit(language, viewport=viewport)
    check(visitor, link)
    raised = flag(review=site, reason=reason, note="Not true")
    check(visitor, flags.path(raised))
    appeal(statement=statement, text="It is mine.")
    check(visitor, link)
    redact(review=site, passage="list", kind=RedactionKind.OTHER, actor=person)
    write_note(review=site, author=person, body="Look\n\n@nobody")
    tag_many(ids=[site.pk], name="series", actor=person)
    rule = Rule.objects.create(name="r", action="publish", query="rating=5", changed_by=person)
    rules.dry_run(rule)
    words = WordList.objects.create(name="w")
    job = BulkJob.objects.create(action="tag", started_by=person, parameters={"tag": "x"}, total=2)
    job.items.create(review=site, outcome="skipped", skip_reason="same")
    visitor.sign_in(person)
    for page in (
        "/inbox/?queue=true",
        f"/inbox/{site.pk}/?status=published",
        f"/inbox/{pending[0].pk}/?appealed=true",
        f"/inbox/{pending[1].pk}/?queue=true&work=1",
        "/inbox/?q=newsletters",
        "/inbox/?q=nothing+like+it",
        "/inbox/clusters/",
        f"/inbox/clusters/{Cluster.objects.get().pk}/",
        "/inbox/bulk/?scope=all&status=pending",
        "/inbox/bulk/",
        f"/inbox/bulk/{job.pk}/",
        "/inbox/rules/",
        f"/inbox/rules/{rule.pk}/",
        "/inbox/rules/new/?rating=5",
        f"/inbox/words/{words.pk}/",
        "/inbox/blind-review/",
        "/inbox/numbers/",
        f"/inbox/audit/?product={site.product.slug}&check=one",
        "/inbox/erasure/?who=nobody",
        f"/inbox/statements/{statement.pk}/",
    ):
        check(visitor, page)
    # The sheets that open over the pane.
    page = visitor.go(f"/inbox/{pending[1].pk}/?queue=true&work=1")
    for key in ("r", "a", "g", "d", "s", "?"):
        page.keyboard.press(key)
        check(visitor)
        page.keyboard.press("Escape")


@LANGUAGES
def test_pages_of_translations(visit, site, language, viewport):
    """Each with something on it: a doubtful translation, a report, jobs in all states."""
    person = lead()
    target = language[:2]
    review = ReviewFactory(
        product=site.product, language="pt", title="É lento.", overall="Não gosto. Fica assim."
    )
    answer = ResponseFactory(review=review, language="fr", body="Merci pour tout.")
    for subject, texts in (
        (review, ["It is slow.", "I do not like it.", "It stays so."]),
        (answer, ["Thanks."]),
    ):
        corrections.correct(
            subject=subject,
            target=target,
            texts=texts,
            expected_version=corrections.version_token(subject, None),
            actor=person,
        )
    review.translations.update(failed=["numbers"], stale_since=timezone.now(), via="es")
    reports.report(review=review, about=FlagAbout.REVIEW, target=target, note="Bad")
    made = [
        TranslationJob.objects.create(
            target_language=target,
            status=status,
            total=9,
            done=3,
            failed=1,
            started_by=person,
            problem="down" if status in ("waiting", "failed") else "",
            resume_at=timezone.now(),
            milliseconds=900,
            characters=2000,
            expected_characters=1000,
        )
        for status in TranslationJobStatus.values
    ]
    made[0].items.create(review=review, outcome="failed", skip_reason="no_pair")
    EngineDay.objects.create(
        day=timezone.now().date(),
        engine="apertium",
        calls=3,
        failures=1,
        milliseconds=900,
        slowest=400,
        last_failure="down",
        last_detail="refused",
        last_failed_at=timezone.now(),
    )
    terms.put(
        vendor=site.product.vendor,
        actor=person,
        entries=[Entry("en", "es", "seat", "translate", "licencia")],
    )
    visitor = visit(language, viewport=viewport)
    path = site.product.get_absolute_url()
    for page in (path, f"{path}?original=all", f"/reviews/{review.pk}/translation/report/"):
        check(visitor, page)
    visitor.sign_in(person)
    for page in (
        f"/inbox/{review.pk}/?translation=reported",
        f"/inbox/{review.pk}/translation/edit/",
        f"/inbox/{review.pk}/response/translation/edit/",
        "/inbox/translations/",
        *(f"/inbox/translations/{job.pk}/" for job in made),
        "/inbox/engines/",
        "/inbox/glossaries/",
        f"/inbox/glossaries/{site.product.vendor.slug}/",
    ):
        check(visitor, page)
    staff = vendor_staff(site.product.vendor)
    TranslatedDraft.objects.create(
        review=review,
        author=staff,
        language=target,
        body="Thank you.",
        translation="Obrigado.",
        back="Thanks.",
        status="done",
        asked_at=timezone.now(),
    )
    agent = visit(language, viewport=viewport)
    agent.sign_in(staff)
    for page in (f"/desk/{review.pk}/", "/desk/glossary/"):
        check(agent, page)


def test_dark_pages(visit, site):
    visitor = visit(color_scheme="dark")
    check(visitor, f"/products/{site.product.slug}/")
    visitor.sign_in(moderator())
    check(visitor, f"/inbox/{site.pk}/")


@pytest.mark.parametrize("part", range(PARTS))
def test_the_admin(visit, site, part):
    """Django's own pages, in a wide window; in parts, which run side by side."""
    ResponseFactory(review=ReviewFactory())
    admin = visit()
    admin.sign_in(UserFactory(is_staff=True, is_superuser=True))
    page = admin.go("/admin/")
    links = page.locator("#content-main th a").evaluate_all("els => els.map(e => e.pathname)")
    assert len(links) >= 20
    review = ReviewFactory()
    reason = ModerationReason.objects.first()
    decide(review=review, request=DecisionRequest("removed", actor=moderator(), reason=reason))
    links += [
        f"/admin/reviews/review/{review.pk}/change/",
        f"/admin/reviews/vendor/{review.product.vendor_id}/change/",
    ]
    for link in links[part::PARTS]:
        check(admin, link, widths=[WIDE])
