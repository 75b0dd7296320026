"""The shipped catalogue and statutes, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from banshi.contexts.catalogue.files import Reading, read_catalogue, read_laws
from banshi.contexts.catalogue.rules import Laws
from banshi.contexts.catalogue.values import Catalogue

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="session")
def laws() -> Laws:
    return read_laws(DATA / "laws")


@pytest.fixture(scope="session")
def reading(laws: Laws) -> Reading:
    return read_catalogue(DATA / "catalogue", laws)


@pytest.fixture(scope="session")
def catalogue(reading: Reading) -> Catalogue:
    assert reading.catalogue, "\n".join(map(str, reading.errors))
    return reading.catalogue
