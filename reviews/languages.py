"""Names of languages, in the reader's language."""

from django.utils.translation import get_language, get_language_info, gettext_lazy

# Languages that Django lacks or has under other codes.
OTHERS = {"und": gettext_lazy("Unknown language"), "zh": gettext_lazy("Chinese")}


# The choices in glossaries, corrections and requests: languages that engines support and
# reviewers use.
OFFERED = (
    "en", "es", "pt", "fr", "de", "it", "ca", "gl", "eu", "nl", "pl", "ro", "sv", "da", "nb", "fi",
    "cs", "hu", "el", "tr", "ru", "uk", "ar", "he", "hi", "id", "vi", "th", "ja", "ko", "zh",
)  # fmt: skip


def offered() -> list[tuple[str, str]]:
    """Return the languages to choose from, with their names."""
    return [(code, language_name(code)) for code in OFFERED]


def language_name(code: str) -> str:
    """Return a language's capitalized name, such as `Spanish`, or its code if it has none."""
    name = language_in_text(code)
    return name[:1].upper() + name[1:] if name != code else code


def language_in_text(code: str) -> str:
    """Return a language's name as used within a sentence: `Spanish`, but `español`."""
    if code in OTHERS:
        return str(OTHERS[code])
    try:
        name = str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
    return name if (get_language() or "en").startswith("en") else name.lower()
