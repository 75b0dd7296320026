"""文书打印: what stands on the paper, and what a person wrote never becomes markup."""

from __future__ import annotations

import io
import re
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import segno
import typst
from pypdf import PdfReader

from banshi.adapters.seal_service import Order
from banshi.adapters.seal_service.demo import DemoSeal
from banshi.infra import pdf

CONTEXTS = Path(pdf.__file__).parents[1] / "contexts"
CASES = CONTEXTS / "cases/documents"
CERTIFICATE = CONTEXTS / "certificates/documents/certificate.typ"
AT = datetime(2026, 11, 20, 6, 5, tzinfo=UTC)

ORDER = Order(
    "350500-approval",
    "11350500003785812A",
    "泉州市行政审批服务局",
    "泉审批〔2026〕12号",
    "acceptance",
)
REMEDIES = {"review_body": "泉州市人民政府", "court": "泉州市丰泽区人民法院"}
COMMON: dict[str, Any] = {
    "office": "泉州市行政审批服务局",
    "number": "泉审批〔2026〕12号",
    "case_number": "350503202611200000127",
    "applicant": "泉州市丰泽区老陈面线糊店",
    "applicant_kind": "enterprise",
    "item": "食品经营许可（新办）",
    "licence": True,
    "basis": [],
    "issued_on": date(2026, 11, 20),
    "contact": {
        "phone": "0595-22000000",
        "complaints": "0595-22000001",
        "address": "泉州市丰泽区海星街100号",
    },
    "url": "https://banshi.example.org/p/7K3M9Q2XVD",
    "seal": {"svg": DemoSeal().picture(ORDER)},
    "demo": True,
}
SAMPLES: dict[str, dict[str, Any]] = {
    "receipt": {
        "received_at": datetime(2026, 11, 19, 1, 30, tzinfo=UTC),
        "channel": "市政务服务中心综合窗口",
        "receiver": "王丽",
        "materials": [
            {"name": "食品经营许可申请书", "form": "原件", "count": 1},
            {"name": "营业执照", "form": "数据共享", "count": 1, "note": "来自电子营业执照"},
            {
                "name": "与食品经营相适应的主要设备设施、经营布局、操作流程等文件",
                "form": "复印件",
                "count": 2,
            },
        ],
        "answer": {"days": 5, "due_on": date(2026, 11, 26)},
    },
    "acceptance": {
        "received_on": date(2026, 11, 19),
        "accepted_on": date(2026, 11, 20),
        "deemed": False,
        "answer_days": 5,
        "limits": [
            {"kind": "statutory", "days": 20, "unit": "workday", "due_on": date(2026, 12, 18)},
            {"kind": "promised", "days": 8, "unit": "workday", "due_on": date(2026, 12, 2)},
        ],
        "promised": [{"name": "健康证明", "due_on": date(2026, 12, 1)}],
        "promised_consequence": "逾期未补交的，视为撤回申请。",
    },
    "correction": {
        "received_on": date(2026, 11, 19),
        "corrections": [
            {
                "name": "食品经营许可申请书",
                "problem": "第2页“经营场所”一栏没有填写门牌号。",
                "remedy": "写明经营场所的门牌号，与营业执照一致。",
                "basis": "《食品经营许可和备案管理办法》第十二条",
            },
            {"name": "操作流程文件", "problem": "没有提交。", "remedy": "提交操作流程文件一份，加盖公章。"},
        ],
        "due": {"days": 10, "due_on": date(2026, 12, 4)},
        "consequence": "逾期未补正的，视为撤回申请。",
        "channel": "在原申请页面上传，或者交到市政务服务中心综合窗口",
    },
    "not_required": {
        "received_on": date(2026, 11, 19),
        "reason": "销售食用农产品，不需要取得食品经营许可。（《中华人民共和国食品安全法》第三十五条第一款）",
        "advice": "你单位可以直接开展经营。",
        "remedies": REMEDIES,
    },
    "rejection": {
        "received_on": date(2026, 11, 19),
        "reason": "经营场所在鲤城区，由鲤城区的许可机关管辖。",
        "competent": [
            {
                "office": "泉州市鲤城区市场监督管理局",
                "address": "泉州市鲤城区庄府巷24号",
                "phone": "0595-22000002",
            }
        ],
        "remedies": REMEDIES,
    },
    "approval": {
        "received_on": date(2026, 11, 19),
        "accepted_on": date(2026, 11, 20),
        "content": "准予在泉州市丰泽区东海街道从事热食类食品制售。",
        "certificates": [
            {
                "name": "食品经营许可证",
                "number": "JY23505030000127",
                "valid_from": date(2026, 11, 26),
                "valid_to": date(2031, 11, 25),
            }
        ],
        "conditions": ["在经营场所的显著位置公示许可证。", "变更许可事项的，在10个工作日内申请变更。"],
        "delivery": "领取方式：邮寄到申请时填写的地址。",
        "delivery_due_on": date(2026, 12, 4),
        "deemed": None,
        "remedies": REMEDIES,
    },
    "refusal": {
        "received_on": date(2026, 11, 19),
        "accepted_on": date(2026, 11, 20),
        "reasons": [
            {
                "reason": "经营场所距离公共厕所不足25米，现场核查不合格。",
                "basis": "《中华人民共和国食品安全法》第三十三条第一款第（一）项",
            },
            {
                "reason": "没有与经营的食品品种、数量相适应的冷藏设备。",
                "basis": "《中华人民共和国食品安全法》第三十三条第一款第（二）项",
            },
        ],
        "advice": "更换经营场所并配备冷藏设备后，可以重新申请。",
        "blocked_until_on": None,
        "remedies": REMEDIES,
    },
    "withdrawal": {
        "received_on": date(2026, 11, 19),
        "withdrawn_on": date(2026, 12, 5),
        "lapsed": True,
        "reason": "本机关于2026年11月20日一次告知需要补正的内容，你单位在10个工作日内没有补正。",
        "advice": "已提交的纸质材料可以在综合窗口领回。",
        "remedies": REMEDIES,
    },
    "special_procedure": {
        "accepted_on": date(2026, 11, 20),
        "procedure": "专家评审",
        "reason": "操作流程涉及自制发酵饮品，需要专家评审其安全性，由市食品安全专家委员会进行。",
        "starts_on": date(2026, 11, 24),
        "days": 15,
        "unit": "workday",
        "ends_on": date(2026, 12, 14),
        "remaining_days": 19,
        "due_on": date(2027, 1, 11),
        "provisional": True,
    },
    "extension": {
        "accepted_on": date(2026, 11, 20),
        "joint": False,
        "days": 10,
        "reason": "经营场所的排水改造尚未完成，现场核查要等到改造完成以后。",
        "limits": [
            {
                "kind": "statutory",
                "old_due_on": date(2026, 12, 18),
                "due_on": date(2027, 1, 4),
                "provisional": True,
            },
            {"kind": "promised", "old_due_on": date(2026, 12, 2), "due_on": date(2026, 12, 16)},
        ],
    },
    "hearing_right": {
        "received_on": date(2026, 11, 19),
        "accepted_on": date(2026, 11, 20),
        "days": 5,
        "request_by": date(2026, 11, 27),
        "hold_days": 20,
        "reason": "油烟排放口距离楼上住户的窗户不足10米。",
    },
    "hearing_notice": {
        "received_on": date(2026, 11, 19),
        "held_on": date(2026, 12, 8),
        "presider": "黄志明",
        "reason": "12月8日9时30分，海星街100号三楼会议室。就油烟排放口的位置听取意见。",
    },
    "hearing_record": {
        "received_on": date(2026, 11, 19),
        "held_on": date(2026, 12, 8),
        "presider": "黄志明",
        "reason": "申请人称：将油烟管道接到屋顶排放。\n住户林某称：同意接到屋顶，要求每月清洗。",
    },
    "interested_notice": {
        "received_on": date(2026, 11, 19),
        "until_on": date(2026, 11, 27),
        "reason": "海星街18号201室住户：一层拟经营热食，油烟管道从北墙经过。",
    },
    "work_record": {
        "title": "现场核查记录",
        "work": "现场核查",
        "kind": "site_visit",
        "on": date(2026, 11, 24),
        "people": ["王丽", "赵强"],
        "checks": [
            {"line": "经营场所与申请的地址一致", "met": True},
            {"line": "冷藏设备与经营的品种、数量相适应", "met": False},
        ],
        "photos": 3,
        "reason": "冷藏设备一台，容积200升，不足以存放半成品。",
    },
    "supervision": {
        "to": "泉州市丰泽区市场监督管理局",
        "level": "supervisor",
        "work": "现场核查",
        "holder": "王丽",
        "due_on": date(2026, 11, 27),
        "overdue": True,
        "answer_on": date(2026, 12, 2),
        "reason": "申请人来电反映无人联系，请说明原因。",
    },
    "revocation": {
        "decided_on": date(2026, 11, 26),
        "revoked_on": date(2027, 3, 1),
        "article": "第六十九条第二款",
        "ground": "以欺骗、贿赂等不正当手段取得",
        "reason": "经查，提交的健康证明系伪造。",
        "certificate": "1.2.156.3005.2.11100000MB0143028R031",
        "blocked_until_on": date(2030, 3, 1),
        "remedies": REMEDIES,
    },
    "cancellation": {
        "decided_on": date(2026, 11, 26),
        "cancelled_on": date(2027, 3, 1),
        "article": "第七十条第（三）项",
        "ground": "法人或者其他组织依法终止",
        "reason": "该单位已于2027年2月办理注销登记。",
        "certificate": "1.2.156.3005.2.11100000MB0143028R031",
        "remedies": REMEDIES,
    },
    "clock_notice": {
        "received_on": date(2026, 12, 18),
        "accepted_on": date(2026, 12, 20),
        "cause": "calendar",
        "limits": [
            {"kind": "statutory", "old_due_on": date(2027, 1, 18), "due_on": date(2027, 1, 19)},
            {"kind": "promised", "old_due_on": date(2026, 12, 31), "due_on": date(2027, 1, 4)},
        ],
    },
}
CERTIFIED: dict[str, Any] = {
    "name": "食品经营许可证",
    "number": "JY23505030000127",
    "identifier": "1.2.156.3005.2.11100000MB0143028R031.11350500003785812A.20261121000000000127.001.7",
    "holder": "泉州市丰泽区老陈面线糊店",
    "holder_code": "92350503MA00000000",
    "fields": [
        {"label": "经营者", "value": "陈阿明"},
        {"label": "经营场所", "value": "福建省泉州市丰泽区东海街道海星社区海星街18号1层"},
        {"label": "经营项目", "value": "热食类食品制售"},
    ],
    "office": "泉州市行政审批服务局",
    "issued_on": date(2026, 11, 26),
    "valid_from": date(2026, 11, 26),
    "valid_to": date(2031, 11, 25),
    "url": "https://banshi.example.org/v/7K3M9Q2XVD",
    "seal": {"svg": DemoSeal().picture(ORDER)},
    "demo": True,
}
NAMES = [*SAMPLES, "certificate"]
# Others than the applicant are addressed by these; a record addresses nobody, and names the applicant.
ADDRESSED = {
    "hearing_record": "申请人泉州市丰泽区老陈面线糊店",
    "interested_notice": "利害关系人：",
    "work_record": "申请人泉州市丰泽区老陈面线糊店",
    "supervision": "泉州市丰泽区市场监督管理局：",
}
BY_HAND = {"hearing_record", "work_record", "supervision"}  # no office's seal on these


def sample(name: str, **changes: Any) -> dict[str, Any]:
    return (CERTIFIED if name == "certificate" else COMMON | SAMPLES[name]) | changes


def template(name: str) -> Path:
    return CERTIFICATE if name == "certificate" else CASES / f"{name}.typ"


def printed(name: str, **changes: Any) -> bytes:
    return pdf.render(template(name), sample(name, **changes), created_at=AT)


def pages(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)


def text(content: bytes) -> str:
    """What a reader reads, without line breaks and spaces."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def read(name: str, **changes: Any) -> str:
    return text(printed(name, **changes))


# ---- what the law wants on the paper ----


@pytest.mark.parametrize("name", SAMPLES)
def test_every_document_names_office_applicant_case_number_and_day(name: str) -> None:
    content = read(name)
    for wanted in (
        "泉州市行政审批服务局",
        "泉审批〔2026〕12号",
        "350503202611200000127",
        ADDRESSED.get(name, "泉州市丰泽区老陈面线糊店："),
        "食品经营许可（新办）",
        "2026年11月20日",
        "0595-22000000",
        "https://banshi.example.org/p/7K3M9Q2XVD",
    ):
        assert wanted in content


@pytest.mark.parametrize(
    ("name", "phrases"),
    [
        (
            "receipt",
            [
                "接件凭证",
                "2026年11月19日9时30分",
                "共3项",
                "数据共享",
                "不是受理通知书",
                "5个工作日",
                "即为受理",
            ],
        ),
        (
            "acceptance",
            [
                "受理通知书",
                "第三十二条第一款第（五）项",
                "20个工作日，至2026年12月18日",
                "8个工作日，至2026年12月2日",
            ],
        ),
        (
            "correction",
            [
                "一次性补正告知书",
                "第三十二条第一款第（四）项",
                "10个工作日",
                "没有填写门牌号",
                "不再要求补正其他内容",
            ],
        ),
        ("not_required", ["不受理告知书", "第三十二条第一款第（一）项", "依法不需要取得行政许可"]),
        (
            "rejection",
            ["不予受理决定书", "第三十二条第一款第（二）项", "泉州市鲤城区市场监督管理局", "0595-22000002"],
        ),
        (
            "approval",
            [
                "准予行政许可决定书",
                "第三十八条第一款",
                "JY23505030000127",
                "至2031年11月25日",
                "10个工作日",
                "予以公开",
            ],
        ),
        (
            "refusal",
            [
                "不予行政许可决定书",
                "第三十八条第二款",
                "不足25米",
                "《中华人民共和国食品安全法》第三十三条第一款第（一）项",
            ],
        ),
        ("withdrawal", ["终止办理告知书", "自2026年12月5日起视为撤回", "再次提出申请"]),
        ("special_procedure", ["第四十五条", "专家评审", "15个工作日", "19个工作日", "不计算在办理期限内"]),
        (
            "extension",
            [
                "第四十二条第一款",
                "经本机关负责人批准",
                "延长10个工作日",
                "法定办理期限2026年12月18日2027年1月4日（暂定）",
                "承诺办理期限2026年12月2日2026年12月16日",
                "排水改造",
            ],
        ),
        (
            "hearing_right",
            [
                "第四十七条第一款",
                "要求听证的权利",
                "5个工作日，至2026年11月27日",
                "20个工作日",
                "费用不由你单位承担",
            ],
        ),
        (
            "hearing_notice",
            [
                "第四十八条第一款第（一）项",
                "2026年12月8日公开举行",
                "黄志明",
                "三楼会议室",
                "申请回避",
                "质证",
            ],
        ),
        (
            "hearing_record",
            [
                "第四十八条第一款第（五）项",
                "每月清洗",
                "确认无误后签字",
                "听证主持人（签字）",
                "利害关系人（签字）",
            ],
        ),
        ("interested_notice", ["第三十六条", "重大利益", "至2026年11月27日", "陈述和申辩", "201室"]),
        (
            "work_record",
            ["第三十四条第三款", "王丽、赵强", "地址一致符合", "相适应不符合", "照片3张", "核查人员（签字）"],
        ),
        (
            "supervision",
            ["第十条第一款", "2026年11月27日（已超期）", "王丽", "最迟在2026年12月2日答复", "不改变办理期限"],
        ),
        (
            "revocation",
            [
                "撤销行政许可决定书",
                "第六十九条第二款",
                "2026年11月26日",
                "伪造",
                "第七十九条",
                "2030年3月1日以前",
            ],
        ),
        ("cancellation", ["注销行政许可决定书", "第七十条第（三）项", "依法终止", "自2027年3月1日起"]),
        (
            "clock_notice",
            ["第八十二条", "节假日安排", "2027年1月18日2027年1月19日", "2026年12月31日2027年1月4日"],
        ),
    ],
)
def test_each_document_says_what_its_article_asks_for(name: str, phrases: list[str]) -> None:
    content = read(name)
    assert [phrase for phrase in phrases if phrase not in content] == []


@pytest.mark.parametrize(
    "name", ["not_required", "rejection", "refusal", "withdrawal", "revocation", "cancellation"]
)
def test_a_burdening_act_tells_where_and_by_when_to_seek_remedy(name: str) -> None:
    content = read(name)
    assert "60日内向泉州市人民政府申请行政复议" in content
    assert "6个月内直接向泉州市丰泽区人民法院提起行政诉讼" in content
    assert "《中华人民共和国行政复议法》第二十条，《中华人民共和国行政诉讼法》第四十六条" in content


def test_where_review_must_come_first_the_court_is_not_offered_directly() -> None:
    content = read("refusal", remedies=REMEDIES | {"review_first": True})
    assert "应当先自收到本决定书之日起60日内向泉州市人民政府申请行政复议" in content
    assert "15日内向泉州市丰泽区人民法院提起行政诉讼" in content
    assert "6个月" not in content


@pytest.mark.parametrize("name", SAMPLES)
def test_other_items_do_not_cite_the_licensing_law(name: str) -> None:
    content = read(
        name, licence=False, item="户口登记", basis=["《户口登记条例》第七条", "《居民身份证法》第十条"]
    )
    assert "行政许可" not in content
    if name != "receipt":
        assert "根据《户口登记条例》第七条和《居民身份证法》第十条的规定" in content


def test_joint_handling_is_extended_by_the_government() -> None:
    content = read("extension", joint=True, days=15)
    assert "第四十二条第二款" in content and "经本级人民政府负责人批准，办理期限延长15个工作日" in content


def test_a_renewal_by_silence_says_so_and_of_what_day() -> None:
    content = read("approval", deemed={"expires_on": date(2026, 12, 31)}, accepted_on=None)
    assert "视为准予延续通知书" in content and "第五十条第二款" in content
    assert "在有效期届满（2026年12月31日）以前没有作出决定" in content
    assert "第三十八条" not in content


def test_who_concealed_something_learns_until_when_not_to_apply() -> None:
    assert "2027年11月26日以前不得再次申请" in read("refusal", blocked_until_on=date(2027, 11, 26))
    assert "不得再次申请" not in read("refusal")


@pytest.mark.parametrize(
    ("kind", "article", "who"),
    [
        ("expert_review", "第四十五条", "评审专家"),
        ("joint_session", "第二十六条第二款", "参加人员"),
        ("review", "", "办理人员"),
    ],
)
def test_a_record_is_called_and_signed_by_what_it_records(kind: str, article: str, who: str) -> None:
    content = read("work_record", kind=kind, title="专家评审意见")
    assert f"{who}（签字）" in content and article in content and "专家评审意见" in content


def test_a_promise_in_hours_ends_at_a_time_of_day() -> None:
    ends = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    limits = [{"kind": "promised", "days": 1, "unit": "hour", "due_on": date(2026, 11, 20), "due_at": ends}]
    content = read("acceptance", limits=limits)
    assert "1个工作小时，至2026年11月20日15时30分" in content
    assert "只计工作时间" in content


# ---- seals ----


@pytest.mark.parametrize("name", sorted(set(NAMES) - BY_HAND))
def test_a_stamp_of_the_demo_says_that_it_is_one(name: str) -> None:
    content = read(name)
    assert "演示章" in content and "不具法律效力" in content
    assert "待加盖印章" not in content


@pytest.mark.parametrize("name", sorted(set(NAMES) - BY_HAND))
def test_without_a_seal_service_nothing_is_stamped(name: str) -> None:
    data = sample(name, demo=False)
    del data["seal"]
    content = text(pdf.render(template(name), data, created_at=AT))
    assert "（待加盖印章）" in content and "演示" not in content


@pytest.mark.parametrize("name", ["acceptance", "certificate"])
def test_where_the_service_stamps_the_finished_file_its_place_stays_free(name: str) -> None:
    content = read(name, seal={"svg": ""}, demo=False)
    assert "印章" not in content and "演示" not in content


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_records_and_slips_bear_no_seal_of_an_office(name: str) -> None:
    content = read(name)
    assert "演示章" not in content and "待加盖印章" not in content


@pytest.mark.parametrize("name", ["鲤城区", "泉州市行政审批服务局", "新疆维吾尔自治区<&>" * 9])
def test_any_office_name_fits_the_stamp(name: str) -> None:
    order = Order("350502-market", "", name, "1", "acceptance")
    picture = DemoSeal().picture(order)
    assert "演示章" in picture and "<&>" not in picture
    assert pages(printed("acceptance", seal={"svg": picture})) == 1


def test_titles_of_decisions_on_other_items() -> None:
    assert "撤销决定书" in read("revocation", licence=False, blocked_until_on=None)
    assert "注销决定书" in read("cancellation", licence=False)
    assert "办结通知书" in read("approval", licence=False)
    assert "不予办理决定书" in read("refusal", licence=False)


def test_an_application_accepted_by_silence_counts_from_the_day_of_receipt() -> None:
    content = read("acceptance", deemed=True, accepted_on=date(2026, 11, 19), promised=[])
    assert "自收到申请材料之日起即为受理" in content
    assert "受理日期2026年11月19日" in content


def test_days_in_a_year_without_a_calendar_are_marked() -> None:
    limits = [
        {"kind": "statutory", "days": 30, "unit": "workday", "due_on": date(2027, 1, 4), "provisional": True}
    ]
    content = read("acceptance", limits=limits)
    assert "30个工作日，至2027年1月4日（暂定）" in content
    assert "尚未公布节假日安排" in content
    assert "暂定" not in read("acceptance")


def test_a_moment_is_told_in_china_time_however_it_was_kept() -> None:
    kept = ("2026-11-19T16:05:30Z", "2026-11-20T00:05+08:00", datetime(2026, 11, 19, 16, 5, tzinfo=UTC))
    for received_at in kept:
        assert "本机关于2026年11月20日0时05分收到" in read("receipt", received_at=received_at)
    with pytest.raises(pdf.CannotPrint):
        read("receipt", received_at="2026-11-19T16:05:30")


def test_a_person_is_addressed_as_a_person() -> None:
    content = read("acceptance", applicant="陈阿明", applicant_kind="person")
    assert "陈阿明：你于2026年11月19日提交" in content
    assert "你单位" not in content


def test_an_applicant_withdraws_without_reproach() -> None:
    content = read("withdrawal", lapsed=False, reason=None, remedies=None)
    assert "于2026年12月5日申请撤回。本机关终止办理。" in content
    assert "视为撤回" not in content and "行政复议" not in content


def test_certificate_states_holder_numbers_and_validity() -> None:
    content = read("certificate")
    for wanted in (
        "食品经营许可证",
        "JY23505030000127",
        "1.2.156.3005.2.11100000MB0143028R031.11350500003785812A.20261121000000000127.001.7",
        "泉州市丰泽区老陈面线糊店",
        "陈阿明",
        "2026年11月26日起，至2031年11月25日",
        "https://banshi.example.org/v/7K3M9Q2XVD",
    ):
        assert wanted in content
    assert "长期" in read("certificate", valid_to=None)


@pytest.mark.parametrize("name", NAMES)
def test_only_demonstration_papers_are_marked_as_such(name: str) -> None:
    assert "演示" in read(name)
    assert "演示" not in read(name, demo=False, seal={"svg": ""})


# ---- what was written comes out as it was written ----


@pytest.mark.parametrize("name", ["acceptance", "certificate"])
@pytest.mark.parametrize(
    "written",
    [
        '#panic("x")',
        "#eval(\"1+1\")#read('/etc/passwd')",
        "`raw`*bold*_it_$x^2$<label>@ref//comment/*c*/",
        "\\u{41}\\#[]{}=+-/~'\"--...",
        '"}],"office":"别的机关',
        "{{office}}<b>&amp;</b>${7*7}",
        "阿卜杜热合曼·买买提·吐尔逊江·艾合买提",
        "𠮷䶮堃喆",
        "محمد",
        "Ñandú-Ærøskøbing-Łódź",
        "W" * 120,
        "福建省泉州市丰泽区" + "东海街道海星社区" * 24,
    ],
)
def test_what_people_write_is_printed_never_obeyed(name: str, written: str) -> None:
    key = "holder" if name == "certificate" else "applicant"
    content = read(name, **{key: written})
    assert re.sub(r"\s", "", written) in content
    assert "别的机关的" not in content
    assert "泉州市行政审批服务局" in content


def test_a_character_without_a_font_is_named_instead_of_left_blank(caplog: pytest.LogCaptureFixture) -> None:
    pdf._without_glyph.clear()
    content = read("acceptance", applicant="王\U0002a6b3\ue000\U0002a6b4明", applicant_kind="person")
    assert "王〔U+2A6B3〕〔U+E000〕〔U+2A6B4〕明：" in content
    assert "U+2A6B3" in caplog.text and "明" not in caplog.text
    assert "\U0002a6b3" not in read("acceptance", applicant="王\U0002a6b3")


def test_a_direction_mark_cannot_make_a_name_read_as_another() -> None:
    assert read("acceptance", applicant="ABC\u202e123\u200b\x00\ud800") == read(
        "acceptance", applicant="ABC123"
    )


@pytest.mark.parametrize("count", range(18, 25))
def test_a_long_list_keeps_every_entry_and_names_the_paper_on_each_page(count: int) -> None:
    points = [
        {"name": f"第{i}份材料", "problem": "缺少公章。" * 8, "remedy": f"补盖第{i}枚公章。"}
        for i in range(count)
    ]
    content = printed("correction", corrections=points)
    leaves = [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]
    assert all(f"补盖第{i}枚公章" in "".join(leaves) for i in range(count))
    assert "不再要求补正其他内容" in leaves[-1]  # no signature on a page of its own
    assert len(leaves) > 2
    for i, leaf in enumerate(leaves, 1):
        assert f"第{i}页，共{len(leaves)}页" in leaf
        assert "泉审批〔2026〕12号" in leaf


@pytest.mark.parametrize("count", [0, 9, 10, 11, 12, 40])
def test_a_certificate_holds_as_many_entries_as_its_type_has(count: int) -> None:
    fields = [{"label": f"经营项目{i}", "value": f"热食类食品制售{i}号。" * 9} for i in range(count)]
    content = read("certificate", fields=fields, seal={"svg": ""})
    assert all(f"热食类食品制售{i}号" in content for i in range(count))
    assert content.count("泉州市行政审批服务局") == 1


def test_text_of_several_lines_becomes_several_paragraphs() -> None:
    content = printed("rejection", reason="一、没有冷藏设备。\n\n二、场所不符。")
    assert "一、没有冷藏设备。\n二、场所不符。" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


# ---- the file ----


@pytest.mark.parametrize("name", NAMES)
def test_same_data_same_bytes(name: str) -> None:
    first = printed(name)
    printed(name, number="泉审批〔2026〕13号")
    assert printed(name) == first
    pdf._compiler.cache_clear()
    assert printed(name) == first
    assert pdf.render(template(name), sample(name), created_at=AT.replace(minute=6)) != first


@pytest.mark.parametrize("name", NAMES)
def test_chinese_glyphs_are_inside_and_the_file_is_archivable_and_tagged(name: str) -> None:
    reader = PdfReader(io.BytesIO(printed(name)))
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = [font.get_object() for each in resources for font in each["/Font"].values()]
    descendants = [font["/DescendantFonts"][0].get_object() for font in fonts]
    assert any("CJK" in font["/BaseFont"] for font in descendants)
    for font in descendants:
        assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].get_object())
    catalogue: Any = reader.trailer["/Root"]
    metadata = catalogue["/Metadata"].get_data().decode()
    assert (
        "<pdfaid:part>2</pdfaid:part>" in metadata
        and "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    )
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert catalogue["/Lang"].lower().startswith("zh")
    assert reader.metadata and reader.metadata.creation_date == AT


def test_threads_get_their_own_papers() -> None:
    alone = {name: printed("acceptance", applicant=name) for name in ("李明", "王丽", "赵强", "陈阿明")}
    got: list[tuple[str, bytes]] = []

    def work(name: str) -> None:
        got.extend((name, printed("acceptance", applicant=name)) for _ in range(10))

    threads = [threading.Thread(target=work, args=(name,)) for name in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 40
    assert all(content == alone[name] for name, content in got)


# ---- the contract ----


def stated(path: Path) -> dict[str, str]:
    """The keys and types in the table at a template's head."""
    rows = re.findall(r"^// \| (\w+) +\| (.+?) *\|", path.read_text("utf-8"), re.MULTILINE)
    return {key: kind for key, kind in rows if key != "key"}


def keys(name: str) -> dict[str, str]:
    return stated(template(name)) | (stated(CASES / "_layout.typ") if name != "certificate" else {})


def test_there_is_a_sample_of_every_template() -> None:
    assert {path.stem for path in CASES.glob("[!_]*.typ")} == set(SAMPLES)


@pytest.mark.parametrize("name", NAMES)
def test_the_head_of_a_template_states_its_keys(name: str) -> None:
    assert set(sample(name)) == set(keys(name))


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in NAMES for key in keys(name)])
def test_a_key_is_needed_exactly_when_the_head_says_so(name: str, key: str) -> None:
    data = sample(name)
    del data[key]
    if keys(name)[key].endswith("?"):
        assert pdf.render(template(name), data, created_at=AT).startswith(b"%PDF")
        return
    with pytest.raises(pdf.CannotPrint, match=f'{name}.typ 不能打印.*"{key}".* / ') as refused:
        pdf.render(template(name), data, created_at=AT)
    assert "老陈" not in str(refused.value)


def test_what_cannot_be_printed_is_refused_with_its_place() -> None:
    with pytest.raises(pdf.CannotPrint, match=r"acceptance\.typ\.limits\[0\]\.days：float"):
        printed("acceptance", limits=[{"days": 1.5}])
    with pytest.raises(pdf.CannotPrint, match=r"receipt\.typ\.received_at：时刻没有时区"):
        printed("receipt", received_at=datetime(2026, 11, 19, 9, 30))  # noqa: DTZ001
    with pytest.raises(ValueError, match="时刻没有时区"):
        pdf.render(template("receipt"), {}, created_at=datetime(2026, 11, 19))  # noqa: DTZ001


def test_a_template_that_is_not_there_or_reads_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pdf.CannotPrint, match=r"没有文书模板 .*nothing\.typ"):
        pdf.render(tmp_path / "nothing.typ", {}, created_at=AT)
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "curious.typ").write_text('#read("../secret.txt")')
    with pytest.raises(pdf.CannotPrint, match=r"curious\.typ"):
        pdf.render(folder / "curious.typ", {}, created_at=AT)


def test_without_a_chinese_font_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare:
        def families(self) -> list[str]:
            return ["DejaVu Sans", "Noto Sans CJK JP"]

    monkeypatch.setattr(typst, "Fonts", Bare)
    pdf._fonts.cache_clear()
    try:
        with pytest.raises(pdf.CannotPrint, match=r"没有中文字体.*fonts-noto-cjk.* / .*no Chinese font"):
            printed("receipt")
    finally:
        pdf._fonts.cache_clear()


@pytest.mark.parametrize("address", ["https://banshi.example.org/p/7K3M9Q2XVD", "办件350503", "x" * 300])
def test_the_code_is_the_standard_one(address: str) -> None:
    """Drawn again from the path, it is the matrix of this text at level M, with its quiet zone of 4."""
    svg = pdf.qr_svg(address)
    code = segno.make_qr(address, error="m", mask=3, boost_error=False)
    size = len(code.matrix)
    assert svg.startswith(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 8} {size + 8}">')
    assert "<script" not in svg and "style" not in svg
    drawn = [[0] * size for _ in range(size)]
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):  # type: ignore[index]
        steps = [float(number) for number in numbers.split()]
        if command == "M":
            x, y = steps
        elif command == "m":
            x, y = x + steps[0], y + steps[1]
        else:
            for column in range(int(x), int(x + steps[0])):
                drawn[int(y) - 4][column - 4] = 1
            x += steps[0]
    assert drawn == [[int(bool(module)) for module in row] for row in code.matrix]
