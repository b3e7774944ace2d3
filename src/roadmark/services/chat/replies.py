"""What the server says: captions of videos, templates and polished texts."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Final

from roadmark.captions import GroundTruthCaptioner
from roadmark.catalog import CONDITION_KEYS
from roadmark.errors import RoadmarkError
from roadmark.services.chat.library import ClipLibrary
from roadmark.services.chat.looks import describe_pixels
from roadmark.services.chat.protocol import ApiError, ChatRequest
from roadmark.services.chat.videos import video_file
from roadmark.variations import condition_words

_CATEGORIES = re.compile(r"^\s*categories\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_TEXT = re.compile(r"^\s*text\s*:\s*(.+)\Z", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_MOST_VIDEOS: Final = 4


class Replier:
    """Answers requests; the same request gets the same answer.

    Args:
        clips: Folder of clips whose videos are known by their content.
        allowed: Folder below which file:// addresses may name videos.
    """

    def __init__(self, clips: Path | None = None, allowed: Path | None = None) -> None:
        self.library = ClipLibrary(clips)
        self._allowed = allowed
        self._captioner = GroundTruthCaptioner()
        self._lock = threading.Lock()

    def reply(self, request: ChatRequest) -> str:
        """The answer's text.

        Raises:
            ApiError: A video cannot be had, or there is nothing to answer.
        """
        if request.videos:
            return self._about_videos(request)
        if not request.question.strip():
            raise ApiError(400, "The last message of the user is empty.", param="messages")
        if "json" in request.system.lower():
            return template(request.question)
        return " ".join(request.question.split())

    def _about_videos(self, request: ChatRequest) -> str:
        if len(request.videos) > _MOST_VIDEOS:
            raise ApiError(400, f"At most {_MOST_VIDEOS} videos may be sent.", param="messages")
        captions, origins = [], []
        for url in request.videos:
            with video_file(url, self._allowed) as path, self._lock:  # one video at a time: decoding takes memory
                caption, origin = self._about(path)
            captions.append(caption)
            origins.append(origin)
        answer = "\n\n".join(captions)
        if "<answer>" not in request.system:
            return answer
        return f"<think>\n{' '.join(origins)}\n</think>\n\n<answer>\n{answer}\n</answer>"

    def _about(self, path: Path) -> tuple[str, str]:
        """A video's caption, and where it comes from."""
        try:
            looks = describe_pixels(path)  # whatever is known of it: what is no video is refused
            clip = self.library.find(path)
            if clip is not None:
                return self._captioner.caption(clip).text, "The video is that of a labelled clip; its labels tell this."
        except RoadmarkError as error:
            reason = str(error).replace(str(path), "the video")
            raise ApiError(400, f"The video cannot be read: {reason}", param="messages") from None
        return looks, "No labelled clip has this video; its pixels tell this."


def template(question: str) -> str:
    r"""Which words of a text say which condition, as a JSON list.

    Args:
        question: `Categories: a, b` and `Text: ...` on lines of their own; else all of it is the text, and the
            categories are those of the published recipe.

    Examples:
        >>> template("Categories: weather_condition, season\nText: Rain falls at night.")
        '[{"category": "weather_condition", "words": ["Rain"]}, {"category": "season", "words": []}]'
    """
    named, told = _CATEGORIES.search(question), _TEXT.search(question)
    names = [name.strip() for name in named.group(1).split(",")] if named else list(CONDITION_KEYS)
    text = told.group(1) if told else question
    found = [
        {"category": name, "words": list(condition_words(text, CONDITION_KEYS[name])) if name in CONDITION_KEYS else []}
        for name in names
        if name
    ]
    return json.dumps(found)
