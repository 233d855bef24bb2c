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
# Targets that want a variant named ("Languages supported").
VARIANTS = {"en": "EN-US", "pt": "PT-PT", "zh": "ZH-HANS"}
KEPT = re.compile(r'<x id="(\d+)"\s*/>|<x id="(\d+)"[^>]*>.*?</x>', re.DOTALL)


class DeepL:
    key = "deepl"
    label = "DeepL"
    most = 50  # texts a request ("Translate text")
    most_characters = 30_000
    parallel = 4
    knows_glossaries = True

    def __init__(self, options: dict[str, Any]) -> None:
        key = options["api_key"]
        # Keys of the free API end so ("Authentication").
        self.url = (options.get("url") or (FREE if key.endswith(":fx") else PAID)).rstrip("/")
        self._session = mount_retries(requests.Session())
        self._session.headers["Authorization"] = f"DeepL-Auth-Key {key}"
        self._glossaries: dict[str, str] = {}

    def pairs(self) -> set[tuple[str, str]]:
        def codes(kind: str) -> set[str]:
            url = f"{self.url}/v2/languages"
            found = ask(self._session, "GET", url, params={"type": kind})
            return {language["language"].split("-")[0].lower() for language in found}

        targets = codes("target")
        return {(s, t) for s in codes("source") for t in targets if s != t}

    def translate(
        self, segments: Sequence[ProtectedSegment], source: str, target: str, style: Style
    ) -> list[str]:
        said: dict[str, Any] = {
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
            said["glossary_id"] = self._glossary(source, target, style)
        answer = ask(self._session, "POST", f"{self.url}/v2/translate", json=said)
        found = [row.get("text") for row in answer.get("translations", ())]
        return [from_xml(text) for text in expect(found, len(segments))]

    def quota(self) -> tuple[int, int]:
        """Return how many characters were translated this period, and how many may be."""
        usage = ask(self._session, "GET", f"{self.url}/v2/usage")
        return usage["character_count"], usage["character_limit"]

    def _glossary(self, source: str, target: str, style: Style) -> str:
        """Return the id of a state of a vendor's glossary, made there when first needed."""
        name = f"opina-{source}-{target}-{style.glossary}"
        if name not in self._glossaries:
            url = f"{self.url}/v2/glossaries"
            known = ask(self._session, "GET", url)["glossaries"]
            found = next((g["glossary_id"] for g in known if g["name"] == name), "")
            if not found:
                found = ask(
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
            self._glossaries[name] = found
        return self._glossaries[name]


def to_xml(segment: ProtectedSegment) -> str:
    """Dress marks as elements that DeepL reads for their sense and leaves as they are."""

    def element(found: re.Match[str]) -> str:
        number = ord(found[0]) - FIRST
        said = (
            escape(segment.passages[number], quote=False) if number < len(segment.passages) else ""
        )
        return f'<x id="{number}">{said}</x>'

    return MARK.sub(element, escape(segment.text, quote=False))


def from_xml(text: str) -> str:
    try:
        return unescape(KEPT.sub(lambda m: mark(int(m[1] or m[2])), text))
    except (ValueError, OverflowError) as error:
        raise EngineError(EngineFailure.FAILED, text[:200]) from error
