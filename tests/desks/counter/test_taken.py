"""What was taken in at one's hall: how it stands, what is still to be handed in, what can be handed out."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from banshi.contexts.cases import queries
from banshi.contexts.cases.models import Document
from banshi.contexts.cases.values import CaseState, Status
from banshi.contexts.certificates import queries as certificates
from banshi.infra.models import Audit
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.personas import huang, li, lin, resident_id, wang
from tests.security.scene import at_the_window
from tests.security.town import (
    MATERIALS,
    PDF,
    Answer,
    Matter,
    Visitor,
    applied,
    deliver,
    do,
    file,
    foreign_clerk,
    health,
    hidden,
    town,
    works,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(clock: StoppedClock) -> Visitor:
    town()
    li()
    return Visitor.signed_in(lin())


@pytest.fixture
def clerk(officer: Visitor) -> Visitor:
    return Visitor.signed_in(wang())


@pytest.fixture
def matter(clerk: Visitor, officer: Visitor) -> Matter:
    """李秀英's food licence, taken in at window 1."""
    return at_the_window(clerk, officer)


def state_of(matter: Matter) -> CaseState:
    return queries.get_case(matter.region, matter.case, SYSTEM)  # type: ignore[arg-type]


def page_of(matter: Matter) -> str:
    return f"/counter/taken/{matter.region}/{matter.id}/"


def case_of(matter: Matter) -> str:
    return f"/counter/case/{matter.region}/{matter.case}/"


def press(clerk: Visitor, matter: Matter, command: str, **stated: str) -> Answer:
    """A button of the application's page, or the form it leads to."""
    page = clerk.get(page_of(matter)).text
    form = re.search(rf'action="{re.escape(case_of(matter))}do/{command}/".*?</form>', page, re.S)
    text = form[0] if form else clerk.get(f"{case_of(matter)}do/{command}/").text
    data = {name: hidden(text, name) for name in ("command_id", "seq")}
    return clerk.post(f"{case_of(matter)}do/{command}/", data | stated)


def granted(matter: Matter, officer: Visitor) -> None:
    do(officer, matter, "accept", dispatch="on")
    works(matter, officer, Visitor.signed_in(health()))
    do(officer, matter, "review", verdict="pass")
    do(Visitor.signed_in(huang()), matter, "decide", verdict="pass")
    deliver()


def test_todays_list_has_what_this_hall_took(clerk: Visitor, matter: Matter, clock: StoppedClock) -> None:
    applied(Visitor.signed_in(li()))  # online: not the hall's
    page = clerk.get("/counter/taken/").text
    assert page.count('class="row-link"') == 1
    assert "办理中" in page
    assert "李秀英" not in page
    clock.forward(days=1)
    assert 'class="row-link"' not in Visitor.signed_in(wang()).get("/counter/taken/").text


def test_one_finds_an_older_matter_by_its_number(matter: Matter, clock: StoppedClock) -> None:
    clock.forward(days=3)
    later = Visitor.signed_in(wang())
    page = later.get("/counter/taken/", q=state_of(matter).number).text
    assert page.count('class="row-link"') == 1
    assert later.get(case_of(matter)).location == page_of(matter)
    assert "没有找到" in later.get("/counter/taken/", q="0" * 23).text


def test_the_window_accepts_but_never_refuses(clerk: Visitor, matter: Matter) -> None:
    page = clerk.get(page_of(matter)).text
    offered = set(re.findall(rf"{re.escape(case_of(matter))}do/(\w+)/", page))
    assert offered == {"accept", "request_correction", "propose_refusal"}
    for name in ("reject", "not_required", "decide"):
        data = {"command_id": str(uuid4()), "seq": "1", "text": "不办。"}
        refused = clerk.post(f"{case_of(matter)}do/{name}/", data)
        assert refused.status == 422, name
        assert "不能" in refused.text
    assert state_of(matter).status is Status.RECEIVED
    assert press(clerk, matter, "accept").status == 303
    assert state_of(matter).status is Status.IN_REVIEW


def test_a_correction_is_asked_for_and_handed_in_at_the_window(clerk: Visitor, matter: Matter) -> None:
    empty = press(clerk, matter, "request_correction", text=" ")
    assert empty.status == 422
    assert "words_needed" in empty.text
    assert press(clerk, matter, "request_correction", text="布局图没有标面积。").status == 303
    assert clerk.get("/counter/taken/", show="correcting").text.count('class="row-link"') == 1
    address = f"{case_of(matter)}correct/"
    page = clerk.get(address).text
    assert "布局图没有标面积。" in page
    nothing = clerk.post(address, {"act": "supply", "command_id": hidden(page, "command_id")})
    assert nothing.status == 422
    assert "还没有补任何材料" in nothing.text
    data = {
        "act": "supply",
        "sheet": list(MATERIALS),
        f"file_{MATERIALS[1]}": file("布局图.pdf", PDF + b"2"),
        "shop_square_metres": "55",
        "command_id": hidden(page, "command_id"),
    }
    done = clerk.sent(clerk.post(address, data), page_of(matter))
    assert "已办好" in clerk.get(done.location).text
    subject = queries.subject(state_of(matter))
    assert subject["values"]["shop_square_metres"] == "55"
    assert state_of(matter).status is Status.RECEIVED
    assert clerk.get(address).status == 422  # nothing is to be corrected any more


def test_a_result_is_handed_over_once(clerk: Visitor, matter: Matter, officer: Visitor) -> None:
    granted(matter, officer)
    page = clerk.get("/counter/taken/", show="deliver").text
    assert page.count('class="row-link"') == 1
    assert "1 件可以领取" in clerk.get("/counter/").text
    made = certificates.get_by_identifier(state_of(matter).certificate)
    certificate = clerk.get(f"{case_of(matter)}paper/{made.id}/")
    assert certificate.response.content.startswith(b"%PDF-")
    done = clerk.sent(press(clerk, matter, "deliver"), "done=deliver")
    assert "“送达”已办好" in clerk.get(done.location).text
    state = state_of(matter)
    assert state.delivered_on is not None
    assert 'class="row-link"' not in clerk.get("/counter/taken/", show="deliver").text
    assert "do/deliver/" not in clerk.get(page_of(matter)).text


def test_a_card_shows_what_can_be_fetched(clerk: Visitor, matter: Matter, officer: Visitor) -> None:
    granted(matter, officer)
    clerk.sent(clerk.post("/counter/read/", {"number": resident_id(1)}), "choose")
    page = clerk.get("/counter/choose/").text
    assert "可以领取" in page
    assert page_of(matter) in page


def test_documents_are_fetched_for_printing_and_on_record(clerk: Visitor, matter: Matter) -> None:
    deliver()
    document = Document.objects.get(case_id=str(matter.case), kind="receipt")
    answer = clerk.get(f"{case_of(matter)}paper/{document.id}/")
    assert answer.response.content.startswith(b"%PDF-")
    assert answer.response.headers["Content-Disposition"].startswith("attachment")
    assert Audit.objects.filter(act="download", actor=wang().account, target=document.number).exists()


def test_for_another_hall_it_is_not_there(matter: Matter) -> None:
    deliver()
    document = Document.objects.get(case_id=str(matter.case), kind="receipt")
    other = Visitor.signed_in(foreign_clerk())
    for address in (
        page_of(matter),
        case_of(matter),
        f"{case_of(matter)}do/accept/",
        f"{case_of(matter)}correct/",
        f"{case_of(matter)}paper/{document.id}/",
        f"/counter/receipt/{matter.region}/{matter.id}/",
        f"/counter/draft/{matter.region}/{matter.id}/",
    ):
        assert other.get(address).status == 404, address
    assert other.post(f"{case_of(matter)}do/accept/").status == 404
    for query in ({"q": state_of(matter).number}, {"show": "today"}, {"show": "deliver"}):
        assert 'class="row-link"' not in other.get("/counter/taken/", **query).text


def test_what_came_online_is_not_the_windows(clerk: Visitor, officer: Visitor) -> None:
    online = applied(Visitor.signed_in(li()))
    assert clerk.get(page_of(online)).status == 404
    assert clerk.get(case_of(online)).status == 404


def test_a_refusal_is_proposed_by_the_window_and_decided_by_the_office(
    clerk: Visitor, officer: Visitor, matter: Matter
) -> None:
    """政务大厅无否决, row 44."""
    assert press(clerk, matter, "propose_refusal").status == 422, "a proposal has its reason"
    assert press(clerk, matter, "propose_refusal", text="不属于本局职权。").status == 303
    state = state_of(matter)
    assert state.status is Status.RECEIVED
    assert [task.title for task in queries.tasks_of(state)] == ["核定不予受理"]
    assert do(officer, matter, "reject", text="不属于本局职权。", reference="城市管理局").status == 303
    assert state_of(matter).status is Status.REJECTED


def test_all_results_are_handed_over_at_once(clerk: Visitor, officer: Visitor, matter: Matter) -> None:
    """一窗取件, row 58."""
    assert "份结果" not in clerk.get(page_of(matter)).text, "nothing is ready yet"
    early = clerk.post(f"{page_of(matter)}hand-over/", {"command_id": str(uuid4())})
    assert early.status == 422
    assert "没有可以交付的结果" in early.text
    granted(matter, officer)
    page = clerk.get(page_of(matter)).text
    assert "交付 1 份结果" in page
    once = {"command_id": str(uuid4())}
    for _ in range(2):
        assert clerk.post(f"{page_of(matter)}hand-over/", once).status == 303
    assert state_of(matter).delivered_on is not None
    assert "份结果" not in clerk.get(page_of(matter)).text
