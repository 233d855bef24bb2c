"""Local servers that implement the published protocols of translation engines.

Each translates predictably: it swaps vowels and leaves protected markup unchanged. `script`
holds responses to give first: a status with a body and headers, or seconds to wait.
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.tiny_model import SWAPPED

LANGUAGES = ("en", "es", "pt", "fr", "de")


def swapped(text: str) -> str:
    return text.translate(SWAPPED)


def swapped_markup(text: str, protected: re.Pattern[str]) -> str:
    """Translate markup: matches of `protected` stay, entities are read as characters."""
    parts = re.split(f"({protected.pattern})", text, flags=re.DOTALL)
    return "".join(
        part if protected.fullmatch(part) else escape(swapped(unescape(part)), quote=False)
        for part in parts
    )


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.script = self.server.script

    def log_message(self, *_args):
        pass

    def _respond(self, status: int, data, headers=()):
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has timed out

    def _handle(self):
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        parts = urlsplit(self.path)
        is_json = "json" in self.headers.get("Content-Type", "")
        data = json.loads(raw) if is_json else parse_qs(raw.decode())
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.server.asked.append((self.command, parts.path, data, dict(self.headers)))
        if parts.path in self.server.scripted and self.script:
            next_response = self.script.pop(0)
            if isinstance(next_response, (int, float)):
                time.sleep(next_response)
            else:
                self._respond(*next_response)
                return
        self._respond(*self.server.speak(self.command, parts.path, data, query, self.headers))

    do_GET = do_POST = _handle


def libretranslate(command, path, data, query, headers):
    """docs.libretranslate.com, "API": /languages, /translate."""
    if path == "/languages":
        return 200, [{"code": c, "name": c, "targets": list(LANGUAGES)} for c in LANGUAGES]
    if data.get("api_key") != "secret":
        return 403, {"error": "Invalid API key"}
    if data["source"] not in LANGUAGES:
        return 400, {"error": f"{data['source']} is not supported"}
    return 200, {"translatedText": [swapped(text) for text in data["q"]]}


class DeepL:
    """developers.deepl.com: /v2/translate, /v2/languages, /v2/usage, /v2/glossaries."""

    def __init__(self):
        self.glossaries = []

    def __call__(self, command, path, data, query, headers):
        if headers.get("Authorization") != "DeepL-Auth-Key secret:fx":
            return 403, {"message": "Forbidden"}
        if path == "/v2/languages":
            names = ("EN-US", "PT-PT", "ES", "FR", "DE") if query["type"] == "target" else LANGUAGES
            return 200, [{"language": c.upper(), "name": c} for c in names]
        if path == "/v2/usage":
            return 200, {"character_count": 1200, "character_limit": 500_000}
        if path == "/v2/glossaries":
            if command == "POST":
                glossary = {"glossary_id": f"g{len(self.glossaries)}", "ready": True, **data}
                self.glossaries.append(glossary)
                return 201, glossary
            return 200, {"glossaries": self.glossaries}
        if len(data["text"]) > 50 or data["target_lang"] in ("EN", "PT"):
            return 400, {"message": "Bad request"}
        protected = re.compile(r"<x [^>]*>.*?</x>")
        texts = [swapped_markup(text, protected) for text in data["text"]]
        for glossary in self.glossaries:
            if glossary["glossary_id"] == data.get("glossary_id"):
                for row in glossary["entries"].splitlines():
                    source, target = row.split("\t")
                    texts = [text.replace(swapped(source), target) for text in texts]
        return 200, {
            "translations": [
                {"detected_source_language": data["source_lang"], "text": t} for t in texts
            ]
        }


def google(command, path, data, query, headers):
    """docs.cloud.google.com/translate, version 3, and the token endpoint of service accounts."""
    if path == "/token":
        assert data["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        assert data["assertion"][0].count(".") == 2
        return 200, {"access_token": "token", "expires_in": 3600, "token_type": "Bearer"}
    if headers.get("Authorization") != "Bearer token":
        return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}}
    place = "/v3/projects/opina-test/locations/global"
    if path == f"{place}/supportedLanguages":
        return 200, {
            "languages": [
                {"languageCode": c, "supportSource": True, "supportTarget": True} for c in LANGUAGES
            ]
        }
    if path != f"{place}:translateText":
        return 404, {"error": {"code": 404, "status": "NOT_FOUND"}}
    protected = re.compile(r"<span [^>]*>.*?</span>")
    return 200, {
        "translations": [{"translatedText": swapped_markup(t, protected)} for t in data["contents"]]
    }


@contextmanager
def serving(speak, *scripted: str) -> Iterator[ThreadingHTTPServer]:
    """Run a server. The paths in `scripted` give the responses of its `script` first."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.speak, server.scripted, server.script, server.asked = speak, scripted, [], []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
