"""Clients of HTTP services: time limits, retries, bounded answers, health, OpenAI-compatible chat."""

from roadmark.endpoints.answers import parse_answer
from roadmark.endpoints.chat import HEALTH_PATHS, ChatAnswer, ChatEndpoint, Message
from roadmark.endpoints.errors import AnswerError, EndpointError, KeyRefusedError, StatusError, UnreachableError
from roadmark.endpoints.http import HttpService
from roadmark.endpoints.json_text import json_from_text
from roadmark.endpoints.policy import HttpPolicy

__all__ = [
    "HEALTH_PATHS",
    "AnswerError",
    "ChatAnswer",
    "ChatEndpoint",
    "EndpointError",
    "HttpPolicy",
    "HttpService",
    "KeyRefusedError",
    "Message",
    "StatusError",
    "UnreachableError",
    "json_from_text",
    "parse_answer",
]
