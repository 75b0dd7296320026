"""From the start to the submission, page by page, without scripts."""

from __future__ import annotations

import re
from datetime import date

import pytest

from banshi.contexts.cases.models import Case
from banshi.contexts.intake.models import Application
from banshi.directory import operations as directory
from banshi.directory.values import MandateRole, PartyKind
from banshi.kernel.actors import SYSTEM
from banshi.kernel.ids import uscc_check_char
from tests.conftest import StoppedClock
from tests.personas import AT, LICHENG, li, party_of, resident_id
from tests.security.town import MATERIALS, VALUES, Visitor, begin, fill, hand_over, hidden, submit, town

pytestmark = pytest.mark.django_db
ANSWERS = {
    "applicant_is": "mother",
    "parents_married": "married",
    "mother_insured": "other",
    "hospital_bill": "settled",
    "birth_registered": "done",
}
FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789x"}


@pytest.fixture
def citizen(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(li())


def start(citizen: Visitor, address: str = "/apply/bundle/newborn", **more: str) -> str:
    """The draft's address."""
    page = citizen.get(address).text
    given = {"county": LICHENG, "command_id": hidden(page, "command_id")} | more
    return citizen.sent(citizen.post(address, given), "/a/").location


def answer_all(citizen: Visitor, address: str, **changes: str) -> str:
    """Answer question by question; the page after the last."""
    answers = ANSWERS | changes
    while "/questions/" in address:
        code = re.search(r"/questions/([\w-]+)", address)[1]  # type: ignore[index]
        assert citizen.get(address).text.count("<h1") == 1
        address = citizen.sent(citizen.post(address, {code: answers[code]})).location
    return citizen.get(address).location


def test_one_is_asked_where_and_a_repeated_form_starts_one_draft(citizen: Visitor) -> None:
    address = "/apply/bundle/newborn"
    page = citizen.get(address).text
    missing = citizen.post(address, {"county": "", "command_id": hidden(page, "command_id")})
    assert missing.status == 422
    assert "请选择在哪里办" in missing.text
    given = {"county": LICHENG, "command_id": hidden(page, "command_id")}
    assert citizen.post(address, given).location == citizen.post(address, given).location
    assert Application.objects.count() == 1
    assert "接着填" in citizen.get(address).text


def test_a_question_wants_an_answer_and_those_ahead_are_not_there_yet(citizen: Visitor) -> None:
    address = start(citizen)
    refused = citizen.post(address, {})
    assert refused.status == 422
    assert "请选一项" in refused.text
    draft = address.split("/questions/")[0]
    assert citizen.get(f"{draft}/questions/hospital_bill").location == address
    assert citizen.get(f"{draft}/list").location == address
    assert citizen.get(f"{draft}/check").location == address


def test_the_list_says_what_is_saved_and_a_changed_answer_leads_back_to_it(citizen: Visitor) -> None:
    address = answer_all(citizen, start(citizen))
    assert address.endswith("/list")
    page = citizen.get(address).text
    found = re.search(r"分开办要填 (\d+) 项、交 (\d+) 份，现在填 (\d+) 项、交 (\d+) 份", page)
    assert found
    fields_before, papers_before, fields, papers = map(int, found.groups())
    assert fields < fields_before / 2
    assert papers < papers_before
    draft = address.removesuffix("/list")
    change = f"{draft}/questions/birth_registered?back=list"
    assert change in page
    after = citizen.sent(citizen.post(change, {"birth_registered": "not_yet", "back": "list"}))
    assert after.location == address
    assert "办生育登记" in citizen.get(address).text


def test_an_answer_changed_from_the_check_leads_back_there_once_all_is_answered(citizen: Visitor) -> None:
    address = start(citizen)
    draft = address.split("/questions/")[0]
    ahead = citizen.sent(citizen.post(address, {"applicant_is": "father", "back": "check"})).location
    assert ahead == f"{draft}/questions/parents_married?back=check"
    answer_all(citizen, ahead.split("?")[0])
    back = citizen.sent(citizen.post(address, {"applicant_is": "mother", "back": "check"}))
    assert back.location == f"{draft}/check"


def test_a_single_item_goes_from_its_start_to_the_form_and_has_few_pages(citizen: Visitor) -> None:
    address = start(citizen, "/apply/item/residence-permit")
    first = citizen.sent(citizen.post(address, {"stay_reason": "home"})).location
    form = citizen.get(first).location
    assert "/form/residence" in form
    page = citizen.get(form).text
    assert "第 1 步，共 3 步" in page, "form, papers, check"
    assert set(re.findall(r'<input type="text"[^>]* name="(\w+?)(?:_year|_month|_day)?"', page)) == {
        "stay_since_on"
    }


def test_what_is_known_is_shown_with_its_source_and_not_asked(citizen: Visitor) -> None:
    draft = answer_all(citizen, start(citizen)).removesuffix("/list")
    page = citizen.get(f"{draft}/form/mother").text
    assert "来自您的个人资料" in page
    assert 'name="mother_name"' not in page
    assert resident_id(1) not in page
    changing = citizen.get(f"{draft}/form/mother?change=mother_name&back=check").text
    assert 'name="mother_name" value="李秀英"' in changing
    after = citizen.post(
        f"{draft}/form/mother", {"mother_name": "李秀瑛", "change": "mother_name", "back": "check"}
    )
    assert after.location == f"{draft}/check", "two steps there and back"
    assert "李秀瑛" in citizen.get(f"{draft}/check").text


def test_a_section_tells_all_mistakes_at_once_and_keeps_what_was_typed(citizen: Visitor) -> None:
    draft = answer_all(citizen, start(citizen)).removesuffix("/list")
    typed = {
        "child_name": "陈小满",
        "child_birth_on_year": "2026",
        "child_birth_on_month": "2",
        "child_birth_on_day": "30",
    }
    wrong = citizen.post(f"{draft}/form/child", typed)
    assert wrong.status == 422
    assert "没有这一天" in wrong.text
    assert "请选择孩子性别" in wrong.text
    assert 'value="陈小满"' in wrong.text
    assert 'href="#id_child_birth_on"' in wrong.text
    later = citizen.sent(citizen.post(f"{draft}/form/child", typed | {"later": "1"}))
    assert later.location == "/me/matters"
    assert 'value="陈小满"' in citizen.get(f"{draft}/form/child").text


def test_full_width_and_blanks_are_taken_as_meant(citizen: Visitor) -> None:
    matter = begin(citizen)
    fill(citizen, matter, VALUES | {"operator_id": resident_id(3).lower().translate(FULL_WIDTH)})
    assert resident_id(3) in citizen.get(f"{matter.draft}/check").text, (
        "what was typed is shown in full, to be compared"
    )


def test_what_is_missing_is_told_before_submission_with_the_way_there(citizen: Visitor) -> None:
    matter = begin(citizen)
    page = citizen.get(f"{matter.draft}/check").text
    refused = citizen.post(f"{matter.draft}/check", {"command_id": hidden(page, "command_id")})
    assert refused.status == 422
    for part in (
        "form/shop?back=check&amp;change=shop_name#id_shop_name",
        f"materials/{MATERIALS[0]}?back=check",
    ):
        assert part in refused.text
    assert not Case.objects.exists()


def test_a_submission_happens_once_and_says_what_comes_next_and_by_when(citizen: Visitor) -> None:
    matter = begin(citizen)
    fill(citizen, matter, VALUES)
    hand_over(citizen, matter)
    page = citizen.get(f"{matter.draft}/check").text
    given = {"command_id": hidden(page, "command_id")}
    first = citizen.sent(citizen.post(f"{matter.draft}/check", given), "/done")
    again = citizen.sent(citizen.post(f"{matter.draft}/check", given), "/done")
    assert first.location == again.location
    (number,) = Case.objects.values_list("number", flat=True)
    done = citizen.get(first.location).text
    assert number in done
    # Monday 2 March 2026 and five working days: Monday the 9th.
    assert "最晚 3月9日 周一答复是否受理" in done
    assert "5个工作日" in done
    for page_ in ("list", "form/shop", "materials", "check"):
        assert citizen.get(f"{matter.draft}/{page_}").location == first.location, (
            "what was submitted is no draft"
        )


def test_a_firm_is_applied_for_by_who_holds_its_mandate(citizen: Visitor) -> None:
    address = "/apply/bundle/enterprise-change"
    assert "登记可以代办的企业" in citizen.get(address).text
    body = "91350502YYYY00010"
    firm = directory.create_party(
        kind=PartyKind.ENTERPRISE,
        number=body + uscc_check_char(body),
        content={"name": "鲤城演示有限公司", "address": "演示路1号"},
        region_code=LICHENG,
        actor=SYSTEM,
        at=AT,
    )
    directory.grant_mandate(
        agent=party_of(li()).id,
        principal=firm,
        role=MandateRole.AGENT,
        from_on=date(2026, 1, 1),
        actor=SYSTEM,
        at=AT,
    )
    draft = start(citizen, address).split("/questions/")[0]
    assert Application.objects.get().party_id == firm.id
    kept = {
        "change_name": "changed",
        "change_address": "kept",
        "change_legal_person": "kept",
        "change_scope": "kept",
    }
    answer_all(citizen, f"{draft}/questions/change_name", **kept, has_food_licence="none")
    page = citizen.get(f"{draft}/check").text
    assert "来自企业登记信息" in page
    assert "来自您的个人资料" in page, "who acts for the firm is known too"


def test_nobody_applies_for_somebody_who_gave_no_mandate(citizen: Visitor) -> None:
    address = "/apply/bundle/newborn"
    page = citizen.get(address).text
    party = party_of(li())
    stranger = str(party.id)[:-1] + ("0" if str(party.id)[-1] != "0" else "1")
    citizen.post(address, {"county": LICHENG, "party": stranger, "command_id": hidden(page, "command_id")})
    assert set(Application.objects.values_list("party_id", flat=True)) == {party.id}


def test_a_draft_is_discarded_after_being_asked_again(citizen: Visitor) -> None:
    matter = begin(citizen)
    assert "接着填" in citizen.get("/me/matters").text
    assert citizen.get(f"{matter.draft}/discard").status == 200
    assert Application.objects.exists()
    citizen.sent(citizen.post(f"{matter.draft}/discard"), "/me/matters")
    assert not Application.objects.exists()


def test_what_was_submitted_cannot_be_discarded(citizen: Visitor) -> None:
    matter = begin(citizen)
    fill(citizen, matter, VALUES)
    hand_over(citizen, matter)
    submit(citizen, matter)
    assert citizen.post(f"{matter.draft}/discard").location == f"/m/{LICHENG}/{matter.id}"
    assert Application.objects.exists()
