"""Acting on a case: by the declared commands, once, and a rule's no is told with what was typed still there."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState, Status
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.personas import huang, li, lin
from tests.security.town import Matter, Visitor, applied, do, health, hidden, town, works

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(lin())


@pytest.fixture
def matter(officer: Visitor) -> Matter:
    return applied(Visitor.signed_in(li()))


def state_of(matter: Matter) -> CaseState:
    return queries.get_case(matter.region, matter.case, SYSTEM)  # type: ignore[arg-type]


def carried(page: str) -> dict[str, str]:
    return {name: hidden(page, name) for name in ("command_id", "seq")}


def test_a_standard_matter_is_accepted_reviewed_and_decided(officer: Visitor, matter: Matter) -> None:
    answer = do(officer, matter, "accept", dispatch="on")
    assert "“受理”已办好" in officer.get(answer.location).text
    works(matter, officer, Visitor.signed_in(health()))
    do(officer, matter, "review", verdict="pass")
    do(Visitor.signed_in(huang()), matter, "decide", verdict="pass")
    assert state_of(matter).status is Status.PASSED


def test_a_form_sent_twice_is_done_once(officer: Visitor, matter: Matter) -> None:
    address = f"{matter.desk}/do/request_correction/"
    data = carried(officer.get(address).text) | {"text": "补一份租赁合同。"}
    first, second = officer.post(address, data), officer.post(address, data)
    assert first.status == second.status == 303
    assert first.location == second.location
    asked = [one for one in queries.trail(matter.region, matter.case) if one.text]  # type: ignore[arg-type]
    assert len(asked) == 1


def test_a_refusal_shows_rule_words_and_article_and_keeps_what_was_typed(
    officer: Visitor, matter: Matter
) -> None:
    do(officer, matter, "accept", dispatch="on")
    works(matter, officer, Visitor.signed_in(health()))
    do(officer, matter, "review", verdict="pass")
    approver = Visitor.signed_in(huang())
    address = f"{matter.desk}/do/decide/"
    refused = approver.post(address, carried(approver.get(address).text) | {"verdict": "refuse", "text": " "})
    assert refused.status == 422
    for words in ("请写明不予许可的理由和依据", "行政许可法第三十八条", "words_needed", 'href="#id_text"'):
        assert words in refused.text, words
    assert re.search(r'value="refuse" checked', refused.text)
    assert state_of(matter).status is Status.IN_REVIEW


def test_who_acts_on_an_old_page_is_told_and_sees_the_case_as_it_is(officer: Visitor, matter: Matter) -> None:
    address = f"{matter.desk}/do/start_special/"
    do(officer, matter, "accept", dispatch="on")
    stale = carried(officer.get(address).text)
    do(officer, matter, "opine", work="paper_review", verdict="agree")
    typed = {"kind": "testing", "days": "10", "text": "送检测机构。"}
    refused = officer.post(address, stale | typed)
    assert refused.status == 422
    assert "已经有人办理过" in refused.text
    assert "送检测机构。" in refused.text
    again = officer.post(address, carried(refused.text) | typed)
    assert again.status == 303


def test_what_was_typed_is_not_lost_when_the_step_is_gone(officer: Visitor, matter: Matter) -> None:
    address = f"{matter.desk}/do/request_correction/"
    stale = carried(officer.get(address).text)
    do(officer, matter, "accept", dispatch="on")
    refused = officer.post(address, stale | {"text": "这段话写了很久。"})
    assert refused.status == 422
    assert "这段话写了很久。" in refused.text
    assert "wrong_state" in refused.text


def test_a_number_that_is_none_is_told_at_its_field(officer: Visitor, matter: Matter) -> None:
    address = f"{matter.desk}/do/request_correction/"
    data = carried(officer.get(address).text) | {"text": "补合同。", "days": "十天"}
    refused = officer.post(address, data)
    assert refused.status == 422
    assert 'href="#id_days"' in refused.text
    assert "补合同。" in refused.text


def test_a_step_that_is_not_offered_leads_back_to_the_case(officer: Visitor, matter: Matter) -> None:
    answer = officer.get(f"{matter.desk}/do/decide/")
    assert answer.status == 302
    assert answer.location == f"{matter.desk}/"
    for name in ("decide", "certify", "no_such_thing"):
        told = officer.post(f"{matter.desk}/do/{name}/", {"command_id": str(uuid4()), "seq": "1"})
        assert told.status == 422, name
    assert state_of(matter).status is Status.RECEIVED


def test_a_form_without_its_command_id_is_malformed(officer: Visitor, matter: Matter) -> None:
    assert officer.post(f"{matter.desk}/do/accept/", {"dispatch": "on"}).status == 400


def test_whoever_reviewed_is_not_asked_to_decide(officer: Visitor, matter: Matter) -> None:
    do(officer, matter, "accept", dispatch="on")
    works(matter, officer, Visitor.signed_in(health()))
    do(officer, matter, "review", verdict="pass")
    assert "/do/decide/" not in officer.get(f"{matter.desk}/").text
    assert "/do/decide/" in Visitor.signed_in(huang()).get(f"{matter.desk}/").text


def test_every_step_offered_has_a_key_of_its_own(officer: Visitor, matter: Matter) -> None:
    """J and K move in the list, so no step may have them; and a key that two things share works for one of them only."""
    page = officer.get(f"{matter.desk}/").text
    keys = re.findall(r'data-key="([^"]+)"', page)
    assert {"a", "b", "n", "r"} <= set(keys)
    do(officer, matter, "accept", dispatch="on")
    later = re.findall(r'data-key="([^"]+)"', officer.get(f"{matter.desk}/").text)
    for found in (keys, later):
        assert len(found) == len(set(found)), found
        assert not {"j", "k", "x", "?"} & set(found)


def test_rare_steps_stand_under_more(officer: Visitor, matter: Matter) -> None:
    do(officer, matter, "accept", dispatch="on")
    main, more = officer.get(f"{matter.desk}/").text.split('<details class="more">')
    assert "/do/opine/" in main
    assert "/do/transfer/" not in main
    assert "/do/transfer/" in more.split("</details>")[0]
