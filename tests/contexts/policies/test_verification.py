"""Policies, offers, their money and all around them: what somebody changed behind the facts' back is found and named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from banshi.contexts.policies import models, operations, queries
from banshi.contexts.policies.rules import reading
from banshi.contexts.policies.values import Finding, Offer, Standing, Subject
from banshi.infra import verification
from banshi.infra.store import Tx, new_id, write
from banshi.infra.verification import Reader, Report
from banshi.kernel.actors import SYSTEM
from tests.contexts import harm
from tests.personas import AT, CITY, LICHENG, li, lin, party_of
from tests.security.town import chen, governor

FOLDER = Path(__file__).resolve().parents[3] / "data" / "policies"
AT2 = datetime(2026, 3, 2, 1, tzinfo=UTC)
NATION = "000000"


def found() -> list[verification.Finding]:
    regions = [*models.PolicyRow.objects.values_list("region_code", flat=True).distinct(), LICHENG, CITY]
    said = harm.found(queries.check_policies, sorted({*regions}), queries.COUNTERS, queries.BOTH_WAYS)
    report, reader = Report(), Reader()
    queries.check_money(reader, report)
    reader.close()
    return [*said, *report.findings]


def matched(party: UUID, *findings: Finding, stated: frozenset[str] = frozenset()) -> None:
    states = {one.policy.code: one for one in queries.list_policies()}

    def work(tx: Tx) -> None:
        subject = Subject(LICHENG, party, "person", {})
        operations.record_matches(
            tx, [(subject, findings, stated)], states, frozenset(one.policy for one in findings)
        )

    write(work, at=AT2, actor="system")


def the_offer(party: UUID, code: str) -> Offer:
    return next(one for one in queries.list_offers([party]) if one.policy == code)


def claim(offer: Offer, actor: Any, **more: Any) -> None:
    now = Finding(offer.policy, offer.standing, amount=offer.amount_fen)
    told: dict[str, Any] = {"stated": frozenset(), "asked": frozenset(), "used": {}, "supplied": {}}
    operations.claim(region=offer.region, id=offer.id, now=now, actor=actor, at=AT2, **(told | more))


@pytest.fixture
def lives(real_database: None) -> None:
    """Offers matched, read, granted at once, claimed, refused and appealed against; a run; a briefing; a paper; a window."""
    library, _ = reading.read({path.name: path.read_text("utf-8") for path in FOLDER.glob("*.yaml")})
    assert library is not None
    mine = ("n-tax-infant", "n-childcare", "n-disabled-living", "n-preschool", "n-skill")
    few = {code: policy for code, policy in library.policies.items() if code in mine}
    operations.publish(library=type(library)(few, library.elements), actor=SYSTEM, at=AT)
    operations.set_budget(code="n-childcare", fen=900_000, actor=SYSTEM, at=AT)
    operations.pause(code="n-skill", actor=SYSTEM, at=AT)
    one, two = party_of(li()).id, party_of(chen()).id
    for party in (one, two):
        matched(
            party,
            Finding("n-childcare", Standing.ENTITLED, amount=360_000),
            Finding("n-disabled-living", Standing.NEARLY, failing="low"),
            Finding("n-skill", Standing.CANNOT_TELL, missing=("person.skill",)),
        )
        claim(the_offer(party, "n-childcare"), who(party).actor, supplied={"account": "6222"})
    matched(one, Finding("n-skill", Standing.NO), Finding("n-preschool", Standing.ENTITLED, amount=100))
    matched(two, Finding("n-tax-infant", Standing.ENTITLED, amount=200_000))
    operations.mark_read(offers=queries.list_offers([two]), actor=chen().actor, at=AT2)
    claim(the_offer(two, "n-tax-infant"), chen().actor)
    first = the_offer(one, "n-childcare")
    operations.decide(
        region=LICHENG, id=first.id, grant=False, reason="账号不符", actor=governor().actor, at=AT2
    )
    for party, upheld in ((one, True), (two, False)):
        offer = the_offer(party, "n-disabled-living")
        operations.appeal(region=LICHENG, id=offer.id, text="我家是低保户", actor=who(party).actor, at=AT2)
        (waiting,) = queries.list_appeals(governor().actor)
        operations.answer(
            region=LICHENG, id=waiting.id, upheld=upheld, text="核实", actor=governor().actor, at=AT2
        )
    operations.record_known(
        region=LICHENG, party=one, elements=library.elements, actor=SYSTEM, at=AT, source="stated",
        values={"person.youngest_order": 2},
    )  # fmt: skip
    for ended in (True, False):
        operations.start_run(scope=CITY, codes=["n-skill"], total=0, actor=SYSTEM, at=AT)
        if ended:
            run = queries.find_open_run()
            assert run is not None
            write(lambda tx, run=run: operations.advance(tx, run, [], {}, None), at=AT2, actor="system")
    told_around(one)


def told_around(party: UUID) -> None:
    staff = lin().actor
    for ended in (True, False):
        briefing = operations.announce(
            region=LICHENG, office=f"{LICHENG}-market", title="政策面对面", codes=["n-skill"], place="", actor=staff,
            starts_at=datetime(2026, 3, 20, 7, tzinfo=UTC), link="https://x.example/1", at=AT2,
        )  # fmt: skip
        operations.sign_up(region=LICHENG, briefing=briefing, party=party, actor=li().actor, at=AT2)
        if ended:
            operations.attend(region=LICHENG, briefing=briefing, parties=[party], actor=staff, at=AT2)
            operations.end_briefing(region=LICHENG, briefing=briefing, views=46, actor=staff, at=AT2)
    operations.set_window(
        region=LICHENG, hall=f"{LICHENG}-hall", window="3", departments=["market"], hours="每天", actor=staff, at=AT2
    )  # fmt: skip
    pdf = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
    operations.file_paper(
        region=LICHENG, title="政策汇编", department="market", policy="", actor=staff, name="a.pdf", content=pdf, at=AT2
    )  # fmt: skip


def who(party: UUID) -> Any:
    return li() if party == party_of(li()).id else chen()


# What no fact tells.
ALONE = {
    models.PolicyRow: ("content", "looked_on"),
    models.KnownRow: (),
    models.RunRow: ("scope", "cursor_region", "cursor_party"),
    models.AppealRow: (),
    models.BriefingRow: ("title", "starts_at", "place", "link"),
    models.AttendanceRow: (),
    models.PaperRow: ("title", "department"),
    models.WindowRow: ("hours",),
}


def test_each_changed_column_of_an_offer_is_named(lives: None) -> None:
    assert found() == []
    for row, column in harm.each_column(models.OfferRow, but=()):
        said = [one for one in found() if one.rule != "money_differs"]
        claimed = row.policy in ("n-childcare", "n-tax-infant")
        upheld = row.policy == "n-disabled-living" and row.claimed_at
        if (column == "version" and claimed) or (column == "instead" and not (claimed or upheld)):
            assert said == []  # which version was claimed, and what stands instead, the row alone tells
        else:
            assert [one.rule for one in said] == ["row_differs"], (column, row.policy)
            assert column in said[0].en and str(row.id) in said[0].where
    assert found() == []


@pytest.mark.parametrize("model", ALONE)
def test_each_changed_column_of_the_others_is_named(model: Any, lives: None) -> None:
    for row, column in harm.each_column(model, but=ALONE[model]):
        said = found()
        if model is models.PolicyRow and column == "committed_fen":
            assert [one.rule for one in said] == (["money_differs"] if row.budget_fen is not None else [])
        elif model is models.PolicyRow and column == "budget_fen" and row.code != "n-childcare":
            assert {one.rule for one in said} <= {"money_differs"}  # the first budget is in the text
        elif model is models.RunRow and column in ("done", "found") and row.ended_at is None:
            assert said == []
        elif model is models.AppealRow and column in ("offer_id", "text_id"):
            assert {one.rule for one in said} == {"no_row", "no_facts"}
        else:
            assert [one.rule for one in said] == ["row_differs"], (column, row)
            assert column in said[0].en and column in said[0].zh
    assert found() == []


def test_rows_and_words_that_are_gone_and_rows_of_nothing_are_found(lives: None) -> None:
    for model in (models.OfferRow, *ALONE):
        for _ in harm.each_row(model):
            assert "no_row" in {one.rule for one in found()}
    for _ in harm.lose_words(models.PoliciesPrivate):
        assert {one.rule for one in found()} <= {"private_missing"}
    for model in (models.KnownRow, models.RunRow, models.BriefingRow, models.PaperRow, models.WindowRow):
        row = model.objects.all()[0]
        row.id = new_id()
        write(lambda tx, row=row: type(row).objects.bulk_create([row]), at=AT, actor="mallory")
    policy = models.PolicyRow.objects.all()[0]
    policy.code, policy.budget_fen = "n-invented", None
    write(lambda tx: models.PolicyRow.objects.bulk_create([policy]), at=AT, actor="mallory")
    assert [one.rule for one in found()] == ["no_facts"] * 6


def test_each_wrong_figure_is_named(lives: None) -> None:
    seen = set()
    for name, key in harm.each_counter(lambda name: name.startswith("policies.")):
        seen.add(name)
        assert [(one.rule, one.where) for one in found()] == [("counter_differs", f"{LICHENG}/{name}/{key}")]
    assert seen == {"policies.list", "policies.done"}
