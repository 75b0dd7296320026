"""./banshi verify: a database in which facts and rows agree is clean, and each kind of damage is found and named."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace as changed
from datetime import date
from uuid import UUID

import pytest
from django.conf import settings
from msgspec.structs import replace

from banshi.contexts.cases import operations
from banshi.contexts.cases.values import Input, Plan, WorkPlan
from banshi.contexts.certificates import operations as certificates
from banshi.contexts.certificates.values import CertificateKind
from banshi.contexts.evaluation import operations as evaluation
from banshi.contexts.instant import operations as instant
from banshi.contexts.policies import operations as policies
from banshi.desks.console import verify
from banshi.infra import counters, store, verification
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import Calendar
from tests.contexts.cases.opened import REGION, opened
from tests.contexts.tickets import raised as voices
from tests.personas import CITY, JINJIANG, lin, world
from tests.rules.cases.life import (
    CALENDAR,
    CHEN,
    FIRE,
    LI,
    LICENCE,
    LIN,
    NOTICES,
    PARTY,
    PLAIN,
    at,
    published,
)

FOOD = CertificateKind("food_licence", "食品经营许可证", "11100000000013338W009", 60, "JY2")
TWO = replace(LICENCE, works=(WorkPlan("fire", "消防意见", "consult", FIRE, LICENCE.works[1].limit),))


@pytest.fixture
def city(real_database: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, UUID]:
    """Five lives, in different states."""
    monkeypatch.setattr("banshi.directory.calendar.calendar", lambda: CALENDAR)
    monkeypatch.setattr(verify, "UNIT", 2)
    monkeypatch.setattr(verification, "FACTS", 7)
    with store.inline():
        world()
    lives = {
        "new": opened(PARTY),
        "correcting": lived([("request_correction", CHEN, "2026-03-03", {}, "营业执照：请拍全。")]),
        "reviewed": lived([("accept", CHEN, "2026-03-03", {}, "")], TWO),
        "suspended": lived(
            [
                ("accept", CHEN, "2026-03-03", {}, ""),
                ("start_special", CHEN, "2026-03-04", {"kind": "testing", "days": 5}, "送检三批次样品。"),
            ]
        ),
        "granted": granted(),
    }
    store.write(counters.fold, at=at("2026-03-20"), actor="system")
    lived([("withdraw", LI, "2026-03-05", {}, "")])
    return lives


def lived(steps: list[tuple[str, Actor, str, dict[str, object], str]], plan: Plan = LICENCE) -> UUID:
    id = opened(PARTY, plan)
    for name, actor, day, given, text in steps:
        act(name, id, actor, day, text, **given)
    return id


def act(name: str, id: UUID, actor: Actor, day: str, text: str = "", **given: object) -> None:
    operations.act(
        name, region=REGION, id=id, actor=actor, at=at(day), calendar=CALENDAR, given=Input(**given), text=text  # type: ignore[arg-type]
    )  # fmt: skip


def granted() -> UUID:
    """To the end, with an extension, a certificate and a review by two people."""
    id = lived(
        [
            ("accept", CHEN, "2026-03-03", {}, ""),
            ("review", CHEN, "2026-03-04", {"verdict": "pass"}, ""),
            ("decide", LIN, "2026-03-05", {"verdict": "pass"}, ""),
        ],
        PLAIN,
    )
    identifier = certificates.issue(
        region=REGION, case=id, type=FOOD, issuer_uscc="11440100007482575H", issuer_office="350502-market", party=PARTY,
        holder={"name": "李三", "number": "11010519491231002X"}, fields=[], issued_on=at("2026-03-05").date(),
        actor=SYSTEM, at=at("2026-03-05"),
    )  # fmt: skip
    act("certify", id, SYSTEM, "2026-03-05", reference=identifier)
    act("deliver", id, SYSTEM, "2026-03-05", how="online")
    certificates.revoke(
        region=REGION, identifier=identifier, reason="以欺骗手段取得。", actor=SYSTEM, at=at("2026-03-09")
    )
    return id


def found(capsys: pytest.CaptureFixture[str], status: int = 1) -> list[str]:
    """The rules of the findings."""
    assert verify.run(resume=False, as_json=True, sample=0, processes=1) == status
    said = json.loads(capsys.readouterr().out)
    assert all(one["zh"] and one["en"] and one["where"] for one in said["findings"])
    return [one["rule"] for one in said["findings"]]


def damage(sql: str, *params: object) -> None:
    """By bare SQL, with the triggers off."""

    off = {
        True: [f"DROP TRIGGER IF EXISTS infra_fact_no_{event}" for event in ("update", "delete")],
        False: ["DROP TRIGGER IF EXISTS infra_fact_append_only ON infra_fact"],
    }

    def work(tx: store.Tx) -> None:
        for drop in off[tx.sqlite]:
            tx.run(drop)
        tx.run(sql, params)

    with store.inline():
        store.write(work, at=at("2026-03-20"), actor="mallory")


def test_what_was_written_by_the_doors_is_clean(
    city: dict[str, UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    assert found(capsys, 0) == []
    verify.run(resume=False, as_json=False, sample=0, processes=1)
    told = capsys.readouterr()
    assert told.out.startswith("6 件 cases") and "全部相符" in told.out
    assert not (settings.BANSHI.folder / verify.PROGRESS).exists()


CASE = "UPDATE cases_case SET {} WHERE region_code = %s AND id = %s"
DAMAGE = {
    "state": ("row_differs", CASE.format("state = replace(state, '\"seq\":1', '\"seq\":2')"), "new"),
    "garbled state": ("row_differs", CASE.format("state = '{'"), "new"),
    "status": ("row_differs", CASE.format("status = 'passed'"), "new"),
    "office": ("row_differs", CASE.format("office_code = 'elsewhere'"), "new"),
    "due day": ("row_differs", CASE.format("due_on = '2027-01-01'"), "reviewed"),
    "warning": ("row_differs", CASE.format("warn_on = NULL"), "reviewed"),
    "closing day": ("row_differs", CASE.format("closed_on = '2026-01-01'"), "granted"),
    "next check": ("row_differs", CASE.format("next_check_at = NULL"), "new"),
    "task gone": ("task_differs", "DELETE FROM cases_task WHERE region_code = %s AND case_id = %s", "new"),
    "task's office": (
        "task_differs", "UPDATE cases_task SET office_code = 'x' WHERE region_code = %s AND case_id = %s", "reviewed"
    ),
    "task's day": (
        "task_differs", "UPDATE cases_task SET due_on = '2030-01-01' WHERE region_code = %s AND case_id = %s", "new"
    ),
    "document gone": (
        "document_missing",
        "DELETE FROM cases_document WHERE region_code = %s AND case_id = %s AND kind = 'acceptance'", "reviewed",
    ),
    "subject gone": (
        "private_missing", "DELETE FROM cases_caseprivate WHERE region_code = %s AND id = %s", "new"
    ),
    "first fact": ("gap", "DELETE FROM infra_fact WHERE region_code = %s AND stream_id = %s AND seq = 1", "granted"),
    "a fact within": (
        "gap", "DELETE FROM infra_fact WHERE region_code = %s AND stream_id = %s AND seq = 2", "reviewed"
    ),
    "last fact": (
        "row_differs", "DELETE FROM infra_fact WHERE region_code = %s AND stream_id = %s AND seq = 2", "correcting"
    ),
    "fact's words": (
        "unfoldable", "UPDATE infra_fact SET data = '{}' WHERE region_code = %s AND stream_id = %s AND seq = 2",
        "reviewed",
    ),
    "fact's day": (
        "row_differs",
        "UPDATE infra_fact SET data = replace(data, '2026-03-05', '2026-03-04')"
        " WHERE region_code = %s AND stream_id = %s AND kind = 'cases.case.delivered'", "granted",
    ),
    "row gone": ("no_row", "DELETE FROM cases_case WHERE region_code = %s AND id = %s", "new"),
    "all facts gone": ("no_facts", "DELETE FROM infra_fact WHERE region_code = %s AND stream_id = %s", "new"),
    "certificate's status": (
        "row_differs", "UPDATE certificates_certificate SET status = 'issued' WHERE region_code = %s AND case_id = %s",
        "granted",
    ),
    "certificate gone": (
        "no_row", "DELETE FROM certificates_certificate WHERE region_code = %s AND case_id = %s", "granted"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found(name: str, city: dict[str, UUID], capsys: pytest.CaptureFixture[str]) -> None:
    rule, sql, which = DAMAGE[name]
    damage(sql, REGION, city[which])
    assert rule in found(capsys)


def test_rows_of_no_case_are_found(city: dict[str, UUID], capsys: pytest.CaptureFixture[str]) -> None:
    strange = store.new_id()
    for table, key in (
        ("cases_task", "case_id"),
        ("cases_document", "case_id"),
        ("infra_outbox", "stream_id"),
    ):
        damage(
            f"UPDATE {table} SET {key} = %s WHERE region_code = %s AND {key} = %s",
            strange,
            REGION,
            city["new"],
        )
    damage(
        "UPDATE cases_caseprivate SET id = %s WHERE region_code = %s AND id = %s",
        strange,
        REGION,
        city["new"],
    )
    wanted = {"task_orphan", "document_orphan", "outbox_orphan", "private_missing", "private_unreadable"}
    assert wanted <= set(found(capsys))  # unreadable: content is sealed together with its place


def test_a_text_of_no_case_is_found_and_an_erased_one_is_not(
    city: dict[str, UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    from banshi.contexts.cases.models import CasePrivate
    from banshi.infra import private

    store.write(
        lambda tx: private.put(tx, CasePrivate, REGION, {"text": "旧话", "case": str(store.new_id())}),
        at=at("2026-03-20"),
        actor="system",
    )
    assert found(capsys) == ["private_orphan"]
    damage("UPDATE cases_caseprivate SET content = %s WHERE region_code = %s", b"", REGION)
    assert found(capsys, 0) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE infra_counter SET value = value + 1 WHERE region_code = %s AND name = 'cases.received'",
        "DELETE FROM infra_counter WHERE region_code = %s AND name = 'cases.closed'",
        "DELETE FROM infra_counterdelta WHERE region_code = %s AND name = 'cases.closed'",
        "UPDATE infra_counter SET value = 0 WHERE region_code = %s AND name = 'certificates.revoked'",
    ],
)
def test_a_counter_that_is_wrong_is_found(
    sql: str, city: dict[str, UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    damage(sql, REGION)
    assert found(capsys) == ["counter_differs"]


def test_a_clock_that_facts_and_calendar_do_not_give_is_found(
    city: dict[str, UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    """The fact says the wrong day, and the row believes it: folding alone would not tell."""
    swap = 'replace({0}, \'"promised_due_on":"2026-03-12"\', \'"promised_due_on":"2026-03-13"\')'
    damage(
        f"UPDATE infra_fact SET data = {swap.format('data')} WHERE region_code = %s AND stream_id = %s",
        REGION,
        city["reviewed"],
    )
    damage(
        f"UPDATE cases_case SET state = {swap.format('state')} WHERE region_code = %s AND id = %s",
        REGION,
        city["reviewed"],
    )
    assert "clock_differs" in found(capsys)


def test_a_notice_that_was_not_carried_out_is_found(
    city: dict[str, UUID], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The open cases' days were final; by the calendar that stands here now they are provisional."""
    monkeypatch.setattr("banshi.directory.calendar.calendar", lambda: published(2025))
    rules = found(capsys)
    assert rules.count("calendar_old") == 2
    assert "clock_differs" not in rules


def test_a_notice_that_moves_what_people_were_told_and_was_not_carried_out_is_found(
    city: dict[str, UUID], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Friday off: the two clocks that run, and the days to correct, end a day later."""
    friday = [changed(one, off=one.off | {date(2026, 3, 6)}) if one.year == 2026 else one for one in NOTICES]
    monkeypatch.setattr("banshi.directory.calendar.calendar", lambda: Calendar.of(friday))
    assert found(capsys).count("calendar_old") == 3


def test_a_case_that_a_newer_notice_leaves_alone_is_clean(
    city: dict[str, UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    version = f'"calendar":"{CALENDAR.version}"'
    for table, column, key in (("infra_fact", "data", "stream_id"), ("cases_case", "state", "id")):
        damage(
            f"UPDATE {table} SET {column} = replace({column}, %s, %s) WHERE region_code = %s AND {key} = %s",
            version, '"calendar":"older"', REGION, city["reviewed"],
        )  # fmt: skip
    assert found(capsys, 0) == []


def test_an_interrupted_run_goes_on_where_it_stopped(
    city: dict[str, UUID], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(CASE.format("status = 'passed'"), REGION, city["new"])
    looked: list[verification.Span] = []
    check = verify.check

    def until_the_third(span: verification.Span, reader: verification.Reader) -> verification.Report:
        looked.append(span)
        if len(looked) == 3:
            raise KeyboardInterrupt
        return check(span, reader)

    monkeypatch.setattr(verify, "check", until_the_third)
    with pytest.raises(KeyboardInterrupt):
        verify.run(resume=False, as_json=True, sample=0, processes=1)
    with (settings.BANSHI.folder / verify.PROGRESS).open("a") as file:
        file.write('{"unit": 99, "fin')  # killed while it wrote
    capsys.readouterr()
    assert verify.run(resume=True, as_json=True, sample=0, processes=1) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["cases"] == 6
    assert [one["rule"] for one in told["findings"]] == ["row_differs"]
    assert len(set(looked)) == len(looked) - 1  # the third was looked at again, none of the others


@pytest.mark.django_db
def test_without_an_interrupted_run_there_is_nothing_to_resume() -> None:
    with pytest.raises(Refused, match="resume"):
        verify.run(resume=True, as_json=True, sample=0, processes=1)


def test_a_sample_looks_at_some(
    city: dict[str, UUID], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "SAMPLED", 1)
    assert verify.run(resume=False, as_json=True, sample=2, processes=1) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sample"] and 0 < told["cases"] <= 3


def test_a_server_that_writes_meanwhile_is_no_fault(
    city: dict[str, UUID], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = verify.check

    def beside(span: verification.Span, reader: verification.Reader) -> verification.Report:
        opened(PARTY)
        act("withdraw", opened(PARTY), LI, "2026-03-06")
        return check(span, reader)

    monkeypatch.setattr(verify, "check", beside)
    assert found(capsys, 0) == []


@pytest.fixture
def voiced(real_database: None, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Tickets without any case: three said, one of them with a unit, one closed; the id of the one with a unit."""
    monkeypatch.setattr("banshi.directory.calendar.calendar", lambda: CALENDAR)
    with store.inline():
        world()
    ids = [voices.raised()[0] for _ in range(3)]
    voices.act("dispatch", ids[0], voices.dispatcher(), at("2026-03-02"), reference=voices.MARKET)
    voices.act("decline", ids[1], voices.dispatcher(), at("2026-03-02"), "已在信访。", kind="petition")
    store.write(counters.fold, at=at("2026-03-20"), actor="system")
    voices.act("note", ids[2], voices.dispatcher(), at("2026-03-03"), "又来电一次。")
    return ids[0]


def test_a_county_is_cut_by_its_tickets_too(voiced: UUID) -> None:
    """So that several processes share what has no case."""
    reader = verification.Reader()
    spans = verify._units(reader, 1, ["tickets_ticket"], verify.CUT_BY)
    checked = [verify.check(span, reader).streams for span in spans if span.region == REGION]
    reader.close()
    assert [streams for streams in checked if streams] == [1, 1, 1]


TICKET = "UPDATE tickets_ticket SET {} WHERE region_code = %s AND id = %s"
STANDING = "UPDATE infra_counter SET value = value + 1 WHERE region_code = %s AND name = 'tickets.standing'"
OF_TICKETS = {
    "nothing": ([], "SELECT %s, %s"),
    "status": (["row_differs"], TICKET.format("status = 'closed'")),
    "due day": (["row_differs"], TICKET.format("due_on = NULL")),
    "task gone": (["task_differs"], "DELETE FROM tickets_tickettask WHERE region_code = %s AND ticket_id = %s"),
    "words gone": (["private_missing"], "DELETE FROM tickets_ticketprivate WHERE region_code = %s AND id = %s"),
    "row gone": (["no_row"], "DELETE FROM tickets_ticket WHERE region_code = %s AND id = %s"),
    "a unit's count": (["counter_differs"], f"{STANDING} AND key LIKE 'o:%%' AND value > 0 AND %s IS NOT NULL"),
    "counts gone": (
        ["counter_differs"],
        "DELETE FROM infra_counter WHERE region_code = %s AND name = 'tickets.standing' AND key LIKE '%%|declined'"
        " AND %s IS NOT NULL",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_TICKETS)
def test_of_tickets_too(name: str, voiced: UUID, capsys: pytest.CaptureFixture[str]) -> None:
    rules, sql = OF_TICKETS[name]
    damage(sql, REGION, voiced)
    assert found(capsys, 1 if rules else 0) == rules


def test_tickets_that_are_dealt_with_meanwhile_are_no_fault_and_their_counts_not_compared(
    voiced: UUID, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is told; in the next run, when nobody writes, what is wrong is found."""
    compare = verify._check_counters

    def beside(
        before: Counter[verify.Key], reader: verification.Reader, report: verification.Report
    ) -> list[str]:
        voices.act("sign", voiced, lin(), at("2026-03-03"))
        voices.raised()
        return compare(before, reader, report)

    damage(f"{STANDING} AND key LIKE 'o:%%' AND value > 0", REGION)
    with monkeypatch.context() as busy:
        busy.setattr(verify, "_check_counters", beside)
        assert verify.run(resume=False, as_json=True, sample=0, processes=1) == 0
        assert json.loads(capsys.readouterr().out)["moved_meanwhile"] == [REGION]
        busy.setattr(verify, "_check_counters", lambda *given: [*compare(*given), REGION])
        verify.run(resume=False, as_json=False, sample=0, processes=1)
        assert "没有核对" in capsys.readouterr().out
    assert "counter_differs" in found(capsys)


@pytest.fixture
def everywhere(real_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No case and no ticket: a review in one county, a decision made at once in another, a policy of the city's."""
    monkeypatch.setattr("banshi.directory.calendar.calendar", lambda: CALENDAR)
    with store.inline():
        world()
    party = store.new_id()
    evaluation.review(
        region=REGION, case=store.new_id(), item="food", office=f"{REGION}-market", party=party, finished=True,
        grade="satisfied", indicators=(), text="很快。", channel="portal", at=at("2026-03-02"),
        actor=Actor("citizen", "li", parties=frozenset({str(party)})),
    )  # fmt: skip
    store.write(
        lambda tx: instant.record(
            tx, region=JINJIANG, case=party, item="note", version=1, office=f"{JINJIANG}-market", criteria=["a"]
        ),
        at=at("2026-03-02"), actor="system",
    )  # fmt: skip
    policies.start_run(scope=CITY, codes=[], total=0, actor=SYSTEM, at=at("2026-03-02"))


@pytest.mark.parametrize(
    ("rule", "sql", "region"),
    [
        ("", "SELECT %s", REGION),
        ("row_differs", "UPDATE evaluation_review SET grade = 'dissatisfied' WHERE region_code = %s", REGION),
        ("no_row", "DELETE FROM instant_decision WHERE region_code = %s", JINJIANG),
        ("no_facts", "DELETE FROM infra_fact WHERE region_code = %s", CITY),
        ("counter_differs", "DELETE FROM infra_counterdelta WHERE region_code = %s AND name = 'evaluation.grade'", REGION),
    ],
)  # fmt: skip
def test_of_what_else_has_facts_too(
    rule: str, sql: str, region: str, everywhere: None, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(sql, region)
    assert found(capsys, 1 if rule else 0) == ([rule] if rule else [])


def test_reviews_that_come_in_meanwhile_are_no_fault_and_their_figures_not_compared(
    everywhere: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = verify._check_counters

    def beside(
        before: Counter[verify.Key], reader: verification.Reader, report: verification.Report
    ) -> list[str]:
        party = store.new_id()
        evaluation.review(
            region=REGION, case=party, item="food", office=f"{REGION}-market", party=party, finished=True,
            grade="satisfied", indicators=(), text="", channel="portal", at=at("2026-03-03"),
            actor=Actor("citizen", "li", parties=frozenset({str(party)})),
        )  # fmt: skip
        return compare(before, reader, report)

    monkeypatch.setattr(verify, "_check_counters", beside)
    assert verify.run(resume=False, as_json=True, sample=0, processes=1) == 0
    assert json.loads(capsys.readouterr().out)["moved_meanwhile"] == [REGION]
