"""Proof that an augmented video still shows what the labels say."""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked
from roadmark.verify.limits import Limits, limits_for
from roadmark.verify.verification import Verification, read_verification, verification_file, write_verification

if TYPE_CHECKING:
    from roadmark.verify.run import VerifyOptions, verify_video
else:
    __getattr__ = loaded_when_asked(__name__, {"run": ("VerifyOptions", "verify_video")})

__all__ = [
    "Limits",
    "Verification",
    "VerifyOptions",
    "limits_for",
    "read_verification",
    "verification_file",
    "verify_video",
    "write_verification",
]
