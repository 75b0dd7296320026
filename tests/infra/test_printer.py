"""打印进程: the same pages as here, and a process that breaks off is replaced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from banshi.infra import pdf
from banshi.infra.printer import Printer

AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def printer() -> Iterator[Printer]:
    found = Printer()
    pdf.print_by(found)
    yield found
    pdf.print_by(None)
    found.stop()


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "note.typ"
    path.write_text('#set document(title: "便条")\n#json(bytes(sys.inputs.data)).words', "utf-8")
    return path


def test_it_prints_what_would_be_printed_here(printer: Printer, template: Path) -> None:
    there = pdf.render(template, {"words": "一份便条"}, created_at=AT)
    pdf.print_by(None)
    assert there == pdf.render(template, {"words": "一份便条"}, created_at=AT)


def test_what_cannot_be_printed_is_told_in_the_same_words(printer: Printer, tmp_path: Path) -> None:
    with pytest.raises(pdf.CannotPrint, match="没有文书模板"):
        pdf.render(tmp_path / "none.typ", {}, created_at=AT)


def test_a_process_that_died_is_replaced(printer: Printer, template: Path) -> None:
    pdf.render(template, {"words": "一"}, created_at=AT)
    assert printer._process is not None
    printer._process.kill()
    printer._process.wait()
    assert pdf.render(template, {"words": "二"}, created_at=AT).startswith(b"%PDF")
