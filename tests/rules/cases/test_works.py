"""环节: offices asked at once, visits, experts by lot, joint sessions, sending back, handing over, who decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import offered, permit
from banshi.contexts.cases.values import Budget, CaseState, Input, Plan, Status, WorkPlan
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import Refused
from tests.rules.cases.life import (
    CALENDAR,
    CHEN,
    FIRE,
    HEALTH,
    LICENCE,
    LIN,
    MARKET,
    QIAN,
    SONG,
    SUN,
    TEXT,
    WU,
    accepted,
    at,
    day,
    do,
    facts,
    opined,
    refused,
    work,
)

ROSTER = tuple(f"staff:{n}" for n in range(101, 111))

CONSULTED = replace(
    LICENCE,
    works=(
        WorkPlan("lead", "牵头审查", "review", MARKET, Budget(5)),
        WorkPlan("fire", "消防会审", "consult", FIRE, Budget(3), silence="agree"),
        WorkPlan("health", "卫生会审", "consult", HEALTH, Budget(3), silence="wait"),
        WorkPlan("sum", "汇总", "review", MARKET, Budget(2), after=("lead", "fire", "health")),
    ),
)


def planned(*works: WorkPlan, **changes: Any) -> Plan:
    return replace(LICENCE, works=works, **changes)


def names(case: CaseState, actor: Actor) -> set[str]:
    return {command.name for command in offered(case, actor)}


class TestConsultation:
    """1+N 会商会审: one office leads, the others answer in time."""

    def test_all_start_at_once_and_the_sum_waits_for_all(self) -> None:
        case = accepted(CONSULTED)
        assert [(one.key, one.status) for one in case.works] == [
            ("lead", "open"),
            ("fire", "open"),
            ("health", "open"),
            ("sum", "waiting"),
        ]
        for key in ("lead", "fire"):
            case = do(case, "opine", at("2026-03-03"), work=key, verdict="agree")
            assert work(case, "sum").status == "waiting"
        case = do(case, "opine", at("2026-03-04"), work="health", verdict="agree")
        assert (work(case, "sum").status, work(case, "sum").due_on) == ("open", day("2026-03-06"))

    def test_silence_of_who_may_be_silent_is_consent_the_day_after(self) -> None:
        case = accepted(CONSULTED)  # three days: until Thursday 5 March
        refused("not_silent_yet", case, "deem_agreed", at("2026-03-05", 23), by=SYSTEM)
        assert clocks.next_check_at(case, CALENDAR) == at("2026-03-04", 0)  # the light turns yellow
        silent = do(case, "deem_agreed", at("2026-03-06", 0), by=SYSTEM)
        fire = work(silent, "fire")
        assert (fire.status, fire.verdict, fire.silent, fire.by) == ("done", "agree", True, "")

    def test_where_silence_means_nothing_the_case_waits(self) -> None:
        silent = do(accepted(CONSULTED), "deem_agreed", at("2026-03-06", 0), by=SYSTEM)
        assert work(silent, "health").status == "open"
        refused("not_silent_yet", silent, "deem_agreed", at("2026-03-20"), by=SYSTEM)

    def test_what_waited_for_the_silent_opens(self) -> None:
        case = accepted(CONSULTED)
        for key in ("lead", "health"):
            case = do(case, "opine", at("2026-03-04"), work=key, verdict="agree")
        silent = do(case, "deem_agreed", at("2026-03-06", 0), by=SYSTEM)
        assert (work(silent, "sum").status, work(silent, "sum").opened_on) == ("open", day("2026-03-06"))

    def test_several_silent_at_once_open_what_waits_for_them_together(self) -> None:
        both = replace(
            CONSULTED,
            works=tuple(replace(one, silence="agree", after=one.after[1:]) for one in CONSULTED.works[1:]),
        )
        silent = do(accepted(both), "deem_agreed", at("2026-03-06", 0), by=SYSTEM)
        assert [one.status for one in silent.works] == ["done", "done", "open"]

    def test_while_the_clock_stands_still_silence_means_nothing(self) -> None:
        case = do(accepted(CONSULTED), "start_special", at("2026-03-03"), kind="testing", days=10, text=TEXT)
        assert clocks.silent_works(case) == []
        resumed = do(case, "end_special", at("2026-03-17"))
        refused("not_silent_yet", resumed, "deem_agreed", at("2026-03-17"), by=SYSTEM)
        assert work(resumed, "fire").due_on == day("2026-03-19")

    @pytest.mark.parametrize(
        ("stated", "rule"),
        [
            pytest.param({"work": "fire", "verdict": "disagree"}, "words_needed", id="a no has a reason"),
            pytest.param({"work": "fire", "verdict": "maybe"}, "verdict", id="yes or no"),
            pytest.param({"work": "sum", "verdict": "agree"}, "work_not_open", id="not its turn"),
            pytest.param({"work": "police", "verdict": "agree"}, "work_not_open", id="no such work"),
            pytest.param({"verdict": "agree"}, "work_not_open", id="none named"),
        ],
    )
    def test_an_opinion(self, stated: dict[str, Any], rule: str) -> None:
        refused(rule, accepted(CONSULTED), "opine", at("2026-03-03"), **stated)

    def test_is_given_by_the_office_that_was_asked(self) -> None:
        permit(COMMANDS["opine"], accepted(CONSULTED), WU, Input(work="fire"))
        for actor in (CHEN, QIAN, SONG):
            with pytest.raises(Refused, match="岗位"):
                permit(COMMANDS["opine"], accepted(CONSULTED), actor, Input(work="fire"))


class TestSiteVisit:
    VISIT = planned(
        WorkPlan(
            "visit", "现场核查", "site_visit", MARKET, Budget(3), checklist=("防鼠设施", "洗手池", "健康证")
        )
    )

    def test_is_planned_for_a_day_that_comes(self) -> None:
        case = accepted(self.VISIT)
        refused("planned_on", case, "schedule", at("2026-03-03"), work="visit", on=day("2026-03-02"))
        refused("planned_on", case, "schedule", at("2026-03-03"), work="visit")
        planned_case = do(case, "schedule", at("2026-03-03"), work="visit", on=day("2026-03-04"))
        assert work(planned_case, "visit").planned_on == day("2026-03-04")

    def test_or_for_today(self) -> None:
        case = do(accepted(self.VISIT), "schedule", at("2026-03-03", 9), work="visit", on=day("2026-03-03"))
        assert work(case, "visit").planned_on == day("2026-03-03")

    def test_says_for_each_line_of_the_checklist_what_was_found_and_keeps_photos(self) -> None:
        (fact,) = facts(
            accepted(self.VISIT),
            "record",
            at("2026-03-04"),
            work="visit",
            people=(SUN.code,),
            checks=("洗手池", "健康证"),
            files=("5f3a",),
            text=TEXT,
        )
        assert fact.data["checks"] == [["防鼠设施", False], ["洗手池", True], ["健康证", True]]
        assert (fact.data["files"], fact.data["on"]) == (["5f3a"], "2026-03-04")
        assert fact.data["people"] == [CHEN.code, SUN.code]

    @pytest.mark.parametrize(
        ("stated", "rule"),
        [
            pytest.param({"checks": ("灭火器",), "text": TEXT}, "checklist", id="not on the list"),
            pytest.param({"checks": ("洗手池",)}, "words_needed", id="without a word"),
        ],
    )
    def test_what_cannot_be_recorded(self, stated: dict[str, Any], rule: str) -> None:
        refused(rule, accepted(self.VISIT), "record", at("2026-03-04"), work="visit", people=("b",), **stated)


class TestExpertReview:
    EXPERTS = planned(WorkPlan("experts", "专家评审", "expert_review", MARKET, Budget(10), experts=3))

    def drawn(self) -> CaseState:
        return do(accepted(self.EXPERTS), "draw_experts", at("2026-03-03"), work="experts", people=ROSTER)

    def test_the_lot_gives_the_same_to_whoever_draws_it_again(self) -> None:
        experts = work(self.drawn(), "experts").experts
        assert len(experts) == len(set(experts)) == 3
        assert set(experts) <= set(ROSTER)
        again = do(
            accepted(self.EXPERTS),
            "draw_experts",
            at("2026-03-04", 16),
            by=SUN,
            work="experts",
            people=ROSTER[::-1],
        )
        assert work(again, "experts").experts == experts

    def test_another_case_draws_others(self) -> None:
        panels = {
            work(
                do(
                    replace(accepted(self.EXPERTS), id=UUID(int=n)),
                    "draw_experts",
                    at("2026-03-03"),
                    work="experts",
                    people=ROSTER,
                ),
                "experts",
            ).experts
            for n in range(20)
        }
        assert len(panels) > 10

    def test_nobody_draws_again_until_the_panel_suits(self) -> None:
        refused(
            "drawn_already", self.drawn(), "draw_experts", at("2026-03-04"), work="experts", people=ROSTER
        )
        first = work(self.drawn(), "experts").experts[0]
        stated: dict[str, Any] = {"work": "experts", "people": ROSTER, "text": TEXT}
        recused = do(self.drawn(), "recuse", at("2026-03-04"), reference=first, **stated)
        refused("drawn_already", recused, "draw_experts", at("2026-03-04"), work="experts", people=ROSTER[3:])

    def test_who_withdraws_is_replaced_by_the_next_in_the_lot(self) -> None:
        case = self.drawn()
        first, *rest = work(case, "experts").experts
        stated: dict[str, Any] = {"work": "experts", "people": ROSTER}
        refused("not_drawn", case, "recuse", at("2026-03-04"), reference="staff:999", text=TEXT, **stated)
        refused("words_needed", case, "recuse", at("2026-03-04"), reference=first, **stated)
        panel = work(do(case, "recuse", at("2026-03-04"), reference=first, text=TEXT, **stated), "experts")
        assert first not in panel.experts
        assert panel.experts[:2] == tuple(rest)
        assert panel.recused == (first,)

    def test_too_few_experts(self) -> None:
        case = accepted(self.EXPERTS)
        error = refused(
            "too_few_experts", case, "draw_experts", at("2026-03-03"), work="experts", people=ROSTER[:2]
        )
        assert "2位" in error.zh

    def test_who_handles_the_case_is_not_drawn(self) -> None:
        case = do(accepted(self.EXPERTS), "hand_over", at("2026-03-02", 15), people=(ROSTER[0],))
        refused("too_few_experts", case, "draw_experts", at("2026-03-03"), work="experts", people=ROSTER[:3])

    def test_no_opinion_before_all_of_them_have_spoken(self) -> None:
        case = accepted(self.EXPERTS)
        stated: dict[str, Any] = {"work": "experts", "text": TEXT}
        refused("draw_first", case, "record", at("2026-03-05"), **stated)
        case = self.drawn()
        panel = work(case, "experts").experts
        refused("experts_first", case, "opine", at("2026-03-05"), verdict="agree", **stated)
        refused("experts_missing", case, "record", at("2026-03-05"), people=panel[:2], **stated)
        heard = do(case, "record", at("2026-03-05"), people=panel, **stated)
        done = do(heard, "opine", at("2026-03-06"), work="experts", verdict="agree")
        assert work(done, "experts").status == "done"

    def test_a_new_expert_speaks_too(self) -> None:
        case = self.drawn()
        panel = work(case, "experts").experts
        heard = do(case, "record", at("2026-03-05"), work="experts", people=panel, text=TEXT)
        stated: dict[str, Any] = {"work": "experts", "people": ROSTER, "text": TEXT}
        changed = do(heard, "recuse", at("2026-03-06"), reference=panel[0], **stated)
        refused("experts_first", changed, "opine", at("2026-03-06"), work="experts", verdict="agree")

    def test_is_shown_step_by_step(self) -> None:
        case, drawn = accepted(self.EXPERTS), self.drawn()
        steps = {"draw_experts", "recuse", "record", "opine"}
        assert names(case, CHEN) & steps == {"draw_experts"}
        assert names(drawn, CHEN) & steps == {"recuse", "record"}
        heard = do(
            drawn,
            "record",
            at("2026-03-05"),
            work="experts",
            people=work(drawn, "experts").experts,
            text=TEXT,
        )
        assert names(heard, CHEN) & steps == {"recuse", "record", "opine"}

    def test_art45_their_work_goes_on_while_it_stops_the_clock(self) -> None:
        stopped = do(
            accepted(self.EXPERTS),
            "start_special",
            at("2026-03-03"),
            kind="expert_review",
            days=10,
            text=TEXT,
        )
        for name in ("draw_experts", "recuse", "record"):
            assert Status.SUSPENDED in COMMANDS[name].states
        drawn = do(stopped, "draw_experts", at("2026-03-04"), work="experts", people=ROSTER)
        assert (drawn.status, len(work(drawn, "experts").experts)) == (Status.SUSPENDED, 3)

    def test_other_works_draw_nobody(self) -> None:
        refused("no_experts", accepted(), "draw_experts", at("2026-03-03"), work="fire", people=ROSTER)


class TestJointSession:
    SESSION = planned(WorkPlan("session", "联合办公", "joint_session", MARKET, Budget(5), people=3))

    def test_has_minutes_and_as_many_offices_as_the_definition_says(self) -> None:
        case = accepted(self.SESSION)
        refused("two_people", case, "record", at("2026-03-03"), work="session", people=("a",), text=TEXT)
        held = do(case, "record", at("2026-03-03"), work="session", people=(WU.code, QIAN.code), text=TEXT)
        assert work(held, "session").record == TEXT
        done = do(held, "opine", at("2026-03-04"), work="session", verdict="agree")
        assert work(done, "session").people == tuple(sorted((CHEN.code, WU.code, QIAN.code)))

    def test_without_minutes_there_is_no_result(self) -> None:
        stated: dict[str, Any] = {"work": "session", "verdict": "agree", "people": (WU.code, QIAN.code)}
        refused("minutes_first", accepted(self.SESSION), "opine", at("2026-03-03"), **stated)
        assert do(accepted(self.SESSION), "opine", at("2026-03-03"), text=TEXT, **stated).works[0].opinion


class TestSendingBack:
    """退回重办: an earlier work is done anew, and what built upon it waits again."""

    def test_opens_it_anew_and_lets_the_rest_wait(self) -> None:
        case = opined(accepted(), "2026-03-05")
        again = do(case, "return_work", at("2026-03-06"), work="fire", text=TEXT)
        fire = work(again, "fire")
        assert [one.status for one in again.works] == ["done", "open", "waiting"]
        assert (fire.rounds, fire.opened_on, fire.due_on) == (1, day("2026-03-06"), day("2026-03-11"))
        assert (fire.verdict, fire.opinion, fire.by) == ("", None, "")
        assert work(again, "visit") == work(case, "visit")

    def test_to_whoever_held_it(self) -> None:
        case = do(accepted(), "hand_over", at("2026-03-02", 12), by=WU, work="fire", people=("staff:60",))
        case = do(case, "opine", at("2026-03-03"), by=WU, work="fire", verdict="agree")
        again = do(case, "return_work", at("2026-03-04"), work="fire", text=TEXT)
        assert work(again, "fire").holder == "staff:60"

    def test_then_everything_after_it_comes_again(self) -> None:
        case = do(opined(accepted(), "2026-03-05"), "return_work", at("2026-03-06"), work="fire", text=TEXT)
        case = do(case, "opine", at("2026-03-09"), by=WU, work="fire", verdict="agree")
        assert work(case, "sum").status == "open"
        refused("works_open", case, "review", at("2026-03-09"), verdict="pass")

    def test_takes_a_review_back_that_was_built_on_it(self) -> None:
        case = do(opined(accepted(), "2026-03-05"), "review", at("2026-03-05"), verdict="pass")
        case = do(case, "escalate", at("2026-03-05"), text=TEXT)
        again = do(case, "return_work", at("2026-03-06"), by=LIN, work="sum", text=TEXT)
        assert (again.review_verdict, again.reviewed_by, again.escalated) == ("", "", False)

    def test_goes_through_a_chain(self) -> None:
        chain = planned(
            WorkPlan("a", "一", "review", MARKET, Budget(1)),
            WorkPlan("b", "二", "review", MARKET, Budget(1), after=("a",)),
            WorkPlan("c", "三", "review", MARKET, Budget(1), after=("b",)),
        )
        case = accepted(chain)
        for key in "abc":
            case = do(case, "opine", at("2026-03-03"), work=key, verdict="agree")
        case = do(case, "return_work", at("2026-03-04"), work="a", text=TEXT)
        assert [one.status for one in case.works] == ["open", "waiting", "waiting"]

    @pytest.mark.parametrize(
        ("stated", "rule"),
        [
            pytest.param({"work": "fire", "text": TEXT}, "work_not_done", id="not done yet"),
            pytest.param({"work": "visit"}, "words_needed", id="no reason"),
        ],
    )
    def test_what_cannot_be_sent_back(self, stated: dict[str, Any], rule: str) -> None:
        case = do(accepted(), "opine", at("2026-03-03"), work="visit", verdict="agree", people=(SUN.code,))
        refused(rule, case, "return_work", at("2026-03-04"), **stated)
