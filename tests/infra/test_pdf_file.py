"""文书文件: what a person wrote never becomes markup, the same data make the same bytes, and a template states what it needs."""

from __future__ import annotations

import io
import re
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import segno
import typst
from pypdf import PdfReader

from banshi.infra import pdf
from tests.infra.papers import AT, CASES, NAMES, SAMPLES, printed, read, sample, template

# ---- what was written comes out as it was written ----


@pytest.mark.parametrize("name", ["acceptance", "certificate"])
@pytest.mark.parametrize(
    "written",
    [
        '#panic("x")',
        "#eval(\"1+1\")#read('/etc/passwd')",
        "`raw`*bold*_it_$x^2$<label>@ref//comment/*c*/",
        "\\u{41}\\#[]{}=+-/~'\"--...",
        '"}],"office":"别的机关',
        "{{office}}<b>&amp;</b>${7*7}",
        "阿卜杜热合曼·买买提·吐尔逊江·艾合买提",
        "𠮷䶮堃喆",
        "محمد",
        "Ñandú-Ærøskøbing-Łódź",
        "W" * 120,
        "福建省泉州市丰泽区" + "东海街道海星社区" * 24,
    ],
)
def test_what_people_write_is_printed_never_obeyed(name: str, written: str) -> None:
    key = "holder" if name == "certificate" else "applicant"
    content = read(name, **{key: written})
    assert re.sub(r"\s", "", written) in content
    assert "别的机关的" not in content
    assert "泉州市行政审批服务局" in content


def test_a_character_without_a_font_is_named_instead_of_left_blank(caplog: pytest.LogCaptureFixture) -> None:
    pdf._without_glyph.clear()
    content = read("acceptance", applicant="王\U0002a6b3\ue000\U0002a6b4明", applicant_kind="person")
    assert "王〔U+2A6B3〕〔U+E000〕〔U+2A6B4〕明：" in content
    assert "U+2A6B3" in caplog.text and "明" not in caplog.text
    assert "\U0002a6b3" not in read("acceptance", applicant="王\U0002a6b3")


def test_a_direction_mark_cannot_make_a_name_read_as_another() -> None:
    assert read("acceptance", applicant="ABC\u202e123\u200b\x00\ud800") == read(
        "acceptance", applicant="ABC123"
    )


@pytest.mark.parametrize("count", range(18, 25))
def test_a_long_list_keeps_every_entry_and_names_the_paper_on_each_page(count: int) -> None:
    points = [
        {"name": f"第{i}份材料", "problem": "缺少公章。" * 8, "remedy": f"补盖第{i}枚公章。"}
        for i in range(count)
    ]
    content = printed("correction", corrections=points)
    leaves = [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]
    assert all(f"补盖第{i}枚公章" in "".join(leaves) for i in range(count))
    assert "不再要求补正其他内容" in leaves[-1]  # no signature on a page of its own
    assert len(leaves) > 2
    for i, leaf in enumerate(leaves, 1):
        assert f"第{i}页，共{len(leaves)}页" in leaf
        assert "泉审批〔2026〕12号" in leaf


@pytest.mark.parametrize("count", [0, 9, 10, 11, 12, 40])
def test_a_certificate_holds_as_many_entries_as_its_type_has(count: int) -> None:
    fields = [{"label": f"经营项目{i}", "value": f"热食类食品制售{i}号。" * 9} for i in range(count)]
    content = read("certificate", fields=fields, seal={"svg": ""})
    assert all(f"热食类食品制售{i}号" in content for i in range(count))
    assert content.count("泉州市行政审批服务局") == 1


def test_text_of_several_lines_becomes_several_paragraphs() -> None:
    content = printed("rejection", reason="一、没有冷藏设备。\n\n二、场所不符。")
    assert "一、没有冷藏设备。\n二、场所不符。" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


# ---- the file ----


@pytest.mark.parametrize("name", NAMES)
def test_same_data_same_bytes(name: str) -> None:
    first = printed(name)
    printed(name, number="泉审批〔2026〕13号")
    assert printed(name) == first
    pdf._compiler.cache_clear()
    assert printed(name) == first
    assert pdf.render(template(name), sample(name), created_at=AT.replace(minute=6)) != first


@pytest.mark.parametrize("name", NAMES)
def test_chinese_glyphs_are_inside_and_the_file_is_archivable_and_tagged(name: str) -> None:
    reader = PdfReader(io.BytesIO(printed(name)))
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = [font.get_object() for each in resources for font in each["/Font"].values()]
    descendants = [font["/DescendantFonts"][0].get_object() for font in fonts]
    assert any("CJK" in font["/BaseFont"] for font in descendants)
    for font in descendants:
        assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].get_object())
    catalogue: Any = reader.trailer["/Root"]
    metadata = catalogue["/Metadata"].get_data().decode()
    assert (
        "<pdfaid:part>2</pdfaid:part>" in metadata
        and "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    )
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert catalogue["/Lang"].lower().startswith("zh")
    assert reader.metadata and reader.metadata.creation_date == AT


def test_threads_get_their_own_papers() -> None:
    alone = {name: printed("acceptance", applicant=name) for name in ("李明", "王丽", "赵强", "陈阿明")}
    got: list[tuple[str, bytes]] = []

    def work(name: str) -> None:
        got.extend((name, printed("acceptance", applicant=name)) for _ in range(10))

    threads = [threading.Thread(target=work, args=(name,)) for name in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 40
    assert all(content == alone[name] for name, content in got)


# ---- the contract ----


def stated(path: Path) -> dict[str, str]:
    """The keys and types in the table at a template's head."""
    rows = re.findall(r"^// \| (\w+) +\| (.+?) *\|", path.read_text("utf-8"), re.MULTILINE)
    return {key: kind for key, kind in rows if key != "key"}


def keys(name: str) -> dict[str, str]:
    return stated(template(name)) | (stated(CASES / "_layout.typ") if name != "certificate" else {})


def test_there_is_a_sample_of_every_template() -> None:
    assert {path.stem for path in CASES.glob("[!_]*.typ")} == set(SAMPLES)


@pytest.mark.parametrize("name", NAMES)
def test_the_head_of_a_template_states_its_keys(name: str) -> None:
    assert set(sample(name)) == set(keys(name))


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in NAMES for key in keys(name)])
def test_a_key_is_needed_exactly_when_the_head_says_so(name: str, key: str) -> None:
    data = sample(name)
    del data[key]
    if keys(name)[key].endswith("?"):
        assert pdf.render(template(name), data, created_at=AT).startswith(b"%PDF")
        return
    with pytest.raises(pdf.CannotPrint, match=f'{name}.typ 不能打印.*"{key}".* / ') as refused:
        pdf.render(template(name), data, created_at=AT)
    assert "老陈" not in str(refused.value)


def test_what_cannot_be_printed_is_refused_with_its_place() -> None:
    with pytest.raises(pdf.CannotPrint, match=r"acceptance\.typ\.limits\[0\]\.days：float"):
        printed("acceptance", limits=[{"days": 1.5}])
    with pytest.raises(pdf.CannotPrint, match=r"receipt\.typ\.received_at：时刻没有时区"):
        printed("receipt", received_at=datetime(2026, 11, 19, 9, 30))  # noqa: DTZ001
    with pytest.raises(ValueError, match="时刻没有时区"):
        pdf.render(template("receipt"), {}, created_at=datetime(2026, 11, 19))  # noqa: DTZ001


def test_a_template_that_is_not_there_or_reads_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pdf.CannotPrint, match=r"没有文书模板 .*nothing\.typ"):
        pdf.render(tmp_path / "nothing.typ", {}, created_at=AT)
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "curious.typ").write_text('#read("../secret.txt")')
    with pytest.raises(pdf.CannotPrint, match=r"curious\.typ"):
        pdf.render(folder / "curious.typ", {}, created_at=AT)


def test_without_a_chinese_font_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare:
        def families(self) -> list[str]:
            return ["DejaVu Sans", "Noto Sans CJK JP"]

    monkeypatch.setattr(typst, "Fonts", Bare)
    pdf._fonts.cache_clear()
    try:
        with pytest.raises(pdf.CannotPrint, match=r"没有中文字体.*fonts-noto-cjk.* / .*no Chinese font"):
            printed("receipt")
    finally:
        pdf._fonts.cache_clear()


@pytest.mark.parametrize("address", ["https://banshi.example.org/p/7K3M9Q2XVD", "办件350503", "x" * 300])
def test_the_code_is_the_standard_one(address: str) -> None:
    """Drawn again from the path, it is the matrix of this text at level M, with its quiet zone of 4."""
    svg = pdf.qr_svg(address)
    code = segno.make_qr(address, error="m", mask=3, boost_error=False)
    size = len(code.matrix)
    assert svg.startswith(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 8} {size + 8}">')
    assert "<script" not in svg and "style" not in svg
    drawn = [[0] * size for _ in range(size)]
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):  # type: ignore[index]
        steps = [float(number) for number in numbers.split()]
        if command == "M":
            x, y = steps
        elif command == "m":
            x, y = x + steps[0], y + steps[1]
        else:
            for column in range(int(x), int(x + steps[0])):
                drawn[int(y) - 4][column - 4] = 1
            x += steps[0]
    assert drawn == [[int(bool(module)) for module in row] for row in code.matrix]
