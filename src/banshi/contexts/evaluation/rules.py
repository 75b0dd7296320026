"""评价规则: who may review what, once, and what a review must say.

GB/T 39734-2020 (一事一评; nobody is made to review, nobody interferes), and the rules of the national 好差评 interface.
"""

from __future__ import annotations

from banshi.contexts.evaluation import events
from banshi.contexts.evaluation.values import Channel, Grade, Matter, Opinion, indicators
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused


def review(matter: Matter, said: Opinion, *, reviewed: bool, actor: Actor) -> list[Fact]:
    """评价. `reviewed`: this service of the case has a review already. Raises `NotFound`, `Refused`."""
    _by_the_applicant(matter, actor)
    if not matter.finished:
        raise Refused(
            "not_finished",
            "这件事还没有办结，办结以后才能评价。",
            "This case is not finished; it can be reviewed once it is.",
            "GB/T 39734-2020",
        )
    if reviewed:
        raise Refused(
            "reviewed_already",
            "这件事已经评价过，一次服务只评价一次。",
            "This service has been reviewed already; each is reviewed once.",
            "GB/T 39734-2020",
        )
    grade = _grade(said.grade)
    chosen = _indicators(grade, said)
    if grade.bad and not chosen and said.text is None:
        raise Refused(
            "why_bad",
            f"评价“{grade.label}”的，请至少选一个原因，或者写几句话，这样才知道改什么。",
            "With a bad grade, choose at least one reason or write some words, so that it is known what to change.",
            "",
            "indicators",
        )
    data = {
        "case": matter.case,
        "assess_number": matter.assess_number,
        "item": matter.item,
        "office": matter.office,
        "grade": grade,
        "indicators": chosen,
        "channel": _channel(said.channel),
        "text": said.text,
        "digest": said.digest,
    }
    return [Fact(events.GIVEN, data)]


def _by_the_applicant(matter: Matter, actor: Actor) -> None:
    if actor.kind == "citizen" and str(matter.party) in actor.parties:
        return
    if actor.kind in ("staff", "system"):
        raise Refused(
            "applicant_only",
            "评价只能由申请人本人或者代办人作出，工作人员不能代为评价。",
            "Only the applicant or an agent reviews; staff never do it for them.",
            "GB/T 39734-2020",
        )
    raise NotFound("办件", "case")


def _grade(name: str) -> Grade:
    if name not in Grade:
        raise Refused(
            "grade",
            "请从“非常满意”到“非常不满意”中选一个等级。",
            "Choose a grade, from very satisfied to very dissatisfied.",
            "",
            "grade",
        )
    return Grade(name)


def _indicators(grade: Grade, said: Opinion) -> list[str]:
    """The codes chosen, each once, in the order of the national list."""
    wanted = set(said.indicators)
    of_grade = [one.code for one in indicators()[grade]]
    if wanted - set(of_grade):
        raise Refused(
            "indicator",
            f"选的原因里有不属于“{grade.label}”的，请重新选择。",
            f"Some of the chosen reasons do not go with '{grade.value}'; choose again.",
            "",
            "indicators",
        )
    return [code for code in of_grade if code in wanted]


def _channel(name: str) -> Channel:
    if name not in Channel:
        raise Refused(
            "channel",
            f"没有“{name[:20]}”这个评价渠道。",
            f"There is no review channel '{name[:20]}'.",
            "GB/T 39046-2020",
            "channel",
        )
    return Channel(name)
