"""不得再次申请: the block of arts. 78 and 79 holds in the database, for the item and the applicant that it is about."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from banshi.contexts.cases import operations
from banshi.contexts.cases.models import Block
from banshi.contexts.cases.values import Input
from banshi.kernel.facts import Refused
from tests.contexts.cases.opened import REGION, opened
from tests.personas import li, lin, party_of
from tests.rules.cases.life import CALENDAR, LICENCE, at

pytestmark = pytest.mark.django_db
DANGER = replace(LICENCE, safety=True)


def reject(case: UUID, *, false: bool) -> None:
    operations.act(
        "reject",
        region=REGION,
        id=case,
        actor=lin().actor,
        at=at("2026-03-03"),
        calendar=CALENDAR,
        given=Input(false=false, reference="市场监管局"),
        text="提供虚假的场地证明。",
    )


def test_who_stated_what_is_untrue_waits_a_year_for_this_item() -> None:
    party = party_of(li()).id
    reject(opened(party, DANGER), false=True)
    assert Block.objects.get().until_on == date(2027, 3, 3)
    with pytest.raises(Refused) as told:
        opened(party, DANGER, when=at("2027-03-03"))
    assert (told.value.rule, told.value.article) == ("blocked_for_concealment", "行政许可法第七十八条")
    opened(party, replace(DANGER, item="other-licence"), when=at("2026-03-04"))
    opened(uuid4(), DANGER, when=at("2026-03-04"))
    opened(party, DANGER, when=at("2027-03-04"))


def test_an_honest_mistake_blocks_nobody() -> None:
    party = party_of(li()).id
    reject(opened(party, DANGER), false=False)
    assert not Block.objects.exists()
    opened(party, DANGER, when=at("2026-03-04"))
