"""潍坊市12345政务服务便民热线条例, article by article, as far as software can hold it.

Each line: the article, words that stand in it, what is done, and what follows — the rule that refuses (with the article that
it cites), or what is then true of the ticket.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from banshi.contexts.tickets import files
from banshi.contexts.tickets.rules import clocks, intake, law, oversight, permits
from banshi.contexts.tickets.rules.state import tasks
from banshi.contexts.tickets.values import About, TicketState
from banshi.contexts.tickets.values.codes import Breach, Kind, Level, Mode, Nature, Outcome, Status, Trigger
from banshi.infra.config import DATA
from banshi.kernel.facts import NotFound, Refused
from tests.rules.tickets.life import (
    CALENDAR,
    CALLER,
    CHECKER,
    CHIEF,
    CITIZEN,
    CITY_MARKET,
    DISPATCHER,
    GOVERNOR,
    KUIWEN,
    MARKET,
    MARKETMAN,
    OPERATOR,
    OTHER,
    ROADHEAD,
    ROADMAN,
    ROADS,
    STRANGER,
    SUPERVISOR,
    SYSTEM,
    at,
    calling,
    dispatched,
    do,
    handling,
    raised,
    replied,
)

LAW_TEXT = (DATA / "laws/山东地方法规/山东/潍坊市12345政务服务便民热线条例(2021-12-06).md").read_text("utf-8")
MON, TUE = at("2026-03-02"), at("2026-03-03")


def articles() -> dict[str, str]:
    parts = re.split(r"^(第[一二三四五六七八九十]+条) ", LAW_TEXT, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


ARTICLES = articles()


@dataclass(frozen=True)
class Holds:
    article: str
    words: str
    what: str
    done: Callable[[], TicketState | list[TicketState]]
    then: Callable[[Any], object]


@dataclass(frozen=True)
class Refuses:
    article: str
    words: str
    what: str
    done: Callable[[], object]
    rule: str
    cites: bool = True


def _ground(key: str, route: str = "") -> TicketState:
    intake.ground(files.grounds_for(KUIWEN), key, route)
    return do(raised(when=MON), "decline", OPERATOR, MON, kind=key, how=route)


def _decided() -> TicketState:
    back = do(dispatched(MON), "return", ROADMAN, TUE, reference=MARKET)
    return do(back, "dispatch", DISPATCHER, TUE, reference=MARKET)


def _not_content(times: int) -> TicketState:
    state = calling(MON)
    for n in range(times):
        day = at(f"2026-03-{5 + 3 * n:02}")
        state = do(state, "call_back", CALLER, day, verdict="not_content")
        if state.status is Status.HANDLING:
            state = do(state, "reply", ROADMAN, day, verdict="solved")
            state = do(state, "check", CHECKER, day, verdict="pass")
    return state


def _after(state: TicketState, name: str, actor: Any, when: Any = TUE, **given: Any) -> TicketState:
    return do(state, name, actor, when, **given)


LINES: list[Holds | Refuses] = [
    Holds("第二条", "咨询求助、办事服务、意见建议和投诉举报", "the four natures", lambda: [raised(nature=n) for n in Nature],
          lambda found: [one.nature.label for one in found] == ["咨询求助", "办事服务", "意见建议", "投诉举报"]),
    Holds("第十条", "非紧急类事项", "an emergency is not taken up, and the number to call is told",
          lambda: _ground("emergency", "fire"), lambda s: (s.status, s.ground) == (Status.DECLINED, "emergency")),
    Holds("第十一条", "有权要求对个人信息进行保密", "the unit does not learn who complained",
          lambda: dispatched(MON, raised(confidential=True)),
          lambda s: not permits.may_see_contact(s, ROADMAN) and permits.may_see_contact(s, CALLER)),
    Refuses("第十一条", "有权要求对个人信息进行保密", "nor does the office complained of get the matter",
            lambda: dispatched(MON, raised(confidential=True, about=About(office=ROADS))), "to_the_accused"),
    Holds("第十三条", "享有知情权", "who said it sees it; nobody else from outside does", lambda: dispatched(MON),
          lambda s: permits.may_see(s, CITIZEN) and not permits.may_see(s, OTHER) and not permits.may_see(s, STRANGER)),
    Holds("第十四条", "对逾期未回复", "who said it may urge", lambda: _after(handling(MON), "urge", CITIZEN),
          lambda s: s.urges == 1),
    Holds("第十四条", "有权如实进行评价", "and says themself whether it is put right",
          lambda: _after(calling(MON), "call_back", CITIZEN, verdict="content"), lambda s: s.outcome is Outcome.CONTENT),
    Holds("第十五条", "投诉和举报", "a complaint about somebody of the hotline is not theirs to see",
          lambda: raised(about=About(staff=OPERATOR.code)),
          lambda s: not permits.may_see(s, OPERATOR) and permits.may_see(s, CHIEF)),
    Holds("第十七条", "二十四小时（含节假日）", "taken in at night on a holiday; the working days run after it",
          lambda: dispatched(at("2026-10-01", 3), raised(when=at("2026-10-01", 3))),
          lambda s: (s.raised_on, s.due_on) == (date(2026, 10, 1), date(2026, 10, 13))),
    Holds("第十八条", "应当即时答复", "what can be answered at once is, and that is the end",
          lambda: _after(raised(), "answer", OPERATOR), lambda s: s.outcome is Outcome.ANSWERED),
    Holds("第十八条", "准确转交承办单位", "else it goes to the unit", lambda: dispatched(MON), lambda s: s.lead == ROADS),
    Refuses("第十八条", "即时答复", "an answer without words is none",
            lambda: _after(raised(), "answer", OPERATOR, text=None), "words_needed"),
    *(Holds("第十九条", words, "not taken up on the ground of the law", lambda k=k, r=r: _ground(k, r),
            lambda s: s.status is Status.DECLINED)
      for k, r, words in (("procedure", "court", "诉讼、仲裁、纪检监察、行政复议、政府信息公开"), ("petition", "", "信访程序"),
                          ("secret", "", "国家秘密、商业秘密、个人隐私"), ("settled", "", "已依法作出处理"),
                          ("unlawful", "", "其他依法不予受理"))),
    Refuses("第十九条", "下列情形之一", "no other ground", lambda: _ground("too_busy"), "ground"),
    Refuses("第十九条", "说明理由", "nor without the reason",
            lambda: _after(raised(), "decline", OPERATOR, kind="petition", text=None), "words_needed"),
    Refuses("第十九条", "告知服务对象相关办理途径", "and the first ground only with the other way",
            lambda: _ground("procedure"), "route_needed"),
    Holds("第二十条", "五个工作日", "five working days", lambda: dispatched(MON), lambda s: s.due_on == date(2026, 3, 9)),
    Holds("第二十条", "超过五个工作日的，从其规定", "the law's longer time, with its article",
          lambda: dispatched(MON, days=20), lambda s: s.due_on == date(2026, 3, 30)),
    Refuses("第二十条", "从其规定", "which has to be named", lambda: dispatched(MON, days=20, text=None), "words_needed"),
    Holds("第二十条", "五个工作日", "a shorter one of another law does not shorten it",
          lambda: dispatched(MON, days=3), lambda s: s.due_on == date(2026, 3, 9)),
    Holds("第二十条", "作出解释说明并提出解决方案", "what cannot be solved in time needs a plan, which is tracked to its day",
          lambda: _after(replied(MON, verdict="plan", on=date(2026, 6, 1)), "check", CHECKER, verdict="pass"),
          lambda s: (s.status, s.plan_on) == (Status.TRACKING, date(2026, 6, 1))),
    Refuses("第二十条", "提出解决方案", "a plan has a day", lambda: replied(MON, verdict="plan"), "plan_day"),
    Refuses("第二十条", "作出解释说明", "there is no extension; the explanation takes its place",
            lambda: _after(handling(MON), "request_extension", ROADMAN, days=3), "no_extension"),
    Holds("第二十条", "要求不回复的除外", "who wants no answer is not called",
          lambda: calling(MON, raised(no_reply=True)), lambda s: s.outcome is Outcome.NOT_CALLED),
    Holds("第二十一条", "终止办理", "the unit proposes, the centre decides",
          lambda: _after(_after(handling(MON), "propose_termination", ROADMAN, kind="uncooperative"),
                         "decide_termination", CHECKER, verdict="pass"),
          lambda s: (s.status, s.ground) == (Status.TERMINATED, "uncooperative")),
    Refuses("第二十一条", "书面提请", "in writing",
            lambda: _after(handling(MON), "propose_termination", ROADMAN, kind="petition", text=None), "words_needed"),
    Refuses("第二十一条", "向服务对象作出解释", "and the person is told why",
            lambda: _after(_after(handling(MON), "propose_termination", ROADMAN, kind="petition"),
                           "decide_termination", CHECKER, verdict="pass", text=None), "words_needed"),
    Refuses("第二十一条", "审核后终止办理", "the unit cannot end it itself",
            lambda: _after(_after(handling(MON), "propose_termination", ROADMAN, kind="petition"),
                           "decide_termination", ROADHEAD, verdict="pass"), "not_your_post", cites=False),
    Holds("第二十二条", "申请退回", "plainly not its duty: given back, at any hour, for the law names none",
          lambda: _after(dispatched(MON), "return", ROADMAN, at("2026-03-06")), lambda s: s.status is Status.RETURNED),
    Refuses("第二十二条", "不属于本单位职责范围", "with the reason",
            lambda: _after(dispatched(MON), "return", ROADMAN, text=None), "words_needed"),
    Refuses("第二十二条", "不得退回", "decided by the centre, it is not given back again",
            lambda: _after(_decided(), "return", MARKETMAN), "decided"),
    Refuses("第二十二条", "直接指定承办单位", "nor when the centre has designated the unit from the first",
            lambda: _after(dispatched(MON, decided=True), "return", ROADMAN), "decided"),
    Refuses("第二十二条", "不得退回", "nor after the return was refused",
            lambda: _after(_after(_after(dispatched(MON), "return", ROADMAN), "refuse_return", DISPATCHER),
                           "return", ROADMAN), "decided"),
    Holds("第二十二条", "主办单位和协办单位", "one leads, the others assist", lambda: dispatched(MON, offices=(MARKET, ROADS)),
          lambda s: (s.lead, s.assisting) == (ROADS, (MARKET,))),
    Refuses("第二十二条", "确定主办单位", "one must lead", lambda: dispatched(MON, reference=""), "lead"),
    Holds("第二十三条", "市人民政府办公室组织有关部门研究解决", "what the unit cannot solve goes up",
          lambda: _after(handling(MON), "escalate", ROADHEAD), lambda s: s.level is Level.GOVERNMENT_OFFICE),
    Holds("第二十三条", "市人民政府常务会议", "and further up",
          lambda: _after(_after(handling(MON), "escalate", ROADHEAD), "escalate", CHIEF),
          lambda s: s.level is Level.EXECUTIVE_MEETING),
    Holds("第二十三条", "研究处理", "what was settled there is told, and is the end",
          lambda: _after(_after(handling(MON), "escalate", ROADHEAD), "conclude", GOVERNOR),
          lambda s: s.outcome is Outcome.CONCLUDED),
    Holds("第二十五条", "回访制度", "every reply is called about", lambda: calling(MON),
          lambda s: [task.post for task in tasks(s, CALENDAR)] == ["caller"]),
    Refuses("第二十五条", "回访", "not by the unit",
            lambda: _after(calling(MON), "call_back",
                           type(CALLER)("staff", "4", (*CALLER.held, *ROADHEAD.held)), verdict="content"), "other_hand"),
    Holds("第二十六条", "拒不接收", "not taken: supervised by the clock",
          lambda: _after(dispatched(MON), "remind", SYSTEM, at("2026-03-04")),
          lambda s: [one.trigger for one in s.supervisions] == [Trigger.NOT_TAKEN]),
    Holds("第二十六条", "逾期未办理", "overdue: supervised by the clock",
          lambda: _after(handling(MON), "remind", SYSTEM, at("2026-03-10")),
          lambda s: [(one.trigger, one.mode) for one in s.supervisions] == [(Trigger.OVERDUE, Mode.DAILY)]),
    Holds("第二十六条", "应当解决的热线事项未解决", "not solved after the rounds: supervised, and taken up",
          lambda: _not_content(3),
          lambda s: (s.status, [one.trigger for one in s.supervisions]) == (Status.ESCALATED, [Trigger.UNSOLVED])),
    Holds("第二十六条", "造成负面影响", "harm, as somebody states it",
          lambda: _after(handling(MON), "supervise", SUPERVISOR, kind="harm", how="interview"),
          lambda s: s.supervisions[0].mode is Mode.INTERVIEW),
    Holds("第二十六条", "其他需要督办", "another reason, as somebody states it",
          lambda: _after(handling(MON), "supervise", CHIEF, kind="other", how="daily"),
          lambda s: oversight.triggers(s, TUE, CALENDAR) == [Trigger.OTHER]),
    Holds("第二十六条", "挂牌督办", "overdue for long: listed",
          lambda: _after(handling(MON), "remind", SYSTEM, at("2026-03-16")),
          lambda s: s.supervisions[-1].mode is Mode.LISTED),
    Refuses("第二十六条", "下列情形之一", "for no other reason",
            lambda: _after(handling(MON), "supervise", CHIEF, kind="dislike", how="daily"), "trigger"),
    Holds("第三十三条", "经督办后仍未整改", "what was supervised and not put right has somebody who answers for it",
          lambda: _after(_after(_after(handling(MON), "remind", SYSTEM, at("2026-03-10")), "find_breach",
                                SUPERVISOR, kind="unrectified", post="分管局长"), "record_disposal", SUPERVISOR, n=0),
          lambda s: (s.breaches[0].breach, s.breaches[0].office, bool(s.breaches[0].disposed_on))
          == (Breach.UNRECTIFIED, ROADS, True)),
    Refuses("第三十三条", "经督办后", "not without a supervision",
            lambda: _after(handling(MON), "find_breach", SUPERVISOR, kind="unrectified"), "never_supervised"),
]  # fmt: skip


def name_of(line: Holds | Refuses) -> str:
    return f"{line.article}: {line.what}"


@pytest.mark.parametrize("line", LINES, ids=name_of)
def test_the_words_stand_in_the_article(line: Holds | Refuses) -> None:
    assert line.words in ARTICLES[line.article]


@pytest.mark.parametrize("line", [line for line in LINES if isinstance(line, Holds)], ids=name_of)
def test_it_holds(line: Holds) -> None:
    assert line.then(line.done())


@pytest.mark.parametrize("line", [line for line in LINES if isinstance(line, Refuses)], ids=name_of)
def test_it_refuses(line: Refuses) -> None:
    with pytest.raises(Refused) as told:
        line.done()
    assert told.value.rule == line.rule
    if line.cites:
        assert line.article in told.value.article


def test_the_place_s_numbers_name_their_articles() -> None:
    """Every number, ground and trigger of the pack cites an article that there is."""
    pack = next(pack for pack in files.packs() if pack.pack == "weifang")
    assert pack.triggers is not None
    sources = [
        pack.triggers.source,
        *(term.source for term in pack.terms),
        *(one.source for one in pack.grounds),
    ]
    cited = re.compile(
        r"^潍坊市12345政务服务便民热线条例((第[一二三四五六七八九十]+条)(第[一二三四]款)?(第[一二三四五]项)?、?)+"
    )
    for source in sources:
        if source.startswith("潍坊市12345"):
            found = re.findall(r"第[一二三四五六七八九十]+条", source)
            assert cited.match(source) and set(found) <= ARTICLES.keys(), source
    for rule, places in law.LAW.items():
        if cites := places.get("weifang"):
            assert set(re.findall(r"第[一二三四五六七八九十]+条", cites)) <= ARTICLES.keys(), rule


def test_city_and_county_overlapping_the_city_leads() -> None:
    """第二十四条: held where offices are known, by `operations`; the place's terms say so."""
    assert "以市人民政府工作部门为主办单位" in ARTICLES["第二十四条"]
    assert files.terms_for(KUIWEN, Kind.HOTLINE).city_leads
    assert not files.terms_for("410502", Kind.HOTLINE).city_leads
    assert (MARKET[:6], CITY_MARKET[:6]) == (KUIWEN, "370700")


def test_a_stranger_finds_nothing() -> None:
    with pytest.raises(NotFound):
        do(dispatched(MON), "sign", STRANGER, TUE)
    assert clocks.next_check_at(do(raised(), "answer", OPERATOR, MON), CALENDAR) is None
