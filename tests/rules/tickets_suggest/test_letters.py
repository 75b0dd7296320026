"""Letters as offices export them, and what is wrong with a file told by its line."""

from __future__ import annotations

from pathlib import Path

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
        (DAMAGED, "bad_encoding", "第22行"),
        (b"title,text,category\nx,\x81\x20\xff,a\n", "bad_encoding", "第2行"),
    ],
    ids=range(10),
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
