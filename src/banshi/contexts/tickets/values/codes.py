"""工单的代码: kinds, channels, states and whatever else is one of a few, each with its label."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """工单类型: at which door it was said; limits and call-backs follow from it (`data/tickets`)."""

    HOTLINE = "hotline"
    REMARK = "remark"
    UNDONE = "undone"
    ENTERPRISE = "enterprise"
    SUGGESTION = "suggestion"
    PAIN_POINT = "pain_point"
    BAD_REVIEW = "bad_review"
    SURVEY = "survey"

    @property
    def label(self) -> str:
        return _KINDS[self]


_KINDS = dict(
    zip(
        Kind,
        "12345热线 吐槽找茬 办不成事 企业诉求 意见建议 堵点痛点 差评整改 调查反映".split(),
        strict=True,
    )
)


class Channel(StrEnum):
    """来源渠道."""

    PHONE = "phone"
    WEB = "web"
    APP = "app"
    UPPER = "upper"
    WINDOW = "window"
    REVIEW = "review"
    CALL_BACK = "call_back"
    OPEN311 = "open311"
    LINE = "line"
    MEETING = "meeting"

    @property
    def label(self) -> str:
        return dict(
            zip(
                Channel,
                "电话 网页 手机 上级交办 窗口 评价 回访 Open311 企业专线 政企座谈会".split(),
                strict=True,
            )
        )[self]


class Nature(StrEnum):
    """诉求性质: the four of 潍坊's hotline law art. 2."""

    CONSULT = "consult"
    SERVICE = "service"
    SUGGESTION = "suggestion"
    COMPLAINT = "complaint"

    @property
    def label(self) -> str:
        return dict(zip(Nature, "咨询求助 办事服务 意见建议 投诉举报".split(), strict=True))[self]


class Urgency(StrEnum):
    """紧急程度."""

    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"

    @property
    def label(self) -> str:
        return dict(zip(Urgency, "一般 加急 特急".split(), strict=True))[self]


class Status(StrEnum):
    """工单状态: few; what else happened is in the state's dates."""

    RAISED = "raised"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    HANDLING = "handling"
    REPLIED = "replied"
    CALLING = "calling"
    TRACKING = "tracking"
    ESCALATED = "escalated"
    TERMINATING = "terminating"
    MERGED = "merged"
    CLOSED = "closed"
    DECLINED = "declined"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _STATUSES[self]

    @property
    def open(self) -> bool:
        """Not yet 办结."""
        return self in OPEN


_STATUSES = {
    Status.RAISED: "已登记，待派单",
    Status.DISPATCHED: "已派单，待签收",
    Status.RETURNED: "申请退回，待中心核定",
    Status.HANDLING: "办理中",
    Status.REPLIED: "已答复，待审核",
    Status.CALLING: "待回访",
    Status.TRACKING: "按方案落实中",
    Status.ESCALATED: "已提级研究",
    Status.TERMINATING: "提请终止，待审核",
    Status.MERGED: "已并单",
    Status.CLOSED: "已办结",
    Status.DECLINED: "不予受理",
    Status.TERMINATED: "终止办理",
    Status.WITHDRAWN: "已撤回",
}
FINISHED = frozenset({Status.CLOSED, Status.DECLINED, Status.TERMINATED, Status.WITHDRAWN})
OPEN = frozenset(Status) - FINISHED


class Outcome(StrEnum):
    """办结结果 of a closed ticket."""

    ANSWERED = "answered"
    CONTENT = "content"
    UNREACHED = "unreached"
    NO_OPINION = "no_opinion"
    NOT_CALLED = "not_called"
    CONCLUDED = "concluded"
    WITH_PARENT = "with_parent"

    @property
    def label(self) -> str:
        return dict(
            zip(
                Outcome,
                "当场答复 回访满意 回访联系不上 不愿评价 不需回访 研究后办结 随主单办结".split(),
                strict=True,
            )
        )[self]


class Reply(StrEnum):
    """答复类型: solved, explained why not, or a plan with its day (潍坊 art. 20)."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    PLAN = "plan"

    @property
    def label(self) -> str:
        return dict(zip(Reply, "已经解决 解释说明 提出解决方案".split(), strict=True))[self]


class Called(StrEnum):
    """回访结果."""

    CONTENT = "content"
    NOT_CONTENT = "not_content"
    UNREACHED = "unreached"
    NO_OPINION = "no_opinion"

    @property
    def label(self) -> str:
        return dict(zip(Called, "满意 不满意 联系不上 不愿评价".split(), strict=True))[self]


class Trigger(StrEnum):
    """督办情形: the five of 潍坊 art. 26; the clock finds the first three, people the others."""

    NOT_TAKEN = "not_taken"
    OVERDUE = "overdue"
    UNSOLVED = "unsolved"
    HARM = "harm"
    OTHER = "other"

    @property
    def label(self) -> str:
        return dict(
            zip(Trigger, "拒不接收 逾期未办理 应当解决未解决 办理不力造成负面影响 其他".split(), strict=True)
        )[self]


class Mode(StrEnum):
    """督办方式: by the centre every day; listed or by interview, by other departments (潍坊 art. 26)."""

    DAILY = "daily"
    LISTED = "listed"
    INTERVIEW = "interview"

    @property
    def label(self) -> str:
        return dict(zip(Mode, "日常督办 挂牌督办 约谈督办".split(), strict=True))[self]


class Level(StrEnum):
    """提级: to the government's office, then to its executive meeting (潍坊 art. 23)."""

    GOVERNMENT_OFFICE = "government_office"
    EXECUTIVE_MEETING = "executive_meeting"

    @property
    def label(self) -> str:
        return "市人民政府办公室" if self is Level.GOVERNMENT_OFFICE else "市人民政府常务会议"


class Breach(StrEnum):
    """追责情形 (潍坊 art. 33)."""

    UNRECTIFIED = "unrectified"
    FALSIFIED = "falsified"
    MANNER = "manner"
    LEAK = "leak"
    OTHER = "other"

    @property
    def label(self) -> str:
        return dict(
            zip(
                Breach,
                "督办后仍未整改 弄虚作假 工作方式不规范造成负面影响 泄露信息 其他违反规定".split(),
                strict=True,
            )
        )[self]


class Gathering(StrEnum):
    """场次类型: a round in which people are asked what is in their way, or a meeting with firms."""

    SURVEY = "survey"
    MEETING = "meeting"

    @property
    def label(self) -> str:
        return "堵点痛点征集" if self is Gathering.SURVEY else "政企座谈会"
