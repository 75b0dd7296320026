"""An address of the API is found without Django's resolver, and is the same as it finds."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import Resolver404, resolve

from banshi.desks.openapi.operation import Operation, find, operations

ID = UUID("0199dddd-0000-7000-8000-000000000042")


@pytest.mark.parametrize("one", operations(), ids=lambda one: f"{one.method} {one.path}")
def test_every_declared_address_is_found_as_django_finds_it(one: Operation) -> None:
    filled = one.address.format(
        **{part: ID if kind.__name__ == "UUID" else 7 for part, kind in one.parts.items()}
    )
    ours, theirs = find(filled), resolve(filled)
    assert ours is not None
    for name in ("func", "args", "kwargs", "route", "view_name"):
        assert getattr(ours, name) == getattr(theirs, name)


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/nowhere",
        "/api/v1/cases/350502/not-a-uuid/commands/accept",
        f"/api/v1/cases/350502/{ID}/commands/",
        f"/api/v1/cases/350502/{ID}/commands/no_such",
        f"/api/v1/cases//{ID}/commands/accept",
        "/api/v1/",
    ],
)
def test_what_is_not_there_is_left_to_django(address: str) -> None:
    assert find(address) is None
    with pytest.raises(Resolver404):
        resolve(address)
