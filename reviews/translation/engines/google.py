"""Google Cloud Translation, version 3 (docs.cloud.google.com/translate), as HTML."""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

from reviews.translation.engines.base import EngineError, EngineFailure, Style
from reviews.translation.engines.http import ask, expect, mount_retries
from reviews.translation.protection import FIRST, MARK, ProtectedSegment, mark

URL = "https://translation.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/cloud-translation"
KEPT = re.compile(r'<span translate="?no"? id="?(\d+)"?>.*?</span>', re.DOTALL)


class Google:
    key = "google"
    label = "Google"
    max_segments = 128
    max_characters = 25_000  # "fewer than 30,000 code points" per request
    parallel = 4
    knows_glossaries = False

    def __init__(self, options: dict[str, Any]) -> None:
        try:
            credentials = Credentials.from_service_account_file(
                options["credentials"], scopes=[SCOPE]
            )
        except (OSError, ValueError) as error:
            raise EngineError(EngineFailure.REFUSED, str(error)) from error
        self.url = (
            f"{(options.get('url') or URL).rstrip('/')}/v3/projects/{credentials.project_id}"
            f"/locations/{options.get('location') or 'global'}"
        )
        self._session = mount_retries(AuthorizedSession(credentials))

    def pairs(self) -> set[tuple[str, str]]:
        languages = self._ask("GET", f"{self.url}/supportedLanguages")["languages"]
        sources = {row["languageCode"] for row in languages if row.get("supportSource")}
        targets = {row["languageCode"] for row in languages if row.get("supportTarget")}
        return {(s, t) for s in sources for t in targets if s != t}

    def translate(
        self, segments: Sequence[ProtectedSegment], source: str, target: str, style: Style
    ) -> list[str]:
        data = {
            "contents": [to_html(segment) for segment in segments],
            "mimeType": "text/html",
            "sourceLanguageCode": source,
            "targetLanguageCode": target,
        }
        response = self._ask("POST", f"{self.url}:translateText", json=data)
        texts = [row.get("translatedText") for row in response.get("translations", ())]
        return [from_html(text) for text in expect(texts, len(segments))]

    def _ask(self, method: str, url: str, **options: Any) -> Any:
        try:
            return ask(self._session, method, url, **options)
        except TransportError as error:
            raise EngineError(EngineFailure.DOWN, str(error)) from error
        except GoogleAuthError as error:
            raise EngineError(EngineFailure.REFUSED, str(error)) from error


def to_html(segment: ProtectedSegment) -> str:
    """Replace marks by spans that Google does not translate ("Best practices: HTML")."""

    def span(match: re.Match[str]) -> str:
        number = ord(match[0]) - FIRST
        content = escape(segment.passages[number]) if number < len(segment.passages) else ""
        return f'<span translate="no" id="{number}">{content}</span>'

    return MARK.sub(span, escape(segment.text, quote=False))


def from_html(text: str) -> str:
    """Replace the spans by marks."""
    return unescape(KEPT.sub(lambda m: mark(int(m[1])) if len(m[1]) < 5 else "", text))
