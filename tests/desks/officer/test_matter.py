"""The page of a case: masked, complete, and on record each time somebody looks further."""

from __future__ import annotations

import re
from typing import Any

import pytest

from banshi.contexts.cases import queries
from banshi.contexts.cases.models import Document
from banshi.contexts.certificates.models import Certificate
from banshi.infra.models import Audit
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.personas import huang, li, lin, resident_id, wang, zhao
from tests.security.town import (
    PDF,
    VALUES,
    Matter,
    Visitor,
    applied,
    deliver,
    do,
    health,
    supervisor,
    town,
    works,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(lin())


@pytest.fixture
def matter(officer: Visitor) -> Matter:
    return applied(Visitor.signed_in(li()))


def subject(matter: Matter) -> dict[str, Any]:
    return queries.subject(queries.get_case(matter.region, matter.case, SYSTEM))  # type: ignore[arg-type]


def secrets(matter: Matter) -> tuple[str, ...]:
    values = subject(matter)["values"]
    return values["operator_name"], values["operator_id"], values["operator_phone"]


def digest(matter: Matter) -> str:
    return str(subject(matter)["materials"][0]["file"])


def paper(matter: Matter) -> str:
    return str(Document.objects.filter(case_id=str(matter.case)).exclude(file="")[0].id)


def noted(act: str) -> list[tuple[str, str]]:
    return list(Audit.objects.filter(act=act).order_by("at", "id").values_list("actor", "outcome"))


def test_the_page_says_what_was_stated_in_the_catalogues_words(officer: Visitor, matter: Matter) -> None:
    page = officer.get(f"{matter.desk}/").text
    for words in ("店铺名称", "演示小吃店", "热食", "主要设备设施", "已上传", "受理期限", "还剩5个工作日"):
        assert words in page, words


def test_names_and_numbers_are_masked(officer: Visitor, matter: Matter) -> None:
    page = officer.get(f"{matter.desk}/").text
    assert "李*英" in page
    for secret in secrets(matter):
        assert secret not in page
    assert noted("view_case")[-1] == (lin().account, "masked")


def test_everything_is_shown_on_demand_by_post_and_on_record(officer: Visitor, matter: Matter) -> None:
    assert officer.get(f"{matter.desk}/full/").status == 405
    page = officer.post(f"{matter.desk}/full/").text
    for shown in secrets(matter):
        assert shown in page
    assert noted("view_case")[-1] == (lin().account, "full")


def test_numbers_inside_a_reason_are_masked_too(officer: Visitor, matter: Matter) -> None:
    do(officer, matter, "request_correction", text=f"身份证{resident_id(1)}看不清，请打13850001111。")
    page = officer.get(f"{matter.desk}/").text
    assert resident_id(1) not in page
    assert "13850001111" not in page
    assert "看不清" in page
    assert resident_id(1) in officer.post(f"{matter.desk}/full/").text


def test_a_supervisor_looks_but_reveals_and_downloads_nothing(officer: Visitor, matter: Matter) -> None:
    deliver()
    above = Visitor.signed_in(supervisor())
    page = above.get(f"{matter.desk}/").text
    assert "李*英" in page
    assert VALUES["shop_address"] not in page
    assert "查看完整" not in page
    for address in (f"/material/{digest(matter)}/", f"/paper/{paper(matter)}/", "/do/accept/"):
        assert above.get(matter.desk + address).status in (403, 404)
    assert above.post(f"{matter.desk}/full/").status in (403, 404)


def test_files_go_out_as_attachments_and_on_record(officer: Visitor, matter: Matter) -> None:
    deliver()
    scan = officer.get(f"{matter.desk}/material/{digest(matter)}/")
    assert scan.response.content == PDF
    document = officer.get(f"{matter.desk}/paper/{paper(matter)}/")
    assert document.response.content.startswith(b"%PDF-")
    for answer in (scan, document):
        headers = answer.response.headers
        assert headers["Content-Disposition"].startswith("attachment")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Type"] == "application/pdf"
    assert noted("download") == [(lin().account, "ok")] * 2


def test_a_file_of_another_case_is_not_served_through_this_one(officer: Visitor, matter: Matter) -> None:
    other = applied(Visitor.signed_in(li()))
    deliver()
    assert officer.get(f"{other.desk}/paper/{paper(matter)}/").status == 404
    assert officer.get(f"{matter.desk}/material/{'0' * 64}/").status == 404


@pytest.mark.parametrize("who", [zhao, wang, li], ids=["foreign officer", "clerk", "citizen"])
def test_for_others_the_case_is_not_there(officer: Visitor, matter: Matter, who: object) -> None:
    deliver()
    visitor = Visitor.signed_in(who())  # type: ignore[operator]
    files = (f"/material/{digest(matter)}/", f"/paper/{paper(matter)}/")
    for address in ("/", *files, "/do/accept/"):
        assert visitor.get(matter.desk + address).status in (403, 404), address
    for address in ("/full/", "/do/accept/", "/do/request_correction/"):
        assert visitor.post(matter.desk + address).status in (403, 404), address


def test_a_foreign_case_is_as_if_it_were_not_there(officer: Visitor, matter: Matter) -> None:
    foreign = Visitor.signed_in(zhao())
    nowhere = f"/officer/case/{matter.region}/{matter.id}/"
    assert foreign.get(f"{matter.desk}/").status == foreign.get(nowhere).status == 404


def test_the_trail_names_who_did_what(officer: Visitor, matter: Matter) -> None:
    do(officer, matter, "accept", dispatch="on")
    do(officer, matter, "opine", work="paper_review", verdict="agree", text="材料齐全")
    page = re.sub(r"\s+", " ", officer.get(f"{matter.desk}/").text)
    assert re.search(r"审查材料：同意</strong> <span class=\"who\">林建明", page)
    assert "材料齐全" in page
    assert re.search(r"接件</strong> <span class=\"who\">申请人", page)


def test_both_clocks_run_after_acceptance(officer: Visitor, matter: Matter) -> None:
    do(officer, matter, "accept", dispatch="on")
    page = officer.get(f"{matter.desk}/").text
    assert "承诺时限" in page
    assert "法定时限" in page
    assert "暂定" not in page


def test_a_due_day_in_a_year_without_a_published_calendar_is_provisional(
    officer: Visitor, clock: StoppedClock
) -> None:
    clock.forward(days=299)  # 26 December 2026
    late = applied(Visitor.signed_in(li()))
    clock.forward(days=2)
    signed_in = Visitor.signed_in(lin())
    do(signed_in, late, "accept", dispatch="on")
    assert "暂定" in signed_in.get(f"{late.desk}/").text


def test_an_office_that_only_gives_its_opinion_sees_the_case_and_its_own_button(
    officer: Visitor, matter: Matter
) -> None:
    checker = Visitor.signed_in(health())
    do(officer, matter, "accept", dispatch="on")
    do(officer, matter, "opine", work="paper_review", verdict="agree")
    page = checker.get(f"{matter.desk}/").text
    assert "提出意见" in page
    assert "特别程序（暂停时限）" not in page
    assert Visitor.signed_in(huang()).get(f"{matter.desk}/").status == 200


def test_the_certificate_goes_out_to_its_office_alone(officer: Visitor, matter: Matter) -> None:
    do(officer, matter, "accept", dispatch="on")
    works(matter, officer, Visitor.signed_in(health()))
    do(officer, matter, "review", verdict="pass")
    do(Visitor.signed_in(huang()), matter, "decide", verdict="pass")
    deliver()
    made = Certificate.objects.get()
    answer = officer.get(f"{matter.desk}/paper/{made.id}/")
    assert answer.response.content.startswith(b"%PDF-")
    assert answer.response.headers["Content-Disposition"].startswith("attachment")
    assert f"/paper/{made.id}/" in officer.get(f"{matter.desk}/").text
    assert Visitor.signed_in(zhao()).get(f"{matter.desk}/paper/{made.id}/").status == 404
