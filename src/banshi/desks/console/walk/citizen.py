"""群众: from the search to what is handed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.intake import operations as intake
from banshi.desks.console.walk.course import Course
from banshi.desks.console.walk.papers import scan
from banshi.directory import queries as directory
from banshi.flows import apply, bring
from banshi.flows.apply import Standing
from banshi.infra.store import new_id
from banshi.kernel.elements import GROUP, rows_of, text_of_rows
from banshi.kernel.workdays import civil_day


class Citizen(Course):
    """群众: searches, answers, agrees, fills in, hands over, submits."""

    def apply(self) -> None:
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
        found = [directory.find_party(number) for number in self.scenario.get("branches", ())]
        return tuple(ref.id for ref in found if ref)

    def fill(self, now: Standing) -> None:
        """Agree to what can be fetched, then type page by page what is still empty, as the portal asks it."""
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

    def count_fields(self, now: Standing, typed: dict[str, str]) -> None:
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

    def hand_over(self, now: Standing) -> None:
        supplied = 0
        for need in now.form.materials:
            if need.made_by or need.code in now.held or not need.required:
                continue
            intake.attach(
                region=self.region, id=self.application, material=need.code, formats=need.formats,
                actor=self.citizen, at=self.now, **scan(need.name, need.formats),
            )  # fmt: skip
            supplied += 1
        self.counts["materials_supplied"] = supplied
        self.step(
            "群众",
            f"一套材料：逐项交要 {now.form.separate_materials} 份，只交 {supplied} 份",
            rule="一材一码",
        )


def _typed(value: Any) -> str:
    """As it is kept: a group from its list of rows."""
    if not isinstance(value, list):
        return str(value)
    return text_of_rows([{key: str(text) for key, text in row.items()} for row in value])


def _boxes(one: Any, value: str) -> int:
    return max(1, len(rows_of(value))) * len(one.columns) if one.kind == GROUP else 1
