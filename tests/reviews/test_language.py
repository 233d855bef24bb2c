"""Which language a text is in."""

import pytest

from reviews.language import base_language, detect


@pytest.mark.parametrize(
    ("text", "label", "usual", "expected"),
    [
        ("The support team answered within an hour, we are happy.", "", [], "en"),
        ("El soporte contestó en una hora y estamos contentos.", "", [], "es"),
        ("Funciona muito bem e o preço é justo para nós.", "", [], "pt"),
        # A long text is believed more than its label.
        ("The support team answered within an hour, we are happy.", "es", [], "en"),
        # A short one less.
        ("Hola buenos dias", "es", [], "es"),
        ("muy mala", "", ["es"], "es"),
        ("good", "", ["en"], "en"),
        ("👍👍", "", [], "und"),
        ("", "", [], "und"),
        ("12345", "es", [], "es"),
        ("https://example.com/en/a-page", "", ["es"], "und"),
    ],
)
def test_detection_weighs_what_is_known_beforehand(text, label, usual, expected):
    assert detect(text, label, usual) == expected


@pytest.mark.parametrize(
    ("label", "code"),
    [("es-419", "es"), ("pt_BR", "pt"), ("zh-CN", "zh"), ("Spanish", "es"), ("und", ""),
     ("??", ""), ("", "")],
)  # fmt: skip
def test_labels(label, code):
    assert base_language(label) == code
