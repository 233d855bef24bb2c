"""What engines behind HTTP have in common: one session, timeouts, retries, errors."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from reviews.translation.engines.base import EngineError, EngineFailure

CONNECT, READ = 3.05, 20.0  # seconds
RETRIES = 3
# An engine that names a longer wait is left alone: the circuit breaker and jobs wait better.
LONGEST_WAIT = 10  # seconds

FAILURES = {
    401: EngineFailure.REFUSED,
    403: EngineFailure.REFUSED,
    429: EngineFailure.BUSY,
    456: EngineFailure.QUOTA,  # DeepL API, "Error handling"
}


def mount_retries(session: requests.Session) -> requests.Session:
    """Let a session try again, with jitter, what is worth another try; follow no redirect."""
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
    """Return the JSON of an answer, None where there is none. Raises EngineError."""
    try:
        answer = session.request(
            method, url, timeout=(CONNECT, READ), allow_redirects=False, **options
        )
    except (requests.ConnectionError, requests.Timeout) as error:
        raise EngineError(EngineFailure.DOWN, str(error)) from error
    except requests.RequestException as error:
        raise EngineError(EngineFailure.FAILED, str(error)) from error
    if answer.status_code >= 300:
        code = FAILURES.get(answer.status_code, EngineFailure.FAILED)
        raise EngineError(code, f"{answer.status_code} {answer.text[:200]}")
    try:
        return answer.json() if answer.content else None
    except ValueError as error:
        raise EngineError(EngineFailure.FAILED, f"no JSON: {answer.text[:200]}") from error


def expect(found: list[str], asked: int) -> list[str]:
    """Return the texts of a batch. Raises EngineError where it has too few or too many."""
    if len(found) != asked or not all(isinstance(text, str) for text in found):
        raise EngineError(EngineFailure.FAILED, f"{len(found)} texts for {asked}")
    return found
