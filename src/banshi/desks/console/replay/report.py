"""回放报告: what became of the events, and how our clock compares with the log's."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from banshi.desks.console.replay.log import Unread
from banshi.desks.console.replay.mapping import Mapping
from banshi.desks.console.replay.play import Outcome, Refusal, closed_or_last, fold_is_row

EXAMPLES = 3  # of each rule that refused
SHOWN = 10


@dataclass(slots=True)
class Report:
    """报告: counts over the whole log."""

    cases: int = 0
    events: int = 0
    accepted: int = 0
    skipped: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    filled_in: dict[str, int] = field(default_factory=dict)
    not_closed: dict[str, int] = field(default_factory=dict)  # by the rule that refused the decision
    people: int = 0
    activities: int = 0
    distinct_paths: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    overdue: int = 0
    deadlines: dict[str, Any] = field(default_factory=dict)
    fold_is_row: int = 0
    seconds: float = 0.0
    events_per_s: float = 0.0

    @classmethod
    def of(
        cls, mapping: Mapping, outcomes: list[Outcome], unread: list[Unread], *, people: int, seconds: float
    ) -> Report:
        """Also folds the facts of every case and compares them with its row."""
        refusals = sorted((one for outcome in outcomes for one in outcome.refusals), key=lambda one: one.line)
        found = cls(cases=len(outcomes), people=people, seconds=round(seconds, 1))
        found.events = sum(len(outcome.history.events) for outcome in outcomes) + sum(
            one.rule in ("no_case", "no_activity", "no_time", "bad_time") for one in unread
        )
        found.accepted = sum(outcome.accepted for outcome in outcomes)
        found.skipped = sum(outcome.skipped for outcome in outcomes)
        found.refused = dict(Counter(one.rule for one in refusals).most_common())
        found.unread = dict(Counter(one.rule for one in unread).most_common())
        found.examples = _examples(refusals, unread)
        found.filled_in = dict(sum((outcome.filled_in for outcome in outcomes), Counter[str]()).most_common())
        found.not_closed = dict(
            Counter(outcome.not_closed for outcome in outcomes if outcome.not_closed).most_common()
        )
        paths = [tuple(event.activity for event in outcome.history.events) for outcome in outcomes]
        found.distinct_paths = len(set(paths))
        found.activities = len({activity for path in paths for activity in path})
        states = [(outcome, outcome.state) for outcome in outcomes if outcome.state]
        found.statuses = dict(Counter(state.status.value for _, state in states).most_common())
        found.overdue = sum(
            closed_or_last(outcome) > due
            for outcome, state in states
            if (
                due := min(
                    (day for day in (state.promised_due_on, state.statutory_due_on) if day), default=None
                )
            )
        )
        found.deadlines = _deadlines(outcomes) if mapping.columns.get("deadline") else {}
        if len(outcomes) > 1000:
            print("核对：事实折叠等于当前行 / folding the facts of every case …", file=sys.stderr)
        found.fold_is_row = sum(map(fold_is_row, outcomes))
        found.events_per_s = round(found.events / seconds, 1) if seconds else 0.0
        return found

    def as_object(self) -> dict[str, Any]:
        return asdict(self)

    def text(self) -> str:
        refused = sum(self.refused.values())
        unread = sum(count for rule, count in self.unread.items())
        lines = [
            f"办件 cases              {self.cases}",
            f"事件 events             {self.events}（{self.activities} 种环节 activities，{self.people} 人 people）",
            f"接受 accepted           {self.accepted}（{_share(self.accepted, self.events)}）",
            f"不予 refused            {refused}",
            *self._rules(self.refused),
            f"读不懂 not readable     {unread}",
            *self._rules(self.unread),
            *([f"略过 skipped            {self.skipped}"] if self.skipped else []),
            f"补上的步骤 filled in    {_pairs(self.filled_in)}",
            *([f"没能办结 not closed      {_pairs(self.not_closed)}"] if self.not_closed else []),
            f"不同路径 distinct paths {self.distinct_paths}",
            f"结果 ended as           {_pairs(self.statuses)}",
            f"按我们的时限逾期 overdue by our clock  {self.overdue}（{_share(self.overdue, self.cases)}）",
            *self._deadline_lines(),
            f"折叠等于当前行 fold = row  {self.fold_is_row}/{self.cases}",
            f"用时 took               {self.seconds} s，{self.events_per_s} 事件/s events/s",
        ]
        return "\n".join(lines)

    def _rules(self, counts: dict[str, int]) -> list[str]:
        lines = []
        for rule, count in counts.items():
            lines.append(f"    {rule}: {count}")
            lines += [
                f"        第 {one['line']} 行 line {one['line']}: {one.get('activity', '')} {one['words']}".rstrip()
                for one in self.examples[rule]
            ]
        return lines

    def _deadline_lines(self) -> list[str]:
        found = self.deadlines
        if not found:
            return []
        off = "，".join(
            f"{int(days):+d} 天 d: {count}" for days, count in list(found["off_by"].items())[:SHOWN]
        )
        return [
            f"期限与日志一致 deadlines that agree  {found['exact']}/{found['compared']}"
            f"（{_share(found['exact'], found['compared'])}）",
            *([f"    我们的晚/早 ours later (+) or earlier (-): {off}"] if off else []),
            *([f"    日志没有期限 without one in the log: {found['missing']}"] if found["missing"] else []),
            *([f"    我们没有起算 not accepted here: {found['no_clock']}"] if found["no_clock"] else []),
        ]


def _examples(refusals: list[Refusal], unread: list[Unread]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in refusals:
        if len(known := found.setdefault(one.rule, [])) < EXAMPLES:
            known.append({"line": one.line, "case": one.case, "activity": one.activity, "words": one.words})
    for line in unread:
        if len(known := found.setdefault(line.rule, [])) < EXAMPLES:
            known.append({"line": line.line, "words": line.text})
    return found


def _deadlines(outcomes: list[Outcome]) -> dict[str, Any]:
    """Our statutory due day (promised, where the item has no other) against the log's, in natural days."""
    off: Counter[int] = Counter()
    missing = no_clock = 0
    for outcome in outcomes:
        ours = outcome.state and (outcome.state.statutory_due_on or outcome.state.promised_due_on)
        theirs = outcome.history.deadline_on
        if theirs is None:
            missing += 1
        elif not ours:
            no_clock += 1
        else:
            off[(ours - theirs).days] += 1
    exact = off.pop(0, 0)
    return {
        "compared": exact + off.total(),
        "exact": exact,
        "off_by": {str(days): count for days, count in off.most_common()},
        "missing": missing,
        "no_clock": no_clock,
    }


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def _pairs(counts: dict[str, int]) -> str:
    return "，".join(f"{name} {count}" for name, count in counts.items()) or "—"
