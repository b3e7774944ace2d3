"""Captions by a vision-language model: Cosmos-Reason 1 and 2, or any other behind OpenAI's chat API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from roadmark.captions.caption import Caption
from roadmark.captions.chat_request import CaptionRequest
from roadmark.captions.prose import paragraph, telling_words, whole_sentences
from roadmark.captions.video_url import INLINE_LIMIT, file_url, inline_url
from roadmark.clip import Clip
from roadmark.endpoints import AnswerError, ChatEndpoint

Media = Literal["inline", "file"]


class ChatCaptioner:
    """Has a model watch the video and tell what it sees.

    The answer's reasoning, tags and markup are taken away; what is left is the caption's core, in which the conditions
    are told, too.

    Args:
        endpoint: The model.
        request: How it is asked.
        media: `inline` sends the video's bytes, `file` its file:// address on a disk that the service shares.
        inline_limit: Bytes above which a video is made smaller before it is sent.

    Examples:
        >>> vlm = ChatEndpoint("http://localhost:8001/v1", "nvidia/cosmos-reason1-7b")  # doctest: +SKIP
        >>> ChatCaptioner(vlm).caption_video(Path("rgb.mp4")).text  # doctest: +SKIP
    """

    name = "openai"

    def __init__(
        self,
        endpoint: ChatEndpoint,
        request: CaptionRequest | None = None,
        *,
        media: Media = "inline",
        inline_limit: int = INLINE_LIMIT,
    ) -> None:
        self._endpoint = endpoint
        self._request = request or CaptionRequest()
        self._media = media
        self._inline_limit = inline_limit

    def config(self) -> Mapping[str, Any]:
        """Model, prompts and parameters; not the address, at which the same model may be found elsewhere."""
        request = self._request
        return {
            "captioner": self.name,
            "model": self._endpoint.model,
            "system_prompt": request.system_prompt,
            "user_prompt": request.user_prompt,
            "media_first": request.media_first,
            "inline_limit": self._inline_limit if self._media == "inline" else None,
            **request.body(self._endpoint.model),
        }

    def caption(self, clip: Clip) -> Caption:
        """Put a clip's picture into words.

        Raises:
            InputError: The clip has no rgb video, or it cannot be sent.
            EndpointError: The service failed.
        """
        return self.caption_video(clip.video("rgb"))

    def caption_video(self, path: Path) -> Caption:
        """Put a video into words.

        Raises:
            InputError: It cannot be read or sent.
            EndpointError: The service failed, or gave no answer.
        """
        url = file_url(path) if self._media == "file" else inline_url(path, self._inline_limit)
        endpoint, request = self._endpoint, self._request
        answer = endpoint.complete(request.messages(url), request.body(endpoint.model), stream=request.stream)
        text = paragraph(answer.text)
        if answer.finish_reason == "length":
            text = whole_sentences(text)
        if not text:
            raise AnswerError(f"{endpoint.url}: model {endpoint.model}: the caption holds no words", url=endpoint.url)
        facts = {
            "captioner": self.name,
            "model": endpoint.model,
            "finish_reason": answer.finish_reason,
            "reasoning": answer.reasoning,
        }
        return Caption(text, terms=telling_words(text), facts=facts)

    def close(self) -> None:
        """Give back the connections."""
        self._endpoint.close()
