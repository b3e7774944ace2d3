"""Failures of HTTP services in the terms of transfers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from roadmark.augment.transfer.protocol import RefusedError, TransferError
from roadmark.endpoints import EndpointError


def is_guardrail(message: str) -> bool:
    """Whether a service's words say that its guardrail refused the content."""
    text = message.lower()
    return "guardrail" in text or "content policy" in text or "content_policy" in text


@contextmanager
def transfer_errors() -> Iterator[None]:
    """Turn a service's failure inside into a `TransferError` of the same words.

    Raises:
        RefusedError: The service refused the request and speaks of its guardrail.
        TransferError: Any other failure.
    """
    try:
        yield
    except EndpointError as error:
        refused = error.status is not None and 400 <= error.status < 500 and is_guardrail(error.body)
        raise (RefusedError if refused else TransferError)(str(error)) from error
