"""What the operator reads: which command a request carried out, and nothing of what was typed."""

from __future__ import annotations

import json
import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from banshi.infra import clock, logs, store
from banshi.site.middleware import request_context


@pytest.mark.django_db
def test_a_request_names_its_command_and_the_next_one_does_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    command = store.new_id()
    lines: list[dict[str, str]] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(logs.JsonFormatter().format(record)))

    def act(request: HttpRequest) -> HttpResponse:
        if "act" in request.path:
            store.write(lambda tx: "done", at=clock.now(), actor="test", region="350502", command_id=command)
        return HttpResponse()

    caplog.set_level(logging.INFO, logger="banshi.access")
    handler = Lines()
    logging.getLogger("banshi.access").addHandler(handler)
    try:
        for path in ("/act", "/look"):
            answer = request_context(act)(RequestFactory().get(path))
            assert lines[-1]["request_id"] == answer.headers["X-Request-Id"]
    finally:
        logging.getLogger("banshi.access").removeHandler(handler)
    assert [line.get("command_id") for line in lines] == [str(command), None]


def test_a_line_has_no_words_of_an_exception() -> None:
    try:
        raise ValueError("李秀英 350502199001011234")
    except ValueError as error:
        record = logging.LogRecord(
            "_granian", logging.ERROR, "", 0, f"Application callable raised an exception\nValueError: {error}", (),
            (ValueError, error, error.__traceback__),
        )  # fmt: skip
    line = logs.JsonFormatter().format(record)
    assert "李秀英" not in line
    assert json.loads(line)["exception"] == "ValueError"
    assert "test_logs.py" in json.loads(line)["trace"][-1]
