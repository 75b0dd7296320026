"""What people have to say: with or without an account, named, in confidence or nameless; and what they may do afterwards."""

from __future__ import annotations

from uuid import UUID

import pytest

from banshi.contexts.cases.models import Case
from banshi.contexts.tickets import operations, queries
from banshi.contexts.tickets.models import Ticket
from banshi.contexts.tickets.values import Input, TicketState
from banshi.contexts.tickets.values.codes import Status
from banshi.directory.calendar import calendar
from banshi.directory.values import PostKind
from banshi.infra import clock as house_clock
from banshi.infra import throttle
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.desks.voices.people import he, pan
from tests.personas import CITY, LICHENG, li, lin, party_of, staff
from tests.security.town import Answer, Matter, Visitor, applied, chen, deliver, health, hidden, town

pytestmark = pytest.mark.django_db
PHONE = "13850003333"
OFFICE = f"{LICHENG}-market"
TITLE = "公示的材料里没有写租赁合同"


@pytest.fixture
def guest(clock: StoppedClock) -> Visitor:
    town()
    return Visitor()


@pytest.fixture
def citizen(guest: Visitor) -> Visitor:
    return Visitor.signed_in(li())


def say(visitor: Visitor, kind: str = "undone", **more: str) -> Answer:
    """One voice, through the two pages."""
    page = visitor.get(f"/voice?kind={kind}")
    assert page.status == 200
    usual = {
        "command_id": hidden(page.text, "command_id"),
        "kind": kind,
        "title": TITLE,
        "text": "跑了两趟才知道。",
        "county": LICHENG,
        "who": "named",
    }
    return visitor.post("/voice", usual | more)


def only() -> TicketState:
    row = Ticket.objects.get()
    return queries.get_ticket(row.region_code, row.id, SYSTEM)


def answered() -> TicketState:
    """The ticket as the unit has put it right and the centre has checked it: somebody is to be asked."""
    state = only()

    def step(name: str, who: object, **stated: object) -> None:
        operations.act(
            name,
            region=state.region,
            id=state.id,
            actor=who.actor,  # type: ignore[attr-defined]
            at=house_clock.now(),
            calendar=calendar(),
            given=Input(**{key: value for key, value in stated.items() if key != "text"}),  # type: ignore[arg-type]
            text=str(stated.get("text", "")),
        )

    if state.status is Status.RAISED:
        step("dispatch", pan(), reference=OFFICE)
        step("sign", lin())
        if only().contacted_on is None and not only().anonymous:
            step("contact", lin(), verdict="reached", text="打过电话。")
    step("reply", lin(), verdict="solved", text="材料清单补上了。")
    step("check", he(), verdict="pass")
    return only()


def test_the_first_question_is_what_kind(guest: Visitor) -> None:
    page = guest.get("/voice")
    for words in ("吐槽找茬", "办不成事", "企业诉求", "意见建议", "投诉举报", "咨询求助", "堵点痛点"):
        assert words in page.text
    assert guest.get("/voice?kind=").status == 422
    for address in ("/", "/items/"):
        assert 'href="/voice"' in guest.get(address).text


def test_nobody_has_to_sign_in(guest: Visitor) -> None:
    answer = guest.sent(say(guest, phone=PHONE, name="陈女士"), "/voice/")
    state = only()
    assert answer.location == f"/voice/{state.number}?done=raised"
    assert (state.kind, state.channel, state.party, state.region) == ("undone", "web", None, LICHENG)
    found = queries.contact(state, SYSTEM)
    assert found and (found.name, found.phone) == ("陈女士", PHONE)
    page = guest.get(answer.location).text
    assert state.number in page and "工作日" in page and "转给负责的部门" in page and "满不满意" in page
    assert not any(words in page for words in (TITLE, "陈女士", PHONE, "跑了两趟"))
    kept = "".join(Fact.objects.values_list("data", flat=True))
    assert PHONE not in kept and TITLE not in kept


def test_by_its_number_one_finds_how_far_it_is(guest: Visitor) -> None:
    say(guest, who="anonymous")
    number = only().number
    found = guest.get(f"/p?number={number.lower()}")
    assert found.location == f"/voice/{number}"
    assert "已登记" in guest.get(found.location).text
    assert guest.get("/voice/35050226010100000000").status == 404


def test_nameless_is_nameless_even_when_signed_in(citizen: Visitor) -> None:
    say(citizen, who="anonymous", phone=PHONE, case_number=case_number(applied(citizen)))
    state = only()
    assert state.anonymous and state.party is None
    assert state.about.office == OFFICE and state.about.case is None and not state.about.case_number
    assert {fact.actor for fact in Fact.objects.filter(stream_id=state.id)} == {"anonymous"}
    assert TITLE not in citizen.get("/me/voices").text


def test_in_confidence_the_unit_learns_neither_name_nor_case(citizen: Visitor) -> None:
    matter = applied(citizen)
    number = case_number(matter)
    assert number in citizen.get("/voice?kind=undone").text
    say(citizen, who="confidential", case_number=number)
    state = only()
    assert state.confidential and state.about.case_number == number and state.about.office == OFFICE
    operations.act(
        "dispatch",
        region=state.region,
        id=state.id,
        actor=pan().actor,
        at=house_clock.now(),
        calendar=calendar(),
        given=Input(reference=f"{LICHENG}-health"),
    )
    seen = Visitor.signed_in(health()).get(f"/voices/ticket/{state.region}/{state.id}/").text
    assert TITLE in seen and number not in seen and "李秀英" not in seen


def case_number(matter: Matter) -> str:
    assert matter.case
    return str(Case.objects.get(id=matter.case).number)


def test_a_matter_leads_here_with_its_number(citizen: Visitor) -> None:
    matter = applied(citizen)
    number = case_number(matter)
    assert f"/voice?about={number}" in citizen.get(f"/m/{matter.region}/{matter.id}").text
    assert f'value="{number}"' in citizen.get(f"/voice?about={number}").text
    assert f'value="{number}" selected' in citizen.get(f"/voice?kind=undone&about={number}").text
    other = Visitor.signed_in(chen())
    assert say(other, case_number=number).status == 422, (
        "of others' matters one does not speak as of one's own"
    )
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"county": ""},
        {"county": "110101"},
        {"who": "zz"},
        {"phone": "12"},
        {"case_number": "1"},
        {"category": "zz"},
        {"text": "长" * 4001},
    ],
    ids=lambda one: next(iter(one)),
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(guest: Visitor, wrong: dict[str, str]) -> None:
    answer = say(guest, **({"phone": PHONE, "location": "一楼大厅"} | wrong))
    assert answer.status == 422 and 'value="一楼大厅"' in answer.text and "error-summary" in answer.text
    assert not Ticket.objects.exists()


def test_twice_sent_it_is_one(guest: Visitor) -> None:
    once = "0190a0a0-0000-7000-8000-000000000001"
    first, second = (say(guest, command_id=once) for _ in range(2))
    assert first.location == second.location and Ticket.objects.count() == 1


def test_who_sends_without_end_waits(guest: Visitor) -> None:
    for _ in range(50):
        throttle.attempt((throttle.ADDRESS, "voice/127.0.0.1"), at=house_clock.now())
    refused = say(guest)
    assert refused.status == 422 and "请过一会儿再试" in refused.text and TITLE in refused.text
    assert not Ticket.objects.exists()


def test_the_person_follows_urges_adds_and_withdraws(citizen: Visitor, clock: StoppedClock) -> None:
    say(citizen)
    state = only()
    assert state.party == party_of(li()).id
    address = f"/me/voices/{state.region}/{state.id}"
    assert TITLE in citizen.get("/me/voices").text
    page = citizen.get(address).text
    assert "跑了两趟" in page and "补充情况" in page and "催一催" not in page, "nobody has it yet to be urged"
    operations.act(
        "dispatch",
        region=state.region,
        id=state.id,
        actor=pan().actor,
        at=house_clock.now(),
        calendar=calendar(),
        given=Input(reference=OFFICE),
    )
    for name, text in (("urge", "请快一点。"), ("note", "收据找到了。"), ("withdraw", "")):
        form = citizen.get(f"{address}/{name}").text
        sent = {"command_id": hidden(form, "command_id"), "text": text}
        citizen.sent(citizen.post(f"{address}/{name}", sent), name)
        clock.forward(minutes=5)
    state = only()
    assert state.urges == 1 and state.status is Status.WITHDRAWN
    assert "收据找到了" in citizen.get(address).text
    assert citizen.get(f"{address}/urge").location == address


@pytest.mark.parametrize(("verdict", "status"), [("content", "closed"), ("not_content", "handling")])
def test_the_person_says_whether_it_was_put_right(citizen: Visitor, verdict: str, status: str) -> None:
    say(citizen)
    state = answered()
    deliver()
    address = f"/me/voices/{state.region}/{state.id}"
    page = citizen.get(address).text
    assert "材料清单补上了" in page and "部门说办好了" in page
    stated = {"command_id": hidden(page, "command_id"), "seq": str(state.seq), "verdict": verdict}
    if verdict == "not_content":
        refused = citizen.post(f"{address}/call_back", stated)
        assert refused.status == 422 and "哪里不满意" in refused.text
    citizen.sent(citizen.post(f"{address}/call_back", stated | {"text": "窗口的牌子没有换。"}), "call_back")
    assert only().status == status
    deliver()
    caller = Visitor.signed_in(staff("xu", "许回访", CITY, PostKind.CALLER))
    assert state.number not in caller.get("/voices/calls/").text, "who has answered is not called"


def test_an_answer_to_a_round_that_is_over_is_not_taken(citizen: Visitor) -> None:
    say(citizen)
    state = answered()
    address = f"/me/voices/{state.region}/{state.id}"
    old = {"command_id": str(UUID(int=1)), "seq": str(state.seq - 1), "verdict": "content"}
    assert citizen.post(f"{address}/call_back", old).status == 422
    assert (
        citizen.post(f"{address}/call_back", old | {"seq": str(state.seq), "verdict": "unreached"}).status
        == 422
    )
    assert only().status is Status.CALLING


def test_a_ticket_is_its_persons_alone(citizen: Visitor) -> None:
    say(citizen)
    state = only()
    address = f"/me/voices/{state.region}/{state.id}"
    other = Visitor.signed_in(chen())
    assert other.get(address).status == 404
    assert other.get(f"{address}/withdraw").status == 404
    assert citizen.get(f"{address}/dispatch").status == 404
    assert TITLE not in other.get("/me/voices").text


def test_a_firm_says_who_it_is_and_learns_by_when(guest: Visitor, citizen: Visitor) -> None:
    page = citizen.get(f"/voice?kind=enterprise&county={LICHENG}").text
    assert "项目审批（10个工作日内答复）" in page and "税费（5个工作日内答复）" in page
    wrong = say(citizen, "enterprise", firm="91350502MA2XYY123G")
    assert wrong.status == 422 and not Ticket.objects.exists()
    code = "91350502MA2XYY123F"
    citizen.sent(
        say(citizen, "enterprise", firm=code, firm_name="鲤城食品有限公司", category="enterprise.project")
    )
    state = only()
    assert (state.about.firm, state.terms.handle_days) == (code, 10)
    found = queries.contact(state, SYSTEM)
    assert found and found.firm == "鲤城食品有限公司"
    assert "鲤城食品" not in "".join(Fact.objects.values_list("data", flat=True))


def test_who_asks_for_secrecy_is_told_before_what_that_means(guest: Visitor, citizen: Visitor) -> None:
    for visitor in (guest, citizen):
        page = visitor.get("/voice?kind=undone").text
        assert "不能转给正在办它的部门" in page, "said beside the choice, before it is made"


def test_without_a_name_no_firm_is_kept(guest: Visitor) -> None:
    say(guest, "enterprise", who="anonymous", firm="91350502MA2XYY123F", project="2603-350502")
    assert only().about.firm == only().about.project == ""
