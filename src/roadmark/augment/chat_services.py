"""The chat services that settings name."""

from __future__ import annotations

from roadmark.augment.settings import AugmentSettings, ChatService
from roadmark.endpoints import ChatEndpoint, HttpPolicy
from roadmark.errors import ConfigError


def caption_endpoint(settings: AugmentSettings) -> ChatEndpoint:
    """The vision-language model.

    Raises:
        ConfigError: None is named.
    """
    return _endpoint(settings.endpoints.vlm, "vlm", settings.video_captioning.parameters.retry)


def prompt_endpoint(settings: AugmentSettings) -> ChatEndpoint:
    """The language model.

    Raises:
        ConfigError: None is named.
    """
    return _endpoint(settings.endpoints.llm, "llm", settings.template_generation.parameters.retry)


def _endpoint(service: ChatService | None, name: str, retry: int) -> ChatEndpoint:
    if service is None:
        raise ConfigError(f"endpoints.{name} is not named; give its url and model")
    policy = HttpPolicy(retries=max(retry, HttpPolicy.retries))
    return ChatEndpoint(service.url, service.model, key_env=service.key_env, policy=policy)
