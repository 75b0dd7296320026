"""好差评上报: reviews in the form of the national 好差评 interface (GB/T 39735-2020), for the province's platform.

One record a review, the numbering turned round here (5 is the best), personal fields as the adapter protects them, and what a
person wrote only masked: numbers in it are blanked. Each record is checked by itself; what does not pass is held back and
listed for whoever can mend it, and is tried again with the next file, as is what the platform refused or never answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from uuid import UUID

from banshi.adapters.province_platform import ProvincePlatform
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.values import CaseState
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.evaluation import operations, queries
from banshi.contexts.evaluation.values import Channel, Handover, HandoverState, Review, national_code
from banshi.directory import queries as directory
from banshi.directory.values import OfficeInfo, PartyKind, PartyRef
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused
from banshi.kernel.ids import valid_uscc
from banshi.kernel.workdays import CHINA
from banshi.ui.masking import scrubbed

FIELDS = (
    *("projectNo", "pf", "deptCode", "taskCode", "taskHandleItem", "taskName", "subMatter", "proStatus"),
    *("proDepart", "certKey", "userName", "userProp", "userPageType", "handleUserName", "handleUserPageType"),
    *("handleUserPageCode", "satisfaction", "evalDetail", "writingEvaluation", "assessTime", "assessNumber"),
    *("serviceNumber", "dataSource", "promisetime", "acceptDate", "sign"),
)
# 证件类型 (GB/T 39046): 居民身份证, 统一社会信用代码.
_PAPERS = {PartyKind.PERSON: "111", PartyKind.ENTERPRISE: "001"}
_PEOPLE = {PartyKind.PERSON: "1", PartyKind.ENTERPRISE: "2"}
_DONE = "3"  # 办件状态: finished


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHUNK = 500
_YES, _NO = frozenset({"1", "true", "yes", "200", "成功"}), frozenset({"0", "false", "no", "500", "失败"})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """一条上报: the record in the national form, and what is noted of it: `held` where a field did not pass."""

    record: Mapping[str, str]
    note: Handover


def records(
    since_on: date, until_on: date, platform: ProvincePlatform, *, again: bool = False
) -> Iterator[Outgoing]:
    """The reviews of a period, in the order in which they were given; excluded ones are left out, and so is what the
    platform has taken, unless `again`.

    `platform` protects the personal fields and signs. Raises what it raises.
    """
    offices: dict[str, OfficeInfo] = {}
    for chunk in batched(queries.export(since_on, until_on), _CHUNK, strict=False):
        taken = set() if again else queries.accepted(review.id for review, _ in chunk)
        for review, party in chunk:
            if review.id in taken:
                continue
            state = cases.get_case(review.region, review.case, SYSTEM)
            if review.office not in offices:
                offices[review.office] = directory.get_office(review.office)
            found = _record(review, state, offices[review.office], party, platform)
            record = {name: found[name] for name in FIELDS}
            wrong = faults(record)
            now = HandoverState.HELD if wrong else HandoverState.SENT
            note = Handover(
                review.region, review.id, review.office, state.number, review.assess_number, now, wrong
            )
            yield Outgoing(record, note)


def faults(record: Mapping[str, str]) -> tuple[str, ...]:
    """Fields that the platform would refuse, in their order; empty for a record that may go.

    Of each grade the indicators begin with its national number, so that a numbering turned the wrong way does not pass.
    """
    grade, chosen = record["satisfaction"], [code for code in record["evalDetail"].split(",") if code]
    said = bool(chosen or record["writingEvaluation"])
    good = {
        "projectNo": bool(record["projectNo"]),
        "pf": record["pf"] in {one.label for one in Channel},
        "deptCode": valid_uscc(record["deptCode"]),
        "taskCode": bool(record["taskCode"]),
        "taskName": bool(record["taskName"]),
        "certKey": bool(record["certKey"]),
        "userName": bool(record["userName"]),
        "satisfaction": grade in ("1", "2", "3", "4", "5") and (said or grade > "2"),
        "evalDetail": all(len(code) == 3 and code[0] == grade for code in chosen),
        "assessNumber": record["assessNumber"].isdecimal() and record["assessNumber"] != "0",
        "acceptDate": bool(_DAY.fullmatch(record["acceptDate"]))
        and record["acceptDate"] <= record["assessTime"][:10],
    }
    return tuple(name for name in FIELDS if not good.get(name, True))


def note(rows: Iterable[Handover], at: datetime) -> None:
    """What was written and what was held back, once the file is there whole."""
    for chunk in batched(rows, _CHUNK, strict=False):
        operations.note_handovers(chunk, actor=SYSTEM, at=at)


def take_receipt(row: Mapping[str, str], at: datetime) -> None:
    """回执: one line of what the platform answered: `projectNo`, `assessNumber`, `success` (1 or 0), `message`.

    Raises `Refused` for a line that says nothing, or of a review that was not handed over.
    """
    said = row["success"].strip().lower()
    if said not in _YES | _NO:
        raise Refused(
            "success",
            f"success 写 1（收下）或 0（退回），现为“{said}”。",
            f"success is 1 or 0, not “{said}”.",
        )
    number = row["assessNumber"].strip() or "1"
    if not number.isdecimal():
        raise Refused("assessNumber", "assessNumber 应是数字。", "assessNumber must be a number.")
    operations.record_receipt(
        case_number=row["projectNo"].strip(),
        assess_number=int(number),
        accepted=said in _YES,
        answer=scrubbed(row["message"].strip()),
        actor=SYSTEM,
        at=at,
    )


def _record(
    review: Review, state: CaseState, office: OfficeInfo, party: UUID, platform: ProvincePlatform
) -> dict[str, str]:
    time = str(int(review.at.timestamp() * 1000))
    codes = {
        code.scheme: code.code for code in catalogue.get_version(state.plan.item, state.plan.version).codes
    }
    ref = directory.find_party_by_id(party)
    return _who(ref, platform) | {
        "projectNo": state.number,
        "pf": review.channel.label,
        "deptCode": office.uscc,
        "taskCode": codes.get("implementation") or codes.get("basic") or state.plan.item,
        "taskHandleItem": codes.get("handling", ""),
        "taskName": state.plan.name,
        "subMatter": "",
        "proStatus": _DONE,
        "proDepart": office.name,
        "handleUserName": "",
        "handleUserPageType": "",
        "handleUserPageCode": "",
        "satisfaction": national_code(review.grade),
        "evalDetail": ",".join(review.indicators),
        "writingEvaluation": scrubbed(queries.words(review)),
        "assessTime": f"{review.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        "assessNumber": str(review.assess_number),
        "serviceNumber": str(review.assess_number),
        "dataSource": state.region,
        "promisetime": "1" if state.plan.instant else "2",
        "acceptDate": f"{state.accepted_on or state.received_on:%Y-%m-%d}",
        "sign": platform.sign(time),
    }


def _who(ref: PartyRef | None, platform: ProvincePlatform) -> dict[str, str]:
    """Personal; empty where it was erased."""
    kind = ref.kind if ref else PartyKind.PERSON
    known = directory.known_values(ref.region_code, ref.id) if ref else {}
    number = known.get("person.resident_id") or known.get("enterprise.uscc", "")
    name = known.get(f"{kind.value}.name", "")
    return {
        "userName": platform.protect("userName", name),
        "certKey": platform.protect("certKey", number),
        "userProp": _PEOPLE[kind],
        "userPageType": _PAPERS[kind],
    }
