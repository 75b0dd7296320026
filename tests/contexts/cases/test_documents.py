"""文书: every legal act leaves its document, in the name of whose act it is, and tells what that act obliges to tell."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from msgspec import structs
from pypdf import PdfReader

from banshi.adapters import seal_service
from banshi.adapters.seal_service import Order
from banshi.contexts.cases import documents, operations, queries
from banshi.contexts.cases.models import Document
from banshi.contexts.cases.rules import watch
from banshi.contexts.cases.rules.state import evolve
from banshi.contexts.cases.values import Budget, CaseState, Input, Plan, WorkPlan
from banshi.directory.values import PostKind
from banshi.flows import deliver
from banshi.infra import files, store
from banshi.infra.config import BadConfig, adapter, load
from banshi.infra.models import File
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Fact, Recorded, Stream
from banshi.kernel.workdays import Calendar, Notice
from banshi.site.wiring import AFTERWARDS
from tests.contexts.cases.opened import NAME, REGION, opened
from tests.personas import CITY, LICHENG, Persona, huang, li, lin, party_of, staff
from tests.rules.cases.life import CALENDAR, INSTANT, LICENCE, MARKET, ROOT, at, facts, published
from tests.rules.cases.test_art82_notices import LATER, correcting, offered

pytestmark = pytest.mark.django_db

PERMIT = structs.replace(
    LICENCE,
    works=(
        WorkPlan("visit", "现场核查", "site_visit", MARKET, Budget(3), checklist=("地址一致", "有冷藏设备")),
    ),
    certificate="",
    hearing="offered",
    interested=True,
    safety=True,
)
BRIEF = structs.replace(PERMIT, works=(), hearing="", interested=False)


def wu() -> Persona:
    return staff("wu", "吴第二", LICHENG, PostKind.OFFICER, MARKET)


def head() -> Persona:
    return staff("head", "郑局长", LICHENG, PostKind.LEADER, MARKET)


def overseer() -> Persona:
    return staff("overseer", "钱监察", CITY, PostKind.SUPERVISOR)


def act(
    name: str, id: UUID, who: Persona | None, day: str, text: str = "", calendar: Calendar = CALENDAR, **given: object
) -> None:  # fmt: skip
    operations.act(
        name,
        region=REGION,
        id=id,
        actor=who.actor if who else SYSTEM,
        at=at(day),
        calendar=calendar,
        given=Input(**given),  # type: ignore[arg-type]
        text=text,
    )


def accepted(plan: Plan = BRIEF) -> UUID:
    id = opened(party_of(li()).id, plan)
    act("accept", id, lin(), "2026-03-02")
    return id


def decided(plan: Plan = BRIEF) -> UUID:
    id = accepted(plan)
    act("review", id, lin(), "2026-03-03", verdict="pass")
    act("decide", id, huang(), "2026-03-04", verdict="pass")
    return id


def numbers(id: UUID) -> list[tuple[str, str]]:
    """Kind and end of the number of every document, in order."""
    rows = Document.objects.filter(case_id=id).order_by("id").values_list("kind", "number")
    return [(kind, number.rsplit("-", 1)[1]) for kind, number in rows]


def print_all(id: UUID, day: str = "2026-03-31") -> dict[str, str]:
    """Render as the scheduler does; what stands on each document, without spaces, by kind."""
    recorded = Recorded(Stream(REGION, id), 1, Fact("", {}), at(day), "system")
    work = deliver.render_documents(recorded, at(day))
    if work:
        store.write(work, at=at(day), actor="system")
    return {row.kind: read(files.read(row.file)) for row in Document.objects.filter(case_id=id)}


def read(content: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


@pytest.fixture
def heard() -> UUID:
    """李秀英's permit that concerns a neighbour: visit, interested party, hearing, decision, and its end."""
    id = accepted(PERMIT)
    helper = wu()
    File.objects.create(digest="a" * 64, size=1, media_type="image/jpeg", stored_at=at("2026-03-03"))
    act("record", id, lin(), "2026-03-03", "设备一台。", work="visit", people=(helper.account,), checks=("地址一致",), files=("a" * 64,))  # fmt: skip
    act("opine", id, lin(), "2026-03-03", work="visit", verdict="agree")
    act("inform_interested", id, lin(), "2026-03-03", "201室林某：油烟管道经过北墙。")
    act("hear_interested", id, lin(), "2026-03-04", "林某：要求接到屋顶。")
    act("offer_hearing", id, lin(), "2026-03-04", "油烟管道的位置。")
    act("request_hearing", id, li(), "2026-03-05")
    act("schedule_hearing", id, lin(), "2026-03-06", "三楼会议室，9时。", on=date(2026, 3, 18), people=(head().account,))  # fmt: skip
    act("hold_hearing", id, lin(), "2026-03-18", "双方同意接到屋顶。")
    act("review", id, lin(), "2026-03-19", verdict="pass")
    act("decide", id, huang(), "2026-03-20", verdict="pass")
    act("revoke", id, huang(), "2026-03-30", "健康证明系伪造。", kind="fraud")
    return id


def test_each_act_leaves_its_document_with_a_number_of_its_own(heard: UUID) -> None:
    assert numbers(heard) == [
        ("receipt", "J"),
        ("acceptance", "S"),
        ("visit_record", "H4"),
        ("interested_notice", "L"),
        ("hearing_right", "TG"),
        ("hearing_notice", "TZ10"),
        ("special_procedure", "T11"),
        ("hearing_record", "TB12"),
        ("approval", "Z"),
        ("revocation", "C"),
    ]
    all_numbers = Document.objects.values_list("number", flat=True)
    assert len(set(all_numbers)) == len(all_numbers)


def test_what_stands_on_them_is_what_was_decided(heard: UUID) -> None:
    said = print_all(heard)
    assert "听证主持人郑局长" in said["hearing_notice"] and "2026年3月18日公开举行" in said["hearing_notice"]
    assert "至2026年3月11日" in said["hearing_right"] and "油烟管道的位置" in said["hearing_right"]
    assert "双方同意接到屋顶" in said["hearing_record"]
    assert "核查人员林建明、吴第二" in said["visit_record"]
    assert "地址一致符合" in said["visit_record"] and "有冷藏设备不符合" in said["visit_record"]
    assert "照片1张" in said["visit_record"]
    assert "201室林某" in said["interested_notice"] and "至2026年3月10日" in said["interested_notice"]
    assert "第六十九条第二款" in said["revocation"] and "2029年3月30日以前不得再次申请" in said["revocation"]
    assert f"{NAME}：" in said["revocation"] and "行政复议" in said["revocation"]
    assert all("泉州市鲤城区市场监督管理局" in text for text in said.values())


def test_a_document_is_printed_once_and_then_stays(heard: UUID) -> None:
    print_all(heard)
    before = list(Document.objects.order_by("id").values_list("file", flat=True))
    staff("head", "郑局长", LICHENG)
    print_all(heard)
    assert list(Document.objects.order_by("id").values_list("file", flat=True)) == before
    recorded = Recorded(Stream(REGION, heard), 1, Fact("", {}), at("2026-03-31"), "system")
    assert deliver.render_documents(recorded, at("2026-03-31")) is None


def test_what_offices_write_for_each_other_is_not_handed_to_the_applicant(heard: UUID) -> None:
    shown = {paper.kind for paper in queries.papers(REGION, [heard])[heard]}
    everything = queries.papers(REGION, [heard], internal=True)[heard]
    assert {paper.kind for paper in everything} - shown == {"visit_record", "interested_notice"}
    visit = next(paper for paper in everything if paper.kind == "visit_record")
    assert visit.title == "现场核查记录"
    assert queries.find_paper(REGION, heard, visit.id) is None
    assert queries.find_paper(REGION, heard, visit.id, internal=True) == visit


def test_names_and_words_lie_in_no_frozen_data(heard: UUID) -> None:
    frozen = "".join(Document.objects.values_list("data", flat=True))
    for word in (NAME, "林某", "林建明", "郑局长", "伪造", "屋顶"):
        assert word not in frozen


def test_an_extension_tells_reason_and_both_days_old_and_new() -> None:
    id = accepted()
    before = queries.get_case(REGION, id, SYSTEM)
    act("extend", id, huang(), "2026-03-04", "需要等待检测结果。", days=10)
    after = queries.get_case(REGION, id, SYSTEM)
    said = print_all(id)["extension"]
    assert "第四十二条第一款" in said and "延长10个工作日" in said and "需要等待检测结果" in said
    for old, new in (
        (before.statutory_due_on, after.statutory_due_on),
        (before.promised_due_on, after.promised_due_on),
    ):
        assert old and new and old < new
        assert f"{cn(old)}{cn(new)}" in said


def cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def test_a_day_that_was_told_and_moves_is_told_again() -> None:
    """Received before the notice of 2026 was out: the Monday after 清明 then turned out to be a day off."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "data/holidays").glob("*.json"))]
    notices = [Notice.parse(json.loads(text)) for text in texts]
    unpublished = Calendar.of([notice for notice in notices if notice.year < 2026])
    id = opened(party_of(li()).id, BRIEF, when=at("2026-03-31"))
    act("accept", id, lin(), "2026-03-31", calendar=unpublished)
    act("reclock", id, None, "2026-04-01", calendar=unpublished)
    assert [kind for kind, _ in numbers(id)] == ["receipt", "acceptance"]  # nothing moved
    act("reclock", id, None, "2026-04-01")
    assert numbers(id)[-1] == ("clock_notice", "Q5")
    said = print_all(id)
    assert "至2026年4月9日（暂定）" in said["acceptance"]
    assert "第八十二条" in said["clock_notice"] and "2026年4月9日2026年4月10日" in said["clock_notice"]


def test_the_days_to_correct_and_to_ask_for_a_hearing_are_told_again_when_they_move() -> None:
    unpublished = published(2025)
    correcting = opened(party_of(li()).id, BRIEF, when=at("2026-03-31"))
    act("request_correction", correcting, lin(), "2026-03-31", "补平面图。", unpublished, days=5)
    asked = opened(party_of(li()).id, PERMIT, when=at("2026-03-31"))
    act("accept", asked, lin(), "2026-03-31", calendar=unpublished)
    act("offer_hearing", asked, lin(), "2026-03-31", "油烟管道的位置。", unpublished)
    for id, kind, got in ((correcting, "补正期限", "收到"), (asked, "要求听证的期限", "受理")):
        act("reclock", id, None, "2026-04-01")
        said = print_all(id)["clock_notice"]
        assert f"{kind}2026年4月7日2026年4月8日" in said
        assert f"本机关于2026年3月31日{got}你提交的" in said


def test_another_version_that_promises_another_day_is_told() -> None:
    id = accepted()
    before = queries.get_case(REGION, id, SYSTEM)
    for version, promised, told in ((2, 7, False), (3, 5, True)):
        plan = structs.replace(BRIEF, version=version, promised=Budget(promised))
        (fact,) = watch.migrate(before, plan, at("2026-03-03"), CALENDAR)
        after = evolve(before, fact)
        assert (documents.calls_for(before, after, fact) is not None) == told
    store.write(lambda tx: documents.issue(tx, before, after, fact, CALENDAR), at=at("2026-03-03"), actor="system")  # fmt: skip
    said = print_all(id)["clock_notice"]
    assert "改按新版办理" in said and "2026年3月11日2026年3月9日" in said and "法定办理期限" not in said


def test_a_promise_in_hours_is_told_to_the_minute() -> None:
    id = accepted(structs.replace(INSTANT, promised=Budget(1, "hour")))
    assert "1个工作小时，至2026年3月2日11时00分" in print_all(id)["acceptance"]


def test_a_supervisors_word_goes_to_the_office_on_paper_and_a_reminder_does_not() -> None:
    id = accepted()
    act("urge", id, None, "2026-03-11")
    assert [kind for kind, _ in numbers(id)] == ["receipt", "acceptance"]
    act("urge", id, overseer(), "2026-03-12", "申请人来电，请说明。")
    assert numbers(id)[-1][0] == "supervision"
    said = print_all(id)["supervision"]
    assert "泉州市鲤城区市场监督管理局：" in said and "（已超期）" in said and "请说明" in said
    assert "泉州市鲤城区政务服务电子监察" in said or "鲤城区政务服务电子监察" in said
    assert "最迟在2026年3月16日答复" in said
    assert "supervision" not in {paper.kind for paper in queries.papers(REGION, [id])[id]}


def test_a_renewal_by_silence_is_told_as_such() -> None:
    plan = structs.replace(BRIEF, renews="JY1", expires_on=date(2026, 4, 10))
    id = accepted(plan)
    act("deem_renewed", id, None, "2026-04-13")
    said = print_all(id)["approval"]
    assert "视为准予延续通知书" in said and "第五十条第二款" in said and "2026年4月10日" in said


def test_a_permit_that_ends_is_cancelled_in_writing() -> None:
    id = decided()
    act("cancel", id, huang(), "2026-04-01", "2026年3月办理注销登记。", kind="firm_gone")
    said = print_all(id)["cancellation"]
    assert "第七十条第（三）项" in said and "法人或者其他组织依法终止" in said and "2026年4月1日起" in said


def test_who_concealed_something_reads_until_when_not_to_apply() -> None:
    id = accepted()
    act("review", id, lin(), "2026-03-03", "隐瞒。", verdict="refuse")
    act("decide", id, huang(), "2026-03-04", "隐瞒了处罚记录。", verdict="refuse", false=True)
    assert "2027年3月4日以前不得再次申请" in print_all(id)["refusal"]


def test_another_kind_of_matter_names_no_article_of_the_licensing_law() -> None:
    id = accepted(INSTANT)
    act("decide", id, lin(), "2026-03-02", verdict="pass")
    assert "行政许可" not in "".join(print_all(id).values())


def test_a_document_names_the_office_that_issued_it_though_the_case_has_moved_on() -> None:
    id = accepted()
    act("transfer", id, lin(), "2026-03-03", "属于市级权限。", reference="350500-market")
    assert "泉州市鲤城区市场监督管理局" in print_all(id)["acceptance"]


def test_what_an_earlier_version_froze_can_still_be_printed() -> None:
    id = accepted()
    for row in Document.objects.filter(case_id=id):
        data = json.loads(row.data)
        for key in ("office", "answer_days"):
            data.pop(key, None)
        row.data = json.dumps(data)
        row.save()
    assert "泉州市鲤城区市场监督管理局" in print_all(id)["acceptance"]


def test_each_fact_that_calls_for_a_document_is_heard_by_the_printer() -> None:
    assert {kind for kind, heard in AFTERWARDS.items() if "render documents" in heard} == documents.FACTS


# ---- seals ----


class Stamp:
    """A seal service that marks what it seals."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def picture(self, order: Order) -> str:
        return ""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        if self.mark == "down":
            raise ConnectionError
        return pdf + f"\n%{self.mark} {order.office} {order.number.rsplit('-', 1)[1]}".encode()


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    adapter.cache_clear()
    yield monkeypatch
    adapter.cache_clear()


def configured(config: pytest.MonkeyPatch, **changes: Any) -> None:
    config.setattr(settings, "BANSHI", replace(settings.BANSHI, **changes))


def test_without_a_service_a_document_waits_for_its_seal() -> None:
    said = print_all(accepted())
    assert all("待加盖印章" in text and "演示" not in text for text in said.values())


def test_the_demo_stamps_and_says_what_the_stamp_is(config: pytest.MonkeyPatch) -> None:
    configured(config, demo=True)
    said = print_all(accepted())
    assert all("演示章" in text and "不具法律效力" in text for text in said.values())


def test_a_service_seals_the_finished_file_in_the_offices_name(config: pytest.MonkeyPatch) -> None:
    configured(config, seal={"adapter": f"{__name__}:Stamp", "mark": "sealed"})
    id = accepted()
    said = print_all(id)
    row = Document.objects.get(case_id=id, kind="acceptance")
    assert files.read(row.file).endswith(f"%sealed {MARKET} S".encode())
    assert "待加盖印章" not in said["acceptance"] and "演示" not in said["acceptance"]


def test_a_record_that_is_signed_by_hand_goes_to_no_seal_service(
    config: pytest.MonkeyPatch, heard: UUID
) -> None:
    configured(config, seal={"adapter": f"{__name__}:Stamp", "mark": "sealed"})
    said = print_all(heard)
    row = Document.objects.get(case_id=heard, kind="hearing_record")
    assert b"%sealed" not in files.read(row.file)
    assert "待加盖印章" not in said["hearing_record"]


def test_while_the_service_is_down_nothing_goes_out_unsealed(config: pytest.MonkeyPatch) -> None:
    configured(config, seal={"adapter": f"{__name__}:Stamp", "mark": "down"})
    id = accepted()
    with pytest.raises(ConnectionError):
        print_all(id)
    assert set(Document.objects.filter(case_id=id).values_list("file", flat=True)) == {""}


@pytest.mark.parametrize(
    "adapter", ["", "nowhere", "no.such.module:Seal", f"{__name__}:Nothing", f"{__name__}:Stamp"]
)
def test_a_wrong_adapter_is_named(config: pytest.MonkeyPatch, adapter: str) -> None:
    configured(config, seal={"adapter": adapter})
    with pytest.raises(BadConfig, match=re.escape(f"“{adapter}”")):
        seal_service.service()


def test_the_configuration_names_the_service_in_a_section_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "banshi.toml"
    text = 'database = "sqlite:///a.sqlite3"\nfolder = "files"\nkeys = "keys.json"\n[seal]\n'
    path.write_text(f'{text}adapter = "a.b:C"\nendpoint = "https://seals.example.org"\n', "utf-8")
    assert load(path).seal == {"adapter": "a.b:C", "endpoint": "https://seals.example.org"}
    path.write_text(f"{text}timeout = 5\n", "utf-8")
    with pytest.raises(BadConfig, match="seal"):
        load(path)


@pytest.mark.parametrize("case", [correcting(), offered()], ids=["correction", "hearing"])
def test_a_day_that_was_told_is_told_again_in_writing_when_it_moves(case: CaseState) -> None:
    (fact,) = facts(case, "reclock", at("2026-12-30"), by=SYSTEM, calendar=LATER)
    paper = documents.calls_for(case, evolve(case, fact), fact)
    assert paper
    assert paper.name == "clock_notice"
    assert not paper.internal
