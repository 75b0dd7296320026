"""结果: what comes out of it: certificates, ratings, and what must be so at the end."""

from __future__ import annotations

from banshi.contexts.cases import operations, queries
from banshi.contexts.certificates import queries as certificates
from banshi.desks.console.walk.course import Course
from banshi.flows import rate
from banshi.infra import outbox
from banshi.infra.models import Fact
from banshi.kernel.workdays import civil_day


class Outcome(Course):
    """结果: certificates that verify, cases that are rated, and nothing left undone."""

    def outcome(self) -> None:
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
        states = self.states()
        for state in states:
            rate.rate(
                region=state.region, case=state.id, grade="very_satisfied", indicators=("510",), text="", channel="portal",
                actor=self.citizen, at=self.now,
            )  # fmt: skip
        self.step("群众", f"评价 {len(states)} 个办件：非常满意", rule="GB/T 39734 一事一评")

    def checks(self) -> None:
        """What must be so at the end, whatever happened on the way."""
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
