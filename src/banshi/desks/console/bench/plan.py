"""一年办件的计划: which case comes on which day, of which item, and what happens to it; all by arithmetic on its index.

The year is Quanzhou's of 2021 as its bureau reported it: 1,261,846 city cases on 253 opening days, 1,011,984 of them
done at once, 81,764 in bundles; counties 2,322,689 received and 2,315,594 finished. Any other number of cases keeps
these shares to the integer. The report must find the figures again in the facts; it never reads this plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from banshi.contexts.cases.values import Budget, Input, Plan, WorkPlan
from banshi.kernel.workdays import CHINA, Calendar

CITY, AT_ONCE, BUNDLED = 1_261_846, 1_011_984, 81_764
COUNTY, COUNTY_FINISHED = 2_322_689, 2_315_594
OPENING_DAYS = 253
YEAR = 2021
TAIL = 60  # working days of the next year on which what was promised is finished; nothing is received then
REGIONS = (
    "350502", "350503", "350504", "350505", "350521", "350524", "350525", "350526", "350581", "350582", "350583",
)  # fmt: skip
TOGETHER = 4  # cases of one bundle


class Item(NamedTuple):
    """事项 of the plan: its lead's line of work, and the offices that are consulted."""

    code: str
    name: str
    type: str
    line: str
    statutory: int
    promised: int
    consulted: tuple[str, ...] = ()
    certificate: str = ""


INSTANT = (
    Item("social-security-card", "社会保障卡补换", "07", "human_resources", 5, 1),
    Item("resident-medical-insurance", "城乡居民参保登记", "07", "medical_insurance", 5, 1),
    Item("individual-business-registration", "个体工商户设立登记", "07", "market", 15, 1, (), "business"),
    Item("food-health-certificate", "从业人员健康证明", "10", "health", 5, 1, (), "health"),
    Item("housing-fund-change", "住房公积金信息变更", "10", "housing_fund", 3, 1),
)
# Promised within 35 % of the statutory time, as the city pledges.
PROMISED = (
    Item("food-licence", "食品经营许可", "01", "market", 20, 7, ("health",), "food"),
    Item("special-equipment", "特种设备使用登记", "01", "market", 30, 10, (), "equipment"),
    Item("drainage-licence", "污水排入排水管网许可", "01", "market", 60, 20, ("ecology", "housing")),
    Item("medical-device", "医疗器械经营许可", "01", "market", 60, 20, (), "device"),
    Item("public-place-hygiene", "公共场所卫生许可", "01", "health", 45, 15, (), "hygiene"),
    Item("water-abstraction", "取水许可", "01", "water", 60, 20, ("ecology",)),
    Item("subsistence-allowance", "最低生活保障审核", "05", "civil_affairs", 30, 10),
    Item("freight-licence", "道路货物运输经营许可", "01", "transport", 60, 20, ("fire",), "freight"),
)
SHARES = (  # of a thousand promised cases
    ("corrected", 60), ("special", 45), ("refused", 18), ("withdrawn", 12), ("not_required", 5), ("rejected", 8),
    ("extended", 12), ("silent", 4), ("uncorrected", 3), ("overdue", 15),
)  # fmt: skip
REASON = "申请材料与所附依据不一致，详见清单。"


class Step(NamedTuple):
    """一步: so many opening days after receipt, which command, by whom (a seat's name), with what."""

    after: int
    command: str
    by: str
    given: Input = Input()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """一件: a case of the plan, and all that is to happen to it."""

    index: int
    day: int
    region: str
    office: str
    application: UUID
    channel: str
    plan: Plan
    steps: tuple[Step, ...]


def opening_days(calendar: Calendar) -> list[date]:
    """The year's 253: its working days, and the first Saturdays that are none; then the tail's working days."""
    days = [date(YEAR, 1, 1) + timedelta(days=n) for n in range(365)]
    worked = [day for day in days if calendar.is_workday(day)]
    saturdays = [day for day in days[9:] if day.weekday() == 5 and not calendar.is_workday(day)]
    opened = sorted(worked + saturdays[: OPENING_DAYS - len(worked)])
    tail = [opened[-1]]
    for _ in range(TAIL):
        tail.append(calendar.add(tail[-1], 1))
    return opened + tail[1:]


def instant(day: date, index: int) -> datetime:
    """When the window acts on it that day: between nine and five."""
    return datetime.combine(day, time(9), CHINA).astimezone(UTC) + timedelta(seconds=index * 7919 % 28_800)


def marked(index: int, part: int, whole: int) -> bool:
    """Whether `index` is one of `part`, spread evenly over `whole`: exactly `part` are."""
    return (index + 1) * part // whole > index * part // whole


def number(index: int, step: int, day: int) -> UUID:
    """A key made of day, index and step, in the order in which they come (RFC 9562, version 8)."""
    high = day << 80 | index << 48 | step << 40
    return UUID(int=(high & ~(0xF << 76) & ~(0x3 << 62)) | 0x8 << 76 | 0x2 << 62)


class Cohort:
    """一批: all cases of one level, `first` being the index of its first."""

    def __init__(self, level: str, cases: int, first: int = 0) -> None:
        whole, self.level, self.cases, self.first = (CITY if level == "city" else COUNTY), level, cases, first
        self.at_once = cases * AT_ONCE // CITY
        self.blocks = -(-cases // TOGETHER)
        self.bundles = cases * BUNDLED // CITY // TOGETHER
        self.parked = 0 if level == "city" else cases * (whole - COUNTY_FINISHED) // whole

    def blocks_of(self, day: int) -> range:
        """The blocks (four cases that come together) of an opening day."""
        if day >= OPENING_DAYS:
            return range(0)
        bounds = [-(-n * self.blocks // OPENING_DAYS) for n in (day, day + 1)]
        return range(*bounds)

    def size(self, day: int) -> int:
        """How many cases come that day."""
        blocks = self.blocks_of(day)
        return min(blocks.stop * TOGETHER, self.cases) - min(blocks.start * TOGETHER, self.cases)

    def block(self, block: int) -> list[Life]:
        """Its lives; those of a bundle share the application."""
        day = block * OPENING_DAYS // self.blocks
        bundled = marked(block, self.bundles, self.blocks)
        cases = range(block * TOGETHER, min((block + 1) * TOGETHER, self.cases))
        return [self._life(index, block, day, bundled) for index in cases]

    def _life(self, index: int, block: int, day: int, bundled: bool) -> Life:
        key = self.first + index
        region = REGIONS[block % len(REGIONS)]
        seat = "350500" if self.level == "city" else region
        before = index * self.at_once // self.cases
        first_of_bundle = block * TOGETHER + self.first
        common = (
            region, number(first_of_bundle if bundled else key, 0xFF, day),
            "window" if index * 7 % 10 < 3 else "online",
        )  # fmt: skip
        if marked(index, self.at_once, self.cases):
            item = INSTANT[before % len(INSTANT)]
            steps = _at_once(item)
        else:
            promised = index - before
            item = PROMISED[promised % len(PROMISED)]
            parked = marked(promised, self.parked, self.cases - self.at_once)
            steps = _parked() if parked else _promised(item, _path(promised))
        region, application, channel = common
        return Life(key, day, region, f"{seat}-{item.line}", application, channel, _plan(item, seat), steps)


def _path(promised: int) -> str:
    place = promised * 617 % 1000
    for path, share in SHARES:
        place -= share
        if place < 0:
            return path
    return "plain"


_plans: dict[tuple[str, str], Plan] = {}


def _plan(item: Item, seat: str) -> Plan:
    if (item.code, seat) not in _plans:
        instant = item in INSTANT
        works = tuple(
            WorkPlan(line, "征求意见", "consult", f"{seat}-{line}", Budget(max(2, item.promised // 2)))
            for line in item.consulted
        )
        _plans[item.code, seat] = Plan(
            item=item.code, version=1, name=item.name, type=item.type, instant=instant,
            statutory=Budget(item.statutory), promised=Budget(item.promised), works=works,
            certificate=item.certificate,
        )  # fmt: skip
    return _plans[item.code, seat]


def _end(item: Item, after: int) -> tuple[Step, ...]:
    certify = (
        (Step(after, "certify", "system", Input(reference="1.2.156.3005.2")),) if item.certificate else ()
    )
    return (*certify, Step(after, "deliver", "system", Input(how="online")))


def _at_once(item: Item) -> tuple[Step, ...]:
    decide = Step(0, "decide", "officer", Input(verdict="pass"))
    return (Step(0, "accept", "officer"), decide, *_end(item, 0))


def _parked() -> tuple[Step, ...]:
    """Accepted, then in a special procedure that has not ended when the report is drawn up."""
    special = Input(kind="appraisal", days=180)
    return (Step(1, "accept", "officer"), Step(3, "start_special", "officer", special, REASON))


def _promised(item: Item, path: str) -> tuple[Step, ...]:
    """The steps of a promised case: it takes most of the promised time, as real ones do."""
    correct = Step(1, "request_correction", "officer", Input(days=3), REASON)
    match path:
        case "withdrawn":
            return (Step(1, "accept", "officer"), Step(3, "withdraw", "applicant"))
        case "not_required":
            return (Step(1, "not_required", "officer", text=REASON),)
        case "rejected":
            return (Step(1, "reject", "officer", Input(reference="省级主管部门"), REASON),)
        case "uncorrected":
            return (correct,)
    steps: tuple[Step, ...] = (Step(1, "accept", "officer"),)
    accepted, special = 1, 0
    if path == "corrected":
        accepted = 4
        steps = (correct, Step(3, "supply_correction", "applicant"), Step(accepted, "accept", "officer"))
    if path == "silent":
        steps, accepted = (), 9  # by then silence has accepted it
    if path == "special":
        special = 10
        steps += (
            Step(accepted + 2, "start_special", "officer", Input(kind="testing", days=special), REASON),
            Step(accepted + 2 + special, "end_special", "officer"),
        )
    opined, decided = accepted + 3 + special, accepted + special + item.promised - 1
    if path in ("overdue", "extended"):
        decided += 5
    steps += tuple(
        Step(opined, "opine", f"officer:{line}", Input(work=line, verdict="agree")) for line in item.consulted
    )
    if path == "extended" and item.type == "01":
        steps += (Step(decided - 7, "extend", "approver", Input(days=6), REASON),)
    verdict, text = ("refuse", REASON) if path == "refused" else ("pass", "")
    steps += (
        Step(decided - 1, "review", "officer", Input(verdict=verdict), text),
        Step(decided, "decide", "approver", Input(verdict=verdict), text),
    )
    end = (
        _end(item, decided)
        if verdict == "pass"
        else (Step(decided, "deliver", "system", Input(how="online")),)
    )
    return tuple(sorted(steps + end, key=lambda step: step.after))
