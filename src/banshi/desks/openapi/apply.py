"""申请: begin, answer, fill in, hand over, submit; and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote
from uuid import UUID

from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.values import CaseState
from banshi.contexts.forms.values import Problem
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import Application, Evidence
from banshi.desks.openapi.browse import answered, guided
from banshi.desks.openapi.masks import Reader, masked, reader_of_party, scrubbed
from banshi.desks.openapi.operation import Call, Tag, operation, read
from banshi.desks.openapi.shapes import Flaw, shape
from banshi.desks.openapi.shapes import apply as shapes
from banshi.desks.openapi.shapes.browse import FileAnswer
from banshi.directory import queries as directory
from banshi.directory.values import Level, covers
from banshi.flows import apply as flow
from banshi.infra import files
from banshi.kernel.facts import NotFound, Refused
from banshi.ui.access import CITIZEN

APPLICATION = "applications/{region}/{id}"


@operation(
    "POST",
    "applications",
    CITIZEN,
    "开始一份申请",
    "Begin an application",
    tag=Tag.APPLY,
    once=True,
    status=201,
)
def start(call: Call, body: shapes.Start) -> shapes.Started:
    what = flow.target(body.kind, body.code)
    id = intake.start(
        region=_county(body.region),
        party=_party(call, what, body.party),
        target=what.key,
        title=what.plain_name,
        channel="online",
        answers=answered(what, body.answers).answers,
        actor=call.actor,
        at=call.at,
        command_id=call.command_id,
    )
    return shapes.Started(body.region, id)


def _county(code: str) -> str:
    region = directory.find_region(code)
    if region is None or region.level != Level.COUNTY or not covers(directory.city_code(), code):
        raise Refused("region", "没有这个县（市、区）。", "No such county in this city.", field="region")
    return code


def _party(call: Call, what: flow.Target, given: UUID | None) -> UUID:
    """For whom: somebody the actor may act for, of a kind that the matter is for."""
    if not call.actor.parties:
        raise Refused(
            "not_verified",
            "账号还没有实名核验，请带身份证到大厅窗口核验。",
            "The account's identity is not verified yet; bring your identity card to a window.",
        )
    party = given or directory.get_account(UUID(call.actor.id)).party.id
    ref = directory.find_party_by_id(party) if str(party) in call.actor.parties else None
    if ref is None:
        raise Refused("party", "您不能代表这个人或企业。", "You may not act for this party.", field="party")
    if ref.kind.value not in what.applicants:
        raise Refused(
            "applicant_kind",
            f"“{what.plain_name}”不是给这类申请人办的，请换一个申请人。",
            f"This matter is for: {', '.join(what.applicants)}.",
            field="party",
        )
    return party


@operation("GET", APPLICATION, CITIZEN, "申请现状", "Where an application stands", tag=Tag.APPLY)
def application(call: Call, region: str, id: UUID) -> shapes.ApplicationAnswer:
    return _shown(call, flow.standing(region, id, call.actor, call.at))


@operation("PATCH", APPLICATION, CITIZEN, "回答问题、填写", "Answer questions, fill in values", tag=Tag.APPLY)
def change(call: Call, region: str, id: UUID, body: shapes.Changes) -> shapes.ApplicationAnswer:
    now = flow.standing(region, id, call.actor, call.at)
    if isinstance(body.answers, dict):
        progress = answered(now.target, {**now.progress.answers, **body.answers})
        intake.answer(region=region, id=id, answers=progress.answers, actor=call.actor, at=call.at)
        now = flow.standing(region, id, call.actor, call.at)
    if isinstance(body.values, dict):
        asked = {field.code for field in now.form.fields}
        values = {code: value for code, value in body.values.items() if code in asked}
        intake.save(region=region, id=id, values=values, actor=call.actor, at=call.at)
    return application(call, region, id)


@operation("DELETE", APPLICATION, CITIZEN, "删除草稿", "Discard a draft", tag=Tag.APPLY, status=204)
def discard(call: Call, region: str, id: UUID) -> None:
    intake.discard(region=region, id=id, actor=call.actor, at=call.at)


@operation(
    "PUT",
    f"{APPLICATION}/materials/{{code}}",
    CITIZEN,
    "交一份材料",
    "Hand over a file",
    tag=Tag.APPLY,
    upload=True,
)
def hand_over(call: Call, region: str, id: UUID, code: str) -> FileAnswer:
    """The file is the body; its name goes percent-encoded into the header File-Name. The same file again adds nothing."""
    content = read(call.request, files.MAX_SIZE)
    now = flow.standing(region, id, call.actor, call.at)
    need = next((need for need in now.form.materials if need.code == code), None)
    if need is None:
        raise NotFound("这种材料", "such material in this application")
    digest = files.digest_of(content)
    there = next((one for one in now.evidence if (one.material, one.file) == (code, digest)), None)
    if there is None:
        added = intake.attach(
            region=region,
            id=id,
            material=code,
            name=unquote(call.request.headers.get("File-Name", "")),
            content=content,
            formats=need.formats,
            actor=call.actor,
            at=call.at,
        )
        there = next(one for one in applications.evidence(now.application) if one.id == added)
    return _file(there, Reader.SELF)


@operation(
    "DELETE", f"{APPLICATION}/materials/{{code}}/{{file}}", CITIZEN, "取回一份材料", "Take a file back",
    tag=Tag.APPLY, name="take_back", status=204,
)  # fmt: skip
def take_back(call: Call, region: str, id: UUID, code: str, file: UUID) -> None:
    found = applications.get_application(region, id, call.actor)
    if not any(one.id == file and one.material == code for one in applications.evidence(found)):
        raise NotFound("这份材料", "such file")
    intake.detach(region=region, id=id, evidence=file, actor=call.actor, at=call.at)


@operation("POST", f"{APPLICATION}/submit", CITIZEN, "提交", "Submit", tag=Tag.APPLY, once=True, status=201)
def submit(call: Call, region: str, id: UUID) -> shapes.Submitted:
    done = flow.submit(region=region, id=id, actor=call.actor, at=call.at, command_id=call.command_id)
    opened = cases.list_of_application(region, id)
    return shapes.Submitted(done.region, done.application, [brief(state) for state in opened])


@operation("GET", "matters", CITIZEN, "我办的事", "What I have under way", tag=Tag.APPLY)
def matters(call: Call) -> shapes.Matters:
    submitted = applications.list_submitted([UUID(party) for party in call.actor.parties])
    opened = cases.list_of_applications([(one.region, one.id) for one in submitted])
    return shapes.Matters(
        drafts=[_matter(one, ()) for one in applications.list_drafts(call.actor)],
        submitted=[_matter(one, opened[one.id]) for one in submitted],
    )


# ---- how it is shown ----


def brief(state: CaseState) -> shapes.CaseBrief:
    """A case in short."""
    plan = state.plan
    return shape(
        shapes.CaseBrief, state, item=plan.item, item_name=plan.name, status_label=state.status.label
    )


def _matter(one: Application, opened: Iterable[CaseState]) -> shapes.Matter:
    return shape(shapes.Matter, one, cases=[brief(state) for state in opened])


def _shown(call: Call, now: flow.Standing) -> shapes.ApplicationAnswer:
    """What somebody typed themself is shown to them; what the platform knows of another, or another typed, is masked."""
    found = now.application
    own = found.owner == call.actor.code
    reader = reader_of_party(found.party, call.actor)
    guide = guided(now.target, now.progress, now.chosen, now.form)
    for section in guide.sections:
        for field in section.fields:
            if field.code in now.typed:
                value = now.typed[field.code]
                field.value = value if own else masked(reader, field.kind, value)
            elif field.code in now.filled:
                filled = now.filled[field.code]
                field.value, field.source = masked(reader, field.kind, filled.value), filled.source
    for material in guide.materials:
        material.held = now.held.get(material.code, "")
        handed = [one for one in now.evidence if one.material == material.code]
        material.files = [_file(one, Reader.SELF if own else reader) for one in handed]
    draft = found.submitted_at is None
    return shape(
        shapes.ApplicationAnswer,
        found,
        guide=guide,
        problems=[_flaw(one) for one in flow.problems(now, call.at)] if draft else [],
        cases=[] if draft else [brief(state) for state in cases.list_of_application(found.region, found.id)],
    )


def _flaw(problem: Problem) -> Flaw:
    return Flaw(problem.field, problem.zh, problem.en)


def _file(one: Evidence, reader: Reader) -> FileAnswer:
    return shape(FileAnswer, one, name=one.name if reader is Reader.SELF else scrubbed(one.name))
