"""Names of languages in the reader's."""

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _


def language_name(code: str) -> str:
    """Return a language's name, `Spanish`, or its code where Django knows no name."""
    if code == "und":
        return _("Language not known")
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return code
