"""A clip in words: from its labels, or from a vision-language model."""

from roadmark.captions.caption import Caption, Captioner
from roadmark.captions.chat import ChatCaptioner
from roadmark.captions.chat_request import PARAMETERS, SYSTEM_PROMPT, USER_PROMPT, CaptionRequest
from roadmark.captions.condition_words import conditions_sentence
from roadmark.captions.groundtruth import GroundTruthCaptioner
from roadmark.captions.story import Cast
from roadmark.captions.telling import Sight, Telling, tell
from roadmark.captions.video_url import INLINE_LIMIT

__all__ = [
    "INLINE_LIMIT",
    "PARAMETERS",
    "SYSTEM_PROMPT",
    "USER_PROMPT",
    "Caption",
    "CaptionRequest",
    "Captioner",
    "Cast",
    "ChatCaptioner",
    "GroundTruthCaptioner",
    "Sight",
    "Telling",
    "conditions_sentence",
    "tell",
]
