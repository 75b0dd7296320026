"""Requirement 15: only what is a PDF, JPEG or PNG by name and by content gets in; it lies under a name of ours, and
goes out as a file to be saved.
"""

from __future__ import annotations

import io
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from banshi.contexts.intake.models import Evidence
from banshi.contexts.intake.operations import MAX_FILES
from banshi.infra import crypto, files
from banshi.infra.models import File
from banshi.kernel.facts import NotFound, Refused
from tests import personas
from tests.conftest import StoppedClock
from tests.personas import LICHENG
from tests.security import town
from tests.security.scene import at_the_window
from tests.security.town import MATERIALS, PDF, Matter, Visitor, do

CODE = MATERIALS[0]
HTML = b"<html><script>alert(1)</script></html>"
EXE = b"MZ\x90\0" + b"\0" * 200 + b"This program cannot be run in DOS mode." + b"\0" * 200


def png(extra: bytes = b"") -> bytes:
    """One white pixel; `extra` as a private chunk."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    more = chunk(b"prVt", extra) if extra else b""
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + b"\xff\xd9"


def zipped(comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.exe", EXE)
        archive.comment = comment
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../../etc/passwd"))
    return out.getvalue()


def pdf(objects: bytes, packed: bytes = b"", filters: bytes = b"/Filter /FlateDecode") -> bytes:
    """A PDF with these objects, and with others packed into a stream."""
    stream = b""
    if packed:
        stream = b"2 0 obj\n<< /Type /ObjStm %s /N 1 /First 4 >>\nstream\n%s\nendstream\nendobj\n" % (
            filters,
            packed,
        )
    return b"%PDF-1.7\n1 0 obj\n" + objects + b"\nendobj\n" + stream + b"trailer << >>\n%%EOF\n"


SCRIPT = b"<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"
BAD: dict[str, tuple[str, bytes, str]] = {
    # what it is: the name it comes under, its content, the rule that refuses it
    "archive named as a document": ("材料.pdf", zipped(), "file_content"),
    "page named as a document": ("材料.pdf", HTML, "file_content"),
    "page named as a picture": ("照片.jpg", HTML, "file_content"),
    "program named as a document": ("材料.pdf", EXE, "file_content"),
    "program": ("setup.exe", EXE, "file_type"),
    "page": ("index.html", HTML, "file_type"),
    "drawing that may run": (
        "图.svg",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "file_type",
    ),
    "drawing named as a picture": ("图.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "file_content"),
    "office document with macros": ("表格.docm", zipped(), "file_type"),
    "archive": ("材料.tar.gz", tarred(), "file_type"),
    "script of the system": ("install.sh", b"#!/bin/sh\nrm -rf /\n", "file_type"),
    "moving picture": ("图.gif", b"GIF89a" + b"\0" * 20 + b";", "file_type"),
    "newer picture": ("图.webp", b"RIFF\0\0\0\0WEBP", "file_type"),
    "document and archive in one": ("材料.pdf", PDF + zipped(), "file_content"),
    "document and archive with the end of a document": (
        "材料.pdf",
        PDF + zipped(b"\n%%EOF\n"),
        "file_content",
    ),
    "page before the document": ("材料.pdf", HTML + PDF, "file_content"),
    "picture and archive in one": ("图.png", png() + zipped(), "file_content"),
    "archive that ends as a picture ends": ("图.png", png() + zipped(png()[-12:]), "file_content"),
    "archive inside a picture": ("图.png", png(zipped()), "file_content"),
    "photo and archive in one": ("照片.jpg", JPEG + zipped(b"\xff\xd9"), "file_content"),
    "photo and page in one": ("照片.jpg", JPEG + HTML, "file_content"),
    "picture named as a document": ("材料.pdf", png(), "file_content"),
    "document named as a picture": ("图.png", PDF, "file_content"),
    "photo named as a picture": ("图.png", JPEG, "file_content"),
    "document cut off": ("材料.pdf", PDF[:-10], "file_content"),
    "picture cut off": ("图.png", png()[:-5], "file_content"),
    "photo cut off": ("照片.jpg", JPEG[:-1], "file_content"),
    "magic and nothing else": ("材料.pdf", b"%PDF-", "file_content"),
    "nothing": ("材料.pdf", b"", "file_empty"),
    "program with two endings": ("材料.pdf.exe", EXE, "file_type"),
    "program with two endings, the last harmless": ("材料.exe.pdf", EXE, "file_content"),
    "no ending": ("材料", PDF, "file_type"),
    "only an ending": (".pdf", EXE, "file_content"),
    "ending after a NUL": ("材料.exe\0.pdf", EXE, "file_content"),
    "ending turned round": ("材料\u202efdp.exe", EXE, "file_type"),
    "ending in wide letters": ("材料.ｐｄｆ", PDF, "file_type"),
    "ending behind a wide dot": ("材料．pdf", PDF, "file_type"),
    "letters that look alike": ("材料.\u0440df", PDF, "file_type"),
    "a stream beside the file": ("材料.pdf::$DATA", PDF, "file_type"),
    "document that runs a script": ("材料.pdf", pdf(SCRIPT), "file_active"),
    "its name written in another way": (
        "材料.pdf",
        pdf(SCRIPT.replace(b"/JavaScript", b"/J#61va#53cript")),
        "file_active",
    ),
    "script among packed objects": ("材料.pdf", pdf(b"<< >>", zlib.compress(SCRIPT)), "file_active"),
    "packed in a way nobody can look into": (
        "材料.pdf",
        pdf(b"<< >>", b"\1\2\3", b"/Filter /LZWDecode"),
        "file_active",
    ),
    "packed without end": ("材料.pdf", pdf(b"<< >>", zlib.compress(b"\0" * 40_000_000)), "file_active"),
    "document that starts a program": ("材料.pdf", pdf(b"<< /S /Launch /F (cmd.exe) >>"), "file_active"),
    "document with a file inside": (
        "材料.pdf",
        pdf(b"<< /Names << /EmbeddedFiles << >> >> >>"),
        "file_active",
    ),
    "document that sends its form away": ("材料.pdf", pdf(b"<< /S /SubmitForm /F (x) >>"), "file_active"),
    "too big": ("材料.pdf", PDF[:-7] + b"\n" * files.MAX_SIZE + b"%%EOF\n", "file_too_big"),
}
GOOD = {
    "document": ("材料.pdf", PDF),
    "document in capitals": ("SCAN0001.PDF", PDF),
    "document with packed objects": ("材料.pdf", pdf(b"<< >>", zlib.compress(b"<< /Type /Catalog >>"))),
    "picture": ("图.png", png()),
    "photo": ("照片.jpg", JPEG),
    "photo with the longer ending": ("照片.JPEG", JPEG),
    "long name": ("关于" * 60 + "的证明.pdf", PDF),
}
# Names that are not to be believed, of files that are what they say.
ODD = (
    "../../../etc/passwd.pdf",
    "..\\..\\windows\\system32\\a.pdf",
    "/etc/cron.d/a.pdf",
    "C:\\Users\\a.pdf",
    "a\r\nSet-Cookie: x=1.pdf",
    'a".pdf',
    "a;filename=b.exe;.pdf",
    "<img src=x onerror=alert(1)>.pdf",
    "a\u202egpj.pdf",
    "{{ 7*7 }}.pdf",
    "%2e%2e%2fa.pdf",
    "~/.ssh/a.pdf",
    "CON.pdf",
    "名" * 300 + ".pdf",
)


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.BANSHI = replace(settings.BANSHI, folder=tmp_path / "city")
    return tmp_path / "city"


@pytest.fixture
def drafted(db: None, folder: Path, clock: StoppedClock) -> tuple[Visitor, Matter]:
    """Li, with a draft that wants materials."""
    town.town()
    li = Visitor.signed_in(personas.li())
    matter = town.begin(li)
    town.fill(li, matter, town.VALUES)
    return li, matter


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def shown(name: str) -> str:
    """The end of the name, by which people recognise their file; as a page writes it."""
    plain = re.split(r"[/\\\0]", name)[-1]
    return plain[-6:]


@pytest.mark.parametrize("what", BAD)
def test_what_is_not_what_it_says_is_refused_by_name(what: str) -> None:
    name, content, rule = BAD[what]
    with pytest.raises(Refused) as refused:
        files.check(name, content)
    assert refused.value.rule == rule
    for words in (refused.value.zh, refused.value.en):
        assert shown(name) in words
    chinese = re.compile(r"[\u4e00-\u9fff]{2}")
    assert chinese.search(refused.value.zh) and not chinese.search(refused.value.en.replace(name, ""))


@pytest.mark.parametrize("what", GOOD)
def test_what_people_do_hand_over_is_taken(what: str) -> None:
    name, content = GOOD[what]
    assert files.check(name, content).media_type in files.MEDIA_TYPES.values()


def test_every_door_refuses_all_of_them_and_keeps_nothing(
    drafted: tuple[Visitor, Matter], folder: Path
) -> None:
    """The citizen's page in both languages, the API, the window, a correction."""
    li, matter = drafted
    wang = Visitor.signed_in(personas.wang())
    at_window = at_the_window(wang, Visitor.signed_in(personas.lin()), submit=False)
    correcting = corrected(li)
    before = (Evidence.objects.count(), File.objects.count(), len(stored(folder)))
    for what, (name, content, rule) in BAD.items():
        for told in doors(li, wang, matter, at_window, correcting, name, content):
            assert told.status in (413, 422), f"{what}: {told.address} {told.status}"
            if told.address.startswith("/api/"):
                # A body beyond the limit is not read to its end, so nobody knows yet that it is a file.
                assert told.response.json()["rule"] in (rule, rule.replace("file_too", "body_too")), what
            elif name.strip(".\0") == name and "\u202e" not in name:
                assert shown(name) in told.text, f"{what}: {told.address}"
        assert (Evidence.objects.count(), File.objects.count(), len(stored(folder))) == before, what


def corrected(li: Visitor) -> Matter:
    """Another case of Li's, for which something more is asked."""
    matter = town.applied(li)
    do(Visitor.signed_in(personas.lin()), matter, "request_correction", text="请补。")
    return matter


def doors(
    li: Visitor,
    wang: Visitor,
    matter: Matter,
    at_window: Matter,
    correcting: Matter,
    name: str,
    content: bytes,
) -> Iterator[town.Answer]:
    page = f"{matter.draft}/materials/{CODE}"
    yield li.post(page, {"file": upload(name, content)})
    li.client.cookies["django_language"] = "en"
    yield li.post(page, {"file": upload(name, content)})
    del li.client.cookies["django_language"]
    yield li.post(f"{correcting.own}/correct/materials/{CODE}", {"file": upload(name, content)})
    yield li.api(
        "PUT", f"applications/{LICHENG}/{matter.id}/materials/{CODE}", content, {"File-Name": quote(name)}
    )
    yield wang.post(
        f"/counter/draft/{LICHENG}/{at_window.id}/",
        {"sheet": [CODE], f"file_{CODE}": upload(name, content), "act": "save"},
    )


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """As a browser sends it, which says nothing of its own about the name."""
    file = SimpleUploadedFile("x", content, "application/pdf")
    file._name = name  # type: ignore[attr-defined]  # past Django's own tidying, which a browser does not have
    return file


def test_a_name_is_shown_and_never_believed(drafted: tuple[Visitor, Matter], folder: Path) -> None:
    li, matter = drafted
    for name in ODD:
        told = li.api(
            "PUT",
            f"applications/{LICHENG}/{matter.id}/materials/{CODE}",
            PDF.replace(b"<< >>", b"<< /Title (%d) >>" % len(name), 1),
            {"File-Name": quote(name)},
        )
        assert told.status in (200, 422), name
    kept = {one["name"] for one in _files(li, matter)}
    assert kept and all(re.fullmatch(r"[\w.\- ()（）]{1,80}", name) for name in kept), kept
    for path in stored(folder):
        assert re.fullmatch(r"files/[0-9a-f]{2}/[0-9a-f]{64}", path.relative_to(folder).as_posix())
        assert path.name[:2] == path.parent.name
        assert path.stat().st_mode & 0o177 == 0
    page = li.get(f"{matter.draft}/materials/{CODE}").text
    assert "<img src=x" not in page and "\u202e" not in page


def _files(li: Visitor, matter: Matter) -> list[dict[str, str]]:
    told = li.api("GET", f"applications/{LICHENG}/{matter.id}").response.json()
    return [file for material in told["guide"]["materials"] for file in material["files"]]


def test_one_material_asks_for_some_kinds_and_takes_no_other() -> None:
    with pytest.raises(Refused) as refused:
        files.check("材料.pdf", PDF, allowed=("jpeg", "png"))
    assert refused.value.rule == "file_type"
    assert "JPEG、PNG" in refused.value.zh


def test_a_huge_request_is_turned_away_before_it_is_read(drafted: tuple[Visitor, Matter]) -> None:
    li, matter = drafted

    class Endless(io.RawIOBase):
        """Fifty megabytes that nobody has; says how many were fetched."""

        fetched = 0

        def read(self, size: int = -1) -> bytes:
            Endless.fetched += max(size, 0)
            return b"\0" * max(size, 0)

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.cookies.update(li.client.cookies)
    for method, path, headers in (
        ("POST", f"{matter.draft}/materials/{CODE}", {}),
        (
            "PUT",
            f"/api/v1/applications/{LICHENG}/{matter.id}/materials/{CODE}",
            {"Authorization": f"Bearer {li.token}"},
        ),
    ):
        answer = client.generic(
            method,
            path,
            b"",
            content_type="multipart/form-data; boundary=x",
            headers=headers,
            **{"CONTENT_LENGTH": str(50 * 1024 * 1024), "wsgi.input": Endless()},
        )
        assert answer.status_code == 413
        assert "太大" in answer.content.decode() or "太大" in answer.json()["title"]
    assert Endless.fetched == 0


@pytest.mark.parametrize("length", ["-1", "x", "1e9", "99999999999999999999"])
def test_a_length_that_is_none_is_turned_away(drafted: tuple[Visitor, Matter], length: str) -> None:
    li, matter = drafted
    answer = li.client.generic(
        "POST", f"{matter.draft}/materials/{CODE}", b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=length,
    )  # fmt: skip
    assert answer.status_code in (400, 413)


def test_an_application_holds_so_many_files_and_no_more(
    drafted: tuple[Visitor, Matter], folder: Path
) -> None:
    li, matter = drafted
    page = f"{matter.draft}/materials/{CODE}"
    for number in range(MAX_FILES):
        content = PDF.replace(b"<< >>", b"<< /Title (%d) >>" % number, 1)
        li.sent(li.post(page, {"file": town.file(f"{number}.pdf", content)}))
    told = li.post(page, {"file": town.file("还有一个.pdf", PDF)})
    assert told.status == 422 and "40" in told.text
    assert Evidence.objects.count() == MAX_FILES


def test_a_form_with_very_many_fields_or_files_is_turned_away(drafted: tuple[Visitor, Matter]) -> None:
    li, matter = drafted
    page = f"{matter.draft}/form/shop"
    assert li.client.post(page, {f"x{number}": "1" for number in range(600)}).status_code == 400
    assert li.client.post(page, {"shop_name": "长" * 1_000_000}).status_code in (400, 413)
    many = {f"f{number}": town.file("a.pdf", PDF) for number in range(120)}
    assert li.client.post(f"{matter.draft}/materials/{CODE}", many).status_code == 400


# ---- on the way out ----


def test_files_go_out_to_be_saved_under_the_type_that_was_found(
    drafted: tuple[Visitor, Matter], folder: Path
) -> None:
    li, matter = drafted
    for code, name, content in zip(MATERIALS, ("照片.JPG", "图.png"), (JPEG, png()), strict=True):
        # What the browser says of the type is not listened to.
        sent = SimpleUploadedFile(name, content, "text/html")
        li.sent(li.post(f"{matter.draft}/materials/{code}", {"file": sent}))
    town.submit(li, matter)
    town.deliver()
    lin = Visitor.signed_in(personas.lin())
    page = lin.get(f"{matter.desk}/").text
    links = [link for link in town.numbered(page) if "/material/" in link]
    paper = next(link for link in town.numbered(page) if "/paper/" in link)
    outgoing = [lin.get(link) for link in (*links, paper)]
    outgoing += [lin.api("GET", f"cases/{LICHENG}/{matter.case}/materials/{n}") for n in range(2)]
    wanted = ["image/jpeg", "image/png", "application/pdf", "image/jpeg", "image/png"]
    assert [one.response.headers["Content-Type"] for one in outgoing] == wanted
    assert [one.response.content for one in outgoing[:2]] == [JPEG, png()]
    for one in outgoing:
        assert one.response.headers["Content-Disposition"].startswith("attachment"), one.address
        assert one.response.headers["X-Content-Type-Options"] == "nosniff"
        assert one.response.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in one.response.headers["Content-Security-Policy"]


def test_a_name_in_the_header_ends_no_line(drafted: tuple[Visitor, Matter]) -> None:
    li, matter = drafted
    for code in MATERIALS:
        headers = {"File-Name": quote('a"; x\r\nSet-Cookie: y=1.pdf')}
        assert (
            li.api("PUT", f"applications/{LICHENG}/{matter.id}/materials/{code}", PDF, headers).status == 200
        )
    town.submit(li, matter)
    lin = Visitor.signed_in(personas.lin())
    link = next(link for link in town.numbered(lin.get(f"{matter.desk}/").text) if "/material/" in link)
    answer = lin.get(link).response
    assert "\n" not in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers and "y" not in answer.cookies


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a" * 64, "0" * 63, "", "%2e%2e", "0" * 64 + "/..", "A" * 64]
)
def test_no_path_is_made_of_what_somebody_asks_for(folder: Path, name: str) -> None:
    (folder / "files").mkdir(parents=True)
    with pytest.raises(NotFound):
        files.read(name)


def test_what_lies_in_the_folder_is_not_what_was_handed_over(folder: Path) -> None:
    digest = files.digest_of(PDF)
    files.store(PDF, digest)
    (path,) = stored(folder)
    assert PDF not in path.read_bytes() and not path.read_bytes().startswith(b"%PDF")
    assert digest == crypto.digest(PDF, "file")
