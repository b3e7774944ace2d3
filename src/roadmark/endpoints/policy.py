"""How long a service is waited for, and when it is asked again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from roadmark.errors import ConfigError


@dataclass(frozen=True)
class HttpPolicy:
    """Time limits, retries and bounds of one service.

    Attributes:
        connect_timeout: Seconds until a connection must stand.
        read_timeout: Seconds without a single byte after which an answer is given up; generation takes minutes.
        answer_timeout: Seconds for one whole answer, however steadily it drips.
        retries: How often a request is repeated after a failure that may pass.
        backoff: Seconds before the first repetition; every further one waits twice as long. There is no jitter: a
            request goes out when it would go out in every other run.
        longest_wait: Most seconds between repetitions, also where the service asks for more (Retry-After).
        answer_limit: Most bytes of an answer that is held in memory.

    Raises:
        ConfigError: A number that makes no sense.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 600.0
    answer_timeout: float = 3600.0
    retries: int = 3
    backoff: float = 1.0
    longest_wait: float = 60.0
    answer_limit: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        for name in ("connect_timeout", "read_timeout", "answer_timeout", "answer_limit"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} must be greater than 0, not {getattr(self, name)}")
        for name in ("retries", "backoff", "longest_wait"):
            if not getattr(self, name) >= 0:
                raise ConfigError(f"{name} must not be negative: {getattr(self, name)}")

    def wait(self, attempt: int, retry_after: str = "") -> float:
        """Seconds to wait after an attempt that failed.

        Args:
            attempt: 0 for the first one.
            retry_after: The answer's Retry-After header (RFC 9110, section 10.2.3), a number of seconds or a date.

        Examples:
            >>> [HttpPolicy().wait(attempt) for attempt in range(3)]
            [1.0, 2.0, 4.0]
            >>> HttpPolicy().wait(0, "5"), HttpPolicy(longest_wait=30).wait(0, "600")
            (5.0, 30.0)
        """
        asked = _seconds(retry_after)
        return float(min(self.longest_wait, self.backoff * 2.0**attempt if asked is None else asked))


def _seconds(retry_after: str) -> float | None:
    value = retry_after.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
