"""谁能评、评几次、评了要说什么.

GB/T 39734-2020 (一事一评; nobody is made to review, nobody interferes), and the rules of the national 好差评 interface.
"""

from __future__ import annotations

from banshi.contexts.evaluation import events
from banshi.contexts.evaluation.values import CHANNELS, Channel, Grade, Matter, Opinion, Via, indicators
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused


def review(matter: Matter, said: Opinion, *, reviewed: bool, actor: Actor, via: Via = Via.SELF) -> list[Fact]:
    """评价. `reviewed`: this service of the case has a review already. Raises `NotFound`, `Refused`."""
    _WHO[via](matter, actor)
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
        "channel": _channel(said.channel, via),
        "window": matter.window,
        "named": said.named,
        "text": said.text,
        "digest": said.digest,
    }
    bad = [Fact(events.FOUND_BAD, {"named": said.named})] if grade.bad else []
    return [Fact(events.GIVEN, data), *bad]


def visit(matter: Matter, window: str, actor: Actor) -> list[Fact]:
    """窗口服务: a clerk of the hall says that a visit is over; only now it can be rated. Raises `Refused`."""
    if not window.partition("/")[2]:
        raise Refused(
            "no_window",
            "请先选好窗口，评价器才知道在评哪个窗口。",
            "Choose a window first, so that the device knows which one is rated.",
        )
    if not actor.may_act_for(window.partition("/")[0], "window_clerk"):
        raise Refused(
            "not_your_post",
            "只有这个大厅的窗口人员可以请人评价。",
            "Only a clerk of this hall invites to review.",
        )
    return [
        Fact(events.VISITED, {"case": matter.case, "assess_number": matter.assess_number, "window": window})
    ]


def _by_the_applicant(matter: Matter, actor: Actor) -> None:
    if actor.kind == "citizen" and str(matter.party) in actor.parties:
        return
    _never_staff(matter, actor)
    raise NotFound("办件", "case")


def _never_staff(matter: Matter, actor: Actor) -> None:
    """Whoever holds the link or stands before the device; a browser in which staff are signed in is neither."""
    if actor.kind in ("staff", "system"):
        raise Refused(
            "applicant_only",
            "评价只能由申请人本人或者代办人作出，工作人员不能代为评价。",
            "Only the applicant or an agent reviews; staff never do it for them.",
            "GB/T 39734-2020",
        )


def _told_to_a_stranger(matter: Matter, actor: Actor) -> None:
    if actor.kind == "staff" and matter.office in actor.offices():
        raise Refused(
            "own_matter",
            "这件事是本部门办的，评价要由别的部门的人来记。",
            "Your own office handled this; somebody of another one writes down the review.",
            "GB/T 39734-2020",
        )


_WHO = {
    Via.SELF: _by_the_applicant,
    Via.LINK: _never_staff,
    Via.DEVICE: _never_staff,
    Via.CALL: _told_to_a_stranger,
}


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


def _channel(name: str, via: Via) -> Channel:
    if name not in Channel or Channel(name) not in CHANNELS[via]:
        raise Refused(
            "channel",
            f"不能从“{name[:20]}”这个渠道评价。",
            f"No review comes by the channel '{name[:20]}'.",
            "GB/T 39046-2020",
            "channel",
        )
    return Channel(name)
