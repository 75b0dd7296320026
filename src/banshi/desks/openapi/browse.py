"""登录与公开的: sign in and out; the catalogue, the guide, progress by number, certificates by identifier."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from banshi.contexts.cases import queries as cases
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.forms.values import Form
from banshi.contexts.guidance import queries as guidance
from banshi.contexts.guidance.values import Progress, Question
from banshi.desks.openapi.operation import SIGNED_IN, Call, Tag, operation
from banshi.desks.openapi.shapes import browse as shapes
from banshi.desks.openapi.shapes import shape
from banshi.directory import operations as accounts
from banshi.directory import queries as directory
from banshi.flows import apply as flow
from banshi.infra import audit
from banshi.infra.sessions import ACCOUNT, SessionStore
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.ids import BadId
from banshi.ui.access import PUBLIC

# ---- 登录 ----


@operation(
    "POST", "session", PUBLIC, "登录", "Sign in for a token", tag=Tag.SESSION, name="sign_in", status=201
)
def sign_in(call: Call, body: shapes.SignIn) -> shapes.Token:
    address = audit.address.get()
    if body.realm == "staff":
        signed = accounts.authenticate_staff(
            username=body.account, password=body.password, address=address, at=call.at
        )
    else:
        signed = accounts.authenticate_citizen(
            phone=body.account, password=body.password, address=address, at=call.at
        )
    session = SessionStore()
    session[ACCOUNT] = signed.account
    session.create()
    idle = settings.BANSHI_STAFF_IDLE if body.realm == "staff" else settings.BANSHI_CITIZEN_IDLE
    return shapes.Token(
        session.session_key or "", idle, settings.BANSHI_SESSION_AGE, signed.must_change_password
    )


@operation("GET", "session", SIGNED_IN, "我是谁、能代表谁", "Who is signed in", tag=Tag.SESSION, name="me")
def me(call: Call) -> shapes.Me:
    if call.actor.kind == "staff":
        name = directory.staff_names([int(call.actor.id)]).get(int(call.actor.id), "")
        return shapes.Me("staff", name, posts=[shape(shapes.PostAnswer, post) for post in call.actor.held])
    mine = directory.get_account(UUID(call.actor.id)).party
    roles = {
        one.principal.id: (one.principal, one.role.value) for one in directory.list_mandates(mine.id, call.on)
    }
    acting = [(ref, role) for ref, role in ((mine, ""), *roles.values()) if str(ref.id) in call.actor.parties]
    names = directory.party_names(
        [(mine.region_code, mine.id), *((ref.region_code, ref.id) for ref, _ in acting)]
    )
    parties = [
        shape(
            shapes.PartyAnswer,
            ref,
            region=ref.region_code,
            kind=ref.kind.value,
            name=names.get(ref.id, ""),
            role=role,
        )
        for ref, role in acting
    ]
    return shapes.Me("citizen", names.get(mine.id, ""), parties=parties)


@operation(
    "DELETE",
    "session",
    SIGNED_IN,
    "退出",
    "Sign out: the token ends",
    tag=Tag.SESSION,
    name="sign_out",
    status=204,
)
def sign_out(call: Call) -> None:
    SessionStore().delete(call.token)
    audit.note(act="sign_out", target=call.actor.code, outcome="ok", actor=call.actor.code, at=call.at)


# ---- 目录与导办 ----


@operation("GET", "items", PUBLIC, "有哪些事项", "Items in force", tag=Tag.CATALOGUE)
def items(call: Call, query: shapes.CatalogueQuery) -> shapes.Listing:
    return _listing("item", query)


@operation("GET", "bundles", PUBLIC, "有哪些一件事", "Bundles in force", tag=Tag.CATALOGUE)
def bundles(call: Call, query: shapes.CatalogueQuery) -> shapes.Listing:
    return _listing("bundle", query)


def _listing(kind: str, query: shapes.CatalogueQuery) -> shapes.Listing:
    current = catalogue.catalogue()
    everything = len(current.items) + len(current.bundles)
    hits = [hit for hit in catalogue.search(query.search, limit=everything) if hit.kind == kind]
    page = hits[query.offset : query.offset + query.limit]
    return shapes.Listing(len(hits), [shape(shapes.Listed, hit) for hit in page])


@operation("GET", "items/{code}", PUBLIC, "一个事项的办事指南", "One item", tag=Tag.CATALOGUE)
def item(call: Call, code: str) -> shapes.ItemAnswer:
    found = catalogue.get_item(code)
    what, dictionaries = found.definition, catalogue.catalogue().dictionaries
    names = {part.element: dictionaries.elements[part.element].label for part in what.elements}
    names |= {need.material: dictionaries.materials[need.material].name for need in what.materials}
    names |= {code: dictionaries.questions[code].text for code in what.questions}
    names |= {work.department: dictionaries.departments[work.department] for work in what.works}
    names[what.department] = dictionaries.departments[what.department]
    return shape(shapes.ItemAnswer, found, code=code, names=names)


@operation("GET", "bundles/{code}", PUBLIC, "一件事的办事指南", "One bundle", tag=Tag.CATALOGUE)
def bundle(call: Call, code: str) -> shapes.BundleAnswer:
    found = catalogue.get_bundle(code)
    what, current = found.definition, catalogue.catalogue()
    names = {part.item: current.items[part.item].definition.plain_name for part in what.items}
    names |= {code: current.dictionaries.questions[code].text for code in what.questions}
    names[what.lead] = current.dictionaries.departments[what.lead]
    return shape(shapes.BundleAnswer, found, code=code, names=names)


@operation(
    "POST",
    "guide",
    PUBLIC,
    "问几句，列出要办的事、一张表、一套材料",
    "The next question, or what it comes to",
    tag=Tag.CATALOGUE,
)
def guide(call: Call, body: shapes.GuideAsk) -> shapes.Guide:
    what = flow.target(body.kind, body.code)
    progress = answered(what, body.answers)
    picks = flow.chosen(what, progress.answers)
    return guided(what, progress, picks, flow.form(what, picks, progress.answers))


def answered(what: flow.Target, answers: dict[str, str]) -> Progress:
    """How far these answers lead. One that names no choice is refused; questions that are not the matter's are ignored."""
    for question in what.questions:
        given = answers.get(question.code)
        if given is not None and given not in {choice.key for choice in question.choices}:
            raise Refused(
                "choice",
                f"“{question.text}”没有这个选项。",
                f"No such choice for: {question.text}",
                field=question.code,
            )
    return guidance.progress(what.questions, answers)


def guided(what: flow.Target, progress: Progress, picks: tuple[flow.Chosen, ...], form: Form) -> shapes.Guide:
    """What a guide says, without anything that belongs to a person."""
    return shape(
        shapes.Guide,
        what,
        answers=dict(progress.answers),
        next=_question(progress.next) if progress.next else None,
        items=[shape(shapes.ChosenItem, pick.item, version=pick.version) for pick in picks],
        sections=[shape(shapes.SectionAnswer, section) for section in form.sections],
        materials=[shape(shapes.MaterialAnswer, need) for need in form.materials],
        counts=shapes.Counts(
            len(form.fields), form.separate_fields, len(form.materials), form.separate_materials
        ),
    )


def _question(question: Question) -> shapes.QuestionAnswer:
    return shape(shapes.QuestionAnswer, question)


# ---- 查验 ----


@operation("GET", "progress/{number}", PUBLIC, "按办件编号查进度", "Progress by its number", tag=Tag.LOOK_UP)
def progress(call: Call, number: str) -> shapes.ProgressAnswer:
    state = cases.find_by_number(number)
    if state is None:
        raise NotFound("办件", "case")
    titles = {plan.key: plan for plan in state.plan.works}
    names = directory.office_names([state.office, *(plan.office for plan in state.plan.works)])
    steps = [
        shapes.ProgressStep(titles[work.key].title, names.get(titles[work.key].office, ""), work.status)
        for work in state.works
    ]
    return shape(
        shapes.ProgressAnswer,
        state,
        item_name=state.plan.name,
        office_name=names.get(state.office, ""),
        status_label=state.status.label,
        steps=steps,
    )


@operation("GET", "certificates/{identifier}", PUBLIC, "查验证照", "Verify a certificate", tag=Tag.LOOK_UP)
def certificate(call: Call, identifier: str) -> shapes.CertificateAnswer:
    try:
        found = certificates.find_public(identifier, call.on)
    except BadId as error:
        raise Refused("identifier", error.zh, error.en, field="identifier") from error
    if found is None:
        raise NotFound("证照", "certificate")
    names = directory.office_names([found.office])
    return shape(
        shapes.CertificateAnswer,
        found,
        office_name=names.get(found.office, ""),
        status_label=found.status.label,
    )
