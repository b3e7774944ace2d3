"""Requests to a service: what is repeated, what is refused, what errors say."""

import datetime
from email.utils import format_datetime

import pytest
from scripted_service import Reply

from roadmark.endpoints import (
    AnswerError,
    EndpointError,
    HttpPolicy,
    HttpService,
    KeyRefusedError,
    StatusError,
    UnreachableError,
)
from roadmark.errors import ConfigError

FINE = Reply(body={"fine": True})


def client(service, waits, **keywords):
    return HttpService(service.url, sleep=waits.append, **keywords)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again_and_waits_twice_as_long_each_time(service, waits, status):
    service.script = [Reply(status), Reply(status), Reply(status), FINE]
    with client(service, waits) as http:
        assert http.post_json("/work", {"a": 1}) == {"fine": True}
    assert waits == [1.0, 2.0, 4.0]
    assert [request.json for request in service.requests] == [{"a": 1}] * 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 422])
def test_what_will_not_pass_is_asked_once(service, waits, status):
    service.script = [Reply(status, body=b"no")]
    with client(service, waits) as http, pytest.raises(EndpointError) as caught:
        http.post_json("/work", {})
    assert (caught.value.status, caught.value.body) == (status, "no")
    assert len(service.requests) == 1
    assert waits == []


def test_after_the_last_repetition_the_error_says_status_words_attempts_and_how_to_check(service, waits):
    service.script = [Reply(503, body={"error": {"message": "loading the model"}})]
    with client(service, waits, check_path="/v1/models") as http, pytest.raises(StatusError) as caught:
        http.get_json("/state")
    assert str(caught.value) == (
        f"{service.url}/state: status 503 Service Unavailable after 4 attempts: loading the model; "
        f"check it with: curl -i {service.url}/v1/models"
    )


def test_the_service_says_how_long_to_wait_within_reason(service, waits):
    service.script = [
        Reply(429, headers={"retry-after": "7"}),
        Reply(503, headers={"retry-after": "86400"}),
        Reply(503, headers={"retry-after": "soon"}),
        FINE,
    ]
    with client(service, waits) as http:
        http.get_json("/")
    assert waits == [7.0, 60.0, 4.0]  # as said; no more than the longest wait; by the policy


def test_a_date_to_wait_for_that_has_passed_is_now():
    long_ago = format_datetime(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), usegmt=True)
    assert HttpPolicy().wait(0, long_ago) == 0.0


def test_work_that_must_not_be_done_twice_is_repeated_only_where_it_was_not_begun(service, waits):
    service.script = [Reply(429), Reply(503), Reply(500), FINE]
    with client(service, waits) as http, pytest.raises(StatusError, match="status 500"):
        http.post_json("/work", {}, repeatable=False)
    assert len(service.requests) == 3


def test_a_connection_that_breaks_within_the_answer_is_asked_again(service, waits):
    service.script = [Reply(body=b'{"fine"', promised=100), FINE]
    with client(service, waits) as http:
        assert http.get_json("/") == {"fine": True}
    assert waits == [1.0]


def test_nobody_listening_is_named_with_the_command_that_checks_it(waits):
    http = HttpService("http://127.0.0.1:9", policy=HttpPolicy(retries=1), check_path="/health", sleep=waits.append)
    with pytest.raises(UnreachableError) as caught:
        http.get_json("/v1/models")
    assert str(caught.value).startswith("http://127.0.0.1:9/v1/models: no connection after 2 attempts (")
    assert str(caught.value).endswith("; check it with: curl -i http://127.0.0.1:9/health")
    assert waits == [1.0]


def test_a_post_that_is_not_answered_in_time_is_not_sent_twice(service, waits):
    service.script = [Reply(hangs=True)]
    with client(service, waits, policy=HttpPolicy(read_timeout=0.05)) as http:
        with pytest.raises(UnreachableError, match="no answer within 0.05 s; allow more time if it is at work"):
            http.post_json("/work", {})
        assert len(service.requests) == 1
        with pytest.raises(UnreachableError, match=r"no answer within 0.05 s after 4 attempts"):
            http.get_json("/state")
    assert len(service.requests) == 5


def test_answers_are_read_up_to_a_limit(service, waits):
    service.script = [Reply(body=b"[" + b" " * 2000 + b"]")]
    small = client(service, waits, policy=HttpPolicy(answer_limit=1000))
    with small as http, pytest.raises(AnswerError, match="larger than 1000 bytes"):
        http.get_json("/")
    assert waits == []


def test_an_answer_that_drips_is_given_up(service, waits):
    service.script = [Reply(body=b"{}")]
    hasty = client(service, waits, policy=HttpPolicy(answer_timeout=1e-9))
    with hasty as http, pytest.raises(AnswerError, match="the answer was not whole within 1e-09 s"):
        http.get_json("/")


def test_this_machine_is_asked_directly_whatever_proxy_there_is(service, waits, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    service.script = [FINE]
    with client(service, waits) as http:
        assert http.get_json("/") == {"fine": True}


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b'{"a": ', b"[" * 100_000, b"\xff\xfe"])
def test_answers_that_are_no_json_are_said_to_be_none(service, waits, body):
    service.script = [Reply(body=body)]
    with client(service, waits) as http, pytest.raises(AnswerError, match="the answer is not JSON"):
        http.get_json("/")
    assert len(service.requests) == 1


def test_answers_in_broken_compression_are_said_to_be_so(service, waits):
    service.script = [Reply(body=b"not gzip", headers={"content-encoding": "gzip"})]
    with client(service, waits) as http, pytest.raises(AnswerError, match="compressed in a way that nobody can read"):
        http.get_json("/")


def test_an_error_shows_a_bounded_piece_of_the_answer(service, waits):
    service.script = [Reply(400, body=b"word\x1b[31m " * 100_000)]
    with client(service, waits) as http, pytest.raises(StatusError) as caught:
        http.get_json("/")
    assert len(str(caught.value)) < 800
    assert "\x1b" not in str(caught.value)  # a terminal must not obey it


def test_the_key_is_sent_and_never_shown(service, waits, monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", " sk-secret\n")
    service.script = [Reply(403, body={"detail": "sk-secret may not do this"})]
    keyed = client(service, waits, key_env="SOME_API_KEY", check_path="/v1/models")
    with keyed as http, pytest.raises(KeyRefusedError) as caught:
        http.get_json("/")
    assert service.requests[0].headers["authorization"] == "Bearer sk-secret"
    assert str(caught.value) == (
        f"{service.url}/: status 403 Forbidden: *** may not do this; the key in the environment variable SOME_API_KEY "
        f'has no permission for this; check it with: curl -i -H "Authorization: Bearer $SOME_API_KEY" '
        f"{service.url}/v1/models"
    )


@pytest.mark.parametrize(
    ("variable", "advice"),
    [
        ("UNSET_API_KEY", "put its key into the environment variable UNSET_API_KEY, which is not set"),
        (None, "name the environment variable that holds its key"),
    ],
)
def test_a_missing_key_is_asked_for(service, waits, monkeypatch, variable, advice):
    monkeypatch.delenv("UNSET_API_KEY", raising=False)
    service.script = [Reply(401)]
    with client(service, waits, key_env=variable) as http, pytest.raises(KeyRefusedError, match=advice):
        http.get_json("/")


def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "sk-\nInjected: yes")
    with pytest.raises(ConfigError, match="SOME_API_KEY holds characters that no key has") as caught:
        HttpService("http://localhost", key_env="SOME_API_KEY")
    assert "sk-" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("localhost:8001", "no address of a service"),
        ("ftp://host/v1", "no address of a service"),
        ("file:///etc/passwd", "no address of a service"),
        ("http://", "no address of a service"),
        ("http://host:99999/", "no address of a service"),
        ("http://me:secret@host/", "the address of host holds a password"),
        ("http://host/v1?key=1", "no '[?]'"),
    ],
)
def test_addresses_are_checked_before_anything_is_sent(url, problem):
    with pytest.raises(ConfigError, match=problem) as caught:
        HttpService(url)
    assert "secret" not in str(caught.value)


def test_downloads_are_whole_or_absent(service, waits, tmp_path):
    service.script = [Reply(body=b"half", promised=8), Reply(body=b"complete")]
    with client(service, waits) as http:
        assert http.download("/file", tmp_path / "file.mp4", 100) == 8
        assert (tmp_path / "file.mp4").read_bytes() == b"complete"
        with pytest.raises(AnswerError, match="larger than 5 bytes"):
            http.download("/file", tmp_path / "large.mp4", 5)
    assert [path.name for path in tmp_path.iterdir()] == ["file.mp4"]


def test_the_key_stays_with_the_service_it_belongs_to(service, waits, tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "sk-secret")
    service.script = [Reply(body=b"video")]
    elsewhere = HttpService("http://other.example", key_env="SOME_API_KEY", sleep=waits.append)
    with elsewhere:
        elsewhere.download(f"{service.url}/result.mp4", tmp_path / "result.mp4", 100)
    assert "authorization" not in service.requests[0].headers


def test_a_redirect_that_leads_nowhere_is_an_error(service, waits, tmp_path):
    service.script = [Reply(302, headers={"location": "file:///etc/passwd"})]
    with client(service, waits) as http, pytest.raises(AnswerError, match="leads to no address that can be asked"):
        http.download("/file", tmp_path / "file", 100)
    assert list(tmp_path.iterdir()) == []


def test_forms_carry_files_from_their_beginning_in_every_attempt(service, waits, tmp_path):
    video = tmp_path / "clip.mp4"
    video.write_bytes(b"frames")
    service.script = [Reply(503), FINE]
    with client(service, waits) as http:
        assert http.post_form("/videos", {"prompt": "rain"}, {"input_reference": video}) == {"fine": True}
    assert [(b"frames" in it.body, b"clip.mp4" in it.body, b"rain" in it.body) for it in service.requests] == [
        (True, True, True),
        (True, True, True),
    ]


def test_what_is_gone_counts_as_deleted(service, waits):
    service.script = [Reply(404), Reply(204), Reply(400)]
    with client(service, waits) as http:
        http.delete("/videos/1")
        http.delete("/videos/1")
        with pytest.raises(StatusError):
            http.delete("/videos/1")
    assert {request.method for request in service.requests} == {"DELETE"}


def test_bodies_that_are_no_json_are_not_sent(service, waits):
    with client(service, waits) as http, pytest.raises(ConfigError, match="no JSON"):
        http.post_json("/", {"temperature": float("nan")})
    assert service.requests == []


@pytest.mark.parametrize(
    ("field", "value"), [("connect_timeout", 0.0), ("read_timeout", -1.0), ("retries", -1), ("answer_limit", 0)]
)
def test_policies_make_sense(field, value):
    with pytest.raises(ConfigError, match=field):
        HttpPolicy(**{field: value})
