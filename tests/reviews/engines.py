"""Each engine as tests use it: real, or with a local server that implements its protocol."""

import json
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from reviews.translation.engines import apertium, apertium_apy, argos, deepl, google, libretranslate
from tests import engine_servers, processes, tiny_model

needs_apertium = pytest.mark.skipif(
    shutil.which("lt-proc") is None, reason="Apertium is not installed"
)
needs_apy = pytest.mark.skipif(
    shutil.which("apertium-apy") is None, reason="Apertium's service is not installed"
)
SERVED = ("libretranslate", "deepl", "google")
ALL = [
    pytest.param("apertium", marks=needs_apertium),
    pytest.param("apertium_apy", marks=[needs_apertium, needs_apy]),
    "argos",
    *SERVED,
]


@contextmanager
def engine_of(key: str, tmp_path: Path) -> Iterator:
    """Yield an engine, ready to use, and its local server or None."""
    match key:
        case "apertium":
            yield apertium.Apertium({}), None
        case "apertium_apy":
            with _apy() as url:
                yield apertium_apy.ApertiumApy({"url": url}), None
        case "argos":
            yield argos.Argos({"models": _tiny_models()}), None
        case "libretranslate":
            with engine_servers.serving(engine_servers.libretranslate, "/translate") as server:
                options = {"url": server.url, "api_key": "secret"}
                yield libretranslate.LibreTranslate(options), server
        case "deepl":
            with engine_servers.serving(engine_servers.DeepL(), "/v2/translate") as server:
                options = {"url": server.url, "api_key": "secret:fx"}
                yield deepl.DeepL(options), server
        case "google":
            path = "/v3/projects/opina-test/locations/global:translateText"
            with engine_servers.serving(engine_servers.google, path) as server:
                credentials = tmp_path / "google.json"
                credentials.write_text(json.dumps(service_account(server.url)))
                options = {"url": server.url, "credentials": str(credentials)}
                yield google.Google(options), server


def service_account(url: str) -> dict[str, str]:
    """Return the key of a service account whose tokens come from a local server."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "type": "service_account",
        "project_id": "opina-test",
        "private_key_id": "1",
        "private_key": pem.decode(),
        "client_email": "opina@opina-test.example",
        "token_uri": f"{url}/token",
    }


@cache
def _tiny_models() -> str:
    folder = Path(mkdtemp(prefix="opina-models-"))
    tiny_model.make(folder / "en_es", "en", "es")
    return str(folder)


@contextmanager
def _apy() -> Iterator[str]:
    """Run Apertium's service on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    modes = apertium.MODES
    service = subprocess.Popen(
        ["apertium-apy", "-p", str(port), modes],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        processes.wait_for(lambda: _responds(url), what="Apertium's service responds")
        yield url
    finally:
        service.terminate()
        service.wait(10)


def _responds(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/listPairs", timeout=5).close()
    except OSError:
        return False
    return True


def use(monkeypatch, key: str, by) -> None:
    """Make the service use only this engine."""
    monkeypatch.setitem(settings.TRANSLATION, "order", {"*": [key]})
    for place in ("routes", "calling"):
        monkeypatch.setattr(f"reviews.translation.{place}.engine", lambda _key: by)
