"""The moderation reasons that a new installation has; leads edit them in the admin."""

from typing import Any

# A passage in an otherwise useful review: its author may change it.
AUTHOR_MAY_EDIT = {"spam", "personal_data", "incentive_not_disclosed"}
# A response cannot break these.
REVIEWS_ONLY = {"no_first_hand_use", "duplicate", "incentive_not_disclosed"}
LEGAL = {"legal_order"}

# code, label and policy in English, label and policy in Spanish
REASONS = [
    (
        "spam",
        "Spam",
        "Reviews must not advertise, link to offers or repeat the same text.",
        "Spam",
        "Las opiniones no deben anunciar, enlazar ofertas ni repetir el mismo texto.",
    ),
    (
        "conflict_of_interest",
        "Conflict of interest",
        "People who work for the vendor, a competitor or their agencies must not review it.",
        "Conflicto de intereses",
        "Quien trabaja para el proveedor, un competidor o sus agencias no debe opinar.",
    ),
    (
        "personal_data",
        "Personal data",
        "Reviews must not contain names, numbers or addresses of private individuals.",
        "Datos personales",
        "Las opiniones no deben contener nombres, números ni direcciones de particulares.",
    ),
    (
        "hate_or_harassment",
        "Hate or harassment",
        "Reviews may criticize a product, never attack people.",
        "Odio o acoso",
        "Se puede criticar un producto, nunca atacar a las personas.",
    ),
    (
        "off_topic",
        "Off topic",
        "Reviews must be about the product they are posted under.",
        "Fuera de tema",
        "Las opiniones deben tratar del producto en el que se publican.",
    ),
    (
        "no_first_hand_use",
        "No first-hand use",
        "Only people who have used the product, including a trial, may review it.",
        "Sin uso propio",
        "Solo puede opinar quien ha usado el producto, aunque sea de prueba.",
    ),
    (
        "duplicate",
        "Duplicate",
        "Each person may review a product once.",
        "Duplicada",
        "Cada persona puede opinar una sola vez sobre un producto.",
    ),
    (
        "incentive_not_disclosed",
        "Incentive not disclosed",
        "A review that was rewarded must say so.",
        "Incentivo sin declarar",
        "Una opinión incentivada debe indicarlo.",
    ),
    (
        "illegible",
        "Illegible",
        "The text makes no sense in any language.",
        "Ilegible",
        "El texto no tiene sentido en ningún idioma.",
    ),
    (
        "legal_order",
        "Legal order",
        "An authority or a court ordered the removal.",
        "Orden legal",
        "Lo ha ordenado una autoridad o un tribunal.",
    ),
    ("other", "Other", "Explain the reason in the note.", "Otro", "Explica el motivo en la nota."),
]


def add_standard_reasons(apps: Any, _schema_editor: Any) -> None:
    """Store the reasons. `apps` are a migration's, or Django's own."""
    reason = apps.get_model("reviews", "ModerationReason")
    reason.objects.bulk_create(
        reason(
            code=code,
            label_en=label_en,
            policy_en=policy_en,
            label_es=label_es,
            policy_es=policy_es,
            applies_to="reviews" if code in REVIEWS_ONLY else "both",
            ground="law" if code in LEGAL else "terms",
            author_may_edit=code in AUTHOR_MAY_EDIT,
            position=position,
        )
        for position, (code, label_en, policy_en, label_es, policy_es) in enumerate(REASONS)
    )
