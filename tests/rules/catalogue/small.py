"""A catalogue small enough to break one line at a time: 养老院备案 and 食堂许可, and 开养老院一件事."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from banshi.contexts.catalogue.files import Reading, read_catalogue
from banshi.contexts.catalogue.rules import Laws
from banshi.kernel.mistakes import Mistake

LAWS = Laws(
    {
        ("养老法", "2020-01-01"): {
            "第七条": "办养老院的，向民政部门备案。\n民政部门可以：\n（一）查看；\n（二）询问。\n不得收费。",
            "第十五条": "食堂要有许可，二十日内决定。",
            "第十五条之一": "小食堂另行规定。",
            "第一百零三条": "本法自公布之日起施行。",
        }
    }
)

FILES = {
    "departments.yaml": "civil: 民政\nmarket: 市场监督管理\n",
    "topics.yaml": "养老: [person, enterprise]\n办照: [enterprise]\n",
    "certificates.yaml": (
        "canteen: {name: 食堂许可证, code: 11990000MB0000000J001}\n"
        "record: {name: 备案证, code: 11990000MB0000000J002}\n"
    ),
    "materials.yaml": """\
M-PLAN: {name: 平面图, issuer: 申请人}
M-RECORD: {name: 备案证, issuer: 民政部门, certificate: record}
M-PAPERS:
  name: 股东名册
  issuer: 申请人
  certificate: canteen
""",
    "questions.yaml": """\
canteen:
  text: 自己做饭吗
  choices:
    - {key: yes, text: 做}
    - {key: no, text: 不做}
size:
  text: 有多少床位
  choices:
    - {key: small, text: 少于 20 张}
    - {key: large, text: 20 张以上}
""",
    "elements.yaml": """\
sections:
  - {key: home, title: 养老院}
elements:
  home_name:
    label: 养老院名称
    section: home
    kind: text
    fill: [{source: enterprise.name, when: {size: [large]}}]
  opens_on: {label: 开业日期, section: home, kind: date, past_only: true}
  kind:
    label: 类别
    section: home
    kind: choice
    choices: [{key: public, text: 公办}, {key: private, text: 民办}]
""",
    "items/home-record.yaml": """\
code: home-record
name: 养老机构备案
plain_name: 办养老院
summary: 开业后向民政部门备案。
codes:
  - {scheme: basic, code: "001011001000"}
type: 10
applicants: [enterprise]
department: civil
instant: true
bases:
  - {law: 养老法, edition: 2020-01-01, article: 第七条}
statutory: null
promised: {days: 1}
conditions:
  - 有场所和人员。
outcome: {kind: certificate, name: 备案证, certificate: record}
elements:
  - {element: home_name}
  - {element: kind}
materials:
  - {material: M-PLAN}
topics: [养老]
""",
    "items/canteen.yaml": """\
code: canteen
name: 食堂许可
plain_name: 办食堂
summary: 给老人做饭的，先办许可。
codes: []
type: 01
applicants: [enterprise]
department: market
instant: false
bases:
  - {law: 养老法, edition: 2020-01-01, article: 第十五条}
statutory: {days: 20}
promised: {days: 7}
conditions:
  - 有厨房。
outcome: {kind: certificate, name: 食堂许可证, certificate: canteen}
questions: [size]
situations:
  - {key: large, title: 床位多, when: {size: [large]}}
elements:
  - {element: home_name}
  - {element: opens_on, situations: [large]}
materials:
  - {material: M-RECORD}
  - {material: M-PLAN, situations: [large]}
works:
  - {key: papers, title: 审材料, kind: review, department: market, limit: {days: 2}}
  - {key: site, title: 看现场, kind: site_visit, department: market, limit: {days: 3}, after: [papers]}
  - {key: opinion, title: 征求意见, kind: consult, department: civil, limit: {days: 4}, after: [papers]}
  - {key: end, title: 提出意见, kind: review, department: market, limit: {days: 1}, after: [site, opinion]}
fees:
  - {name: 工本费, amount_fen: 1000, basis: {law: 养老法, edition: 2020-01-01, article: 第十五条}}
faqs:
  - {question: 要多久, answer: 七个工作日。}
topics: [养老]
""",
    "items/papers.yaml": """\
code: papers
name: 名册备案
plain_name: 备案名册
summary: 备案股东名册。
codes: []
type: 20
applicants: [enterprise, person]
department: civil
instant: false
bases:
  - {law: 养老法, edition: 1999-09-09, article: 第九条, unverified: true}
statutory: null
promised: {days: 3}
conditions:
  - 有股东。
outcome: {kind: none}
materials:
  - {material: M-PAPERS}
topics: [养老, 办照]
""",
    "bundles/open.yaml": """\
code: open
name: 开养老院一件事
plain_name: 开养老院
summary: 备案和食堂一起办。
lead: civil
applicants: [enterprise]
bases:
  - {law: 养老法, edition: 2020-01-01, article: 第七条}
questions: [canteen]
items:
  - {item: home-record}
  - {item: canteen, when: {canteen: [yes]}}
  - {item: papers}
topics: [养老]
""",
}


def read(folder: Path, files: Mapping[str, str]) -> Reading:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return read_catalogue(folder, LAWS)


def broken(folder: Path, file: str, old: str, new: str) -> Reading:
    assert FILES[file].count(old) == 1, f"{old} must stand in {file} once"
    return read(folder, {**FILES, file: FILES[file].replace(old, new)})


def standing_at(folder: Path, problem: Mistake) -> str:
    return (
        (folder / problem.file)
        .read_text(encoding="utf-8")
        .splitlines()[problem.line - 1][problem.column - 1 :]
    )


def numeral(number: int) -> str:
    """As statutes write it: 10 is 十, 110 is 一百一十, 1005 is 一千零五."""
    text, digits = "", "零一二三四五六七八九"
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += digits[digit] + unit
        elif text and not text.endswith("零") and number % power:
            text += "零"
    return text.removeprefix("一") if 10 <= number < 20 else text
