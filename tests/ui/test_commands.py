"""One form for every declared command: what is asked, and what somebody stated is read by what it is to become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

import pytest
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils.translation import override

from banshi.kernel.commands import Ask, Choice, Command
from banshi.kernel.facts import Refused
from banshi.ui.commands import back_to, form, given, stamp
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Problem


class Nobody(Enum):
    """席位: none."""


@dataclass(frozen=True, slots=True)
class Stated:
    """输入 of the command below."""

    work: str = ""
    unit: str = "workday"
    days: int = 0
    on: date | None = None
    people: tuple[str, ...] = ()
    dispatch: bool = True
    confirmed: bool = False
    files: tuple[str, ...] = ()


COMMAND: Command[Nobody, Nobody, type[None]] = Command(
    "extend",
    "延期",
    "e",
    {},
    frozenset(),
    type(None),
    (
        Ask("work", "环节", "work", required=True),
        Ask("unit", "单位", "choice", (Choice("workday", "工作日"), Choice("day", "自然日"))),
        Ask("days", "延长（工作日）", "number"),
        Ask("on", "日期", "date"),
        Ask("people", "参加的人", "people"),
        Ask("dispatch", "受理后立即派发给各部门", "yes"),
        Ask("confirmed", "不等协办单位", "no"),
        Ask("files", "现场照片", "photos"),
        Ask("text", "理由", required=True),
    ),
)
NOTHING = QueryDict("")


def shown(typed: str | None = None, refused: Problem | None = None, works: int = 2) -> dict[str, Field]:
    """Name → field, of works and with nobody to choose."""
    options = {"work": tuple(Option(value=f"w{n}", label=f"第{n}步") for n in range(works))}
    data = None if typed is None else QueryDict(typed)
    kinds = {"work": "radios", "people": "checkboxes"}
    made = form(COMMAND, data, refused, kinds=kinds, options=lambda ask: options.get(ask.kind, ()))
    assert made.sends_files and not made.bare
    return {one.name: one for one in made.fields}


def test_what_offers_no_choice_is_not_asked() -> None:
    assert "people" not in shown(), "there is nobody"
    assert shown()["work"].kind == "radios"
    alone = shown(works=1)["work"]
    assert (alone.kind, alone.value) == ("hidden", "w0")


def test_the_keyboard_waits_in_the_first_field_until_something_was_typed() -> None:
    assert [name for name, one in shown().items() if one.autofocus] == ["work"]
    seen = {name: one for name, one in shown(works=1).items() if one.kind != "hidden"}
    assert [name for name, one in seen.items() if one.autofocus] == ["unit"]
    again = shown("days=x&text=路远", Problem(text="请填整数。", field="days"))
    assert not any(one.autofocus for one in again.values())
    assert (again["days"].value, again["days"].error, again["text"].value) == ("x", "请填整数。", "路远")


def test_a_box_is_ticked_at_first_where_the_command_says_so() -> None:
    assert (shown()["dispatch"].value, shown()["confirmed"].value) == (["on"], [])
    assert shown("days=1")["dispatch"].value == [], "as it was sent"


def test_values_are_read_by_what_they_become() -> None:
    stated, words = given(
        COMMAND,
        Stated(),
        QueryDict("work= w1 &days=10&on=2026-03-09&people=a&people=&people=b&confirmed=on&text= 路远 "),
    )
    assert stated == Stated("w1", "workday", 10, date(2026, 3, 9), ("a", "b"), dispatch=False, confirmed=True)
    assert words == " 路远 "
    assert given(COMMAND, Stated(), NOTHING)[0] == Stated(dispatch=False)


def test_a_photo_is_never_taken_from_what_was_typed() -> None:
    assert given(COMMAND, Stated(), QueryDict("files=0123"))[0].files == ()


@pytest.mark.parametrize(
    ("typed", "field"), [("days=ten", "days"), ("days=12345", "days"), ("on=9.3.", "on")]
)
def test_what_is_no_number_or_day_is_refused_in_both_languages(typed: str, field: str) -> None:
    with pytest.raises(Refused) as chinese:
        given(COMMAND, Stated(), QueryDict(typed))
    assert chinese.value.field == field
    with override("en"), pytest.raises(Refused) as english:
        given(COMMAND, Stated(), QueryDict(typed))
    assert english.value.en.isascii()


def test_a_page_without_its_number_is_no_request_of_ours() -> None:
    for typed in ("", "command_id=x&seq=1", "command_id=01a1fea8-d8df-7558-95e4-61ff2eb0ba39"):
        with pytest.raises(BadRequest):
            stamp(QueryDict(typed))


def test_one_goes_back_to_the_list_that_one_came_from() -> None:
    request = RequestFactory().get("/?list=tickets&page=2&done=sign")
    number = "01a1fea8-d8df-7558-95e4-61ff2eb0ba39"
    address = back_to(request, "voices:ticket", "350502", number, done="reply")
    assert address == f"/voices/ticket/350502/{number}/?list=tickets&page=2&done=reply"
