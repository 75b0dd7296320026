"""Taking in a matter: one page, what is typed is kept, and nothing goes on before it is complete."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

import pytest

from banshi.contexts.cases import queries as cases
from banshi.contexts.intake.models import Application, Evidence
from banshi.directory.values import PostKind
from tests.conftest import StoppedClock
from tests.personas import LICHENG, li, party_of, resident_id, staff, wang
from tests.security.town import MATERIALS, PDF, VALUES, Answer, Visitor, file, hidden, town

pytestmark = pytest.mark.django_db
ITEM = "item:food-licence"


@pytest.fixture
def clerk(clock: StoppedClock) -> Visitor:
    """王秀兰 at window 1, with 李秀英 before her."""
    town()
    li()
    visitor = Visitor.signed_in(wang())
    visitor.post("/counter/window/", {"window": f"{LICHENG}-hall/1"})
    visitor.sent(visitor.post("/counter/read/", {"number": resident_id(1)}), "choose")
    return visitor


def begin(clerk: Visitor, target: str = ITEM) -> str:
    """The draft's address."""
    page = clerk.get("/counter/choose/").text
    carried = {name: hidden(page, name) for name in ("command_id", "person")}
    return clerk.sent(clerk.post("/counter/begin/", carried | {"target": target}), "/counter/draft/").location


def send(clerk: Visitor, address: str, more: Mapping[str, object] | None = None, act: str = "save") -> Answer:
    return clerk.post(address, {**VALUES, "sheet": list(MATERIALS), "act": act, **(more or {})})


def ticked() -> dict[str, object]:
    return {f"paper_{code}": "on" for code in MATERIALS}


def evidence(address: str) -> list[tuple[str, str]]:
    id = UUID(address.split("/")[4])
    return sorted(Evidence.objects.filter(application_id=id).values_list("material", "source"))


def test_any_window_takes_any_matter(clerk: Visitor) -> None:
    page = clerk.get("/counter/choose/", q="上户口").text
    assert "给孩子上户口" in page
    address = begin(clerk, "item:birth-registration")
    assert "您是孩子的" in clerk.get(address).text


def test_a_draft_belongs_to_the_person_the_hall_and_the_window(clerk: Visitor) -> None:
    begin(clerk)
    kept = Application.objects.get()
    assert (kept.party_id, kept.hall_code, kept.window_no, kept.channel, kept.region_code) == (
        party_of(li()).id,
        f"{LICHENG}-hall",
        "1",
        "window",
        LICHENG,
    )


def test_pressed_twice_it_is_one_draft(clerk: Visitor) -> None:
    page = clerk.get("/counter/choose/").text
    data = {name: hidden(page, name) for name in ("command_id", "person")} | {"target": ITEM}
    assert clerk.post("/counter/begin/", data).location == clerk.post("/counter/begin/", data).location
    assert Application.objects.count() == 1


def test_a_page_of_the_last_visitor_begins_nothing_for_the_next(clerk: Visitor) -> None:
    page = clerk.get("/counter/choose/").text
    data = {name: hidden(page, name) for name in ("command_id", "person")} | {"target": ITEM}
    clerk.post("/counter/read/", {"number": resident_id(9)})
    clerk.post("/counter/record/", {"number": resident_id(9), "kind": "person", "name": "黄阿婆"})
    assert clerk.post("/counter/begin/", data).status == 422
    assert Application.objects.count() == 0


def test_questions_open_the_form_one_after_the_other(clerk: Visitor) -> None:
    address = begin(clerk, "item:birth-registration")
    assert 'name="child_name"' not in clerk.get(address).text
    clerk.sent(clerk.post(address, {"act": "save", "q_applicant_is": "mother"}))
    assert "领过结婚证吗" in clerk.get(address).text
    clerk.sent(
        clerk.post(address, {"act": "save", "q_applicant_is": "mother", "q_parents_married": "married"})
    )
    page = clerk.get(address).text
    assert 'name="child_name"' in page
    assert "父母的结婚证" in page
    clerk.sent(
        clerk.post(address, {"act": "save", "q_applicant_is": "mother", "q_parents_married": "unmarried"})
    )
    assert "非婚生育情况说明" in clerk.get(address).text


def test_what_is_known_is_filled_in_and_what_is_typed_is_kept(clerk: Visitor) -> None:
    address = begin(clerk, "item:birth-registration")
    answers = {"act": "save", "q_applicant_is": "mother", "q_parents_married": "married"}
    clerk.sent(clerk.post(address, answers))
    assert 'name="applicant_name" value="李秀英"' in clerk.get(address).text
    clerk.sent(clerk.post(address, answers | {"applicant_name": "李秀英", "child_name": "李小宝"}))
    assert 'value="李小宝"' in clerk.get(address).text
    clerk.sent(clerk.post(address, answers | {"applicant_name": "李秀瑛"}))
    page = clerk.get(address).text
    assert 'name="applicant_name" value="李秀瑛"' in page
    assert 'value="李小宝"' in page


def test_an_original_is_ticked_and_unticked(clerk: Visitor) -> None:
    address = begin(clerk)
    send(clerk, address, ticked())
    assert evidence(address) == sorted((code, "paper") for code in MATERIALS)
    send(clerk, address, ticked())
    assert len(evidence(address)) == len(MATERIALS)
    send(clerk, address)
    assert evidence(address) == []


def test_a_page_that_did_not_show_the_materials_unticks_none(clerk: Visitor) -> None:
    address = begin(clerk)
    send(clerk, address, ticked())
    clerk.post(address, {"act": "save", "shop_name": "演示小吃店"})
    assert len(evidence(address)) == len(MATERIALS)


def test_a_scan_is_taken_and_taken_back(clerk: Visitor) -> None:
    address = begin(clerk)
    send(clerk, address, {f"file_{MATERIALS[0]}": file("合同.pdf", PDF)})
    page = clerk.get(address).text
    assert "合同.pdf" in page
    found = re.search(r'value="(remove:[^"]+)"', page)
    assert found
    send(clerk, address, act=found[1])
    assert evidence(address) == []


def test_a_file_that_is_none_is_told_at_its_material_and_the_rest_is_kept(clerk: Visitor) -> None:
    address = begin(clerk)
    wrong = send(clerk, address, {f"file_{MATERIALS[0]}": file("合同.pdf", b"MZ\x90")})
    assert wrong.status == 422
    assert f'href="#id_{MATERIALS[0]}"' in wrong.text
    assert 'value="演示小吃店"' in wrong.text
    assert 'value="演示小吃店"' in clerk.get(address).text


def test_nothing_goes_on_before_all_is_there_and_all_is_told_at_once(clerk: Visitor) -> None:
    address = begin(clerk)
    wrong = clerk.post(address, {"act": "check", "shop_name": "演示小吃店", "shop_square_metres": "很大"})
    assert wrong.status == 422
    for field in ("shop_address", "shop_square_metres", *MATERIALS):
        assert f'href="#id_{field}"' in wrong.text, field
    assert 'value="很大"' in wrong.text
    past = clerk.post(f"{address}check/", {"command_id": "01a1fc32-416e-70c6-8347-51e25bd81f49"})
    assert past.status == 422
    assert not Application.objects.filter(submitted_at__isnull=False).exists()


def test_checked_submitted_once_and_the_receipt_has_the_number(clerk: Visitor) -> None:
    address = begin(clerk)
    clerk.sent(send(clerk, address, ticked(), act="check"), "/check/")
    page = clerk.get(f"{address}check/").text
    assert "演示小吃店" in page
    assert "原件已核验" in page
    assert resident_id(1) not in page
    data = {"command_id": hidden(page, "command_id")}
    first, second = clerk.post(f"{address}check/", data), clerk.post(f"{address}check/", data)
    assert first.location == second.location
    region, id = address.split("/")[3:5]
    (state,) = cases.list_of_application(region, UUID(id))
    assert (state.hall, state.channel) == (f"{LICHENG}-hall", "window")
    receipt = clerk.get(first.location).text
    for words in (state.number, "接件凭证", "1 号窗口", "王秀兰", "3月9日 周一", "李秀英"):
        assert words in receipt, words
    assert resident_id(1) not in receipt
    assert clerk.get(address).location == first.location
    assert {one["source"] for one in cases.subject(state)["materials"]} == {"paper"}


def test_for_a_firm_the_person_at_the_window_is_its_agent(clerk: Visitor) -> None:
    clerk.post("/counter/firm/", {"number": "91350599YYYY99016P"})
    data = {"number": "91350599YYYY99016P", "kind": "enterprise", "name": "演示餐饮有限公司"}
    clerk.sent(clerk.post("/counter/record/", data))
    address = begin(clerk, "item:company-name-change")
    page = clerk.get(address).text
    assert "演示餐饮有限公司" in page
    assert 'name="agent_name" value="李秀英"' in page


def test_a_matter_for_firms_needs_one(clerk: Visitor) -> None:
    page = clerk.get("/counter/choose/").text
    data = {name: hidden(page, name) for name in ("command_id", "person")}
    refused = clerk.post("/counter/begin/", data | {"target": "item:company-name-change"})
    assert refused.status == 422
    assert "企业" in refused.text


def test_a_draft_is_its_own_clerks(clerk: Visitor) -> None:
    address = begin(clerk)
    beside = staff("zheng", "郑美玲", LICHENG, PostKind.WINDOW_CLERK, f"{LICHENG}-hall")
    colleague = Visitor.signed_in(beside)
    for path in (address, f"{address}check/"):
        assert colleague.get(path).status == 404
        assert colleague.post(path, {"act": "save"}).status == 404
    assert colleague.post(f"{address}discard/").status == 404


def test_what_is_given_up_is_gone(clerk: Visitor) -> None:
    address = begin(clerk)
    send(clerk, address, ticked())
    assert "没收完的" in clerk.get("/counter/").text
    assert address in clerk.get("/counter/").text
    clerk.sent(clerk.post(f"{address}discard/"), "/counter/")
    assert Application.objects.count() == 0
    assert clerk.get(address).status == 404
