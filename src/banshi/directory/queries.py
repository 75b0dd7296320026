"""Questions to the directory. They answer with frozen values, never with models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from banshi.directory import values
from banshi.directory.models import (
    Account,
    Hall,
    Mandate,
    Office,
    Party,
    PartyIndex,
    PartyPrivate,
    PostHeld,
    Region,
    Staff,
    Window,
)
from banshi.directory.values import (
    AccountInfo,
    Colleague,
    HallInfo,
    Level,
    MandateInfo,
    MandateRole,
    OfficeInfo,
    PartyKind,
    PartyRef,
    PostInfo,
    PostKind,
    RegionInfo,
    StaffInfo,
    WindowInfo,
    WindowKind,
)
from banshi.infra import crypto, private, sessions
from banshi.infra.reads import instant, read
from banshi.kernel.actors import Actor, Post
from banshi.kernel.facts import NotFound
from banshi.kernel.ids import tidy
from banshi.kernel.workdays import civil_day

# Names that the statistics put where a level is missing; nobody's address has them.
_PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_KNOWN = {
    PartyKind.PERSON: ("name", "resident_id", "phone", "address", "sex", "birth_on"),
    PartyKind.ENTERPRISE: (
        "name",
        "uscc",
        "address",
        "legal_person",
        "legal_person_id",
        "phone",
        "business_scope",
        "capital_fen",
    ),
}


# ---- regions ----


def find_region(code: str) -> RegionInfo | None:
    """The region of a code of 2, 4, 6, 9 or 12 digits; `350500` is also the city 3505."""
    short = values.prefix(code)
    rows = read(
        "SELECT code, name, level, parent FROM directory_region WHERE code IN (%s, %s)", (code, short)
    )
    found = {row[0]: row for row in rows}
    row = found.get(code) or found.get(short)
    return RegionInfo(row[0], row[1], Level(row[2]), row[3]) if row else None


def get_region(code: str) -> RegionInfo:
    """Raises `NotFound`."""
    found = find_region(code)
    if found is None:
        raise NotFound("行政区划", "region")
    return found


def list_children(code: str) -> list[RegionInfo]:
    """The regions right below; the provinces for an empty code. Raises `NotFound`."""
    parent = get_region(code).code if code else ""
    return [_region(row) for row in Region.objects.filter(parent=parent).order_by("code")]


def list_path(code: str) -> list[RegionInfo]:
    """From the province down to the region itself (省›市›县›乡›村); placeholders like 市辖区 are left out."""
    codes = [code[:size] for size in values.LEVEL_OF_LENGTH if size < len(code)]
    found = {region.code: region for region in _regions([*codes, code])}
    return [found[key] for key in sorted(found) if found[key].name not in _PLACEHOLDERS]


def county_of(code: str) -> str:
    """The county's six digits of a town's, village's or county's code. Raises `NotFound` when it lies in no county."""
    region = get_region(code[:6])
    if region.level != Level.COUNTY:
        raise NotFound("县级行政区划", "county")
    return region.code


def region_names(codes: Iterable[str]) -> dict[str, str]:
    """Names by code in the order asked, by one query; codes that do not exist are left out."""
    asked = dict.fromkeys(codes)
    names = {region.code: region.name for region in _regions(asked)}
    short = {code: values.prefix(code) for code in asked}
    return {
        code: names.get(code) or names[short[code]] for code in asked if code in names or short[code] in names
    }


def _regions(codes: Iterable[str]) -> list[RegionInfo]:
    """Exact codes first: 441900 is both a county's place in the table and 东莞 padded to six digits."""
    wanted = set(codes)
    found = {
        row.code: row for row in Region.objects.filter(code__in=wanted | {values.prefix(c) for c in wanted})
    }
    hits = [found.get(code) or found.get(values.prefix(code)) for code in sorted(wanted)]
    return [_region(row) for row in dict.fromkeys(hits) if row is not None]


def _region(row: Region) -> RegionInfo:
    return RegionInfo(row.code, row.name, Level(row.level), row.parent)


# ---- offices and halls ----


def list_offices(region_code: str = "", department: str = "", *, within: bool = False) -> list[OfficeInfo]:
    """Active offices, of one region or department where named; `within`: of all regions inside it, too."""
    rows = Office.objects.filter(is_active=True)
    if region_code:
        rows = rows.filter(_in_region(region_code) if within else Q(region_code=region_code))
    if department:
        rows = rows.filter(department=department)
    return [_office(row) for row in rows.order_by("region_code", "code")]


def find_office(department: str, region_code: str) -> OfficeInfo | None:
    """The department's office of the county, else of its city; None when neither has one."""
    city = region_code[:4] + "00"
    rows = Office.objects.filter(department=department, region_code__in=(region_code, city), is_active=True)
    return next((_office(row) for row in rows.order_by("-region_code")), None)


def get_office(code: str) -> OfficeInfo:
    """Raises `NotFound`."""
    rows = read(
        "SELECT code, name, department, region_code, uscc, phone, address, is_active FROM directory_office WHERE code = %s",
        (code,),
    )
    if not rows:
        raise NotFound("部门", "office")
    code, name, department, region, uscc, phone, address, is_active = rows[0]
    return OfficeInfo(code, name, department, region, uscc, phone, address, bool(is_active))


def list_halls(region_code: str = "", *, within: bool = False) -> list[HallInfo]:
    """Halls with their windows, of one region where named."""
    rows = Hall.objects.all()
    if region_code:
        rows = rows.filter(_in_region(region_code) if within else Q(region_code=region_code))
    return [_hall(row) for row in rows.prefetch_related("windows").order_by("region_code", "code")]


def get_hall(code: str) -> HallInfo:
    """Raises `NotFound`."""
    row = Hall.objects.filter(code=code).prefetch_related("windows").first()
    if row is None:
        raise NotFound("大厅", "hall")
    return _hall(row)


def find_place(code: str) -> str | None:
    """The region of an office or hall of this code."""
    offices = Office.objects.filter(code=code).values_list("region_code", flat=True)
    halls = Hall.objects.filter(code=code).values_list("region_code", flat=True)
    return next(iter(offices.union(halls)), None)


def office_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of offices and halls by code, by one query."""
    wanted = list(set(codes))
    offices = Office.objects.filter(code__in=wanted).values_list("code", "name")
    return dict(offices.union(Hall.objects.filter(code__in=wanted).values_list("code", "name")))


def office_regions(codes: Iterable[str]) -> dict[str, str]:
    """The regions that offices belong to, by code, by one query."""
    return dict(Office.objects.filter(code__in=set(codes)).values_list("code", "region_code"))


def _office(row: Office) -> OfficeInfo:
    return OfficeInfo(
        row.code, row.name, row.department, row.region_code, row.uscc, row.phone, row.address, row.is_active
    )


def _hall(row: Hall) -> HallInfo:
    windows = sorted(row.windows.all(), key=lambda window: (len(window.number), window.number))
    return HallInfo(row.code, row.name, row.region_code, row.address, row.hours, tuple(map(_window, windows)))


def _window(row: Window) -> WindowInfo:
    return WindowInfo(row.hall_id, row.number, WindowKind(row.kind), row.note)


def _in_region(code: str) -> Q:
    return Q(region_code__startswith=values.prefix(code))


# ---- staff ----


def get_staff(id: int, on: date) -> StaffInfo:
    """With the posts that have not ended on that day. Raises `NotFound`."""
    row = Staff.objects.filter(id=id).first()
    if row is None:
        raise NotFound("工作人员", "member of staff")
    return _staff(row, PostHeld.objects.filter(_not_ended(on), staff=row).order_by("id"))


def list_staff(
    regions: Iterable[str], on: date, username: str = "", *, start: int = 0, limit: int = 50
) -> tuple[list[StaffInfo], int]:
    """Staff administered within these regions, by user name, with their posts; and how many there are in all.

    `username`: only those whose user name begins so.
    """
    scope = Q(pk__in=[])
    for code in regions:
        scope |= _in_region(code)
    rows = Staff.objects.filter(scope, username__startswith=username.lower())
    found = list(rows.order_by("username")[start : start + limit])
    posts: dict[int, list[PostHeld]] = {}
    for post in PostHeld.objects.filter(_not_ended(on), staff__in=found).order_by("id"):
        posts.setdefault(post.staff_id, []).append(post)
    return [_staff(row, posts.get(row.id, ())) for row in found], rows.count()


def staff_names(ids: Iterable[int]) -> dict[int, str]:
    """Names by id, by one query."""
    return dict(Staff.objects.filter(id__in=set(ids)).values_list("id", "display_name"))


def actor_names(codes: Iterable[str]) -> dict[str, str]:
    """What to call the authors of facts (`staff:12`, `citizen:…`, `system`), by one query; citizens stay unnamed."""
    wanted = set(codes)
    staff = staff_names(int(code[6:]) for code in wanted if code.startswith("staff:"))
    names = {"citizen": "申请人", "system": "系统", "anonymous": "访客"}
    return {
        code: staff.get(int(code[6:]), "") if code.startswith("staff:") else names.get(code.split(":")[0], "")
        for code in wanted
    }


def actor_of_staff(id: int, on: date) -> Actor | None:
    """Who acts, with the posts held on that day. None for an unknown or disabled account.

    Until a password given by somebody else is changed, no post counts.
    """
    rows = read(
        "SELECT s.must_change_password, p.kind, p.office, p.region_code FROM directory_staff s"
        " LEFT JOIN directory_postheld p ON p.staff_id = s.id AND p.from_on <= %s"
        " AND (p.until_on IS NULL OR p.until_on >= %s) WHERE s.id = %s AND s.is_active ORDER BY p.id",
        (on, on, id),
    )
    return _actor_of_staff(id, rows) if rows else None


def actor_of_staff_session(digest: str, at: datetime) -> Actor | None:
    """Who acts by a session, known by its key's digest (`sessions.digest_of`), where it is one of staff; by one question.

    None for one of a citizen, one that has ended, and an account that is disabled.
    """
    on = civil_day(at)
    rows = read(
        "SELECT k.account, k.created_at, k.seen_at, s.id, s.must_change_password, p.kind, p.office, p.region_code"
        " FROM infra_session k JOIN directory_staff s"
        " ON s.id = CASE WHEN k.account LIKE 'staff:%%' THEN CAST(substr(k.account, 7) AS bigint) END"
        " LEFT JOIN directory_postheld p ON p.staff_id = s.id AND p.from_on <= %s"
        " AND (p.until_on IS NULL OR p.until_on >= %s)"
        " WHERE k.key_digest = %s AND k.expires_at > %s AND s.is_active ORDER BY p.id",
        (on, on, digest, at),
    )
    if not rows:
        return None
    account, created_at, seen_at, id = rows[0][:4]
    sessions.touch(digest, account, instant(created_at), instant(seen_at), at)
    return _actor_of_staff(id, [row[4:] for row in rows])


def _actor_of_staff(id: int, rows: list[tuple[Any, ...]]) -> Actor:
    """Of rows of: must change the password, kind of post, office, region."""
    held = [post for must_change, *post in rows if post[0] and not must_change]
    return Actor("staff", str(id), held=tuple(Post(*post) for post in held))


def find_staff_of(office: str, kind: str, on: date) -> Actor | None:
    """One of those who hold this kind of post at the office or hall on that day, whoever was first."""
    posts = PostHeld.objects.filter(
        _not_ended(on), office=office, kind=kind, from_on__lte=on, staff__is_active=True
    )
    ids = posts.order_by("id").values_list("staff_id", flat=True)
    return next((actor for id in ids if (actor := actor_of_staff(id, on)) and actor.held), None)


def list_colleagues(office: str, kinds: Iterable[str], on: date) -> list[Colleague]:
    """Who holds one of these kinds of post at the office on that day, by name."""
    rows = (
        PostHeld.objects.filter(
            _not_ended(on), office=office, kind__in=list(kinds), from_on__lte=on, staff__is_active=True
        )
        .order_by("staff__display_name", "staff_id")
        .values_list("staff_id", "staff__display_name")
    )
    return [Colleague(f"staff:{id}", name) for id, name in dict.fromkeys(rows)]


def list_experts(region: str, on: date) -> list[Colleague]:
    """评审专家 of the county or its city on that day."""
    rows = (
        PostHeld.objects.filter(
            _not_ended(on),
            kind=PostKind.EXPERT,
            region_code__in={region, region[:4] + "00"},
            from_on__lte=on,
            staff__is_active=True,
        )
        .order_by("staff_id")
        .values_list("staff_id", "staff__display_name")
    )
    return [Colleague(f"staff:{id}", name) for id, name in dict.fromkeys(rows)]


def _staff(row: Staff, posts: Iterable[PostHeld]) -> StaffInfo:
    return StaffInfo(
        row.id,
        row.username,
        row.display_name,
        row.region_code,
        row.is_active,
        row.must_change_password,
        tuple(_post(post) for post in posts),
    )


def _post(row: PostHeld) -> PostInfo:
    return PostInfo(row.id, PostKind(row.kind), row.office, row.region_code, row.from_on, row.until_on)


def _not_ended(on: date) -> Q:
    return Q(until_on=None) | Q(until_on__gte=on)


# ---- persons and firms ----


def actor_of_citizen(account_id: UUID, on: date) -> Actor | None:
    """Who acts: the person, and whom they hold a mandate for on that day. None for an unknown or disabled account.

    Somebody whose identity was never verified acts for nobody, not even for the person they say they are.
    """
    row = Account.objects.filter(id=account_id, is_active=True).first()
    if row is None:
        return None
    if not row.verified:
        return Actor("citizen", str(row.id))
    principals = [str(mandate.principal.id) for mandate in list_mandates(row.party_id, on)]
    return Actor("citizen", str(row.id), parties=frozenset([str(row.party_id), *principals]))


def find_account(phone: str) -> AccountInfo | None:
    """The account that signs in with this phone number."""
    row = Account.objects.filter(login_index=login_index(phone)).first()
    return _account(row) if row else None


def get_account(account_id: UUID) -> AccountInfo:
    """Raises `NotFound`."""
    row = Account.objects.filter(id=account_id).first()
    if row is None:
        raise NotFound("账号", "account")
    return _account(row)


def find_party(number: str) -> PartyRef | None:
    """The person or firm of a resident number or 统一社会信用代码, as typed."""
    row = PartyIndex.objects.filter(id_index=id_index(number)).first()
    return find_party_by_id(row.party_id) if row else None


def find_party_by_id(party_id: UUID) -> PartyRef | None:
    """Where a party of this id is kept."""
    row = PartyIndex.objects.filter(party_id=party_id).first()
    if row is None:
        return None
    kind = Party.objects.values_list("kind", flat=True).get(region_code=row.region_code, id=party_id)
    return PartyRef(row.region_code, party_id, PartyKind(kind))


def list_mandates(agent: UUID, on: date) -> list[MandateInfo]:
    """Whom a person may act for on that day."""
    rows = Mandate.objects.filter(_not_ended(on), agent_id=agent, from_on__lte=on).order_by("id")
    return _mandates(rows)


def list_agents(principal: UUID, on: date) -> list[MandateInfo]:
    """Who may act for a person or firm on that day."""
    rows = Mandate.objects.filter(_not_ended(on), principal_id=principal, from_on__lte=on).order_by("id")
    return _mandates(rows)


def known_values(region_code: str, party_id: UUID) -> dict[str, str]:
    """What is known of a party, by form variable: `person.name`, `enterprise.uscc` …; nothing that is not known.

    Empty when there is no such party or its data were erased. Staff see it through `operations.look_up`.
    """
    kind = Party.objects.filter(region_code=region_code, id=party_id).values_list("kind", flat=True).first()
    if kind is None:
        return {}
    content = private.get(PartyPrivate, region_code, party_id)
    found = {
        f"{kind}.{key}": str(content[key])
        for key in _KNOWN[PartyKind(kind)]
        if content.get(key) not in (None, "")
    }
    if found and kind == PartyKind.PERSON and values.prefix(region_code) == region_code:
        found["person.region"] = region_code
    return found


def party_names(refs: Iterable[tuple[str, UUID]]) -> dict[UUID, str]:
    """Names by id, one query a county. For pages whose reader may know them."""
    by_region: dict[str, list[UUID]] = {}
    for region, id in refs:
        by_region.setdefault(region, []).append(id)
    return {
        id: content.get("name", "")
        for region, ids in by_region.items()
        for id, content in private.get_many(PartyPrivate, region, ids).items()
    }


def id_index(number: str) -> str:
    """The keyed digest that a resident number or 统一社会信用代码 is found by."""
    return crypto.digest(tidy(number), "party")


def login_index(phone: str) -> str:
    """The keyed digest that a phone number is found by."""
    return crypto.digest(tidy(phone), "login")


def _account(row: Account) -> AccountInfo:
    party = PartyRef(row.party_region, row.party_id, PartyKind.PERSON)
    return AccountInfo(row.id, party, row.is_active, row.verified, row.created_at)


def _mandates(rows: QuerySet[Mandate]) -> list[MandateInfo]:
    found = list(rows)
    kinds: dict[Any, str] = {}
    for region in {row.principal_region for row in found}:
        ids = [row.principal_id for row in found if row.principal_region == region]
        kinds.update(Party.objects.filter(region_code=region, id__in=ids).values_list("id", "kind"))
    return [
        MandateInfo(
            row.id,
            row.agent_id,
            PartyRef(row.principal_region, row.principal_id, PartyKind(kinds[row.principal_id])),
            MandateRole(row.role),
            row.from_on,
            row.until_on,
        )
        for row in found
    ]


def city_code() -> str:
    """The installation's city in six digits, as `350500`."""
    return values.six(settings.BANSHI.city)
