"""好差评上报: reviews in the form of the national 好差评 interface (GB/T 39735-2020), for the province's platform.

One record a review, the numbering turned round here (5 is the best), personal fields as the adapter protects them, and what a
person wrote only masked: numbers in it are blanked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from banshi.adapters.province_platform import ProvincePlatform
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.values import CaseState
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.values import Review, national_code
from banshi.directory import queries as directory
from banshi.directory.values import OfficeInfo, PartyKind, PartyRef
from banshi.kernel.actors import SYSTEM
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


def records(since_on: date, until_on: date, platform: ProvincePlatform) -> Iterator[dict[str, str]]:
    """The reviews of a period, in the order in which they were given; excluded ones are left out.

    `platform` protects the personal fields and signs. Raises what it raises.
    """
    offices: dict[str, OfficeInfo] = {}
    for review, party in queries.export(since_on, until_on):
        state = cases.get_case(review.region, review.case, SYSTEM)
        if review.office not in offices:
            offices[review.office] = directory.get_office(review.office)
        found = _record(review, state, offices[review.office], party, platform)
        yield {name: found[name] for name in FIELDS}


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
