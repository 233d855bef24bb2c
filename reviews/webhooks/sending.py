"""Send one signed POST to an untrusted address that a partner gave.

The signature has the format of Stripe's webhooks: `t=<unix time>,v1=<hex>`, an HMAC with
SHA-256 over `<unix time>.<body>`, so that neither body nor time can be changed.
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 10.0  # seconds, to connect and for each read


class NotDelivered(Exception):
    """The message did not arrive; the text gives the reason."""


def signature(secret: str, body: bytes, at: int) -> str:
    """Return the signature of a body sent at a Unix time, in seconds."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def is_public(address: str) -> bool:
    """Return whether an IP address is on the public internet, not in a private network."""
    return ipaddress.ip_address(address).is_global


def resolve(host: str, port: int) -> str:
    """Return an address of the host. Raises NotDelivered if any of them is not public."""
    try:
        addresses = {
            str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        }
    except (OSError, UnicodeError) as error:
        raise NotDelivered(f"no address for {host}") from error
    if not addresses or not all(map(is_public, addresses)):
        raise NotDelivered(f"{host} is not a public address")
    return min(addresses)


def send(*, url: str, secret: str, delivery_id: int, payload: dict[str, Any]) -> str:
    """POST a payload and return the status line of the response.

    Redirects are not followed. Raises NotDelivered for any response other than 2xx.
    """
    parts = urlsplit(url)
    body = json.dumps(payload, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Opina",
        "Opina-Delivery": str(delivery_id),
        "Opina-Signature": signature(secret, body, int(time.time())),
    }
    try:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise NotDelivered("the address has no such port") from error
    address = resolve(host, port)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            host, port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    # Connect to the address that was checked: the name may resolve to another one next time.
    connection._create_connection = (  # type: ignore[attr-defined]
        lambda _host, *rest, **options: socket.create_connection((address, port), *rest, **options)
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotDelivered(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()
    status_line = f"{response.status} {response.reason}"[:200]
    if not 200 <= response.status < 300:
        raise NotDelivered(status_line)
    return status_line
