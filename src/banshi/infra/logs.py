"""日志: one JSON object a line, with the request's and the command's id; never a form's content or an address's query."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from datetime import UTC, datetime

import msgspec

request_id: ContextVar[str] = ContextVar("request_id", default="")
command_id: ContextVar[str] = ContextVar("command_id", default="")

_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {
    "message",
    "asctime",
    "request",
}


class JsonFormatter(logging.Formatter):
    """日志格式: the record's own words and `extra` fields. Of an exception only its class and the places it passed: its
    words may quote what somebody typed."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # The first line: the web server puts whole exceptions, with their words, below it.
            "message": str(record.msg if record.args else record.getMessage()).partition("\n")[0],
        }
        if found := request_id.get():
            entry["request_id"] = found
        if found := command_id.get():
            entry["command_id"] = found
        entry.update({key: str(value) for key, value in record.__dict__.items() if key not in _STANDARD})
        if record.exc_info and record.exc_info[0]:
            entry["exception"] = record.exc_info[0].__name__
            entry["trace"] = _places(record)
        return msgspec.json.encode(entry).decode()


def _places(record: logging.LogRecord) -> list[str]:
    places = []
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/banshi/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]
