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
        "A review is not a place to advertise, to link to offers or to repeat a text.",
        "Spam",
        "Una opinión no es lugar para anunciar, enlazar ofertas ni repetir un texto.",
    ),
    (
        "conflict_of_interest",
        "Conflict of interest",
        "Whoever works for the vendor, a rival or an agency of either does not review.",
        "Conflicto de intereses",
        "Quien trabaja para el proveedor, un competidor o una agencia suya no opina.",
    ),
    (
        "personal_data",
        "Personal data",
        "Names, numbers and addresses of private persons stay out of a review.",
        "Datos personales",
        "Los nombres, números y direcciones de particulares quedan fuera de una opinión.",
    ),
    (
        "hate_or_harassment",
        "Hate or harassment",
        "A review attacks a product's faults, never people.",
        "Odio o acoso",
        "Una opinión ataca los defectos de un producto, nunca a las personas.",
    ),
    (
        "off_topic",
        "Off topic",
        "A review speaks of the product it stands under.",
        "Fuera de tema",
        "Una opinión habla del producto bajo el que aparece.",
    ),
    (
        "no_first_hand_use",
        "No first-hand use",
        "Only who has used the product, a trial included, reviews it.",
        "Sin uso propio",
        "Solo opina quien ha usado el producto, aunque sea de prueba.",
    ),
    (
        "duplicate",
        "Duplicate",
        "One person's experience of a product is counted once.",
        "Duplicada",
        "La experiencia de una persona con un producto cuenta una sola vez.",
    ),
    (
        "incentive_not_disclosed",
        "Incentive not disclosed",
        "A reward for a review is said in it.",
        "Incentivo sin declarar",
        "Si hubo recompensa por la opinión, se dice en ella.",
    ),
    (
        "illegible",
        "Illegible",
        "A text without meaning in any language helps nobody.",
        "Ilegible",
        "Un texto sin sentido en ningún idioma no ayuda a nadie.",
    ),
    (
        "legal_order",
        "Legal order",
        "An authority or a court has ordered it.",
        "Orden legal",
        "Lo ha ordenado una autoridad o un tribunal.",
    ),
    ("other", "Other", "Say in the note what it is.", "Otro", "Indica en la nota de qué se trata."),
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
