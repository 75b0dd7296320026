"""讲述: what is printed of a walk: a line a step, and a sum at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from banshi.contexts.cases.values import CaseState
from banshi.kernel.workdays import CHINA

_RULES = {
    "accept": "行政许可法第三十二条第一款第五项",
    "request_correction": "行政许可法第三十二条第一款第四项",
    "decide": "行政许可法第三十八条",
    "silence": "行政许可法第三十二条第一款第四项",
}


def rule_of(state: CaseState, command: str) -> str:
    """The licensing law holds for permits (type 01); other items follow it by analogy."""
    article = _RULES.get(command, "")
    return article if not article or state.plan.type == "01" else f"比照{article}"


def line(number: int, at: datetime, who: str, what: str, state: CaseState | None, rule: str) -> str:
    """One step: when, who, what; of a case also until when, and the rule that asks for it."""
    clocks = ""
    if state is not None:
        what = f"{state.plan.name}：{what}"
        if state.due_on:
            clocks = f"〔承诺 {_day(state.promised_due_on)}，法定 {_day(state.statutory_due_on)}〕"
    law = f"《{rule}》" if rule else ""
    return f"{number:>3}. {at.astimezone(CHINA):%m-%d %H:%M}  {who}  {what} {clocks}{law}".rstrip()


def total(found: Mapping[str, Any]) -> str:
    """What `Course.summary` found, as a sentence."""
    return (
        f"\n{found['cases']} 个办件，{found['certificates']} 份证照；"
        f"填写 {found['fields_separate']} → {found['fields_typed']} 项（少填 {found['fields_saved_percent']}%），"
        f"材料 {found['materials_separate']} → {found['materials_supplied']} 份；记下 {found['facts']} 条事实。"
    )


def _day(day: date | None) -> str:
    return f"{day.month}月{day.day}日" if day else "无"
