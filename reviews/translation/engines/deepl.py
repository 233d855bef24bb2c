"""DeepL's API, version 2 (developers.deepl.com): XML handling, glossaries, formality."""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

import requests

from reviews.translation.engines.base import EngineError, EngineFailure, Style
from reviews.translation.engines.http import ask, expect, mount_retries
from reviews.translation.protection import FIRST, MARK, ProtectedSegment, mark

PAID, FREE = "https://api.deepl.com", "https://api-free.deepl.com"
# Targets that require a variant ("Languages supported").
VARIANTS = {"en": "EN-US", "pt": "PT-PT", "zh": "ZH-HANS"}
KEPT = re.compile(r'<x id="(\d+)"\s*/>|<x id="(\d+)"[^>]*>.*?</x>', re.DOTALL)


class DeepL:
    key = "deepl"
    label = "DeepL"
    max_segments = 50  # texts per request ("Translate text")
    max_characters = 30_000
    parallel = 4
    knows_glossaries = True

    def __init__(self, options: dict[str, Any]) -> None:
        key = options["api_key"]
        # Keys of the free API end in ":fx" ("Authentication").
        self.url = (options.get("url") or (FREE if key.endswith(":fx") else PAID)).rstrip("/")
        self._session = mount_retries(requests.Session())
        self._session.headers["Authorization"] = f"DeepL-Auth-Key {key}"
        self._glossaries: dict[str, str] = {}

    def pairs(self) -> set[tuple[str, str]]:
        def codes(kind: str) -> set[str]:
            url = f"{self.url}/v2/languages"
            languages = ask(self._session, "GET", url, params={"type": kind})
            return {language["language"].split("-")[0].lower() for language in languages}

        targets = codes("target")
        return {(s, t) for s in codes("source") for t in targets if s != t}

    def translate(
        self, segments: Sequence[ProtectedSegment], source: str, target: str, style: Style
    ) -> list[str]:
        data: dict[str, Any] = {
            "text": [to_xml(segment) for segment in segments],
            "source_lang": source.split("-")[0].upper(),
            "target_lang": VARIANTS.get(target, target.upper()),
            "tag_handling": "xml",
            "ignore_tags": ["x"],
            "split_sentences": "0",
            "preserve_formatting": True,
            "formality": "prefer_more" if style.formal else "default",
        }
        if style.terms:
            data["glossary_id"] = self._glossary(source, target, style)
        response = ask(self._session, "POST", f"{self.url}/v2/translate", json=data)
        texts = [row.get("text") for row in response.get("translations", ())]
        return [from_xml(text) for text in expect(texts, len(segments))]

    def quota(self) -> tuple[int, int]:
        """Return the characters used and allowed in the current billing period."""
        usage = ask(self._session, "GET", f"{self.url}/v2/usage")
        return usage["character_count"], usage["character_limit"]

    def _glossary(self, source: str, target: str, style: Style) -> str:
        """Return the id of a vendor's glossary at DeepL, creating it for each new state."""
        name = f"opina-{source}-{target}-{style.glossary}"
        if name not in self._glossaries:
            url = f"{self.url}/v2/glossaries"
            known = ask(self._session, "GET", url)["glossaries"]
            glossary_id = next((g["glossary_id"] for g in known if g["name"] == name), "")
            if not glossary_id:
                glossary_id = ask(
                    self._session,
                    "POST",
                    url,
                    json={
                        "name": name,
                        "source_lang": source.split("-")[0].lower(),
                        "target_lang": target.split("-")[0].lower(),
                        "entries": "\n".join(f"{a}\t{b}" for a, b in style.terms),
                        "entries_format": "tsv",
                    },
                )["glossary_id"]
            self._glossaries[name] = glossary_id
        return self._glossaries[name]


def to_xml(segment: ProtectedSegment) -> str:
    """Replace marks by XML elements whose content DeepL reads for context and leaves unchanged."""

    def element(match: re.Match[str]) -> str:
        number = ord(match[0]) - FIRST
        content = (
            escape(segment.passages[number], quote=False) if number < len(segment.passages) else ""
        )
        return f'<x id="{number}">{content}</x>'

    return MARK.sub(element, escape(segment.text, quote=False))


def from_xml(text: str) -> str:
    """Replace the XML elements by marks. Raises EngineError for an invalid number."""
    try:
        return unescape(KEPT.sub(lambda m: mark(int(m[1] or m[2])), text))
    except (ValueError, OverflowError) as error:
        raise EngineError(EngineFailure.FAILED, text[:200]) from error
