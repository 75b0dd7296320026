"""The digest, whose overdue it was, what the five rules of supervision find, and the share taken to leaders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from banshi.contexts.cases import files as packs
from banshi.contexts.cases.values import Budget
from banshi.infra.config import DATA
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.contexts.cases.opened import MONDAY, REGION, opened
from tests.desks.supervisor.matters import SHOP, act, running, urged, worked
from tests.personas import JINJIANG, huang, li, lin, party_of
from tests.rules.cases.life import INSTANT, at
from tests.security.town import Visitor, health, supervisor, town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place")]


@pytest.fixture
def place(clock: StoppedClock) -> None:
    town()


def rows(page: str) -> list[str]:
    """The table's rows as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.S)
    found = re.findall(r"<tr>(.*?)</tr>", body[1], re.S) if body else []
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def report(path: str, region: str = "350500", **query: str) -> list[str]:
    answer = Visitor.signed_in(supervisor(region)).get(f"/supervise/{path}/", **query)
    assert answer.status == 200
    return rows(answer.text)


def test_the_digest_counts_red_yellow_and_due_today_by_office(clock: StoppedClock) -> None:
    running(MONDAY)  # its works end on Thursday the 5th
    clock.at = at("2026-03-05")
    assert [row.split()[1:] for row in report("digest")] == [["0", "1", "1", "0"]] * 2
    clock.at = at("2026-03-06")
    assert [row.split()[1:] for row in report("digest")] == [["1", "0", "0", "0"]] * 2
    assert report("digest", JINJIANG) == []


def test_overdue_is_theirs_in_whose_hands_it_went_red(clock: StoppedClock) -> None:
    id = running(MONDAY)
    act("hand_over", id, health().actor, MONDAY, work="people", people=(health().account,))
    urged(id, at("2026-03-06", 1))
    worked(id, at("2026-03-03"), at("2026-03-10"), at("2026-03-11"))
    clock.at = at("2026-03-11")
    found = report("overdue")
    # Due on the 5th, done on the 10th: three working days, the health officer's, though the market officer ended it.
    assert any(re.search(r"卫生健康局 卫生员 0 1 3 3\.0", row) for row in found), found
    assert not any("市场监督管理局 林建明" in row and " 1 3" in row for row in found)


def test_what_ended_late_counts_in_the_month_it_ended_in(clock: StoppedClock) -> None:
    id = running(at("2026-03-19"))  # promised for the 30th
    worked(id, at("2026-03-20"), at("2026-03-20"), at("2026-03-23"))
    urged(id, at("2026-03-31"))
    act("review", id, lin().actor, at("2026-04-01"), verdict="pass")
    act("decide", id, huang().actor, at("2026-04-02"), verdict="pass")
    clock.at = at("2026-04-03")
    assert [row.split()[-4:] for row in report("overdue")] == [["0", "1", "3", "3.0"]]
    assert report("overdue", month="2026-03") == []


# ---- the five rules ----


def test_j1_what_is_past_its_time_and_not_done(clock: StoppedClock) -> None:
    running(MONDAY)
    clock.at = at("2026-03-06")
    found = report("findings")
    assert len(found) == 2
    assert re.match(
        rf"{REGION}\d{{17}} 食品经营许可 审查材料：环节时限已过 超期 2026年3月5日 .*市场监督管理局", found[0]
    )


def test_j2_refusals_without_a_reason_or_an_article_and_acceptance_by_silence(clock: StoppedClock) -> None:
    said = (
        "不行。",  # too short
        "经营场所不在本辖区，请向晋江市市场监督管理局提出。",  # no article
        "不属于本机关职权范围，依据行政许可法第三十二条第一款第二项。",  # as it should be
    )
    for words in said:
        id = opened(party_of(li()).id, SHOP)
        act("reject", id, lin().actor, MONDAY, words, reference="晋江市市场监督管理局")
    silent = opened(party_of(li()).id, SHOP)
    act("deem_accepted", silent, SYSTEM, at("2026-03-10"))
    clock.at = at("2026-03-11")
    found = "\n".join(report("findings", rule="J2"))
    assert "理由不足10个字" in found
    assert "没有写依据哪一条" in found
    assert "到期没有答复，视为受理" in found
    assert len(found.splitlines()) == 3


def test_j3_steps_that_were_recorded_after_the_fact(clock: StoppedClock) -> None:
    in_one_go = running(MONDAY)
    worked(in_one_go, *(MONDAY + timedelta(minutes=n) for n in (1, 2, 3)))
    act("review", in_one_go, lin().actor, MONDAY + timedelta(minutes=4), verdict="pass")
    by_night = running(MONDAY)
    worked(by_night, at("2026-03-03"), at("2026-03-03"), at("2026-03-04", 23))
    act("review", by_night, lin().actor, at("2026-03-04", 23) + timedelta(minutes=1), verdict="pass")
    as_usual = running(MONDAY)
    worked(as_usual, at("2026-03-03"), at("2026-03-04"), at("2026-03-05"))
    act("review", as_usual, lin().actor, at("2026-03-05", 15), verdict="pass")
    clock.at = at("2026-03-06")
    found = report("findings", rule="J3")
    assert len(found) == 2
    assert "非工作时间两分钟内连办几步" in found[0]
    assert "受理、3个环节和审查在30分钟内办完" in found[1]


def test_j3_leaves_alone_what_is_done_at_once(clock: StoppedClock) -> None:
    id = opened(party_of(li()).id, INSTANT)
    act("accept", id, lin().actor, MONDAY)
    act("decide", id, lin().actor, MONDAY, verdict="pass")
    assert report("findings", rule="J3") == []


def test_j4_a_special_procedure_longer_than_its_notice(clock: StoppedClock) -> None:
    id = running(MONDAY)
    act("start_special", id, lin().actor, MONDAY, "送检。", kind="testing", days=5)
    clock.at = at("2026-03-09")
    assert report("findings", rule="J4") == []
    clock.at = at("2026-03-10")
    found = report("findings", rule="J4")
    assert len(found) == 1
    assert "2026年3月9日" in found[0]


def test_j5_an_urge_that_was_not_answered_in_time(clock: StoppedClock) -> None:
    answered, silent = running(MONDAY), running(MONDAY)
    for id in (answered, silent):
        act("urge", id, supervisor().actor, MONDAY, "请今天办。")
    act("answer_urge", answered, lin().actor, at("2026-03-03"), "明天办完。")
    clock.at = at("2026-03-04")  # two working days to answer
    assert report("findings", rule="J5") == []
    clock.at = at("2026-03-05")
    found = report("findings", rule="J5")
    assert len(found) == 1
    assert "已过1个工作日" in found[0]


def test_many_findings_come_page_by_page_and_none_is_lost(clock: StoppedClock) -> None:
    for n in range(53):
        id = opened(party_of(li()).id, SHOP, when=MONDAY + timedelta(minutes=n))
        act("reject", id, lin().actor, MONDAY + timedelta(minutes=n), "不行。", reference="晋江")
    visitor = Visitor.signed_in(supervisor())
    first = visitor.get("/supervise/findings/", rule="J2").text
    assert len(rows(first)) == 50
    following = re.search(r'rel="next" href="([^"]+start=[^"]+)"', first)
    assert following
    rest = visitor.get("/supervise/findings/" + following[1].replace("&amp;", "&")).text
    assert len(rows(rest)) == 3
    assert not set(rows(first)) & set(rows(rest))


def test_what_was_typed_into_the_address_is_not_there(clock: StoppedClock) -> None:
    visitor = Visitor.signed_in(supervisor())
    assert visitor.get("/supervise/findings/", rule="J9").status == 404
    assert visitor.get("/supervise/findings/", rule="J2", start="x").status == 404
    assert visitor.get("/supervise/overdue/", month="2026-13").status == 200


@pytest.fixture
def stricter_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A city whose rule pack lets no more than 5 % of the encouraged cases be taken to a leader."""
    (tmp_path / "rules").mkdir()
    for pack in (DATA / "rules").glob("*.yaml"):
        text = pack.read_text("utf-8")
        if pack.stem == "quanzhou":
            text = text.replace("value: 10, unit: percent", "value: 5, unit: percent")
        (tmp_path / "rules" / pack.name).write_text(text, "utf-8")
    monkeypatch.setattr(packs, "DATA", tmp_path)
    for read in (packs.packs, packs.limits_for):
        read.cache_clear()
    yield
    for read in (packs.packs, packs.limits_for):
        read.cache_clear()


@pytest.mark.usefixtures("stricter_city")
def test_the_cap_is_that_of_the_place(clock: StoppedClock) -> None:
    plan = replace(SHOP, works=(), discretion="encouraged", promised=Budget(7))
    for n in range(12):
        id = running(MONDAY + timedelta(minutes=n), plan)
        act("review", id, lin().actor, MONDAY, verdict="pass")
        act("decide", id, huang().actor, MONDAY, verdict="pass")
    (row,) = report("shares")
    assert row.split()[1:5] == ["12", "0", "0.0%", "5%"]
    assert "再提请一件就超过上限" in row  # one of thirteen


def test_the_share_taken_to_leaders_is_warned_of_before_the_cap(clock: StoppedClock) -> None:
    plan = replace(SHOP, works=(), discretion="encouraged", promised=Budget(7))
    for n in range(10):
        id = running(MONDAY + timedelta(minutes=n), plan)
        act("review", id, lin().actor, MONDAY, verdict="pass")
        if n == 0:
            act("escalate", id, lin().actor, MONDAY, "请局长定。", confirmed=True)
            continue
        act("decide", id, huang().actor, MONDAY, verdict="pass")
    (row,) = report("shares")
    assert row.split()[1:5] == ["9", "1", "11.1%", "10%"]
    assert "已超过上限" in row
    for n in range(11, 15):
        id = running(MONDAY + timedelta(minutes=n), plan)
        act("review", id, lin().actor, MONDAY, verdict="pass")
        act("decide", id, huang().actor, MONDAY, verdict="pass")
    (row,) = report("shares")
    assert "再提请一件就超过上限" in row
