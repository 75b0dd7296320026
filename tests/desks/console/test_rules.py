"""`./banshi rules test` and the proof that only the language's own errors come out of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from banshi.desks.console import rules
from banshi.desks.console.prove.rules import fuzz
from banshi.infra.config import DATA
from banshi.kernel.facts import Refused


def test_the_suite_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules.test(DATA / "rules_conformance" / "conformance.jsonl", as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == {"passed": 380, "failed": 0}


def test_each_failure_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.jsonl"
    cases = [
        {
            "file": "f",
            "section": "s",
            "name": "good",
            "expr": "'\u2028' == '\u2028'",
            "value": {"bool": True},
        },
        {"file": "f", "section": "s", "name": "bad", "expr": "1 + 1", "value": {"int": 3}},
    ]
    file.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), "utf-8")
    assert rules.test(file, as_json=True) == 1
    first, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["name"], first["expr"]) == ("f/s/bad", "1 + 1")
    assert last == {"passed": 1, "failed": 1}


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(Refused):
        rules.test(file, as_json=False)


def test_random_tokens_bring_nothing_but_the_languages_own_errors() -> None:
    proof = fuzz(4_000, seed=7)
    assert proof.violations == []
    assert proof.figures["ran"] > 50
