"""LibreTranslate: a self-hosted HTTP service with free models (docs.libretranslate.com)."""

from collections.abc import Sequence
from typing import Any

import requests

from reviews.translation.engines.base import Style, with_tokens, without_tokens
from reviews.translation.engines.http import ask, expect, mount_retries
from reviews.translation.protection import ProtectedSegment


class LibreTranslate:
    key = "libretranslate"
    label = "LibreTranslate"
    max_segments = 50
    max_characters = 20_000
    parallel = 2
    knows_glossaries = False

    def __init__(self, options: dict[str, Any]) -> None:
        self.url = options["url"].rstrip("/")
        self.api_key = options.get("api_key", "")
        self._session = mount_retries(requests.Session())

    def pairs(self) -> set[tuple[str, str]]:
        languages = ask(self._session, "GET", f"{self.url}/languages")
        return {
            (language["code"], target)
            for language in languages
            for target in language.get("targets", ())
            if target != language["code"]
        }

    def translate(
        self, segments: Sequence[ProtectedSegment], source: str, target: str, style: Style
    ) -> list[str]:
        data: dict[str, Any] = {
            "q": [with_tokens(segment.text) for segment in segments],
            "source": source,
            "target": target,
            "format": "text",
        }
        if self.api_key:
            data["api_key"] = self.api_key
        response = ask(self._session, "POST", f"{self.url}/translate", json=data)
        texts = expect(list(response.get("translatedText") or ()), len(segments))
        return [without_tokens(text) for text in texts]
