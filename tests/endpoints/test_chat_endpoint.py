"""Chat services: answers in every shape that servers give them."""

import json

import pytest
from scripted_service import Reply

from roadmark.endpoints import AnswerError, ChatEndpoint, HttpPolicy, StatusError, UnreachableError
from roadmark.errors import ConfigError

ASKED = [{"role": "user", "content": "What is it like?"}]


def chat(service, waits, **keywords):
    return ChatEndpoint(f"{service.url}/v1", "some-model", sleep=waits.append, **keywords)


def whole(content, finish_reason="stop", **message):
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}}
    return {
        "model": "some-model-v2",
        "choices": [{**choice, "finish_reason": finish_reason}],
        "usage": {"total_tokens": 9},
    }


def stream(*events, done=True, kind="text/event-stream; charset=utf-8"):
    lines = [f"data: {json.dumps(event)}\n\n" for event in events] + (["data: [DONE]\n\n"] if done else [])
    return Reply(body=(": comment\n\n" + "".join(lines)).encode(), headers={"content-type": kind})


def piece(content=None, finish_reason=None):
    return {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish_reason}]}


def test_the_request_has_the_api_s_form(service, waits):
    service.script = [Reply(body=whole("It rains."))]
    with chat(service, waits) as endpoint:
        answer = endpoint.complete(ASKED, {"temperature": 0.6, "max_tokens": 4096, "seed": None})
    request = service.requests[0]
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == "Bearer not-used"
    assert request.json == {
        "model": "some-model", "messages": ASKED, "temperature": 0.6, "max_tokens": 4096, "stream": False,
    }  # fmt: skip
    assert (answer.text, answer.finish_reason, answer.model) == ("It rains.", "stop", "some-model-v2")
    assert answer.usage == {"total_tokens": 9}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<think>\nWet road.\n</think>\n\n<answer>\nIt rains.\n</answer>", {}),  # Cosmos-Reason1
        ("<think>Wet road.</think>\nIt rains.", {}),
        ("Wet road.</think>It rains.", {}),  # the opening tag was part of the prompt
        ("It rains.", {"reasoning_content": "Wet road."}),  # vLLM with a reasoning parser
        ("<answer>It rains.</answer>", {"reasoning": "Wet road."}),
        ([{"type": "text", "text": "It "}, {"type": "text", "text": "rains."}], {"reasoning_content": "Wet road."}),
    ],
)
def test_reasoning_is_told_from_the_answer(service, waits, content, message):
    service.script = [Reply(body=whole(content, **message))]
    with chat(service, waits) as endpoint:
        answer = endpoint.complete(ASKED)
    assert (answer.text, answer.reasoning) == ("It rains.", "Wet road.")


def test_an_answer_that_talks_about_tags_in_its_reasoning_is_not_fooled(service, waits):
    service.script = [Reply(body=whole("<think>I close with <answer>x</answer></think><answer>It rains.</answer>"))]
    with chat(service, waits) as endpoint:
        assert endpoint.complete(ASKED).text == "It rains."


def test_streams_are_put_together_and_pieces_without_choices_skipped(service, waits):
    counted = {"choices": [], "usage": {"total_tokens": 3}}
    service.script = [stream(piece("It "), {"choices": []}, piece("rains."), piece(finish_reason="stop"), counted)]
    with chat(service, waits) as endpoint:
        answer = endpoint.complete(ASKED, stream=True)
    assert service.requests[0].json["stream"] is True
    assert (answer.text, answer.finish_reason, answer.usage) == ("It rains.", "stop", {"total_tokens": 3})


def test_a_stream_may_end_without_its_last_line_where_it_said_why_it_ends(service, waits):
    service.script = [stream(piece("It rains."), piece(finish_reason="stop"), done=False)]
    with chat(service, waits) as endpoint:
        assert endpoint.complete(ASKED, stream=True).text == "It rains."
    assert waits == []


def test_a_stream_that_breaks_off_is_asked_for_again(service, waits):
    service.script = [stream(piece("It "), done=False), stream(piece("It rains.", "stop"))]
    with chat(service, waits) as endpoint:
        assert endpoint.complete(ASKED, stream=True).text == "It rains."
    assert waits == [1.0]
    service.script = [stream(piece("It "), done=False)]
    impatient = chat(service, waits, policy=HttpPolicy(retries=0))
    with impatient as endpoint, pytest.raises(UnreachableError, match="the stream broke off before its end"):
        endpoint.complete(ASKED, stream=True)


def test_a_service_that_does_not_stream_may_answer_at_once(service, waits):
    service.script = [Reply(body=whole("It rains."), headers={"content-type": "application/json"})]
    with chat(service, waits) as endpoint:
        assert endpoint.complete(ASKED, stream=True).text == "It rains."


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"choices": []}, "gave no answer: the reply has no choices or no text"),
        ({}, "gave no answer"),
        ([], "an answer is an object, not list"),
        (whole(""), "gave no answer"),
        (whole(None, "content_filter"), "content filter kept the answer back"),
        (whole("<think>First, I", "length"), "the answer was cut before it began; raise max_tokens"),
        (whole("<think>Hm.</think>"), "reasoned but gave no answer"),
        ({"error": {"message": "CUDA out of memory"}}, "the service reports .*CUDA out of memory"),
        ({"choices": [{"message": "It rains."}]}, "its message is no object"),
    ],
)
def test_no_answer_is_an_error_that_says_why(service, waits, body, problem):
    service.script = [Reply(body=body)]
    with chat(service, waits) as endpoint, pytest.raises(AnswerError, match=problem) as caught:
        endpoint.complete(ASKED)
    assert "model some-model" in str(caught.value)


def test_what_is_set_apart_is_no_parameter(service, waits):
    with chat(service, waits) as endpoint, pytest.raises(ConfigError, match="'stream' is no parameter"):
        endpoint.complete(ASKED, {"stream": True})


def test_health_is_looked_for_where_each_service_has_it(service, waits):
    service.script = [Reply(404), Reply(200), Reply(body={"data": [{"id": "some-model"}]})]
    with chat(service, waits) as endpoint:
        endpoint.check()
    assert [it.path for it in service.requests] == ["/v1/health/ready", "/health", "/v1/models"]


def test_a_model_that_is_not_there_is_named_beside_those_that_are(service, waits):
    service.script = [Reply(200), Reply(body={"data": [{"id": "one"}, {"id": "two"}]})]
    with (
        chat(service, waits) as endpoint,
        pytest.raises(ConfigError, match="has no model 'some-model'; it has one, two"),
    ):
        endpoint.check()


def test_a_service_that_is_still_loading_is_not_ready(service, waits):
    service.script = [Reply(503, body={"status": "loading"})]
    with chat(service, waits) as endpoint, pytest.raises(StatusError, match="503"):
        endpoint.check()
    assert waits == []  # a check does not wait


def test_an_address_without_a_path_gets_the_api_s(service):
    assert ChatEndpoint("http://localhost:8001/", "m").url == "http://localhost:8001/v1"
    assert ChatEndpoint("http://localhost:8001/proxy/api", "m").url == "http://localhost:8001/proxy/api"


def test_a_model_must_be_named():
    with pytest.raises(ConfigError, match="which model shall answer"):
        ChatEndpoint("http://localhost:8001/v1", " ")
