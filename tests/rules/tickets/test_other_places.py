"""Other places' rules: 安阳's 24 hours and extension, 济南's audits, bad reviews, firms; each with its article."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from banshi.contexts.tickets import files
from banshi.contexts.tickets.files import BadPack, Pack, check_pack
from banshi.contexts.tickets.rules import clocks, intake
from banshi.contexts.tickets.rules.state import tasks
from banshi.contexts.tickets.values import About, Words
from banshi.contexts.tickets.values.codes import Kind, Level, Outcome, Status, Trigger
from banshi.kernel.actors import ANONYMOUS
from banshi.kernel.facts import Refused
from tests.rules.tickets.life import (
    CALENDAR,
    CHECKER,
    CHIEF,
    CITIZEN,
    MARKETMAN,
    ROADHEAD,
    ROADMAN,
    STRANGER,
    SYSTEM,
    at,
    calling,
    dispatched,
    do,
    handling,
    of_centre,
    of_unit,
    raised,
    replied,
)

ANYANG, JINAN = "410502", "370102"
MON = at("2026-03-02")
HERE = of_unit("41", "officer", "410502-transport")
HEAD = of_unit("42", "leader", "410502-transport")
DESK = of_centre("43", "dispatcher", "410500")


def anyang(when: object = MON, kind: Kind = Kind.HOTLINE) -> object:
    state = raised(kind, ANYANG, when=when)
    return do(state, "dispatch", DESK, when, reference="410502-transport")  # type: ignore[arg-type]


def rule_of(call: object) -> tuple[str, str]:
    with pytest.raises(Refused) as told:
        call()  # type: ignore[operator]
    return told.value.rule, told.value.article


def test_in_anyang_a_ticket_is_given_back_within_24_hours_or_never() -> None:
    state = anyang()
    in_time = do(state, "return", HERE, at("2026-03-03", 10))  # type: ignore[arg-type]
    assert in_time.status is Status.RETURNED
    late = rule_of(lambda: do(state, "return", HERE, at("2026-03-03", 10, 1)))  # type: ignore[arg-type]
    assert late == ("return_late", "安阳市政务服务条例第五十条第二款")


def test_the_hours_are_natural_a_weekend_does_not_stop_them() -> None:
    friday = anyang(at("2026-03-06", 17))
    assert rule_of(lambda: do(friday, "return", HERE, at("2026-03-09", 9)))[0] == "return_late"  # type: ignore[arg-type]


def test_in_anyang_the_head_grants_five_days_once() -> None:
    state = do(anyang(), "sign", HERE, MON)  # type: ignore[arg-type]
    asked = do(state, "request_extension", HERE, at("2026-03-09"), days=5)
    assert rule_of(lambda: do(asked, "decide_extension", HERE, at("2026-03-09"), verdict="pass"))[0] == (
        "not_your_post"
    )
    longer = do(asked, "decide_extension", HEAD, at("2026-03-09"), verdict="pass")
    assert (state.due_on, longer.due_on) == (date(2026, 3, 9), date(2026, 3, 16))
    again = rule_of(lambda: do(longer, "request_extension", HERE, at("2026-03-10"), days=1))
    assert again == ("extension_once", "安阳市政务服务条例第五十条第一款")
    refused = do(asked, "decide_extension", HEAD, at("2026-03-09"), verdict="refuse", text=None)
    assert (refused.due_on, refused.extension) == (state.due_on, None)


@pytest.mark.parametrize("days", [0, -1, 6])
def test_no_more_days_than_the_place_has(days: int) -> None:
    state = do(anyang(), "sign", HERE, MON)  # type: ignore[arg-type]
    assert rule_of(lambda: do(state, "request_extension", HERE, MON, days=days))[0] == "extension_days"


def test_an_extension_is_asked_for_in_time() -> None:
    state = do(anyang(), "sign", HERE, MON)  # type: ignore[arg-type]
    assert rule_of(lambda: do(state, "request_extension", HERE, at("2026-03-10"), days=5))[0] == (
        "extension_late"
    )


def test_who_leads_and_asked_does_not_grant_it_themself() -> None:
    both = of_unit("44", "officer", "410502-transport")
    both = type(both)("staff", "44", (*both.held, *HEAD.held))
    asked = do(do(anyang(), "sign", both, MON), "request_extension", both, MON, days=2)  # type: ignore[arg-type]
    assert rule_of(lambda: do(asked, "decide_extension", both, MON, verdict="pass"))[0] == "own_request"


def test_jinan_supervises_for_its_own_triggers_only() -> None:
    assert files.terms_for(JINAN, Kind.HOTLINE).triggers == (Trigger.OVERDUE, Trigger.UNSOLVED, Trigger.OTHER)
    desk, unit = of_centre("51", "dispatcher", "370100"), "370102-transport"
    state = do(raised(region=JINAN, when=MON), "dispatch", desk, MON, reference=unit)
    warned = do(state, "remind", SYSTEM, at("2026-03-04"))
    assert warned.supervisions == () and {one.key for one in warned.told} == {"sign"}


# ---- bad reviews ----


def bad_review(when: object = MON, **more: object) -> object:
    review = {"channel": "review", "about": About(office="370705-transport"), **more}
    return dispatched(when, raised(Kind.BAD_REVIEW, when=when, **review))  # type: ignore[arg-type]


def test_a_bad_review_is_heard_within_a_working_day_and_put_right_within_five() -> None:
    state = do(bad_review(), "sign", ROADMAN, MON)  # type: ignore[arg-type]
    assert (state.terms.contact_days, state.due_on) == (1, date(2026, 3, 9))
    assert (
        rule_of(lambda: do(state, "reply", ROADMAN, at("2026-03-03"), verdict="solved"))[0] == "contact_first"
    )
    missed = do(state, "contact", ROADMAN, MON, verdict="unreached", text=None)
    assert rule_of(lambda: do(missed, "reply", ROADMAN, MON, verdict="solved"))[0] == "contact_first"
    heard = do(missed, "contact", ROADMAN, at("2026-03-03"), verdict="reached")
    assert do(heard, "reply", ROADMAN, at("2026-03-03"), verdict="solved").status is Status.REPLIED


def test_who_is_never_reached_holds_up_nothing_once_the_place_s_attempts_were_made() -> None:
    state = do(bad_review(), "sign", ROADMAN, MON)  # type: ignore[arg-type]
    for n in range(state.terms.attempts):
        assert {one.key for one in clocks.clocks(state, CALENDAR)} == {"contact", "handle"}
        assert [task.key for task in tasks(state, CALENDAR)] == ["handle", "contact"]
        refused = rule_of(lambda now=state: do(now, "reply", ROADMAN, MON, verdict="solved"))  # type: ignore[misc]
        assert refused == ("contact_first", "")
        when = MON + timedelta(hours=state.terms.retry_hours * n)
        state = do(state, "contact", ROADMAN, when, verdict="unreached", text=None)
        assert (state.contact_misses, state.contacted_on) == (n + 1, None)
    assert {one.key for one in clocks.clocks(state, CALENDAR)} == {"handle"}
    assert [task.key for task in tasks(state, CALENDAR)] == ["handle"]
    answered = do(
        state, "contact", ROADMAN, at("2026-03-03"), verdict="reached"
    )  # who is reached later, is heard
    assert answered.contacted_on == date(2026, 3, 3)
    replied = do(state, "reply", ROADMAN, at("2026-03-03"), verdict="solved")
    again = do(replied, "check", CHECKER, at("2026-03-04"), verdict="back")
    assert do(again, "reply", ROADMAN, at("2026-03-05"), verdict="solved").status is Status.REPLIED


def test_its_time_runs_from_the_review_not_from_the_dispatch() -> None:
    said = raised(Kind.BAD_REVIEW, when=MON, channel="review")
    assert dispatched(at("2026-03-05"), said).due_on == date(2026, 3, 9)
    assert dispatched(at("2026-03-05"), raised(when=MON)).due_on == date(2026, 3, 12)


def test_over_the_national_holiday_with_its_make_up_days() -> None:
    """1–7 October 2026 are off; Saturday the 10th is worked."""
    eve = at("2026-09-30", 16)
    state = do(bad_review(eve), "sign", ROADMAN, eve)  # type: ignore[arg-type]
    assert CALENDAR.add(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert state.due_on == date(2026, 10, 13)  # 8, 9, 10 (worked), 12, 13
    assert rule_of(lambda: do(state, "remind", SYSTEM, at("2026-10-08", 23, 59)))[0] == "nothing_due"
    late = do(state, "remind", SYSTEM, at("2026-10-09", 0))
    assert [(one.trigger, one.on) for one in late.supervisions] == [(Trigger.OVERDUE, date(2026, 10, 9))]


def test_a_bad_review_is_not_answered_away() -> None:
    desk = of_centre("1", "hotline_operator")
    state = raised(Kind.BAD_REVIEW, channel="review", about=About(office="370705-transport"))
    assert rule_of(lambda: do(state, "answer", desk, MON))[0] == "review_is_verified"


def test_of_a_secret_reviewer_the_centre_hears_not_the_unit() -> None:
    state = bad_review(confidential=True)
    assert rule_of(lambda: do(state, "contact", ROADMAN, MON, verdict="reached"))[0] == "confidential"  # type: ignore[arg-type]
    caller = of_centre("4", "caller")
    assert do(state, "contact", caller, MON, verdict="reached").contacted_on == date(2026, 3, 2)  # type: ignore[arg-type]


def test_the_system_gives_it_to_the_rated_unit() -> None:
    state = do(
        raised(Kind.BAD_REVIEW, channel="review"),
        "dispatch",
        SYSTEM,
        MON,
        reference="370705-transport",
        text=None,
    )
    assert state.status is Status.DISPATCHED


# ---- firms, call-backs, rounds ----


def test_a_firm_s_difficult_matter_has_fifteen_days() -> None:
    firm = raised(Kind.ENTERPRISE, when=MON)
    assert dispatched(MON, firm).due_on == date(2026, 3, 9)
    assert dispatched(MON, firm, difficult=True).due_on == date(2026, 3, 23)


def test_the_place_s_share_is_called_the_others_close() -> None:
    def share(percent: int) -> Status:
        state = raised(when=MON)
        state = msgspec.structs.replace(state, terms=msgspec.structs.replace(state.terms, call_share=percent))
        return calling(MON, state).status

    mine = raised().id.int % 100
    assert (share(0), share(mine), share(mine + 1), share(100)) == (
        Status.CLOSED, Status.CLOSED, Status.CALLING, Status.CALLING,
    )  # fmt: skip


def test_nobody_to_call_is_not_called() -> None:
    assert calling(MON, raised(when=MON, contact=None)).outcome is Outcome.NOT_CALLED


def test_three_unanswered_calls_end_it() -> None:
    state = calling(MON)
    caller = of_centre("4", "caller")
    for hour in (9, 13):
        state = do(state, "call_back", caller, at("2026-03-03", hour), verdict="unreached", text=None)
        assert state.status is Status.CALLING
    ended = do(state, "call_back", caller, at("2026-03-04"), verdict="unreached", text=None)
    assert (ended.outcome, ended.closed_on) == (Outcome.UNREACHED, date(2026, 3, 4))


def test_not_content_twice_is_done_again_a_third_time_goes_up() -> None:
    state, caller = calling(MON), of_centre("4", "caller")
    for n, day in enumerate(("2026-03-05", "2026-03-10"), 1):
        state = do(state, "call_back", caller, at(day), verdict="not_content")
        assert (state.status, state.round, state.redo_on) == (Status.HANDLING, n, date.fromisoformat(day))
        assert state.due_on == CALENDAR.add(date.fromisoformat(day), 5)
        state = do(state, "reply", ROADMAN, at(day), verdict="explained")
        state = do(state, "check", CHECKER, at(day), verdict="pass")
    state = do(state, "call_back", caller, at("2026-03-12"), verdict="not_content")
    assert (state.status, state.level) == (Status.ESCALATED, Level.GOVERNMENT_OFFICE)
    settled = do(state, "dispatch", CHIEF, at("2026-03-12"), reference="370705-market")
    assert settled.decided and settled.status is Status.DISPATCHED


def test_not_content_says_with_what() -> None:
    caller = of_centre("4", "caller")
    refused = rule_of(lambda: do(calling(MON), "call_back", caller, MON, verdict="not_content", text=None))
    assert refused[0] == "words_needed"


def test_whoever_had_a_hand_in_it_neither_checks_nor_calls() -> None:
    both = type(CHECKER)("staff", ROADMAN.id, (*ROADMAN.held, *CHECKER.held, *of_centre("4", "caller").held))
    assert rule_of(lambda: do(replied(MON), "check", both, MON, verdict="pass"))[0] == "other_hand"
    assert rule_of(lambda: do(calling(MON), "call_back", both, MON, verdict="content"))[0] == "other_hand"


def test_a_reply_that_will_not_do_goes_back_with_its_time() -> None:
    back = do(replied(MON), "check", CHECKER, at("2026-03-04"), verdict="back")
    assert (back.status, back.due_on) == (Status.HANDLING, date(2026, 3, 11))
    assert (
        rule_of(lambda: do(replied(MON), "check", CHECKER, MON, verdict="back", text=None))[0]
        == "words_needed"
    )


def test_a_closed_ticket_is_not_answered_again() -> None:
    state = do(calling(MON), "call_back", CITIZEN, MON, verdict="content")
    for name, actor in (("reply", ROADMAN), ("call_back", CITIZEN), ("urge", CITIZEN), ("withdraw", CITIZEN)):
        assert rule_of(lambda n=name, a=actor: do(state, n, a, MON, verdict="solved"))[0] == "wrong_state"


def test_assisting_units_speak_for_themselves_first() -> None:
    state = handling(MON, offices=("370705-market",))
    assert rule_of(lambda: do(state, "reply", ROADMAN, MON, verdict="solved"))[0] == "assisting_first"
    foreign = rule_of(lambda: do(state, "assist", MARKETMAN, MON, reference="370705-transport"))
    assert foreign[0] == "not_your_office"
    heard = do(state, "assist", MARKETMAN, MON, reference="370705-market")
    assert do(heard, "reply", ROADMAN, MON, verdict="solved").status is Status.REPLIED
    assert do(state, "reply", ROADMAN, MON, verdict="solved", confirmed=True).status is Status.REPLIED


def test_a_plan_is_given_once_and_then_reported_on() -> None:
    plan = replied(MON, verdict="plan", on=date(2026, 4, 30))
    tracked = do(plan, "check", CHECKER, MON, verdict="pass")
    again = rule_of(
        lambda: do(tracked, "reply", ROADMAN, at("2026-04-01"), verdict="plan", on=date(2026, 5, 30))
    )
    assert again[0] == "plan_once"
    done = do(tracked, "reply", ROADMAN, at("2026-04-20"), verdict="solved")
    assert do(done, "check", CHECKER, at("2026-04-20"), verdict="pass").status is Status.CALLING
    late = do(tracked, "remind", SYSTEM, at("2026-05-07"))
    assert [one.trigger for one in late.supervisions] == [Trigger.OVERDUE]


def test_only_who_heads_the_unit_takes_it_up() -> None:
    assert rule_of(lambda: do(handling(MON), "escalate", ROADMAN, MON))[0] == "not_your_post"
    assert do(handling(MON), "escalate", ROADHEAD, MON).status is Status.ESCALATED
    up = do(do(handling(MON), "escalate", ROADHEAD, MON), "escalate", CHIEF, MON)
    assert rule_of(lambda: do(up, "escalate", CHIEF, MON))[0] == "highest"


# ---- intake and packs ----


@pytest.mark.parametrize(
    ("kind", "channel", "words", "actor", "rule"),
    [
        ("nothing", "phone", Words("坑"), SYSTEM, "kind"),
        ("hotline", "pigeon", Words("坑"), SYSTEM, "channel"),
        ("hotline", "phone", Words("坑"), CITIZEN, "channel_of_staff"),
        ("hotline", "phone", Words("坑"), STRANGER, "not_your_post"),
        ("hotline", "web", Words(" "), CITIZEN, "title_needed"),
        ("hotline", "web", Words("坑" * 121), ANONYMOUS, "text_too_long"),
        ("hotline", "web", Words("坑", "深" * 4001), ANONYMOUS, "text_too_long"),
    ],
)
def test_what_is_not_taken_in(kind: str, channel: str, words: Words, actor: object, rule: str) -> None:
    assert rule_of(lambda: intake.admit(kind, channel, words, actor))[0] == rule  # type: ignore[arg-type]


def test_whoever_has_something_to_say_may_say_it() -> None:
    for actor in (CITIZEN, ANONYMOUS):
        intake.admit("remark", "web", Words("坑"), actor)


@pytest.mark.parametrize(
    "pack",
    [
        {"pack": "other", "name": "别", "regions": ["37"]},
        {
            "pack": "x",
            "name": "别",
            "regions": ["37"],
            "terms": [{"set": "no_term", "to": 1, "source": "无"}],
        },
        {
            "pack": "x",
            "name": "别",
            "regions": ["37"],
            "terms": [{"set": "rounds", "to": True, "source": "无"}],
        },
        {
            "pack": "x",
            "name": "别",
            "regions": ["37"],
            "terms": [{"set": "rounds", "to": -1, "source": "无"}],
        },
        {
            "pack": "x",
            "name": "别",
            "regions": ["37"],
            "terms": [{"set": "city_leads", "to": 1, "source": "无"}],
        },
    ],
)
def test_a_wrong_pack_is_told(pack: dict[str, object]) -> None:
    with pytest.raises(BadPack):
        check_pack(msgspec.convert(pack, Pack), "x")


def test_the_national_pack_must_be_whole() -> None:
    with pytest.raises(BadPack, match="handle_days"):
        check_pack(msgspec.convert({"pack": "national", "name": "全国", "regions": [""]}, Pack), "national")


def test_every_place_has_terms_grounds_and_a_way_to_end() -> None:
    for region in ("110101", "370702", "410502", "370102", "350502", "420324"):
        for kind in Kind:
            terms = files.terms_for(region, kind)
            assert terms.handle_days and terms.rounds and terms.attempts and terms.triggers
        assert any(ground.begun for ground in files.grounds_for(region))
        assert any(ground.routes for ground in files.grounds_for(region))


def test_the_tree_has_three_levels_and_says_whose_it_usually_is() -> None:
    tree = files.categories()
    assert {len(one.path) for one in tree.values()} == {1, 2, 3}
    assert all(one.leaf == (len(one.path) == 3) for one in tree.values())
    pothole = tree["road.surface.damage"]
    assert (pothole.path, pothole.unit, pothole.public) == (
        ("道路交通", "路面设施", "路面破损坑洼"),
        "transport",
        True,
    )
    assert not tree["government.conduct.rude"].public
    assert max(map(len, tree)) <= 40
    assert files.causes()["impossible_material"].lies_in == "item"
