"""Local servers that speak the published protocols of translation engines.

Each translates in a way that a test can foresee: vowels change, what is marked as not to be
translated stays. `script` holds what they answer first, instead: a status with headers and a
body, or seconds to wait.
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


def swapped_markup(text: str, kept: re.Pattern[str]) -> str:
    """Translate marked-up text: what `kept` matches stays, entities are read as characters."""
    parts = re.split(f"({kept.pattern})", text, flags=re.DOTALL)
    return "".join(
        part if kept.fullmatch(part) else escape(swapped(unescape(part)), quote=False)
        for part in parts
    )


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.script = self.server.script

    def log_message(self, *_args):
        pass

    def _answer(self, status: int, said, headers=()):
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # whoever asked has lost patience

    def _handle(self):
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        parts = urlsplit(self.path)
        is_json = "json" in self.headers.get("Content-Type", "")
        said = json.loads(raw) if is_json else parse_qs(raw.decode())
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.server.asked.append((self.command, parts.path, said, dict(self.headers)))
        if parts.path in self.server.scripted and self.script:
            next_answer = self.script.pop(0)
            if isinstance(next_answer, (int, float)):
                time.sleep(next_answer)
            else:
                self._answer(*next_answer)
                return
        self._answer(*self.server.speak(self.command, parts.path, said, query, self.headers))

    do_GET = do_POST = _handle


def libretranslate(command, path, said, query, headers):
    """docs.libretranslate.com, "API": /languages, /translate."""
    if path == "/languages":
        return 200, [{"code": c, "name": c, "targets": list(LANGUAGES)} for c in LANGUAGES]
    if said.get("api_key") != "secret":
        return 403, {"error": "Invalid API key"}
    if said["source"] not in LANGUAGES:
        return 400, {"error": f"{said['source']} is not supported"}
    return 200, {"translatedText": [swapped(text) for text in said["q"]]}


class DeepL:
    """developers.deepl.com: /v2/translate, /v2/languages, /v2/usage, /v2/glossaries."""

    def __init__(self):
        self.glossaries = []

    def __call__(self, command, path, said, query, headers):
        if headers.get("Authorization") != "DeepL-Auth-Key secret:fx":
            return 403, {"message": "Forbidden"}
        if path == "/v2/languages":
            names = ("EN-US", "PT-PT", "ES", "FR", "DE") if query["type"] == "target" else LANGUAGES
            return 200, [{"language": c.upper(), "name": c} for c in names]
        if path == "/v2/usage":
            return 200, {"character_count": 1200, "character_limit": 500_000}
        if path == "/v2/glossaries":
            if command == "POST":
                made = {"glossary_id": f"g{len(self.glossaries)}", "ready": True, **said}
                self.glossaries.append(made)
                return 201, made
            return 200, {"glossaries": self.glossaries}
        if len(said["text"]) > 50 or said["target_lang"] in ("EN", "PT"):
            return 400, {"message": "Bad request"}
        kept = re.compile(r"<x [^>]*>.*?</x>")
        texts = [swapped_markup(text, kept) for text in said["text"]]
        for glossary in self.glossaries:
            if glossary["glossary_id"] == said.get("glossary_id"):
                for row in glossary["entries"].splitlines():
                    source, target = row.split("\t")
                    texts = [text.replace(swapped(source), target) for text in texts]
        return 200, {
            "translations": [
                {"detected_source_language": said["source_lang"], "text": t} for t in texts
            ]
        }


def google(command, path, said, query, headers):
    """docs.cloud.google.com/translate, version 3, and the token endpoint of service accounts."""
    if path == "/token":
        assert said["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        assert said["assertion"][0].count(".") == 2
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
    kept = re.compile(r"<span [^>]*>.*?</span>")
    return 200, {
        "translations": [{"translatedText": swapped_markup(t, kept)} for t in said["contents"]]
    }


@contextmanager
def serving(speak, *scripted: str) -> Iterator[ThreadingHTTPServer]:
    """Run a server; the paths `scripted` answer what its `script` says, while it says anything."""
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
