"""政策: the library with its figures, matches and their progress, claims to check, appeals, briefings, windows, papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from banshi.contexts.policies import operations, queries
from banshi.contexts.policies.values import Figures, Offer, PolicyState, Status
from banshi.desks.officer.seat import acting
from banshi.directory import queries as directory
from banshi.directory.values import PostKind
from banshi.flows import policy_offers as flow
from banshi.infra import audit, clock
from banshi.infra.store import new_id
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import CHINA
from banshi.ui.access import STAFF, access
from banshi.ui.commands import carried
from banshi.ui.fields import Field, Option
from banshi.ui.language import chinese, told
from banshi.ui.masking import masked_name
from banshi.ui.parts import Paged, Problem, Row

LOOKING = frozenset({PostKind.OFFICER, PostKind.APPROVER, PostKind.LEADER, PostKind.GOVERNOR})
STARTING = frozenset({PostKind.APPROVER, PostKind.LEADER, PostKind.GOVERNOR})
PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """一条政策 with its figures."""

    state: PolicyState
    figures: Figures

    @property
    def money(self) -> str:
        left = self.state.left_fen
        return "" if left is None else f"{left / 100:,.2f}"


def _counties(actor: Actor) -> list[str]:
    """The counties (and the place itself) that the actor's posts cover."""
    found = {post.region for post in actor.held}
    for region in tuple(found):
        if region.endswith("00"):
            found |= {one.code for one in directory.list_children(region)}
    return sorted(found)


@access(STAFF, posts=LOOKING)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """政策库: figures within the actor's places; POST matches everybody anew."""
    actor = acting(request)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _start(request, actor, [])
            return _to("officer:policies")
        except Refused as refused:
            problems = [_problem(refused)]
    states = queries.list_policies()
    figures = queries.figures([one.policy.code for one in states], _counties(actor))
    shown = {
        "lines": [Line(one, figures[one.policy.code]) for one in states],
        "runs": queries.list_runs(5),
        "waiting": queries.list_to_check(actor, limit=1)[1] + len(queries.list_appeals(actor)),
        "may_start": bool(actor.posts & STARTING),
        "problems": problems,
        "command_id": new_id(),
    }
    return render(request, "officer/policies.html", shown, status=422 if problems else 200)


def _start(request: HttpRequest, actor: Actor, codes: list[str]) -> None:
    """A match of everybody in the widest place that the actor heads."""
    places = sorted(
        (post.region for post in actor.held if post.kind in STARTING), key=lambda one: not one.endswith("00")
    )
    if not places:
        raise Refused(
            "not_a_head", "只有部门负责人才能启动匹配。", "Only a head of an office may start a match."
        )
    flow.start(scope=places[0], codes=codes, actor=actor, at=clock.now(), command_id=carried(request.POST))


@access(STAFF, posts=LOOKING)
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """一条政策: conditions, articles, figures; POST pauses, resumes, sets the money, or matches with it alone."""
    actor, at = acting(request), clock.now()
    queries.get_policy(code)
    problems: list[Problem] = []
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "pause":
                operations.pause(code=code, actor=actor, at=at)
            elif act == "resume":
                operations.resume(code=code, actor=actor, at=at)
            elif act == "budget":
                operations.set_budget(code=code, fen=_fen(request.POST.get("budget", "")), actor=actor, at=at)
            elif act == "match":
                _start(request, actor, [code])
            else:
                raise BadRequest("act")
            return _to("officer:policy", code=code)
        except Refused as refused:
            if isinstance(refused, NotFound):
                raise
            problems = [_problem(refused)]
    state = queries.get_policy(code)
    budget = "" if state.budget_fen is None else f"{state.budget_fen / 100:.2f}"
    shown = {
        "line": Line(state, queries.figures([code], _counties(actor))[code]),
        "state": state,
        "policy": state.policy,
        "elements": sorted(state.policy.elements.items()),
        "budget": Field(
            name="budget",
            label=gettext("本期资金（元）"),
            kind="number",
            optional=True,
            hint=gettext("不填就是不限"),
            value=request.POST.get("budget", budget),
            error=next((one.text for one in problems if one.field == "budget"), ""),
        ),
        "granted": f"{queries.figures([code], _counties(actor))[code].granted_fen / 100:,.2f}",
        "problems": problems,
        "command_id": new_id(),
    }
    return render(request, "officer/policy.html", shown, status=422 if problems else 200)


def _fen(text: str) -> int | None:
    plain = text.strip().replace(",", "")
    if not plain:
        return None
    whole, _, part = plain.partition(".")
    if not (whole.isdecimal() and len(whole) < 14 and (not part or (part.isdecimal() and len(part) <= 2))):
        raise Refused(
            "no_money",
            "资金应是以元为单位的数，最多两位小数。",
            "Type yuan, with two decimals at most.",
            field="budget",
        )
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


@access(STAFF, posts=LOOKING)
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """待核对: claims and appeals that wait for the actor's office."""
    actor = acting(request)
    page = request.GET.get("page", "")
    number = max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1
    found, total = queries.list_to_check(actor, offset=(number - 1) * PAGE, limit=PAGE)
    appeals = queries.list_appeals(actor)
    codes = {one.policy for one in found} | {one.policy for one in appeals}
    titles = {one.policy.code: one.policy.title for one in queries.list_policies(codes)}
    names = directory.party_names([(one.region, one.party) for one in found])
    shown = {
        "claims": [(one, titles[one.policy], masked_name(names.get(one.party, ""))) for one in found],
        "appeals": [(one, titles[one.policy]) for one in appeals],
        "paged": Paged(number, PAGE, total),
    }
    return render(request, "officer/policy_offers.html", shown)


@access(STAFF, posts=LOOKING)
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """核对一件: what it rests on, with the evidence; POST grants, refuses, or answers the appeal."""
    actor, at = acting(request), clock.now()
    found = queries.get_offer(region, id, actor)
    problems: list[Problem] = []
    if request.method == "POST":
        act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
        try:
            _decide(request, found, act, reason, actor, at)
            return _to("officer:policy_offer", region=region, id=id)
        except Refused as refused:
            if isinstance(refused, NotFound):
                raise
            problems = [_problem(refused)]
    audit.note(act="view_policy_offer", target=f"{region}/{id}", outcome="ok", actor=actor.code, at=at)
    zh = chinese()
    seen = flow.look(found, at, zh=zh)
    appeals = queries.appeals_of(found)
    texts = queries.texts(region, [one.text for one in appeals])
    kept = queries.claim_of(found)
    policy = seen.state.policy
    rows = [
        Row(
            label=policy.elements[key].zh,
            value=str(value),
            source=gettext("本人填写") if key in seen.stated else policy.elements[key].holder,
        )
        for key, value in kept.get("used", {}).items()
        if key in policy.elements
    ]
    asked = {one.key: one.label for one in policy.asks}
    rows += [
        Row(label=asked.get(key, key), value=str(value)) for key, value in kept.get("supplied", {}).items()
    ]
    names = directory.party_names([(found.region, found.party)])
    shown = {
        "offer": found,
        "policy": policy,
        "holder": masked_name(names.get(found.party, "")),
        "conditions": list(zip(policy.conditions, seen.reasons, strict=True)),
        "rows": rows,
        "appeals": [(one, texts.get(one.text, "")) for one in appeals],
        "open_appeal": next((one for one in appeals if not one.outcome), None),
        "waits": found.status is Status.CLAIMED,
        "amount": f"{found.amount_fen / 100:,.2f}" if found.amount_fen else "",
        "problems": problems,
        "reason": request.POST.get("reason", ""),
        "command_id": new_id(),
    }
    return render(request, "officer/policy_offer.html", shown, status=422 if problems else 200)


def _decide(request: HttpRequest, found: Offer, act: str, reason: str, actor: Actor, at: datetime) -> None:
    command_id = carried(request.POST)
    if act in ("grant", "refuse"):
        operations.decide(
            region=found.region,
            id=found.id,
            grant=act == "grant",
            reason=reason,
            actor=actor,
            at=at,
            command_id=command_id,
        )
        return
    waiting = next((one for one in queries.appeals_of(found) if not one.outcome), None)
    if act not in ("uphold", "dismiss") or waiting is None:
        raise BadRequest("act")
    operations.answer(
        region=found.region,
        id=waiting.id,
        upheld=act == "uphold",
        text=reason,
        actor=actor,
        at=at,
        command_id=command_id,
    )


@access(STAFF, posts=LOOKING)
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest) -> HttpResponse:
    """政策服务: briefings, windows, papers; POST announces, files or sets one."""
    actor, at = acting(request), clock.now()
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _publish(request, actor, at)
            return _to("officer:policy_service")
        except Refused as refused:
            problems = [_problem(refused)]
    place = actor.held[0].region
    errors = {one.field: one.text for one in problems}

    def field(name: str, label: str, kind: str = "text", hint: str = "", optional: bool = False) -> Field:
        value = request.POST.get(name, "")
        return Field(
            name=name,
            label=label,
            kind=kind,
            hint=hint,
            value=value,
            error=errors.get(name, ""),
            optional=optional,
        )

    codes = [one.policy for one in queries.list_policies()]
    policies = tuple(Option(value=one.code, label=one.title) for one in codes)
    halls = tuple(Option(value=one.code, label=one.name) for one in directory.list_halls(place))
    shown = {
        "briefings": [*queries.list_briefings(place), *queries.list_briefings(place, ended=True)],
        "windows": queries.list_windows(place),
        "papers": queries.list_papers(place),
        "announce": [
            field("title", gettext("宣讲名称")),
            Field(name="starts_at", label=gettext("开始时间"), hint=gettext("如 2026-03-20 15:00"),
                  value=request.POST.get("starts_at", ""), error=errors.get("starts_at", "")),
            field("place", gettext("地点"), optional=True),
            field("link", gettext("直播链接"), hint="https://…", optional=True),
        ],
        "paper": [
            Field(name="title", id="id_paper_title", label=gettext("材料名称")),
            Field(name="policy", label=gettext("属于哪条政策"), kind="select", options=policies, optional=True),
            Field(name="file", label=gettext("PDF 文件"), kind="file", accept=".pdf"),
        ],
        "window": [
            Field(name="hall", label=gettext("大厅"), kind="select", options=halls),
            Field(name="number", label=gettext("窗口号")),
            Field(name="hours", label=gettext("服务时间")),
        ],
        "problems": problems,
        "command_id": new_id(),
    }  # fmt: skip
    return render(request, "officer/policy_service.html", shown, status=422 if problems else 200)


def _publish(request: HttpRequest, actor: Actor, at: datetime) -> None:
    post = actor.held[0]
    department = post.office.rpartition("-")[2]
    match request.POST.get("act", ""):
        case "announce":
            operations.announce(
                region=post.region,
                office=post.office,
                title=request.POST.get("title", ""),
                codes=[],
                starts_at=_instant(request.POST.get("starts_at", "")),
                place=request.POST.get("place", ""),
                link=request.POST.get("link", ""),
                actor=actor,
                at=at,
                command_id=carried(request.POST),
            )
        case "paper":
            file, code = request.FILES.get("file"), request.POST.get("policy", "")
            if code:
                queries.get_policy(code)
            operations.file_paper(
                region=post.region,
                title=request.POST.get("title", ""),
                department=department,
                policy=code,
                name=file.name or "" if file else "",
                content=file.read() if file else b"",
                actor=actor,
                at=at,
            )
        case "window":
            hall = directory.get_hall(request.POST.get("hall", ""))
            operations.set_window(
                region=hall.region_code,
                hall=hall.code,
                window=request.POST.get("number", "").strip()[:10],
                departments=[department],
                hours=request.POST.get("hours", ""),
                actor=actor,
                at=at,
            )
        case _:
            raise BadRequest("act")


@access(STAFF, posts=LOOKING)
@require_http_methods(["GET", "HEAD", "POST"])
def briefing(request: HttpRequest, region: str, id: UUID) -> HttpResponse:
    """一场宣讲: who signed up, who came, how often it was watched."""
    actor, at = acting(request), clock.now()
    found = queries.get_briefing(region, id, actor)
    problems: list[Problem] = []
    people = queries.attendance(region, id)
    if request.method == "POST":
        try:
            if request.POST.get("act") == "end":
                views = request.POST.get("views", "")
                number = int(views) if views.isdecimal() and len(views) < 10 else -1
                operations.end_briefing(region=region, briefing=id, views=number, actor=actor, at=at)
            else:
                known = {str(party): party for party, _ in people}
                came = [known[one] for one in request.POST.getlist("came") if one in known]
                operations.attend(region=region, briefing=id, parties=came, actor=actor, at=at)
            return _to("officer:policy_briefing", region=region, id=id)
        except Refused as refused:
            if isinstance(refused, NotFound):
                raise
            problems = [_problem(refused)]
    refs = [ref for party, _ in people if (ref := directory.find_party_by_id(party))]
    names = directory.party_names([(ref.region_code, ref.id) for ref in refs])
    shown = {
        "briefing": found,
        "people": [(party, masked_name(names.get(party, "")), came) for party, came in people],
        "problems": problems,
        "views": Field(name="views", label=gettext("观看人次"), kind="number"),
    }
    return render(request, "officer/policy_briefing.html", shown, status=422 if problems else 200)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=CHINA)
    except ValueError as error:
        raise Refused(
            "no_instant",
            "开始时间应如 2026-03-20 15:00。",
            "Type a time as 2026-03-20 15:00.",
            field="starts_at",
        ) from error


def _problem(refused: Refused) -> Problem:
    return Problem(text=told(refused), field=refused.field)


def _to(name: str, **parts: object) -> HttpResponse:
    response = HttpResponseRedirect(reverse(name, kwargs=parts))
    response.status_code = 303
    return response
