"""核对: over a whole database, facts and rows say the same; each finding is a line: what, where, what to do.

The database is cut into units of some thousand cases, which several processes read side by side. What is done is noted
in a file beside the installation's data, so that `--resume` goes on where somebody stopped. A server may run meanwhile.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

from banshi.desks.console import installation
from banshi.infra.verification import Finding, Reader, Report, Span
from banshi.kernel.facts import Refused

UNIT = 5000  # cases, tickets or offers, whichever come together first
CUT_BY = ("cases_case", "tickets_ticket", "policies_offerrow")
SAMPLED = 50  # … where only some are looked at
PROGRESS = "verify.progress"

type Key = tuple[str, str, str]


def run(*, resume: bool, as_json: bool, sample: int, processes: int) -> int:
    """Verify the installation that Django was started on: 0 when clean, 1 with findings. Raises `Refused`."""
    from django.conf import settings

    started, total = time.monotonic(), Report()
    progress = _Progress(settings.BANSHI.folder / PROGRESS, resume=resume, keep=not sample)
    units, before = progress.units, progress.counters
    reader = Reader()
    if not units:
        before = _counters(reader)
        units = _sampled(reader, sample) if sample else _units(reader, UNIT, _tables(), CUT_BY)
        progress.begin(units, before)
    left = [n for n in range(len(units)) if n not in progress.done]
    for finding in progress.findings:
        _say(finding, as_json)
    _add(total, progress.report())
    for n, report in _checked(units, left, processes):
        progress.note(n, report)
        _add(total, report)
        for finding in report.findings:
            _say(finding, as_json)
        _show(len(progress.done), len(units), total, time.monotonic() - started)
    moved: list[str] = []
    if not sample:
        last = Report(counted=total.counted)
        moved = _check_counters(before, reader, last)
        total.findings += last.findings
        for finding in last.findings:
            _say(finding, as_json)
    reader.close()
    progress.end()
    _sum_up(total, time.monotonic() - started, as_json, sample, moved)
    return 1 if total.findings else 0


def check(span: Span, reader: Reader) -> Report:
    """One unit: everything that is looked at."""
    from banshi.contexts.cases import queries as cases
    from banshi.contexts.certificates import queries as certificates
    from banshi.contexts.evaluation import queries as evaluation
    from banshi.contexts.instant import queries as instant
    from banshi.contexts.policies import queries as policies
    from banshi.contexts.tickets import queries as tickets
    from banshi.directory.calendar import calendar
    from banshi.infra import verification

    report, days = Report(), calendar()
    for chunk in reader.chunks(span):
        verification.check_streams(chunk, report)
        cases.check_cases(chunk, days, report)
        certificates.check_certificates(chunk, report)
        tickets.check_tickets(chunk, days, report)
        evaluation.check_evaluation(chunk, report)
        instant.check_instant(chunk, report)
        policies.check_policies(chunk, report)
    return report


# --- units, and who reads them


def _tables() -> set[str]:
    from banshi.contexts.cases import queries as cases
    from banshi.contexts.certificates import queries as certificates
    from banshi.contexts.evaluation import queries as evaluation
    from banshi.contexts.instant import queries as instant
    from banshi.contexts.policies import queries as policies
    from banshi.contexts.tickets import queries as tickets
    from banshi.infra import verification

    contexts = (cases, certificates, evaluation, instant, policies, tickets)
    return {*verification.TABLES, *(table for context in contexts for table in context.VERIFIED)}


def _units(reader: Reader, size: int, tables: Iterable[str], cut_by: Sequence[str]) -> list[Span]:
    return [span for region in reader.regions(tables) for span in reader.spans(region, cut_by, size)]


def _sampled(reader: Reader, cases: int) -> list[Span]:
    """Some units of few cases, by lot."""
    units = _units(reader, SAMPLED, CUT_BY[:1], CUT_BY[:1])
    wanted = -(-cases // SAMPLED)
    while len(units) > wanted:
        units.pop(secrets.randbelow(len(units)))
    return units


def _checked(units: Sequence[Span], left: Sequence[int], processes: int) -> Iterator[tuple[int, Report]]:
    if processes < 2 or len(left) < 2:
        reader = Reader()
        for n in left:
            yield n, check(units[n], reader)
        reader.close()
        return
    with ProcessPoolExecutor(
        min(processes, len(left)), get_context("spawn"), _enter, (os.environ["BANSHI_CONFIG"],)
    ) as pool:
        waiting = {pool.submit(_check_there, units[n]): n for n in left}
        for future in as_completed(waiting):
            yield waiting[future], future.result()


_there: list[Reader] = []


def _enter(config: str) -> None:
    """In a process of the pool."""
    installation.start(Path(config))
    _there.append(Reader())


def _check_there(span: Span) -> Report:
    return check(span, _there[0])


# --- counters


def _counter_names() -> tuple[str, ...]:
    from banshi.contexts.cases import queries as cases
    from banshi.contexts.certificates import queries as certificates
    from banshi.contexts.evaluation import queries as evaluation
    from banshi.contexts.policies import queries as policies
    from banshi.contexts.tickets import queries as tickets

    contexts = (cases, certificates, evaluation, policies, tickets)
    return tuple(name for context in contexts for name in context.COUNTERS)


def _counters(reader: Reader) -> Counter[Key]:
    from banshi.infra import verification

    return verification.counters(reader, _counter_names())


def _check_counters(before: Counter[Key], reader: Reader, report: Report) -> list[str]:
    """The counties in which some counters could not be compared, because what they count changed meanwhile."""
    from banshi.contexts.evaluation import queries as evaluation
    from banshi.contexts.policies import queries as policies
    from banshi.contexts.tickets import queries as tickets
    from banshi.infra import verification

    both_ways = (*evaluation.BOTH_WAYS, *policies.BOTH_WAYS, *tickets.BOTH_WAYS)
    moved = verification.check_both_ways(reader, both_ways, report)
    verification.check_counters(before, _counters(reader), report)
    policies.check_money(reader, report)
    return sorted(moved)


# --- progress


class _Progress:
    """进度: a line of JSON for the units, then one for each that is done."""

    def __init__(self, path: Path, *, resume: bool, keep: bool) -> None:
        self._path, self._keep = path, keep
        self.units: list[Span] = []
        self.counters: Counter[Key] = Counter()
        self.done: dict[int, dict[str, Any]] = {}
        if resume:
            self._read()

    def _read(self) -> None:
        try:
            lines = self._path.read_text("utf-8").splitlines()
            head = json.loads(lines[0])
        except (FileNotFoundError, IndexError, ValueError):
            raise Refused(
                "nothing_to_resume",
                "没有中断的核对可以继续，请去掉 --resume 重新开始。",
                "There is no interrupted run to resume; start anew without --resume.",
            ) from None
        self.units = [
            Span(region, *(UUID(id) if id else None for id in ids)) for region, *ids in head["units"]
        ]
        self.counters = _counter(head["counters"])
        for line in lines[1:]:
            try:
                one = json.loads(line)
            except ValueError:  # it was writing this line when it was killed
                break
            self.done[one["unit"]] = one

    def begin(self, units: list[Span], counters: Counter[Key]) -> None:
        self.units, self.counters = units, counters
        if self._keep:
            rows = [
                [span.region, *(str(id) if id else "" for id in (span.after, span.until))] for span in units
            ]
            head = {"units": rows, "counters": [[*key, n] for key, n in counters.items()]}
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.write_text(json.dumps(head) + "\n", "utf-8")

    def note(self, unit: int, report: Report) -> None:
        said = {
            "unit": unit,
            "findings": report.findings,
            "numbers": [report.streams, report.facts, report.cases],
            "counted": [[*key, n] for key, n in report.counted.items()],
        }
        self.done[unit] = {}
        if self._keep:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(said, ensure_ascii=False) + "\n")

    def end(self) -> None:
        if self._keep:
            self._path.unlink(missing_ok=True)

    @property
    def findings(self) -> list[Finding]:
        return [Finding(*one) for done in self.done.values() for one in done["findings"]]

    def report(self) -> Report:
        """What the units that are done came to."""
        found = Report(findings=self.findings)
        for done in self.done.values():
            streams, facts, cases = done["numbers"]
            _add(found, Report([], streams, facts, cases, _counter(done["counted"])))
        return found


def _counter(rows: Sequence[Any]) -> Counter[Key]:
    return Counter({(region, name, key): n for region, name, key, n in rows})


def _add(total: Report, report: Report) -> None:
    total.findings += report.findings
    total.streams += report.streams
    total.facts += report.facts
    total.cases += report.cases
    total.counted.update(report.counted)


# --- words


def _say(finding: Finding, as_json: bool) -> None:
    if not as_json:
        print(f"{finding.rule}  {finding.where}  {finding.zh} / {finding.en}", flush=True)


def _show(done: int, units: int, total: Report, seconds: float) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    if sys.stderr.isatty() or done == units or done % max(1, units // 20) == 0:
        rate = total.cases / seconds if seconds else 0
        print(
            f"{done}/{units}  {total.cases} 件 cases  {total.facts} 条事实 facts  每秒 {rate:.0f} 件 cases/s",
            end=end, file=sys.stderr, flush=True,
        )  # fmt: skip


def _sum_up(total: Report, seconds: float, as_json: bool, sample: int, moved: Sequence[str]) -> None:
    if as_json:
        said = {
            "cases": total.cases,
            "streams": total.streams,
            "facts": total.facts,
            "seconds": round(seconds, 3),
            "sample": bool(sample),
            "moved_meanwhile": list(moved),
            "findings": [finding._asdict() for finding in total.findings],
        }
        print(json.dumps(said, ensure_ascii=False), flush=True)
        return
    if moved:
        print(
            f"有{len(moved)}个县区在核对时还在办理，其中在变的计数（工单在办数、评价数、政策名单）没有核对 / in"
            f" {len(moved)} counties something was dealt with meanwhile: counters that moved (tickets standing, reviews,"
            " lists of policies) were not compared"
        )
    left_out = "（抽查，不含计数） / a sample, counters left out" if sample else ""
    found = (
        f"有 {len(total.findings)} 处不符 / {len(total.findings)} findings"
        if total.findings
        else "全部相符 / all agree"
    )
    print(
        f"{total.cases} 件 cases，{total.streams} 条流 streams，{total.facts} 条事实 facts：{found} {left_out}"
    )
