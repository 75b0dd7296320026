"""量速度: each bench measures the real thing beside a named floor, in one run and on one disk.

Every bench prints a table and, with `--json`, one line a figure. It refuses a memory disk: these are durable writes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from inspect import signature
from pathlib import Path

from banshi.kernel.facts import Refused

# name → module of this package, whose function of that name takes (quick, cases, and options by name) and yields figures
BENCHES = ("life", "http", "peers", "year", "lists", "rules", "voices")


@dataclass(frozen=True, slots=True)
class Figure:
    """一个数: `ratio` is ours over `against`, where there is a floor or a peer."""

    bench: str
    name: str
    value: float
    unit: str
    ratio: float | None = None
    against: str = ""


def run(name: str, *, as_json: bool, quick: bool, cases: int | None, **options: object) -> int:
    """Run one bench. Raises `Refused` for a name that is none, or a memory disk."""
    if name not in BENCHES:
        raise Refused(
            "unknown_bench",
            f"没有“{name}”，可选：{'、'.join(BENCHES)}。",
            f"No bench '{name}': {', '.join(BENCHES)}.",
        )
    bench = getattr(import_module(f"{__name__}.{name}"), name)
    if strange := options.keys() - signature(bench).parameters.keys():
        raise Refused(
            "unknown_option",
            f"“{name}”没有这个选项：{'、'.join(sorted(strange))}。",
            f"'{name}' has no such option: {', '.join(sorted(strange))}.",
        )
    figures: Iterator[Figure] = bench(quick, cases, **options)
    for figure in figures:
        show(figure, as_json=as_json)
    return 0


def show(figure: Figure, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(figure)), flush=True)
    else:
        ratio = f"{figure.ratio:6.2f} × {figure.against}" if figure.ratio is not None else figure.against
        print(f"{figure.name:<20}{figure.value:>10.1f} {figure.unit:<10}{ratio}", flush=True)


@contextmanager
def disk_folder() -> Iterator[Path]:
    """A temporary folder on a real disk."""
    with tempfile.TemporaryDirectory(prefix="banshi-bench-", dir=disk()) as name:
        yield Path(name)


def disk() -> Path:
    """Where benches write: BANSHI_BENCH_FOLDER, else /var/tmp. Raises `Refused` when that is memory."""
    folder = Path(os.environ.get("BANSHI_BENCH_FOLDER", "/var/tmp")).resolve()  # noqa: S108
    mounts = sorted(
        (line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()),
        key=lambda m: len(m[0]),
    )
    kind = [fs for mount, fs in mounts if folder.is_relative_to(mount)][-1]
    if kind in ("tmpfs", "ramfs"):
        raise Refused(
            "memory_disk",
            "这是内存盘，量不出写盘的速度；请用 BANSHI_BENCH_FOLDER 指到硬盘。",
            "This is a memory disk; point BANSHI_BENCH_FOLDER to a real one.",
        )
    return folder


def child(module: str, *given: object) -> Iterator[Figure]:
    """The figures that a module of this package prints as JSON in a process of its own: each engine needs one."""
    command = [sys.executable, "-P", "-m", f"{__name__}.{module}", *map(str, given)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield Figure(**json.loads(line))
    if process.returncode:
        raise RuntimeError(f"{module}: exit {process.returncode}")
