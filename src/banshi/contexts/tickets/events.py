"""工单事实: every kind of fact of a ticket, with its title; `TOLD` is what the person learns the words of."""

from __future__ import annotations

RAISED = "tickets.ticket.raised"
DECLINED = "tickets.ticket.declined"
ANSWERED = "tickets.ticket.answered"
DISPATCHED = "tickets.ticket.dispatched"
RETURNED = "tickets.ticket.returned"
RETURN_REFUSED = "tickets.ticket.return_refused"
SIGNED = "tickets.ticket.signed"
CONTACTED = "tickets.ticket.contacted"
ASSISTED = "tickets.ticket.assisted"
EXTENSION_REQUESTED = "tickets.ticket.extension_requested"
EXTENDED = "tickets.ticket.extended"
EXTENSION_REFUSED = "tickets.ticket.extension_refused"
REPLIED = "tickets.ticket.replied"
SENT_BACK = "tickets.ticket.sent_back"
REPLY_PASSED = "tickets.ticket.reply_passed"
CALLED_BACK = "tickets.ticket.called_back"
REOPENED = "tickets.ticket.reopened"
ESCALATED = "tickets.ticket.escalated"
CLOSED = "tickets.ticket.closed"
TERMINATION_PROPOSED = "tickets.ticket.termination_proposed"
TERMINATED = "tickets.ticket.terminated"
TERMINATION_REFUSED = "tickets.ticket.termination_refused"
WITHDRAWN = "tickets.ticket.withdrawn"
MERGED = "tickets.ticket.merged"
JOINED = "tickets.ticket.joined"
SEPARATED = "tickets.ticket.separated"
LEFT = "tickets.ticket.left"
CLASSIFIED = "tickets.ticket.classified"
NOTED = "tickets.ticket.noted"
URGED = "tickets.ticket.urged"
WARNED = "tickets.ticket.warned"
SUPERVISED = "tickets.ticket.supervised"
SUPERVISION_ANSWERED = "tickets.ticket.supervision_answered"
CAUSE_FOUND = "tickets.ticket.cause_found"
DEFECT_FOUND = "tickets.ticket.defect_found"
DEFECT_SETTLED = "tickets.ticket.defect_settled"
BREACH_FOUND = "tickets.ticket.breach_found"
BREACH_DISPOSED = "tickets.ticket.breach_disposed"
CLOCKS_RECOMPUTED = "tickets.ticket.clocks_recomputed"
SECONDED = "tickets.ticket.seconded"
PUBLISHED = "tickets.ticket.published"
CLEARED = "tickets.ticket.cleared"
VISITED = "tickets.ticket.visited"
REWARD_PROPOSED = "tickets.ticket.reward_proposed"
REWARD_GRANTED = "tickets.ticket.reward_granted"
REWARD_REFUSED = "tickets.ticket.reward_refused"
REWARD_CLAIMED = "tickets.ticket.reward_claimed"
OCCASION_OPENED = "tickets.occasion.opened"
OCCASION_CLOSED = "tickets.occasion.closed"

TITLES = {
    RAISED: "登记",
    DECLINED: "不予受理",
    ANSWERED: "当场答复",
    DISPATCHED: "派单",
    RETURNED: "申请退回",
    RETURN_REFUSED: "不同意退回",
    SIGNED: "签收",
    CONTACTED: "联系当事人",
    ASSISTED: "协办意见",
    EXTENSION_REQUESTED: "申请延期",
    EXTENDED: "批准延期",
    EXTENSION_REFUSED: "不同意延期",
    REPLIED: "答复",
    SENT_BACK: "审核退回重办",
    REPLY_PASSED: "审核通过",
    CALLED_BACK: "回访",
    REOPENED: "重新办理",
    ESCALATED: "提级研究",
    CLOSED: "办结",
    TERMINATION_PROPOSED: "提请终止",
    TERMINATED: "终止办理",
    TERMINATION_REFUSED: "不同意终止",
    WITHDRAWN: "撤回",
    MERGED: "并入主单",
    JOINED: "并入一件重复工单",
    SEPARATED: "取消并单",
    LEFT: "移出一件工单",
    CLASSIFIED: "调整分类",
    NOTED: "补充情况",
    URGED: "催办",
    WARNED: "到期提醒",
    SUPERVISED: "督办",
    SUPERVISION_ANSWERED: "答复督办",
    CAUSE_FOUND: "查明原因",
    DEFECT_FOUND: "发现事项缺陷",
    DEFECT_SETTLED: "事项缺陷处理结果",
    BREACH_FOUND: "追责",
    BREACH_DISPOSED: "追责处理结果",
    CLOCKS_RECOMPUTED: "时限重新计算",
    SECONDED: "有人同样遇到",
    PUBLISHED: "列入公布的清单",
    CLEARED: "销号",
    VISITED: "联合到场",
    REWARD_PROPOSED: "提出奖励",
    REWARD_GRANTED: "同意奖励",
    REWARD_REFUSED: "不同意奖励",
    REWARD_CLAIMED: "登记领取奖励",
}
OF_OCCASIONS = {OCCASION_OPENED: "开征集或者座谈会", OCCASION_CLOSED: "结束征集或者座谈会"}
TOLD = frozenset({DECLINED, ANSWERED, REPLIED, TERMINATED, NOTED})
# What the person's own trail leaves out: matters among the offices.
INTERNAL = frozenset(
    {
        *(RETURN_REFUSED, ASSISTED, EXTENSION_REQUESTED, EXTENSION_REFUSED, SENT_BACK, TERMINATION_PROPOSED),
        *(
            TERMINATION_REFUSED,
            CLASSIFIED,
            WARNED,
            SUPERVISED,
            SUPERVISION_ANSWERED,
            CAUSE_FOUND,
            DEFECT_FOUND,
        ),
        *(DEFECT_SETTLED, BREACH_FOUND, BREACH_DISPOSED, JOINED, LEFT, CLOCKS_RECOMPUTED),
        *(SECONDED, REWARD_PROPOSED, REWARD_REFUSED),
    }
)
