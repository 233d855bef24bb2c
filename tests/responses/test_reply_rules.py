"""Templates, and rules that answer by themselves."""

import pytest
from django.urls import reverse

from responses import cases, reply_rules
from responses.choices import Outcome
from responses.models import ReplyRule, ReplyTemplate, Response, TranslatedDraft
from responses.rendering import first_name
from responses.tasks import plan_cases
from reviews.models import Review
from reviews.standing_rules import NotTested
from tests.factories import ReviewFactory
from tests.responses.desks import Desk, typed
from tests.responses.responding import publish

pytestmark = pytest.mark.django_db
TEMPLATE = {
    "kind": "response", "name": "Thanks", "language": "en", "stars_from": "4", "stars_to": "5",
    "body": "Thank you, {{ reviewer.first_name }}.",
}  # fmt: skip


def make_rule(client, desk: Desk, *templates: ReplyTemplate, **more) -> ReplyRule:
    """Write a rule as a manager does, try it and switch it on."""
    client.force_login(desk.manager)
    result = {
        "name": f"Rule {ReplyRule.objects.count()}",
        "query": "rating=5",
        "outcome": "publish",
        "templates": [template.pk for template in templates],
    } | more
    answer = client.post(reverse("desk-rule-new"), result)
    assert answer.status_code == 302, answer.content.decode()
    rule = ReplyRule.objects.latest("pk")
    for do in ("on", "try", "on"):
        client.post(reverse("desk-rule-act", args=[rule.pk]), {"do": do})
    rule.refresh_from_db()
    assert rule.active_since
    return rule


def new(desk: Desk, **more) -> Review:
    return ReviewFactory(**{"product": desk.review.product, "overall_rating": 5} | more)


def test_a_templates_conditions_and_variables_are_checked(client):
    desk = Desk()
    client.force_login(desk.katie)
    path = reverse("desk-template-new")
    wrong = client.post(path, TEMPLATE | {"body": "Hi {{ reviewer.email }}"})
    assert wrong.status_code == 409
    assert "Unknown variable: {{ reviewer.email }}" in wrong.content.decode()
    assert "Hi {{ reviewer.email }}" in wrong.content.decode()
    assert "be below the lowest" in client.post(path, TEMPLATE | {"stars_to": "1"}).content.decode()
    client.post(path, TEMPLATE)
    assert "with this name" in client.post(path, TEMPLATE).content.decode()
    template = ReplyTemplate.objects.get()
    html = client.get(reverse("desk-templates")).content.decode()
    assert "Thanks" in html
    client.post(reverse("desk-template-archive", args=[template.pk]))
    assert not ReplyTemplate.objects.filter(archived=False).exists()
    client.post(reverse("desk-template-archive", args=[template.pk]), {"back": "1"})
    assert ReplyTemplate.objects.filter(archived=False).exists()


def test_greeting_and_signature_are_in_the_language_of_the_answer(client):
    desk = Desk(reviewer_name="ana perez", overall_rating=4, language="es")
    desk.template("Hola, {{ reviewer.first_name }}:", kind="greeting", language="es")
    desk.template("Hi {{ reviewer.first_name }},", kind="greeting", language="en")
    desk.template("{{ agent.first_name }}", kind="signature")
    desk.template("{{ rating }} estrellas para {{ product }}.", language="es", name="es")
    desk.template("{{ rating }} stars for {{ product }}.", language="en", name="en")
    desk.template("Pas pour eux", language="fr", name="fr")
    desk.template("Not for them", stars_from=1, stars_to=3, name="low")
    client.force_login(desk.katie)
    html = client.get(desk.path("desk-review")).content.decode()
    name = desk.review.product.name
    assert f'data-text="Hola, Ana:\n\n4 estrellas para {name}.\n\nKatie"' in html
    assert f'data-text="Hi Ana,\n\n4 stars for {name}.\n\nKatie"' in html
    assert "Pas pour eux" not in html
    assert "Not for them" not in html
    assert "Hi Ana,\n\n\n\nKatie</textarea>" in html


@pytest.mark.parametrize(
    ("name", "greeted"),
    [("Ana Pérez", "Ana"), ("ana", "Ana"), ("J. Smith", ""), ("user1234", ""), ("", ""),
     ("Verified reviewer", ""), ("李 明", ""), ("José", "José")],
)  # fmt: skip
def test_a_first_name_is_one_that_a_person_would_be_greeted_by(name, greeted):
    assert first_name(name) == greeted


def test_a_missing_variable_is_shown_in_the_editor(client):
    desk = Desk(reviewer_name="user77", overall_rating=5)
    desk.template("Thank you, {{ reviewer.first_name }}.")
    client.force_login(desk.katie)
    html = client.get(desk.path("desk-review")).content.decode()
    assert "missing value" in html
    assert "{{ reviewer.first_name }}" in html


def test_templates_are_counted_with_what_came_of_them(client):
    desk = Desk()
    template = desk.template("Sorry.")
    client.force_login(desk.katie)
    client.post(desk.path("desk-response"), typed("Sorry.", template=str(template.pk)))
    desk.review.revisions.create(number=1, former={"overall_rating": 1.0})
    Review.objects.filter(pk=desk.review.pk).update(overall_rating=4)
    html = client.get(reverse("desk-templates")).content.decode()
    row = html[html.index("<tbody>") : html.index("</tbody>")]
    assert row.count('<td class="num">1</td>') == 3


def test_a_rule_answers_new_reviews_with_its_templates_in_turn(client):
    desk = Desk()
    first = desk.template("One")
    second = desk.template("Two")
    rule = make_rule(client, desk, first, second)
    reviews = [new(desk) for _ in range(4)]
    others = [new(desk, overall_rating=4), ReviewFactory(overall_rating=5)]
    plan_cases()
    plan_cases()
    bodies = [review.responses.get().body for review in reviews]
    assert bodies == ["One", "Two", "One", "Two"]
    response = reviews[0].responses.get()
    assert (response.status, response.rule, response.author) == ("published", rule, None)
    assert not any(review.responses.exists() for review in others)
    assert not desk.review.responses.exists()


def test_what_came_before_a_rule_was_switched_on_is_left_to_people(client):
    desk = Desk()
    before = new(desk)
    make_rule(client, desk, desk.template("One"))
    plan_cases()
    assert not before.responses.exists()


@pytest.mark.parametrize(
    ("who", "answers"),
    [
        ("draft", ["Mine"]), ("translated draft", []), ("answer", ["Mine"]),
        ("withdrawn", ["Mine"]),
    ],
)  # fmt: skip
def test_a_rule_never_writes_over_a_person(client, who, answers):
    desk = Desk()
    make_rule(client, desk, desk.template("One"))
    review = new(desk)
    match who:
        case "draft":
            Response.objects.create(review=review, status="draft", body="Mine", origin="desk")
        case "translated draft":
            TranslatedDraft.objects.create(
                review=review,
                author=desk.katie,
                language="en",
                body="Mine",
                asked_at=review.created_at,
            )
        case "answer":
            publish(review, "Mine")
        case "withdrawn":
            Response.objects.create(review=review, status="withdrawn", body="Mine", origin="desk")
    plan_cases()
    assert [r.body for r in review.responses.all()] == answers


def test_an_outdated_answer_is_not_answered_again_by_a_rule(client):
    desk = Desk()
    make_rule(client, desk, desk.template("One"))
    review = new(desk)
    plan_cases()
    cases.Case.objects.filter(review=review).update(is_scheduled=False, awaits_response=True)
    plan_cases()
    assert review.responses.count() == 1


@pytest.mark.parametrize("outcome", Outcome.values)
def test_what_a_rule_does_is_what_it_says(client, outcome):
    desk = Desk()
    make_rule(client, desk, desk.template("One"), outcome=outcome)
    review = new(desk)
    plan_cases()
    statuses = {"draft": "draft", "approval": "in_approval", "publish": "published"}
    assert review.responses.get().status == statuses[outcome]


def test_a_rules_answer_stays_a_draft_where_a_persons_would_be_refused(client):
    desk = Desk()
    make_rule(client, desk, desk.template("Hi {{ reviewer.first_name }}, see evil.example/x"))
    review = new(desk, reviewer_name="user77")
    plan_cases()
    assert review.responses.get().status == "draft"


def test_conditions_are_rating_language_length_words_tags_and_product(client):
    desk = Desk()
    product = desk.review.product
    query = f"rating=5&language=es&q=precio&product={product.slug}"
    make_rule(client, desk, desk.template("One"), query=query, longer_than="10", shorter_than="60")
    fits = new(desk, language="es", title="", overall="El precio es justo")
    misses = [
        new(desk, language="en", title="", overall="El precio es justo"),
        new(desk, language="es", title="", overall="El coste es justo"),
        new(desk, language="es", title="", overall="precio"),
        new(desk, language="es", title="", overall="El precio es justo. " * 5),
        new(desk, language="es", title="", overall="El precio es justo", overall_rating=4),
    ]
    plan_cases()
    assert fits.responses.exists()
    assert not any(review.responses.exists() for review in misses)


def test_a_trial_tells_what_would_be_answered_and_writes_nothing(client):
    desk = Desk()
    for n in range(3):
        new(desk, title=f"Great {n}")
    client.force_login(desk.manager)
    client.post(
        reverse("desk-rule-new"),
        {
            "name": "Thanks",
            "query": "rating=5",
            "outcome": "publish",
            "templates": [desk.template("Thank you for {{ product }}").pk],
        },
    )
    rule = ReplyRule.objects.get()
    client.post(reverse("desk-rule-act", args=[rule.pk]), {"do": "on"})
    rule.refresh_from_db()
    assert rule.active_since is None, "not tried yet"
    client.post(reverse("desk-rule-act", args=[rule.pk]), {"do": "try"})
    html = client.get(reverse("desk-rule", args=[rule.pk])).content.decode()
    assert "3 of 4 reviews match; 3 of them have no response." in html
    assert f"Thank you for {desk.review.product.name}" in html
    assert not Response.objects.exists()


def test_a_rule_is_switched_off_by_one_click_and_lists_what_it_published(client):
    desk = Desk()
    rule = make_rule(client, desk, desk.template("One"))
    review = new(desk, title="Splendid")
    plan_cases()
    client.post(reverse("desk-rule-act", args=[rule.pk]), {"do": "off"})
    later = new(desk)
    plan_cases()
    assert not later.responses.exists()
    html = client.get(reverse("desk-rule", args=[rule.pk])).content.decode()
    assert "Splendid" in html
    assert reverse("desk-review", args=[review.pk]) in html


def test_a_changed_rule_is_off_until_it_is_tried_again(client):
    desk = Desk()
    template = desk.template("One")
    rule = make_rule(client, desk, template)
    client.post(
        reverse("desk-rule", args=[rule.pk]),
        {
            "name": rule.name,
            "query": "rating=4",
            "outcome": "draft",
            "templates": [template.pk],
        },
    )
    rule.refresh_from_db()
    assert (rule.active_since, rule.tested_at) == (None, None)
    with pytest.raises(NotTested):
        reply_rules.switch(rule=rule, on=True, actor=desk.manager)


def test_another_vendors_templates_are_none_of_a_rules(client):
    desk, other = Desk(), Desk()
    client.force_login(desk.manager)
    result = client.post(
        reverse("desk-rule-new"),
        {
            "name": "Thanks",
            "query": "",
            "outcome": "publish",
            "templates": [other.template("Theirs").pk],
        },
    )
    assert result.status_code == 409
    assert not ReplyRule.objects.exists()
