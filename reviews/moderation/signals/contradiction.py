"""Text and stars that disagree: praise under one star, complaint under five."""

import re
from typing import Any

from reviews.models import Review

HIGH, LOW = 4.5, 1.5
# One word is enough in a short text; a longer one needs more.
SHORT = 150  # characters
FEWEST_WORDS = 2
# How far the overall rating may lie from the mean of the others.
FARTHEST = 2.5

BAD = {
    "en": "terrible|horrible|awful|worst|useless|garbage|scam|fraud|rubbish|unusable|waste of "
    "money|crap",
    "es": "terrible|horrible|pésim[oa]|peor|inútil|basura|estafa|engaño|horroroso|"
    "no funciona|no sirve|pérdida de tiempo|desastre|asco",
    "fr": "nul|nulle|horrible|pire|inutile|arnaque|catastrophe|catastrophique|escroquerie",
    "de": "schrecklich|furchtbar|schlechteste|nutzlos|müll|betrug|abzocke|katastrophe",
    "pt": "péssim[oa]|horrível|pior|inútil|lixo|golpe|fraude|não funciona|porcaria",
    "it": "pessim[oa]|orribile|peggiore|inutile|truffa|spazzatura|disastro",
}
GOOD = {
    "en": "excellent|amazing|fantastic|wonderful|perfect|love it|best|awesome|great|brilliant|"
    "outstanding",
    "es": "excelente|increíble|fantástic[oa]|maravillos[oa]|perfect[oa]|me encanta|genial|"
    "estupend[oa]|buenísim[oa]",
    "fr": "excellent|excellente|génial|parfait|parfaite|fantastique|merveilleux|meilleur|adore",
    "de": "ausgezeichnet|fantastisch|wunderbar|perfekt|beste|großartig|super|toll|liebe es",
    "pt": "excelente|incrível|fantástic[oa]|maravilhos[oa]|perfeit[oa]|adoro|melhor|ótim[oa]",
    "it": "eccellente|fantastic[oa]|meraviglios[oa]|perfett[oa]|migliore|ottim[oa]|adoro",
}
# A word after one of these means its opposite, or nothing.
NEGATION = re.compile(
    r"\b(?:not|no|never|n't|isn't|wasn't|without|ni|nunca|sin|jamás|pas|jamais|sans|nicht|kein"
    r"|keine|nie|não|sem|non|mai|nada|could be|used to be|was|was the|era|would be|than)\W+"
    r"(?:\w+\W+)?$",
    re.IGNORECASE,
)


def _compiled(words: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {
        code: re.compile(rf"\b(?:{choices})\b", re.IGNORECASE) for code, choices in words.items()
    }


BAD_WORDS, GOOD_WORDS = _compiled(BAD), _compiled(GOOD)


def look(review: Review) -> tuple[float, dict[str, Any]] | None:
    """Return a score of 0 to 1 and the words that disagree with the stars, or None."""
    if review.overall_rating is None:
        return None
    overall = float(review.overall_rating)
    others = [v for name, v in review.ratings.items() if name != "overall" and v is not None]
    mean = sum(others) / len(others) if others else overall
    if len(others) >= 2 and abs(mean - overall) >= FARTHEST:
        evidence = {"stars": overall, "words": [f"Ø {mean:.1f}"]}
        return abs(mean - overall) / 4, evidence
    language = review.language.partition("-")[0]
    if language not in BAD_WORDS:
        return None
    # Pros and cons are left out: satisfied reviewers name cons, too, and others pros.
    text = "\n".join([review.title, review.overall])
    bad, good = words(BAD_WORDS[language], text), words(GOOD_WORDS[language], text)
    against, along = (bad, good) if overall >= HIGH else (good, bad)
    fewest = 1 if len(text) < SHORT else FEWEST_WORDS
    if HIGH > overall > LOW or along or len(against) < fewest:
        return None
    return min(1.0, len(against) / 4), {"stars": overall, "words": against[:6]}


def words(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the distinct words that are found and not negated."""
    matches = (
        match[0].lower()
        for match in pattern.finditer(text)
        if not NEGATION.search(text[max(0, match.start() - 30) : match.start()])
    )
    return list(dict.fromkeys(matches))
