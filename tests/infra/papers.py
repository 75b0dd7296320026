"""文书样例: what each template is given, and its print as a reader reads it."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

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
