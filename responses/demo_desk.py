"""The desk of the demo's vendor: its settings and its templates."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Value
from django.utils import timezone

from responses import cases
from responses.choices import Approval, TemplateKind
from responses.models import Case, ReplyTemplate, VendorDesk
from reviews.models import Vendor

HOURS_TO_RESPOND = {"1": 8, "2": 8, "3": 24, "4": 40, "5": 40}
LOW, HIGH, ANY = (1, 2), (4, 5), (1, 5)
# Kind, name, language, stars, text.
TEMPLATES = (
    (TemplateKind.GREETING, "Hello", "en", ANY, "Hi {{ reviewer.first_name }},"),
    (TemplateKind.GREETING, "Saludo", "es", ANY, "Hola, {{ reviewer.first_name }}:"),
    (TemplateKind.SIGNATURE, "Bye", "en", ANY, "Thanks,\n{{ agent.first_name }}, {{ vendor }}"),
    (TemplateKind.SIGNATURE, "Fin", "es", ANY, "Un saludo,\n{{ agent.first_name }}, {{ vendor }}"),
    (
        TemplateKind.RESPONSE, "Outage", "en", LOW,
        "what happened to your send with {{ product }} should not have happened, and you should "
        "have heard of it from us first. The status page now shows the queue itself, and "
        "support answers the emergency line at night, too. Write to help.nimbo.example/outage "
        "and we will go through your campaign with you.",
    ),
    (
        TemplateKind.RESPONSE, "Caída", "es", LOW,
        "lo que pasó con tu envío en {{ product }} no debió pasar, y tendrías que haberte "
        "enterado por nosotros. La página de estado ya enseña la cola misma, y el teléfono de "
        "urgencias se atiende también de noche. Escríbenos en help.nimbo.example/outage y "
        "repasamos contigo la campaña.",
    ),
    (
        TemplateKind.RESPONSE, "Price", "en", ANY,
        "a price that grows with your lists has to be worth it to you. There is a plan for teams "
        "that send seldom: nimbo.example/plans shows what you would pay.",
    ),
    (
        TemplateKind.RESPONSE, "Precio", "es", ANY,
        "un precio que crece con tus listas tiene que compensarte. Hay un plan para equipos que "
        "envían poco: en nimbo.example/plans ves lo que pagarías.",
    ),
    (
        TemplateKind.RESPONSE, "Thank you", "en", HIGH,
        "your {{ rating }} stars are read aloud at our Monday meeting. What you say of "
        "{{ product }} goes to the people who built it.",
    ),
    (
        TemplateKind.RESPONSE, "Gracias", "es", HIGH,
        "tus {{ rating }} estrellas se leen en voz alta los lunes. Lo que cuentas de "
        "{{ product }} le llega a quien lo ha hecho.",
    ),
)  # fmt: skip
OPENED = timedelta(days=4)


@transaction.atomic
def set_up(*, vendor: Vendor, manager: str) -> None:
    """Create the desk of a vendor without one. A second run changes nothing."""
    if VendorDesk.objects.filter(vendor=vendor).exists():
        return
    VendorDesk.objects.create(
        vendor=vendor,
        approval=Approval.BY_RULE,
        approval_responses=0,
        link_domains=["nimbo.example"],
        hours_to_respond=HOURS_TO_RESPOND,
        time_zone="Europe/Madrid",
    )
    author = User.objects.get(username=manager)
    for kind, name, language, (stars_from, stars_to), body in TEMPLATES:
        ReplyTemplate.objects.create(
            vendor=vendor,
            kind=kind,
            name=name,
            language=language,
            stars_from=stars_from,
            stars_to=stars_to,
            body=body,
            changed_by=author,
        )
    cases.open_cases(vendor.pk)
    # As if the sample had been imported days ago: some responses are overdue, some are due.
    Case.objects.filter(vendor=vendor).update(
        opened_at=timezone.now() - OPENED + (F("review_id") % 12) * Value(timedelta(hours=6))
    )
    cases.plan_all()
