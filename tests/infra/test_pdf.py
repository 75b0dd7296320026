"""文书打印: what stands on the paper: what its article asks for, who stamped it, whom it is to."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from banshi.adapters.seal_service import Order
from banshi.adapters.seal_service.demo import DemoSeal
from banshi.infra import pdf
from tests.infra.papers import (
    ADDRESSED,
    AT,
    BY_HAND,
    NAMES,
    REMEDIES,
    SAMPLES,
    pages,
    printed,
    read,
    sample,
    template,
    text,
)

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
