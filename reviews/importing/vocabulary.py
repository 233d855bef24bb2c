"""From a source's words to our vocabularies. What doesn't fit stays the source's own."""

import re
from functools import lru_cache

from reviews.choices import CompanySize, UsageDuration, UsageFrequency, Verification
from reviews.importing.values import plain
from reviews.industries import INDUSTRIES

SELF_EMPLOYED = {
    "self employed",
    "self-employed",
    "myself only",
    "freelance",
    "freelancer",
    "trabajador autonomo",
    "autonomo",
    "travailleur independant",
    "independant",
    "trabalhador autonomo",
    "selbststandig",
    "libero professionista",
}
OVER = ("over", "more than", "mas de", "plus de", "mais de", "uber", "oltre")

FREQUENCIES = {
    UsageFrequency.DAILY: "daily|every day|a diario|diariamente|diario|quotidiennement|"
    "tous les jours|todos los dias|taglich|ogni giorno",
    UsageFrequency.WEEKLY: "weekly|every week|semanalmente|semanal|toutes les semaines|"
    "hebdomadaire|wochentlich|ogni settimana",
    UsageFrequency.MONTHLY: "monthly|every month|mensualmente|mensual|mensalmente|"
    "tous les mois|mensuel|monatlich|ogni mese",
    UsageFrequency.OTHER: "other|otra|otro|otra frecuencia|autre|outro|outra|andere|altro",
}
DURATIONS = {
    UsageDuration.FREE_TRIAL: "free trial|i used a free trial|prueba gratuita|"
    "prueba gratis|essai gratuit|avaliacao gratuita|kostenlose testversion|prova gratuita",
    # "Less than 6 months" is how the same marketplace family words 1–5 months.
    UsageDuration.FROM_1_MONTH: "less than 6 months|menos de 6 meses|moins de 6 mois",
    UsageDuration.OVER_1_YEAR: "1-2 years|1-2 anos|1-2 ans|more than 1 year|mas de 1 ano|"
    "mas de un ano|more than one year|plus d'un an|mais de um ano|mais de 1 ano|1+ years|"
    "uber 1 jahr|1-2 jahre",
    UsageDuration.OVER_2_YEARS: "2+ years|more than 2 years|mas de 2 anos|mas de dos anos|"
    "more than two years|plus de deux ans|plus de 2 ans|mais de dois anos|mais de 2 anos|"
    "uber 2 jahre",
}
VERIFICATIONS = {
    Verification.ACCOUNT: "account|login|signed in|linkedin|e-mail|email|cuenta",
    Verification.PURCHASE: "purchase|proof of purchase|screenshot|customer|compra|cliente",
    Verification.INVITATION: "invitation|invited|invitacion|invitada",
    Verification.SOURCE: "source|verified|verificada",
}
MONTHS = r"(months?|mes(es)?|mois|monate?|mesi)"


def _table(choices: dict) -> dict[str, str]:
    words = {word: key.value for key, names in choices.items() for word in names.split("|")}
    return words | {plain(key.value): key.value for key in choices}


FREQUENCY_WORDS = _table(FREQUENCIES)
VERIFICATION_WORDS = _table(VERIFICATIONS)
DURATION_WORDS = _table(DURATIONS)
INDUSTRY_WORDS = {
    plain(word): key
    for key, industry in INDUSTRIES.items()
    for word in (key, industry.en, industry.es, *industry.also)
}


@lru_cache(maxsize=4096)
def company_size(words: str) -> str:
    """Return the CompanySize of a source's words, empty if we have none for them."""
    label = plain(words)
    if label in SELF_EMPLOYED:
        return CompanySize.SELF_EMPLOYED
    bare = re.sub(r"(?<=\d)[.,\s'](?=\d{3}\b)", "", label)
    if match := re.search(r"(\d+) ?(?:-|–|—|to|a|bis) ?(\d+)", bare.replace("_", "-")):
        key = f"{match[1]}_{match[2]}"
        return key if key in CompanySize.values else ""
    # plain() turns the underscores of our own keys into spaces.
    if label.replace(" ", "_") in CompanySize.values:
        return label.replace(" ", "_")
    over = re.search(r"(\d+) ?\+|> ?(\d+)", bare)
    if over or bare.startswith(OVER):
        figure = re.search(r"\d+", bare)
        return CompanySize.OVER_10000 if figure and int(figure[0]) >= 10000 else ""
    return ""


@lru_cache(maxsize=4096)
def frequency(words: str) -> str:
    """Return the UsageFrequency of a source's words, empty if we have none for them."""
    return FREQUENCY_WORDS.get(plain(words), "")


@lru_cache(maxsize=4096)
def duration(words: str) -> str:
    """Return the UsageDuration of a source's words, empty if we have none for them."""
    label = re.sub(r" ?[–—] ?", "-", plain(words))
    if label in DURATION_WORDS:
        return DURATION_WORDS[label]
    if re.fullmatch(rf"1 ?-? ?5 {MONTHS}", label):
        return UsageDuration.FROM_1_MONTH
    if re.fullmatch(rf"6 ?-? ?12 {MONTHS}", label):
        return UsageDuration.FROM_6_MONTHS
    return ""


@lru_cache(maxsize=4096)
def industry(words: str) -> str:
    """Return the canonical key of an industry's name, or the name as it came."""
    return INDUSTRY_WORDS.get(plain(words), words.strip())


def verification(label: str, verified: bool | None) -> str:
    """Return how a reviewer was verified, empty if the source doesn't say so."""
    if value := VERIFICATION_WORDS.get(plain(label)):
        return value
    return Verification.SOURCE if verified else ""


def country(words: str) -> str:
    """Return a country's two letters (ISO 3166-1 alpha-2), empty for anything else."""
    return words.upper() if len(words) == 2 and words.isalpha() else ""
