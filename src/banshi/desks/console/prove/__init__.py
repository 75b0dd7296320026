"""证明: what the storage promises is shown by trying to break it, on a database of its own that is gone afterwards.

./banshi prove crash --n 200 --seed 1      kill -9 at random moments: nothing acknowledged is lost, half done or doubled
./banshi prove durability                  every acknowledgement comes after a sync to disk, and mutants are caught
./banshi prove clashes                     32 clients on the same 50 cases: no lost update, each loser told why
./banshi prove rules --n 1000000           every backend of the rule language gives the same answers
./banshi prove open311 --n 5000            invented requests to the Open311 interface: no server error
./banshi prove rules-fuzz --n 5000000      random token strings: nothing but the rule language's own errors
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from banshi.desks.console.prove.ground import Ground, ground
from banshi.infra.private_postgres import PostgresMissing
from banshi.kernel.facts import Refused

NAMES = ("crash", "crash-http", "durability", "clashes", "rules", "rules-fuzz", "open311")


@dataclass(slots=True)
class Proof:
    """证明的结果: `figures` are counts, `violations` what should not be (none: it holds)."""

    name: str
    engine: str
    figures: dict[str, Any] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.violations

    def line(self) -> str:
        figures = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        verdict = "成立 holds" if self.holds else f"不成立 FAILS: {len(self.violations)}"
        return f"{self.name} {self.engine}: {verdict} ({figures})"


def run(name: str, *, engine: str, n: int, seed: int, as_json: bool) -> int:
    """Prove one promise; 0 when it holds. `n` 0 means as many rounds as it usually takes. Raises `Refused`."""
    if name not in NAMES:
        raise Refused(
            "unknown_proof",
            f"没有“{name}”这项证明，可选：{'、'.join(NAMES)}。",
            f"No proof '{name}'; there are: {', '.join(NAMES)}.",
        )
    if name == "rules-fuzz":
        from banshi.desks.console.prove import rules

        return _told(rules.fuzz(n, seed), as_json)
    if name == "rules":
        from banshi.desks.console.prove import agreement

        try:
            return _told(agreement.prove(n, seed), as_json)
        except PostgresMissing as missing:
            raise _no_postgres(missing) from missing
    if engine == "both":
        # Django knows one database a process.
        return max(_apart(name, one, n, seed, as_json) for one in ("sqlite", "pg"))
    try:
        with ground(engine) as city:
            proof = _proof(name)(city, n, seed)
    except PostgresMissing as missing:
        raise _no_postgres(missing) from missing
    return _told(proof, as_json)


def _no_postgres(missing: PostgresMissing) -> Refused:
    zh, _, en = str(missing).partition("\n")
    return Refused("no_postgres", zh, en)


def _told(proof: Proof, as_json: bool) -> int:
    """Print what came out; 0 when it holds."""
    for violation in proof.violations[:20]:
        print(f"  {violation}", file=sys.stderr)
    print(
        json.dumps(asdict(proof) | {"holds": proof.holds}, ensure_ascii=False) if as_json else proof.line(),
        flush=True,
    )
    return 0 if proof.holds else 1


def _proof(name: str) -> Callable[[Ground, int, int], Proof]:
    """Its function; imported once this process is set up on the installation."""
    from banshi.desks.console.prove import clashes, crash, durability, open311

    return {
        "crash": crash.prove,
        "crash-http": crash.prove_over_http,
        "durability": durability.prove,
        "clashes": clashes.prove,
        "open311": open311.prove,
    }[name]


def _apart(name: str, engine: str, n: int, seed: int, as_json: bool) -> int:
    command = [sys.executable, "-P", "-m", "banshi", "prove", name, "--engine", engine]
    command += ["--n", str(n), "--seed", str(seed), *(["--json"] if as_json else [])]
    return subprocess.run(command, check=False).returncode
