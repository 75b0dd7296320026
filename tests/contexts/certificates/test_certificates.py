"""Certificates as they are kept: issued once, found by number, printed, revoked, seen by whom they concern."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from banshi.adapters.seal_service import Order
from banshi.contexts.certificates import operations, queries
from banshi.contexts.certificates.models import Certificate, CertificateIndex, CertificatePrivate
from banshi.contexts.certificates.values import CertificateKind, CertificateState, Holder, Standing
from banshi.directory.models import Office
from banshi.flows import deliver
from banshi.infra import counters, files, private
from banshi.infra.models import Fact as FactRow
from banshi.infra.store import Clash, new_id, write
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import Fact, NotFound, Recorded, Refused, Stream
from banshi.kernel.ids import BadId, CertificateId

pytestmark = pytest.mark.django_db

REGION, OFFICE = "350502", "350502-market"
AT = datetime(2026, 11, 25, 18, 30, tzinfo=UTC)  # in China the 26th
ON = date(2026, 11, 26)
LI = UUID("01936b4e-0000-7000-8000-000000000001")
CASE = UUID("01936b4e-0000-7000-8000-000000000002")
FOOD = CertificateKind("food_licence", "食品经营许可证", "11100000000013338W009", 60, "JY2")
HEALTH = CertificateKind("food_staff_health", "食品从业人员健康证明", "11100000000013338W010", 12)
LI_SAN = {"name": "李三", "number": "11010519491231002X"}

li = Actor("citizen", "li", parties=frozenset({str(LI)}))
other = Actor("citizen", "other", parties=frozenset({str(new_id())}))
approver = Actor("staff", "7", held=(Post("approver", OFFICE, REGION),))
zhao = Actor("staff", "9", held=(Post("approver", "350502-education", REGION),))


def issue(**changes: Any) -> str:
    usual: dict[str, Any] = {
        "region": REGION,
        "case": CASE,
        "type": FOOD,
        "issuer_uscc": "11440100007482575H",
        "issuer_office": OFFICE,
        "party": LI,
        "holder": LI_SAN,
        "fields": [("经营场所", "开元街道西街18号"), ("经营项目", "热食类食品制售")],
        "issued_on": ON,
        "actor": SYSTEM,
        "at": AT,
    }
    return operations.issue(**(usual | changes))


def of(identifier: str) -> CertificateState:
    return queries.get_by_identifier(identifier)


def revoke(identifier: str, actor: Actor = approver, reason: str = "以欺骗手段取得") -> None:
    operations.revoke(region=REGION, identifier=identifier, reason=reason, actor=actor, at=AT)


def printed(identifier: str) -> bytes | None:
    """What the flow does with a certificate that is not printed yet."""
    draft = operations.unrendered(identifier)
    if draft is None:
        return None
    url = f"https://banshi.example.org/v/{identifier}"
    content = operations.render(draft, verify_url=url, demo=True, seal="")
    files.store(content, files.digest_of(content))
    attach(draft, content)
    return content


def attach(draft: operations.Draft, content: bytes) -> None:
    digest = files.digest_of(content)
    write(lambda tx: operations.attach(tx, draft, digest, len(content)), at=AT, actor="system")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.BANSHI = replace(settings.BANSHI, folder=tmp_path)
    Office.objects.create(code=OFFICE, name="鲤城区市场监督管理局", department="market", region_code=REGION)
    return tmp_path


# Issuing


def test_a_certificate_of_a_type_is_issued_once_for_a_case() -> None:
    identifier = issue()
    assert CertificateId.parse(identifier).issuer_code == "11440100007482575H"
    assert issue() == identifier
    assert issue(type=HEALTH) != identifier
    assert issue(case=new_id()) != identifier
    assert Certificate.objects.count() == CertificateIndex.objects.count() == 3
    assert counters.totals("certificates.issued") == {"food_licence": 2, "food_staff_health": 1}


def test_a_repeated_command_gets_the_first_answer() -> None:
    once = new_id()
    assert issue(command_id=once) == issue(command_id=once)
    assert FactRow.objects.filter(kind="certificates.certificate.issued").count() == 1


def test_nothing_personal_lies_open() -> None:
    state = of(issue())
    row = Certificate.objects.get(region_code=REGION, id=state.id)
    sealed = CertificatePrivate.objects.get(region_code=REGION, id=state.id)
    rows = (row.state, FactRow.objects.get(stream_id=state.id).data, bytes(sealed.content).decode("latin1"))
    for text in rows:
        assert LI_SAN["number"] not in text and LI_SAN["name"] not in text and "西街" not in text
    assert queries.holder(state) == Holder(
        "李三", "11010519491231002X", (("经营场所", "开元街道西街18号"), ("经营项目", "热食类食品制售"))
    )


def test_a_refused_issue_leaves_nothing_behind() -> None:
    with pytest.raises(Refused):
        issue(actor=zhao)
    with pytest.raises(Refused):
        issue(issuer_uscc="")
    assert not Certificate.objects.exists() and not CertificatePrivate.objects.exists()
    assert not FactRow.objects.exists()


def test_a_number_that_exists_already_undoes_the_issue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: 127)
    first = issue()
    with pytest.raises(Clash):
        issue(case=new_id())
    assert [row.identifier for row in CertificateIndex.objects.all()] == [first]
    assert CertificatePrivate.objects.count() == 1


def test_rows_written_by_sql_are_found_by_the_orm() -> None:
    state = of(issue())
    row = Certificate.objects.get(
        region_code=REGION, case_id=CASE, party_id=LI, issued_on=ON, valid_until_on=date(2031, 11, 25)
    )
    assert (row.id, row.identifier, row.type_key) == (state.id, state.identifier, "food_licence")
    assert CertificateIndex.objects.get(number=state.number).certificate_id == state.id


# The fold


def test_folding_the_facts_gives_the_row(folder: Path) -> None:
    identifier = issue()
    for step in (lambda: None, lambda: printed(identifier), lambda: revoke(identifier)):
        step()
        state = of(identifier)
        assert operations.folded(queries.facts(REGION, state.id)) == state
        row = Certificate.objects.get(region_code=REGION, id=state.id)
        assert (row.seq, row.status, row.identifier, row.type_key, row.case_id, row.party_id) == (
            state.seq, state.status.value, state.identifier, state.type, state.case, state.party,
        )  # fmt: skip
        assert (row.issued_on, row.valid_until_on) == (state.issued_on, state.valid_until_on)
    assert state.seq == 3


def test_erasing_the_holder_leaves_the_fold_true() -> None:
    state = of(issue())
    write(lambda tx: private.erase(tx, CertificatePrivate, REGION, state.id), at=AT, actor="system")
    assert operations.folded(queries.facts(REGION, state.id)) == of(state.identifier)
    assert queries.holder(state) is None
    found = queries.find_public(state.number, ON)
    assert found is not None and found.holder == ""
    assert operations.unrendered(state.identifier) is None


# Verifying


def test_anybody_verifies_by_identifier_or_number() -> None:
    state = of(issue())
    for typed in (state.identifier.lower(), f" {state.number} ", state.number.lower()):
        found = queries.find_public(typed, ON)
        assert found is not None
        assert (found.name, found.office, found.holder) == ("食品经营许可证", OFFICE, "李*")
        assert (found.issued_on, found.valid_until_on) == (ON, date(2031, 11, 25))
        assert found.status is Standing.VALID and found.status.value == "valid"
        assert LI_SAN["number"] not in repr(found) and LI_SAN["name"] not in repr(found)


def test_a_firms_name_is_public() -> None:
    shop = {"name": "泉州市鲤城区老陈面线糊店", "number": "11430000006122244L"}
    found = queries.find_public(issue(holder=shop), ON)
    assert found is not None and found.holder == shop["name"]


def test_expired_and_revoked_are_told_apart() -> None:
    identifier = issue()
    late = queries.find_public(identifier, date(2031, 11, 26))
    assert late is not None and late.status is Standing.EXPIRED
    revoke(identifier)
    found = queries.find_public(identifier, ON)
    assert found is not None and (found.status, found.revoked_on) == (Standing.REVOKED, ON)


def test_a_mistyped_identifier_is_not_simply_missing() -> None:
    identifier = issue()
    check = "0" if identifier[-1] != "0" else "1"
    with pytest.raises(BadId, match="校验位"):
        queries.find_public(identifier[:-1] + check, ON)
    never = CertificateId.build(FOOD.code, "11440100007482575H", "NEVERISSUED")
    for typed in (str(never), "JY2350502202699999999", "", "\x00", "李三", "\ud800"):
        assert queries.find_public(typed, ON) is None


# Printing


def test_the_pdf_is_printed_once_and_kept_encrypted(folder: Path) -> None:
    identifier = issue()
    with pytest.raises(Refused, match="正在生成"):
        queries.content(REGION, of(identifier).id, li)
    draft = operations.unrendered(identifier)
    assert draft is not None
    content = printed(identifier)
    assert content is not None and printed(identifier) is None
    state = of(identifier)
    assert state.file == files.digest_of(content)
    attach(draft, content)
    assert of(identifier) == state
    assert queries.content(REGION, state.id, li) == content
    assert b"%PDF" not in (folder / "files" / state.file[:2] / state.file).read_bytes()
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    for shown in (
        "李三",
        "食品经营许可证",
        "鲤城区市场监督管理局",
        "开元街道西街18号",
        state.number,
        "2031年11月25日",
    ):
        assert shown in text
    assert LI_SAN["number"] not in text and "110***********002X" in text


class Stamp:
    """A seal service that marks what it seals."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def picture(self, order: Order) -> str:
        return ""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        if self.mark == "down":
            raise ConnectionError
        return pdf + f"\n%{self.mark} {order.office} {order.uscc} {order.number} {order.kind}".encode()


def delivered(identifier: str) -> bytes:
    """As the outbox has it printed."""
    told = Fact("cases.case.certified", {"certificate": identifier})
    work = deliver.render_certificate(Recorded(Stream(REGION, CASE), 1, told, AT, "system"), AT)
    if work:
        write(work, at=AT, actor="system")
    return queries.content(REGION, of(identifier).id, SYSTEM)


def shown(content: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def test_it_bears_the_seal_of_the_office_that_issued_it(folder: Path, settings: Any) -> None:
    Office.objects.filter(code=OFFICE).update(uscc="11440100007482575H")
    settings.BANSHI = replace(settings.BANSHI, seal={"adapter": f"{__name__}:Stamp", "mark": "sealed"})
    content = delivered(issue())
    state = queries.list_of_party([LI])[0]
    assert content.endswith(f"%sealed {OFFICE} 11440100007482575H {state.number} certificate".encode())
    assert "印章" not in shown(content)
    assert delivered(state.identifier) == content  # once


def test_while_the_seal_service_is_down_it_waits(folder: Path, settings: Any) -> None:
    settings.BANSHI = replace(settings.BANSHI, seal={"adapter": f"{__name__}:Stamp", "mark": "down"})
    identifier = issue()
    with pytest.raises(ConnectionError):
        delivered(identifier)
    assert not of(identifier).file


@pytest.mark.parametrize(("demo", "seal"), [(True, "演示章"), (False, "（待加盖印章）")])
def test_without_a_service_the_demo_stamps_and_any_other_leaves_the_place(
    folder: Path, settings: Any, demo: bool, seal: str
) -> None:
    settings.BANSHI = replace(settings.BANSHI, demo=demo, seal={})
    content = shown(delivered(issue()))
    assert seal in content
    assert ("演示" in content) is demo


def test_only_holder_and_issuing_office_get_it(folder: Path) -> None:
    identifier = issue()
    printed(identifier)
    id = of(identifier).id
    for actor in (li, approver, SYSTEM):
        assert queries.get_certificate(REGION, id, actor).identifier == identifier
    for actor in (other, zhao):
        with pytest.raises(NotFound):
            queries.get_certificate(REGION, id, actor)
        with pytest.raises(NotFound):
            queries.content(REGION, id, actor)
    with pytest.raises(NotFound):
        queries.get_certificate("350503", id, li)


# Revoking


def test_a_revocation_keeps_its_reasons_and_happens_once() -> None:
    identifier = issue()
    for _ in range(2):
        revoke(identifier)
    state = of(identifier)
    assert (state.seq, state.revoked_on) == (2, ON)
    assert queries.reason(state) == "以欺骗手段取得"
    assert "欺骗" not in FactRow.objects.get(stream_id=state.id, seq=2).data
    assert CertificatePrivate.objects.count() == 2
    assert counters.totals("certificates.revoked") == {"food_licence": 1}


def test_a_refused_revocation_changes_nothing() -> None:
    identifier = issue()
    with pytest.raises(Refused, match="理由"):
        revoke(identifier, reason="  ")
    with pytest.raises(Refused, match="4000"):
        revoke(identifier, reason="长" * 4001)
    with pytest.raises(NotFound):
        revoke(identifier, zhao)
    with pytest.raises(NotFound):
        operations.revoke(region="350503", identifier=identifier, reason="误", actor=SYSTEM, at=AT)
    assert of(identifier).seq == 1
    assert CertificatePrivate.objects.count() == 1


def test_the_platform_revokes_with_the_reasons_left_to_the_case() -> None:
    identifier = issue()
    revoke(identifier, SYSTEM, "")
    assert of(identifier).standing(ON) is Standing.REVOKED
    assert queries.reason(of(identifier)) == ""


# What somebody holds


def test_of_each_type_the_newest_valid_one_is_held() -> None:
    old = issue(case=new_id(), issued_on=date(2025, 3, 1))
    new = issue(case=new_id())
    health = issue(case=new_id(), type=HEALTH, issued_on=date(2026, 1, 10))
    issue(case=new_id(), party=UUID(int=5))
    assert queries.held_by(LI, ON) == {"food_licence": new, "food_staff_health": health}
    revoke(new)
    assert queries.held_by(LI, ON)["food_licence"] == old
    assert "food_staff_health" in queries.held_by(LI, date(2027, 1, 9))
    assert "food_staff_health" not in queries.held_by(LI, date(2027, 1, 10))


def test_a_person_sees_all_their_certificates_the_newest_first() -> None:
    first = issue(case=new_id(), issued_on=date(2025, 3, 1), region="350503")
    second = issue(case=new_id())
    revoke(second)
    issue(case=new_id(), party=UUID(int=5))
    assert [state.identifier for state in queries.list_of_party([LI])] == [second, first]
    assert queries.list_of_party([]) == []
