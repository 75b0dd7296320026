"""The offices work on a case through the API: lists, commands, files, and who may not."""

from __future__ import annotations

from uuid import uuid4

import pytest

from banshi.contexts.cases import queries as cases
from banshi.directory.values import PostKind
from banshi.infra import outbox
from banshi.infra.models import Audit
from tests.conftest import StoppedClock
from tests.desks.openapi.api import PDF, Api, draft, submitted
from tests.personas import CITY, JINJIANG, LICHENG, Persona, guan, huang, lin, staff, wang, zhao

pytestmark = pytest.mark.django_db


def su() -> Persona:
    """苏卫东, officer of 鲤城区's health office, which is consulted."""
    return staff("su", "苏卫东", LICHENG, PostKind.OFFICER, f"{LICHENG}-health")


def jian() -> Persona:
    """简监察, supervisor of the city."""
    return staff("jian", "简监察", CITY, PostKind.SUPERVISOR)


def act(api: Api, path: str, name: str, **given: object) -> dict[str, object]:
    answer = api.post(f"{path}/commands/{name}", given)
    assert answer.status_code == 200, answer.content
    found: dict[str, object] = answer.json()
    return found


def to_decision(path: str) -> tuple[Api, Api]:
    """Accepted, all works agreed, reviewed; the officer and the approver."""
    officer, approver, health = Api(lin()), Api(huang()), Api(su())
    act(officer, path, "accept", dispatch=True)
    for api, work in (
        (officer, "paper_review"),
        (officer, "site_check"),
        (health, "staff_check"),
        (officer, "conclusion"),
    ):
        with_me = [huang().actor.code] if work == "site_check" else []
        act(api, path, "opine", work=work, verdict="agree", people=with_me)
    act(officer, path, "review", verdict="pass")
    return officer, approver


def test_a_case_is_carried_to_its_certificate_and_rated(clock: StoppedClock) -> None:
    citizen, path = submitted()
    _, approver = to_decision(path)
    assert act(approver, path, "decide", verdict="pass")["status"] == "passed"
    while outbox.deliver(clock.at):
        pass
    now = citizen.get(path).json()
    assert now["closed_on"] == now["delivered_on"] == "2026-03-02"
    assert {paper["kind"] for paper in now["documents"] if paper["ready"]} == {
        "receipt",
        "acceptance",
        "approval",
    }
    paper = citizen.get(f"{path}/documents/{now['documents'][-1]['id']}")
    assert paper.content.startswith(b"%PDF-")
    shown = Api().get(f"certificates/{now['certificate']}").json()
    assert (shown["status"], shown["holder"]) == ("valid", "李*英")
    rated = citizen.post(f"{path}/review", {"grade": "very_satisfied", "indicators": []})
    assert rated.status_code == 204
    again = citizen.post(f"{path}/review", {"grade": "satisfied"})
    assert (again.status_code, again.json()["rule"]) == (409, "reviewed_already")


def test_the_same_command_sent_again_gets_the_first_answer_and_does_nothing() -> None:
    _, path = submitted()
    officer, key = Api(lin()), uuid4()
    first, again = (officer.post(f"{path}/commands/accept", {"dispatch": False}, key=key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = officer.post(f"{path}/commands/accept", {"dispatch": False})
    assert (other.status_code, other.json()["rule"]) == (409, "wrong_state")


def test_a_key_used_before_does_not_silence_another_command() -> None:
    _, path = submitted()
    officer, key = Api(lin()), uuid4()
    officer.post(f"{path}/commands/accept", {"dispatch": False}, key=key)
    assert officer.post(f"{path}/commands/assign", {}, key=key).json()["status"] == "in_review"


def test_a_foreign_officer_gains_nothing_by_an_overheard_key() -> None:
    _, path = submitted()
    key = uuid4()
    Api(lin()).post(f"{path}/commands/accept", {}, key=key)
    assert Api(zhao()).post(f"{path}/commands/accept", {}, key=key).status_code == 404


def test_who_saw_an_older_case_is_told_to_look_again() -> None:
    _, path = submitted()
    officer = Api(lin())
    seen = officer.get(path).json()["seq"]
    act(officer, path, "accept", dispatch=False, expected_seq=seen)
    answer = officer.post(f"{path}/commands/assign", {"expected_seq": seen})
    assert (answer.status_code, answer.json()["rule"]) == (409, "changed_meanwhile")


def test_what_is_stated_wrongly_is_422_and_names_the_field_and_the_law() -> None:
    _, path = submitted()
    officer = Api(lin())
    answer = officer.post(f"{path}/commands/request_correction", {"text": "   "})
    assert (answer.status_code, answer.json()["field"]) == (422, "text")
    assert answer.json()["title"].startswith("请写明")
    assert officer.post(f"{path}/commands/request_correction", {}).status_code == 400
    assert officer.post(f"{path}/commands/request_correction", {"text": "x" * 4001}).status_code == 400


def test_commands_of_another_seat_are_refused_or_not_there() -> None:
    citizen, path = submitted()
    officer, approver, health, clerk = Api(lin()), Api(huang()), Api(su()), Api(wang())
    act(officer, path, "accept", dispatch=True)
    assert (
        officer.post(f"{path}/commands/revoke", {"text": "x"}).status_code == 404
    )  # not of an officer's post
    opined = health.post(f"{path}/commands/opine", {"work": "paper_review", "verdict": "agree"})
    assert (opined.status_code, opined.json()["rule"]) == (403, "not_your_post")
    assert health.post(f"{path}/commands/review", {"verdict": "pass"}).status_code == 403
    assert approver.post(f"{path}/commands/review", {"verdict": "pass"}).status_code == 404
    assert citizen.post(f"{path}/commands/accept", {}).status_code == 404
    assert officer.post(f"{path}/commands/withdraw", {}).status_code == 404
    assert clerk.get(path).status_code == 404  # it was not taken at her window
    assert act(citizen, path, "withdraw", text="不开了")["status"] == "withdrawn"


def test_the_systems_own_steps_are_nobodys() -> None:
    _, path = submitted()
    for name in ("certify", "deem_accepted", "deem_withdrawn"):
        answer = Api(lin()).client.post(f"/api/v1/{path}/commands/{name}")
        assert answer.status_code == 404


def test_a_foreign_case_is_not_there_in_any_way() -> None:
    citizen, path = submitted()
    number = citizen.get(path).json()["number"]
    document = citizen.get(path).json()["documents"][0]["id"]
    stranger = Api(zhao())
    tried = [
        stranger.get(path),
        stranger.get(f"{path}/documents/{document}"),
        stranger.get(f"{path}/materials/0"),
        stranger.post(f"{path}/commands/accept", {}),
        stranger.get(path.replace(LICHENG, JINJIANG)),
    ]
    assert [answer.status_code for answer in tried] == [404] * len(tried)
    empty = {"total": 0, "rows": []}
    assert stranger.get("cases").json() == stranger.get("cases", search=number).json() == empty
    assert stranger.get("tasks").json() == stranger.get("tasks", search=number).json() == empty
    assert Api(guan()).get("cases").status_code == 404  # no post that sees cases
    assert citizen.get("cases").status_code == citizen.get("tasks").status_code == 404
    assert Api().get(path).status_code == 401


def test_lists_are_paged_and_their_counts_exact() -> None:
    citizen, path = submitted()
    for _ in range(2):
        assert citizen.post(f"{draft(citizen)}/submit").status_code == 201
    officer = Api(lin())
    whole = officer.get("cases").json()
    assert (whole["total"], len(whole["rows"])) == (3, 3)
    page = officer.get("cases", offset=1, limit=1).json()
    assert (page["total"], page["rows"]) == (3, whole["rows"][1:2])
    act(officer, path, "accept", dispatch=True)
    assert officer.get("cases", status="in_review").json()["total"] == 1
    assert officer.get("cases", search=whole["rows"][0]["number"]).json()["total"] == 1
    assert officer.get("cases", status="nonsense").status_code == 400
    assert [one["key"] for one in officer.get("tasks").json()["rows"]].count("accept") == 2
    assert officer.get("tasks").json()["total"] == 3


def test_an_applicant_reads_the_decisions_but_not_what_the_offices_said_among_themselves() -> None:
    citizen, path = submitted()
    officer, approver = Api(lin()), Api(huang())
    act(officer, path, "accept", dispatch=True)
    act(officer, path, "opine", work="paper_review", verdict="agree", text="内部意见甲")
    seen = citizen.get(path)
    assert "内部意见甲" not in seen.content.decode()
    assert not {"林建明", "黄文杰"} & set(seen.content.decode().split('"'))
    assert [work["verdict"] for work in seen.json()["works"]] == [""] * 4
    assert "内部意见甲" in approver.get(path).content.decode()
    assert [one["name"] for one in seen.json()["commands"]] == ["withdraw"]


def test_materials_go_out_as_attachments_and_each_look_of_staff_is_noted() -> None:
    citizen, path = submitted()
    for api in (citizen, Api(lin())):
        answer = api.get(f"{path}/materials/0")
        assert answer.content == PDF
        assert answer.headers["Content-Disposition"] == 'attachment; filename="scan.pdf"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    assert citizen.get(f"{path}/materials/99").status_code == 404
    Api(lin()).get(path)
    noted = set(Audit.objects.filter(actor=lin().account).values_list("act", flat=True))
    assert {"download", "view_case"} <= noted
    supervisor = Api(jian())
    assert supervisor.get(path).status_code == 200
    assert supervisor.get(f"{path}/materials/0").status_code == 404
    assert supervisor.post(f"{path}/commands/accept", {}).status_code == 404


def test_a_document_that_is_not_printed_yet_says_so() -> None:
    citizen, path = submitted()
    paper = citizen.get(path).json()["documents"][0]
    assert not paper["ready"]
    assert citizen.get(f"{path}/documents/{paper['id']}").status_code == 404


def test_a_refusal_of_somebody_known_is_in_the_audit_trail() -> None:
    _, path = submitted()
    Api(zhao()).get(path)
    noted = Audit.objects.get(act="refused", actor=zhao().account)
    assert (noted.target, noted.outcome) == ("api/v1/cases/<str:region>/<uuid:id>", "not_found")


def test_every_command_offered_is_an_operation() -> None:
    _, path = submitted()
    offered = {one["name"] for one in Api(lin()).get(path).json()["commands"]}
    received = {"accept", "request_correction", "not_required", "reject", "transfer", "hand_over"}
    assert offered == received
    assert offered <= set(cases.declared_commands())
