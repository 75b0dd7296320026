"""命令行: one table of commands; the module of the one that is called is imported, and no other."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from importlib import import_module

# Name → help. The module of that name in `commands` (`first-admin`: `first_admin`) declares the rest.
COMMANDS = {
    "demo": "建一座演示城市并打开 / make a demo city and open it",
    "serve": "正式运行 / serve for real",
    "walk": "把一件事从头到尾走一遍 / walk one matter from question to certificate",
    "bench": "量速度 / measure",
    "replay": "把外来事件日志在本系统里重走一遍 / replay a foreign event log",
    "prove": "证明：突然断电、写盘、并发 / prove crash safety, durability, no lost update",
    "verify": "核对整个数据库：事实、行、时限、计数 / facts, rows, clocks, counters",
    "statistics": "效能统计：收件、办结、即办、一次办、跑动 / figures of a period",
    "outbox": "死信：处理不了的通知 / dead letters",
    "init": "新建一套安装：配置、密钥、数据库 / a new installation",
    "migrate": "更新数据库结构 / bring the database up to date",
    "first-admin": "设立第一位人员管理员 / the first administrator",
    "catalogue": "事项目录 / the catalogue",
    "rules": "规则语言 / the rule language",
    "guidance": "导办流程和决策表 / guides and decision tables",
    "policies": "政策 / policies",
    "reviews": "好差评 / reviews",
    "tickets": "工单 / tickets",
    "open311": "Open311 接口的密钥 / keys of the Open311 interface",
    "cases": "办件 / cases",
    "calendar": "工作日历 / the working-day calendar",
    "directory": "部门、大厅、人员 / offices, halls, staff",
    "regions": "行政区划 / regions",
    "keys": "密钥 / keys",
    "backup": "运行中备份 / back up while running",
    "restore": "恢复到新文件夹 / restore into a new folder",
    "upgrade": "备份、更新、检查，不成则退回 / back up, migrate, check, or back out",
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. Errors meant for people are printed without a trace."""
    if not arguments:
        _parser(()).print_help()
        return 2
    called = next((word for word in arguments if not word.startswith("-")), "")
    if called == arguments[0] and called not in COMMANDS:
        print(_unknown(called), file=sys.stderr)
        return 2
    given = _parser([called]).parse_args(arguments)
    from banshi.infra.config import BadConfig
    from banshi.infra.crypto import KeyProblem
    from banshi.kernel.facts import Refused

    try:
        status: int = given.run(given)
        return status
    except Refused as refused:
        print(f"{refused.zh}\n{refused.en}", file=sys.stderr)
    except (BadConfig, KeyProblem) as problem:
        print(problem, file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 141
    except OSError as error:
        place = error.filename or ""
        print(f"{place}：不能读写（{error.strerror}）。 / {place}: {error.strerror}.", file=sys.stderr)
    return 1


def _parser(declared: Iterable[str] = COMMANDS) -> argparse.ArgumentParser:
    """Every command with its help; those of `declared` with their arguments."""
    parser = argparse.ArgumentParser(
        prog="./banshi",
        description="办事 Banshi：一座城市的政务服务平台 / a city's government services",
        epilog="另有 check、test、lock（开发用，见 CONTRIBUTING.md） / also check, test, lock for developers",
    )
    commands = parser.add_subparsers(title="命令 / commands", metavar="COMMAND", required=True)
    known = {name: commands.add_parser(name, help=help, description=help) for name, help in COMMANDS.items()}
    for name in known.keys() & declared:
        module = import_module(f"banshi.desks.console.commands.{name.replace('-', '_')}")
        module.arguments(known[name])
    return parser


def _unknown(called: str) -> str:
    """What to type instead."""
    near = get_close_matches(called, [*COMMANDS, "check", "test", "lock"])
    zh = f"是不是 {'、'.join(near)}？" if near else ""
    en = f" Did you mean {', '.join(near)}?" if near else ""
    return (
        f"没有“{called}”这个命令。{zh}全部命令见 ./banshi --help。\n"
        f"There is no command '{called}'.{en} All of them: ./banshi --help."
    )
