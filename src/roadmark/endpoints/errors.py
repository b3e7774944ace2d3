"""What can go wrong between us and a service; every message names the service and the next step.

EndpointError
├── UnreachableError  nobody answers: no connection, a connection that breaks, no answer in time
├── KeyRefusedError   401 or 403: the key is missing, wrong or without permission
├── StatusError       any other status that is no success
└── AnswerError       an answer that breaks the protocol: malformed, too large, empty
"""

from __future__ import annotations

from roadmark.errors import RoadmarkError


class EndpointError(RoadmarkError):
    """A service did not do what it was asked.

    Attributes:
        url: What was asked.
        status: The answer's HTTP status, None where there was no answer.
        body: The beginning of the answer.
        may_pass: Whether the same request may succeed a moment later.
        untouched: Whether the service cannot have begun with the request.
        retry_after: What the answer's Retry-After header says, empty where it says nothing.
    """

    def __init__(
        self,
        message: str,
        *,
        url: str,
        status: int | None = None,
        body: str = "",
        may_pass: bool = False,
        untouched: bool = False,
        retry_after: str = "",
    ) -> None:
        self.url = url
        self.status = status
        self.body = body
        self.may_pass = may_pass
        self.untouched = untouched
        self.retry_after = retry_after
        super().__init__(message)


class UnreachableError(EndpointError):
    """Nobody answers: no connection, a connection that breaks, or no answer in time."""


class KeyRefusedError(EndpointError):
    """The service wants another key (401), or the key has no permission (403)."""


class StatusError(EndpointError):
    """The service refused the request (4xx), or failed at it (5xx) however often it was asked."""


class AnswerError(EndpointError):
    """An answer that breaks the service's protocol: malformed, too large, or without content."""
