"""What the upper level hands down is raised once, line by line; a wrong line is told and stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.models import Ticket
from banshi.desks.console import handed_down
from banshi.kernel.facts import Refused
from tests.contexts.tickets.raised import operator
from tests.personas import LICHENG
from tests.rules.tickets.life import at

pytestmark = pytest.mark.django_db
LIST = """number,region,title,text,kind,category,name,phone,urgency
S-1,350502,路口有坑,"两处,都在路口
积水",hotline,road.surface.damage,李秀英,10000000001,urgent
S-2,350502,没有这样的分类,,hotline,no.such.thing,,,
S-3,350599,没有这个县,,,,,,
,350502,没有编号,,,,,,
S-4,350502,建议多种树,,suggestion,,,,
"""


def take(file: Path) -> int:
    return handed_down.take_over(file, by="", at=at("2026-03-02"))


def test_a_list_is_raised_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operator()
    file = tmp_path / "list.csv"
    file.write_text(LIST, "utf-8-sig")
    assert take(file) == 1
    said = capsys.readouterr()
    assert [line.split("\t")[0] for line in said.out.splitlines()] == ["S-1", "S-4"]
    assert "第4行" in said.err and "第5行" in said.err and "第6行" in said.err
    assert "登记2件，已有0件，不能登记3行" in said.err
    state = queries.find_by_origin(LICHENG, "upper:S-1")
    assert state is not None and (state.channel, state.urgency) == ("upper", "urgent")
    assert queries.words(state).text == "两处,都在路口\n积水"
    assert take(file) == 1
    assert "登记0件，已有2件" in capsys.readouterr().err
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("text", ["", "title,text\n路口有坑,两处\n"])
def test_a_file_without_the_columns_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(Refused) as told:
        take(file)
    assert told.value.rule == "columns"
    assert Ticket.objects.count() == 0
