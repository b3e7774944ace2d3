"""Addresses and keys of services, checked before anything is sent."""

from __future__ import annotations

import os
from ipaddress import ip_address

import httpx

from roadmark.errors import ConfigError


def checked_url(url: str) -> str:
    """An http(s) address without a slash at its end.

    Raises:
        ConfigError: It is none, or holds a name and password.

    Examples:
        >>> checked_url("http://localhost:8001/v1/")
        'http://localhost:8001/v1'
    """
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise ConfigError(f"{url[:200]!r} is no address of a service: {error}") from None
    if parsed.userinfo:
        raise ConfigError(f"the address of {parsed.host} holds a password; put it into an environment variable")
    if parsed.scheme not in ("http", "https") or not parsed.host or not 0 <= (parsed.port or 0) < 65536:
        raise ConfigError(f"{url[:200]!r} is no address of a service; write it like http://localhost:8001/v1")
    if parsed.query or parsed.fragment:
        raise ConfigError(f"{url[:200]!r}: the address of a service has no '?' and no '#'")
    return str(parsed).rstrip("/")


def read_key(variable: str | None) -> str:
    """The key that an environment variable holds; empty where there is none.

    Raises:
        ConfigError: It has characters that no header can carry; the message does not show it.
    """
    key = os.environ.get(variable, "").strip() if variable else ""
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(f"the key in the environment variable {variable} holds characters that no key has")
    return key


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name alone.

    Examples:
        >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("example.com")
        (True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses are of the same service: scheme, host and port.

    Examples:
        >>> same_origin("http://localhost:8001/v1", "http://localhost:8001/file.mp4")
        True
    """
    first, second = httpx.URL(one), httpx.URL(other)
    return (first.scheme, first.host, first.port) == (second.scheme, second.host, second.port)
