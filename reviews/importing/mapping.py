"""Naming a table's columns: by header names in several languages, or by a mapping file.

A mapping file is TOML:

    source = "shopify"                  # key of the source the reviews are from
    source_name = "Shopify App Store"   # its name
    best_rating = 5                     # what the highest rating is
    date_order = "dmy"                  # how 3/4/2024 is meant: "dmy" or "mdy"

    [columns]                           # our field = the file's column
    overall = "Body"
    "reviewer.name" = "Store Name"

    [dates]                             # strptime formats, tried in turn
    reviewed_on = ["%B %d, %Y"]

    [values."usage.duration"]           # a value of theirs = a value of ours;
    "/^(About|Over) 1 year/" = "over_1_year"   # between slashes, a regular expression
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviews.importing.files import UnusableFile
from reviews.importing.records import COLUMNS, CRITERIA
from reviews.importing.values import plain

# What a table may have: the fields of `Record` and the ratings, by their names in our exports.
FIELDS = (
    *(column.header for column in COLUMNS if column.header),
    *(f"ratings.{criterion}" for criterion in CRITERIA),
)
# Our field → other names that tables have for it, as `plain` makes them.
HEADERS = {
    "external_id": "review id|reviewid|id|id resena|id opinion|id de la resena|id de la opinion|"
    "identificador|id",
    "title": "review title|headline|titulo|titre|titel|titolo",
    "overall": "review|review text|review body|text|body|content|comment|comments|comentario|"
    "comentarios|resena|opinion|texto|avis|commentaire|texte|bewertung|text der bewertung|"
    "avaliacao|recensione|testo",
    "pros": "advantages|likes|ventajas|puntos a favor|a favor|avantages|vantagens|vorteile|"
    "vantaggi",
    "cons": "disadvantages|dislikes|desventajas|inconvenientes|puntos en contra|en contra|"
    "inconvenients|desvantagens|nachteile|svantaggi",
    "alternatives": "alternatives considered|alternativas|alternativas consideradas",
    "previous_software": "previous product|switched from|software anterior",
    "reasons_for_choosing": "razones para elegir",
    "reasons_for_switching": "razones para cambiar",
    "ratings.overall": "rating|overall rating|stars|score|rate|puntuacion|valoracion|"
    "calificacion|calificacion general|estrellas|nota|note|note globale|etoiles|sterne|"
    "gesamtbewertung|estrelas|classificacao|stelle|voto",
    "ratings.value_for_money": "value for money|relacion calidad-precio|rapport qualite-prix",
    "ratings.ease_of_use": "ease of use|facilidad de uso|facilite d'utilisation",
    "ratings.customer_support": "customer support|customer service|asistencia al cliente|"
    "atencion al cliente|service client",
    "ratings.functionality": "functionality|features|funcionalidad|funcionalidades|fonctionnalites",
    "recommendation": "likelihood to recommend|nps|probabilidad de recomendacion|recomendacion",
    "reviewed_on": "date|review date|reviewed|at|published|published at|created at|fecha|"
    "fecha de la opinion|fecha de la resena|datum|data",
    "language": "lang|locale|idioma|langue|sprache|lingua",
    "usage.frequency": "frequency|frequency of use|frecuencia|frecuencia de uso",
    "usage.duration": "duration|time used|usage duration|time used product|tiempo usado|"
    "tiempo de uso|duree d'utilisation",
    "reviewer.id": "reviewer id|user id|author id|id de usuario",
    "reviewer.name": "reviewer|reviewer name|name|author|author name|user|user name|username|"
    "nombre|autor|usuario|auteur|nom|nome",
    "reviewer.email": "email|e-mail|reviewer email|correo|correo electronico",
    "reviewer.industry": "industry|sector|industria|secteur|branche|setor",
    "reviewer.company_size": "company size|tamano de la empresa|tamano de empresa|empleados|"
    "taille de l'entreprise|unternehmensgrosse",
    "reviewer.country": "country|country code|pais|pays|land|paese",
    "invited": "invitada",
    "rewarded": "incentivized|recompensada|incentivada",
    "verified": "verificada",
    "verification": "how verified|verificacion",
    "response.body": "response|reply|reply text|replycontent|reply content|vendor response|"
    "developer reply|respuesta|respuesta del proveedor|reponse|antwort|resposta",
    "response.author_name": "response author|reply author|autor de la respuesta",
    "response.language": "response language",
    "response.published_at": "reply date|replied at|repliedat|response date|fecha de respuesta|"
    "fecha de la respuesta",
}


@dataclass(frozen=True)
class Mapping:
    """How a table's columns, values and dates are to be read."""

    columns: dict[str, str] = field(default_factory=dict)
    dates: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    source: str = ""
    source_name: str = ""
    best_rating: float = 5
    date_order: str = ""

    @classmethod
    def load(cls, path: Path) -> "Mapping":
        """Read a mapping file. Raises UnusableFile that says what is wrong with it."""
        try:
            return cls.make(tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise UnusableFile(f"{path} cannot be read: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UnusableFile(f"{path} is no TOML file: {error}.") from error
        except (TypeError, ValueError, re.error) as error:
            raise UnusableFile(f"{path}: {error}.") from error

    @classmethod
    def make(cls, data: dict[str, Any]) -> "Mapping":
        """Make a mapping of a mapping file's data. Raises ValueError."""
        known = cls.__dataclass_fields__
        for name in data:
            if name not in known:
                raise ValueError(f"{name!r} is not one of {', '.join(known)}")
        mapping = cls(**data)
        for part in ("columns", "dates", "values"):
            for name in getattr(mapping, part):
                if name not in FIELDS:
                    raise ValueError(f"[{part}] has {name!r}; the fields are {', '.join(FIELDS)}")
        for values in mapping.values.values():
            for pattern in values:
                if is_pattern(pattern):
                    re.compile(pattern[1:-1])
        return mapping

    def translate(self, field: str, value: str) -> str:
        """Return our value for one of theirs, or theirs where no rule names it."""
        rules = self.values.get(field, {})
        if value in rules:
            return rules[value]
        for pattern, ours in rules.items():
            if is_pattern(pattern) and re.search(pattern[1:-1], value):
                return ours
        return value


def is_pattern(key: str) -> bool:
    return len(key) > 2 and key.startswith("/") and key.endswith("/")


def columns_by_header(headers: list[str]) -> dict[str, str]:
    """Return field → column for the header names that are known.

    Where several columns could be one field, its own name wins, then the one that HEADERS has
    first.
    """
    by_name = {plain(header): header for header in reversed(headers)}
    columns = {}
    for ours in FIELDS:
        names = (plain(ours), *filter(None, HEADERS.get(ours, "").split("|")))
        column = next((by_name[name] for name in names if name in by_name), None)
        if column is not None:
            columns[ours] = column
    return columns
