"""Letters as offices export them, and what is wrong with a file told by its line."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from banshi.contexts.tickets.suggest.letters import Letter, read_letters
from banshi.kernel.facts import Refused

GOOD = 'title,text,category,unit\n路灯不亮,"三盏灯,都坏了\n没有人修",city.lighting.dark,urban_management\n\n退款,不退,market.refund,\n'
DAMAGED = ("title,text,category\n" + "路灯坏了没有人来修,好,a\n" * 20).encode() + b"\xff,x,b\n"
READ = [
    Letter("路灯不亮", "三盏灯,都坏了\n没有人修", "city.lighting.dark", "urban_management", 2),
    Letter("退款", "不退", "market.refund", "", 5),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_that_offices_use_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "letters.csv"
    file.write_bytes(GOOD.encode(encoding))
    assert read_letters(file, labelled=True) == READ


def test_columns_may_be_chinese_in_any_order_with_others_between(tmp_path: Path) -> None:
    file = tmp_path / "letters.csv"
    file.write_text("编号\t类别\t内容\t标题\n1\t退款\t不退\t商家\n", "utf-8")
    assert read_letters(file, labelled=True) == [Letter("商家", "不退", "退款", "", 2)]


@pytest.mark.parametrize(
    "header",
    ["留言编号,留言主题,留言详情,一级标签", "id,title,content,label", "编号;诉求主题;诉求内容;诉求分类"],
)
def test_names_of_columns_that_exports_use_are_known(tmp_path: Path, header: str) -> None:
    file, mark = tmp_path / "letters.csv", ";" if ";" in header else ","
    file.write_text(f"{header}\n{mark.join(('1', '商家', '不退', '退款'))}\n", "utf-8")
    assert read_letters(file, labelled=True) == [Letter("商家", "不退", "退款", "", 2)]


def test_a_workbook_is_read_as_well(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["编号", "标题", "内容", "分类"], [1, "商家", "不退", "退款"], [], [2, "路灯", None, "路灯"]):
        book.active.append(row)
    book.save(tmp_path / "letters.xlsx")
    assert read_letters(tmp_path / "letters.xlsx", labelled=True) == [
        Letter("商家", "不退", "退款", "", 2),
        Letter("路灯", "", "路灯", "", 4),
    ]
    (tmp_path / "broken.xlsx").write_bytes(b"title,text,category\n")
    with pytest.raises(Refused):
        read_letters(tmp_path / "broken.xlsx", labelled=True)


def test_a_very_long_text_is_no_open_quotation_mark(tmp_path: Path) -> None:
    file = tmp_path / "letters.csv"
    file.write_text(f"label,text\n3,{'2967 6758 ' * 60_000}\n", "utf-8")
    (found,) = read_letters(file, labelled=True)
    assert len(found.text) == 599_999


def test_words_split_by_blanks_may_stand_in_a_column_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "letters.csv"
    file.write_text("tokens,category\n路灯 不 亮,a\n", "utf-8")
    assert read_letters(file, labelled=True) == [Letter("", "路灯 不 亮", "a", "", 2)]


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        (b"", "empty_file", ""),
        (b"\xef\xbb\xbf\n \n", "empty_file", ""),
        (b"title,text,category\n", "empty_file", ""),
        (b"subject,body\nx,y\n", "columns_missing", "第1行"),
        (b"title,text\nx,y\n", "columns_missing", "category"),
        ("title,text,category\n好,好,a\n多,了,一,列\n".encode(), "bad_row", "第3行"),
        ("title,text,category\n好,好,a\n少了\n".encode(), "bad_row", "第3行"),
        ('title,text,category\n好,好,a\n没,"有关上,b\n'.encode() + b"x" * 210_000, "bad_row", "第3行"),
        ('category,text\na,好\nb,"没有关上\nc,好\n'.encode(), "bad_row", "第3行"),
        ('title,category\n好,"a\n路灯,b\n又,c",\n'.encode(), "bad_row", "第2行"),
        ('title,category\n好,"a\n路灯,b"\n'.encode(), "bad_row", "第2行"),
        (DAMAGED, "bad_encoding", "第22行"),
        (b"title,text,category\nx,\x81\x20\xff,a\n", "bad_encoding", "第2行"),
    ],
    ids=range(13),
)
def test_a_file_that_will_not_do_is_refused_with_its_line(
    tmp_path: Path, content: bytes, rule: str, line: str
) -> None:
    file = tmp_path / "letters.csv"
    file.write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_letters(file, labelled=True)
    assert refused.value.rule == rule
    assert line in refused.value.zh
