"""Requests to engines over HTTP: timeouts, retries and errors."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from reviews.translation.engines.base import EngineError, EngineFailure

CONNECT, READ = 3.05, 20.0  # seconds
RETRIES = 3
# Longer waits that an engine asks for are left to the circuit breaker and to jobs.
LONGEST_WAIT = 10  # seconds

FAILURES = {
    401: EngineFailure.REFUSED,
    403: EngineFailure.REFUSED,
    429: EngineFailure.BUSY,
    456: EngineFailure.QUOTA,  # DeepL API, "Error handling"
}


def mount_retries(session: requests.Session) -> requests.Session:
    """Make a session retry overload and server errors, with jitter, and follow no redirects."""
    retry = Retry(
        total=RETRIES,
        redirect=0,
        status_forcelist=[429, 500, 502, 503, 504, 529],
        allowed_methods=None,
        backoff_factor=0.2,
        backoff_jitter=0.3,
        backoff_max=LONGEST_WAIT,
        retry_after_max=LONGEST_WAIT,
        raise_on_status=False,
        raise_on_redirect=False,
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def ask(session: requests.Session, method: str, url: str, **options: Any) -> Any:
    """Return the JSON of a response, None if it is empty. Raises EngineError."""
    try:
        response = session.request(
            method, url, timeout=(CONNECT, READ), allow_redirects=False, **options
        )
    except (requests.ConnectionError, requests.Timeout) as error:
        raise EngineError(EngineFailure.DOWN, str(error)) from error
    except requests.RequestException as error:
        raise EngineError(EngineFailure.FAILED, str(error)) from error
    if response.status_code >= 300:
        code = FAILURES.get(response.status_code, EngineFailure.FAILED)
        raise EngineError(code, f"{response.status_code} {response.text[:200]}")
    try:
        return response.json() if response.content else None
    except ValueError as error:
        raise EngineError(EngineFailure.FAILED, f"no JSON: {response.text[:200]}") from error


def expect(texts: list[str], count: int) -> list[str]:
    """Return the texts of a batch. Raises EngineError if they are not `count` strings."""
    if len(texts) != count or not all(isinstance(text, str) for text in texts):
        raise EngineError(EngineFailure.FAILED, f"{len(texts)} texts for {count}")
    return texts
