"""走一遍: one matter from the first question to the rated certificate, through the public operations, in its own time.

What the citizen, the clerks and the officers do is done as they would do it; nothing reaches behind the operations.
"""

from __future__ import annotations

import json
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from banshi.desks.console import installation
from banshi.infra.config import DATA
from banshi.kernel.elements import GROUP, rows_of, text_of_rows
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import CHINA, civil_day

NOT_BEGUN = UUID(int=0)
ROUNDS = 3  # how often in a day an office looks at its work list
SCENARIOS = DATA / "demo" / "walks"


def run(name: str, *, as_json: bool, folder: Path | None) -> int:
    """Make a demo city in an empty folder and walk; 0 when everything is as it must be."""
    path = SCENARIOS / f"{name}.yaml"
    if not path.exists():
        names = "、".join(sorted(found.stem for found in SCENARIOS.glob("*.yaml")))
        raise Refused(
            "unknown_walk", f"没有“{name}”这一遍，可选：{names}。", f"No walk '{name}'; there are: {names}."
        )
    with tempfile.TemporaryDirectory(prefix="banshi-walk-") as temporary:
        config = installation.create(folder or Path(temporary) / "city", secure=False, demo=True)
        installation.start(config)
        from banshi.desks.console import content
        from banshi.infra import store

        installation.migrate()
        scenario = read_scenario(path)
        before = scenario["starts"].replace(tzinfo=CHINA) - timedelta(days=30)
        with store.inline():
            content.load_regions(before)
            content.load_city(DATA / "demo" / "quanzhou.yaml", before)
            content.load(None, before, quiet=True)
            walk = Walk(scenario, say=print if not as_json else _silent)
            walk.whole()
        if as_json:
            print(json.dumps(walk.summary()))
        else:
            walk.report()
    return 0 if not walk.wrong else 1


def populate(name: str, at: datetime, until: int) -> None:
    """For the demo city: the same matter, begun at `at` and left where it is after `until` acts of the departments."""
    walk = Walk(read_scenario(SCENARIOS / f"{name}.yaml"), say=_silent, at=at)
    walk.apply()
    walk.departments(until)
    walk.outbox()


def _typed(value: Any) -> str:
    """As it is kept: a group from its list of rows."""
    if not isinstance(value, list):
        return str(value)
    return text_of_rows([{key: str(text) for key, text in row.items()} for row in value])


def _boxes(one: Any, value: str) -> int:
    return max(1, len(rows_of(value))) * len(one.columns) if one.kind == GROUP else 1


def _silent(*_: object) -> None: ...


def read_scenario(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


@dataclass
class Walk:
    """一遍: the scenario, its clock, and what came of it."""

    scenario: dict[str, Any]
    say: Callable[..., None]
    at: datetime | None = None
    steps: int = 0
    region: str = ""
    application: UUID = NOT_BEGUN
    others: tuple[tuple[str, UUID], ...] = ()  # what was handed in with it for branches
    certificates: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        from banshi.directory import queries as directory
        from banshi.directory.calendar import calendar

        self.now: datetime = self.at or self.scenario["starts"].replace(tzinfo=CHINA)
        self.region = self.scenario["region"]
        self.calendar = calendar()
        found = directory.find_account(self.scenario["phone"])
        actor = found and directory.actor_of_citizen(found.id, civil_day(self.now))
        if not actor:
            raise Refused("no_citizen", "演示城市里没有这位群众。", "The demo city lacks this citizen.")
        self.citizen = actor
        self.party = found.party.id if found else NOT_BEGUN
        if firm := self.scenario.get("for"):
            ref = directory.find_party(firm)
            self.party = ref.id if ref else self.party

    def whole(self) -> None:
        """From the search to the rating."""
        self.apply()
        self.departments()
        self.outbox()
        self.outcome()
        self.ratings()
        self.checks()

    # ---- the citizen ----

    def apply(self) -> None:
        from banshi.contexts.catalogue import queries as catalogue
        from banshi.contexts.intake import operations as intake
        from banshi.flows import apply
        from banshi.infra.store import new_id

        kind, code = self.scenario["target"].split(":")
        hits = catalogue.search(self.scenario["search"])
        self.step("群众", f"搜索“{self.scenario['search']}”，第一条：{hits[0].plain_name if hits else '无'}")
        self.expect(bool(hits) and hits[0].code == code, "the search finds the matter first")
        what = apply.target(kind, code)
        self.application = intake.start(
            region=self.region, party=self.party, target=what.key, title=what.plain_name, channel="online",
            actor=self.citizen, at=self.now,
        )  # fmt: skip
        now = apply.standing(self.region, self.application, self.citizen, self.now)
        while (question := now.progress.next) is not None:
            answer = str(self.scenario["answers"][question.code])
            chosen = next((choice.text for choice in question.choices if choice.key == answer), "？")
            intake.answer(
                region=self.region, id=self.application, answers={**now.progress.answers, question.code: answer},
                actor=self.citizen, at=self.now,
            )  # fmt: skip
            self.step("群众", f"答：{question.text} —— {chosen}")
            now = apply.standing(self.region, self.application, self.citizen, self.now)
        self.fill(now)
        self.hand_over(apply.standing(self.region, self.application, self.citizen, self.now))
        self.pass_time(minutes=4)
        once = new_id()
        sent = [
            apply.submit(
                region=self.region, id=self.application, actor=self.citizen, at=self.now, command_id=once,
                branches=self.branches(),
            )
            for _ in range(2)
        ]  # fmt: skip
        self.others = sent[0].others
        whom = f"（连同 {len(self.others)} 家分支机构）" if self.others else ""
        self.step(
            "群众",
            f"提交一次{whom}，分成 {len(self.states())} 个办件（重复点击不会重复申请）",
            rule="一次提交",
        )
        self.expect(sent[0] == sent[1], "a repeated submission gives the first answer")
        self.outbox()

    def branches(self) -> tuple[UUID, ...]:
        from banshi.directory import queries as directory

        found = [directory.find_party(number) for number in self.scenario.get("branches", ())]
        return tuple(ref.id for ref in found if ref)

    @property
    def cases(self) -> tuple[UUID, ...]:
        return tuple(state.id for state in self.states())

    def states(self) -> list[Any]:
        """Every case of what was handed in."""
        from banshi.contexts.cases import queries

        own = (self.region, self.application)
        return [state for place in (own, *self.others) for state in queries.list_of_application(*place)]

    def fill(self, now: Any) -> None:
        """Agree to what can be fetched, then type page by page what is still empty, as the portal asks it."""
        from banshi.contexts.intake import operations as intake
        from banshi.flows import apply, bring

        place: dict[str, Any] = {
            "region": self.region,
            "id": self.application,
            "actor": self.citizen,
            "at": self.now,
        }
        if now.wanted and self.scenario.get("consent"):
            bring.agree(wanted=now.wanted, **place)
            before, now = now, apply.standing(self.region, self.application, self.citizen, self.now)
            brought = len(now.filled) - len(before.filled)
            self.step(
                "群众",
                f"同意从登记库、证照和以前办的事带出，带出 {brought} 项",
                rule="个人信息保护法 第十三条",
            )
        typed: dict[str, str] = {}
        while codes := [
            one.code
            for one in now.form.fields
            if one.code not in {*now.filled, *typed} and one.code in self.scenario["values"]
        ]:
            typed |= {code: _typed(self.scenario["values"][code]) for code in codes[:1]}
            now = now.with_typed(typed, civil_day(self.now))
        intake.save(values=typed, **place)
        self.count_fields(now, typed)
        self.pass_time(minutes=3)

    def count_fields(self, now: Any, typed: dict[str, str]) -> None:
        """How many boxes it would be matter by matter, and how many were typed into; each cell of a group's rows is one."""
        form, boxes = (
            now.form,
            {one.code: _boxes(one, now.values.get(one.code, "")) for one in now.form.fields},
        )
        separate = sum(len(one.items) * boxes[one.code] for one in form.fields)
        by_hand = sum(boxes.get(code, 1) for code in typed)
        self.counts |= {
            "fields_separate": separate * (1 + len(self.branches())),
            "fields_typed": by_hand,
            "materials_separate": form.separate_materials * (1 + len(self.branches())),
        }
        ways = {"computed": 0, "suggested": 0, "": 0}
        for code, found in now.filled.items():
            if code not in typed:
                ways[found.source if found.source in ways else ""] += 1
        self.step(
            "群众",
            f"一张表：逐项填要 {separate} 项，合并为 {len(form.fields)} 项；带出 {ways['']} 项，"
            f"照前面填的 {ways['suggested']} 项，算出 {ways['computed']} 项，只填 {by_hand} 项，少填 {self.saved}%",
            rule="在线政务服务的若干规定 第七条",
        )

    def hand_over(self, now: Any) -> None:
        from banshi.contexts.intake import operations as intake

        supplied = 0
        for need in now.form.materials:
            if need.made_by or need.code in now.held or not need.required:
                continue
            intake.attach(
                region=self.region, id=self.application, material=need.code, formats=need.formats,
                actor=self.citizen, at=self.now, **_scan(need.name, need.formats),
            )  # fmt: skip
            supplied += 1
        self.counts["materials_supplied"] = supplied
        self.step(
            "群众",
            f"一套材料：逐项交要 {now.form.separate_materials} 份，只交 {supplied} 份",
            rule="一材一码",
        )

    # ---- the departments ----

    def departments(self, most: int = 10_000) -> None:
        """Day by day, each office does what waits for it."""
        done = 0
        silent = self.scenario.get("silent", "")
        while waiting := self.waiting(silent):
            for _ in range(ROUNDS):
                for state, task in waiting:
                    if done >= most:
                        return
                    done += self.act_on(state, task)
                waiting = self.waiting(silent)
            self.next_day()

    def waiting(self, silent: str) -> list[tuple[Any, Any]]:
        from banshi.contexts.cases import queries
        from banshi.flows import deadlines

        deadlines.check(self.now)
        found: list[tuple[Any, Any]] = []
        for state in self.states():
            if state.plan.item == silent and state.accepted_on is None and state.status.open:
                found.append((state, None))
                continue
            tasks = queries.tasks_of(state)
            found += [(state, task) for task in tasks]
        self.note_deemed()
        return found

    def note_deemed(self) -> None:
        for state in self.states():
            if state.deemed_accepted and f"deemed {state.id}" not in self.counts:
                self.counts[f"deemed {state.id}"] = 1
                self.step(
                    "系统",
                    "5个工作日没有告知，视为受理，自收到之日起算",
                    state=state,
                    rule=_rule(state, "silence"),
                )

    def act_on(self, state: Any, task: Any) -> int:
        """Do what waits; 0 for the office that says nothing."""
        if task is None:
            return 0
        match task.key:
            case "accept" if (
                state.plan.item == self.scenario.get("correct") and not state.correction_requested_on
            ):
                self.command(state, "request_correction", text=self.scenario["correction"])
                self.pass_time(minutes=95)
                self.command(state, "supply_correction", by=self.citizen)
            case "accept":
                self.command(state, "accept")
            case "review":
                self.command(state, "review", verdict="pass")
            case "decide":
                self.command(state, "decide", verdict="pass")
                self.outbox()
            case "deliver":
                self.command(state, "deliver", how="window")
            case "assign":
                self.command(state, "assign")
            case _:
                work = task.key.removeprefix("work:")
                together = self.together(state, work, task.office)
                self.command(state, "opine", work=work, verdict="agree", people=together, office=task.office)
        return 1

    def command(
        self, state: Any, name: str, *, by: Any = None, text: str = "", office: str = "", **given: Any
    ) -> None:
        from banshi.contexts.cases import operations, queries
        from banshi.contexts.cases.values import Input

        approver = name == "decide" and not state.plan.instant
        actor = by or self.person(office or state.office, "approver" if approver else "officer")
        operations.act(
            name, region=state.region, id=state.id, actor=actor, at=self.now, calendar=self.calendar,
            given=Input(**given), text=text,
        )  # fmt: skip
        after = queries.get_case(state.region, state.id, actor)
        titles = {work.key: work.title for work in state.plan.works}
        title = titles.get(given.get("work", ""), "") or queries.command_title(name)
        self.step(self.name(actor, office or state.office), title, state=after, rule=_rule(state, name))
        self.pass_time(minutes=7)

    def person(self, office: str, kind: str) -> Any:
        from banshi.directory import queries as directory

        found = directory.find_staff_of(office, kind, civil_day(self.now))
        if found is None:
            raise Refused("no_staff", f"{office} 没有{kind}。", f"{office} has no {kind}.")
        return found

    def together(self, state: Any, key: str, office: str) -> tuple[str, ...]:
        """Whom a site visit needs: two of the office (licensing law art. 34)."""
        from banshi.directory import queries as directory

        if next(plan.kind for plan in state.plan.works if plan.key == key) != "site_visit":
            return ()
        found = directory.list_colleagues(office, ("officer", "approver"), civil_day(self.now))
        return tuple(one.code for one in found[:2])

    def name(self, actor: Any, office: str) -> str:
        from banshi.directory import queries as directory

        if actor.kind == "citizen":
            return "群众"
        office_name = directory.office_names([office]).get(office, office)
        return f"{office_name} {directory.actor_names([actor.code])[actor.code]}"

    # ---- what comes out ----

    def outbox(self) -> None:
        from banshi.infra import outbox

        while outbox.deliver(self.now):
            pass

    def outcome(self) -> None:
        from banshi.contexts.certificates import queries as certificates

        for state in self.states():
            if not state.certificate:
                continue
            found = certificates.find_public(state.certificate, civil_day(self.now))
            self.certificates.append(state.certificate)
            valid = found is not None and found.status == "valid"
            self.step(
                "任何人",
                f"查验{found.name if found else '证照'} {state.certificate}：{'有效' if valid else '无效'}",
            )
            self.expect(valid, f"{state.certificate} verifies")

    def ratings(self) -> None:
        from banshi.flows import rate

        states = self.states()
        for state in states:
            rate.rate(
                region=state.region, case=state.id, grade="very_satisfied", indicators=("510",), text="", channel="portal",
                actor=self.citizen, at=self.now,
            )  # fmt: skip
        self.step("群众", f"评价 {len(states)} 个办件：非常满意", rule="GB/T 39734 一事一评")

    def checks(self) -> None:
        """What must be so at the end, whatever happened on the way."""
        from banshi.contexts.cases import operations, queries
        from banshi.infra import outbox
        from banshi.infra.models import Fact

        for state in self.states():
            self.expect(state.closed_on is not None, f"{state.plan.name} is closed")
            self.expect(state.delivered_on is not None, f"{state.plan.name} is delivered")
            for due in (state.statutory_due_on, state.promised_due_on):
                self.expect(
                    not due or bool(state.closed_on and state.closed_on <= due), f"{state.plan.name} in time"
                )
            self.expect(
                operations.folded(queries.facts(state.region, state.id)) == state,
                f"{state.plan.name}: fold = row",
            )
            papers = queries.papers(state.region, [state.id])[state.id]
            self.expect(
                bool(papers) and all(paper.file for paper in papers), f"{state.plan.name}: documents rendered"
            )
        self.expect(outbox.waiting() == {"pending": 0, "dead": 0}, "the outbox is empty")
        self.counts["facts"] = Fact.objects.filter(region_code=self.region).count()

    def expect(self, so: bool, what: str) -> None:
        if not so:
            self.wrong.append(what)

    # ---- time and talk ----

    def pass_time(self, *, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def next_day(self) -> None:
        day = self.calendar.add(civil_day(self.now), 1)
        self.now = datetime.combine(day, time(9, 0), CHINA)

    def step(self, who: str, what: str, *, state: Any = None, rule: str = "") -> None:
        self.steps += 1
        local = self.now.astimezone(CHINA)
        clocks = ""
        if state is not None:
            what = f"{state.plan.name}：{what}"
            if state.due_on:
                clocks = f"〔承诺 {_day(state.promised_due_on)}，法定 {_day(state.statutory_due_on)}〕"
        law = f"《{rule}》" if rule else ""
        self.say(f"{self.steps:>3}. {local:%m-%d %H:%M}  {who}  {what} {clocks}{law}".rstrip())

    @property
    def saved(self) -> int:
        """Per cent of the boxes that need not be typed into."""
        return int(100 - 100 * self.counts["fields_typed"] / max(1, self.counts["fields_separate"]))

    def summary(self) -> dict[str, Any]:
        wanted = ("fields_separate", "fields_typed", "materials_separate", "materials_supplied", "facts")
        return {
            "ok": not self.wrong,
            "steps": self.steps,
            "cases": len(self.states()),
            "certificates": len(self.certificates),
            **{key: self.counts.get(key, 0) for key in wanted},
            "fields_saved_percent": self.saved,
        }

    def report(self) -> None:
        found = self.summary()
        self.say(
            f"\n{found['cases']} 个办件，{found['certificates']} 份证照；"
            f"填写 {found['fields_separate']} → {found['fields_typed']} 项（少填 {self.saved}%），"
            f"材料 {found['materials_separate']} → {found['materials_supplied']} 份；记下 {found['facts']} 条事实。"
        )
        for what in self.wrong:
            print(f"不对 / wrong: {what}", file=sys.stderr)


_RULES = {
    "accept": "行政许可法第三十二条第一款第五项",
    "request_correction": "行政许可法第三十二条第一款第四项",
    "decide": "行政许可法第三十八条",
    "silence": "行政许可法第三十二条第一款第四项",
}


def _rule(state: Any, command: str) -> str:
    """The licensing law holds for permits (type 01); other items follow it by analogy."""
    article = _RULES.get(command, "")
    return article if not article or state.plan.type == "01" else f"比照{article}"


def _day(day: date | None) -> str:
    return f"{day.month}月{day.day}日" if day else "无"


def _scan(title: str, formats: tuple[str, ...]) -> dict[str, Any]:
    """A real file that stands for a scanned or photographed paper: its name and content."""
    from banshi.infra import pdf

    if "pdf" not in formats:
        return {"name": f"{title}.png", "content": _photo()}
    made = pdf.render(
        Path(__file__).with_name("scan.typ"), {"title": title}, created_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return {"name": f"{title}.pdf", "content": made}


def _photo(side: int = 64) -> bytes:
    """A plain grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xc8" * side) * side)
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
