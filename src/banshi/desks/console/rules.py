"""规则: cases of the standard's public suite against this rule language."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from banshi.desks.console.lines import lines_of
from banshi.kernel.rules import conformance


def test(file: Path, *, as_json: bool) -> int:
    """Run the cases of `file`; 0 when all passed. Each failure is printed. Raises `Refused` for what is no text."""
    passed = failed = 0
    for outcome in conformance.run(lines_of(file)):
        if not outcome.problem:
            passed += 1
            continue
        failed += 1
        if as_json:
            print(json.dumps(asdict(outcome), ensure_ascii=False))
        else:
            print(f"{outcome.name}: {outcome.problem}\n  {outcome.expr}")
    if as_json:
        print(json.dumps({"passed": passed, "failed": failed}))
    else:
        print(f"通过 {passed}，不通过 {failed} / passed {passed}, failed {failed}")
    return 1 if failed else 0
