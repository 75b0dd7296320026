"""Files of others are exactly those that were copied, each with its licence beside it."""

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools/vendor"
SHIPPED = ROOT / "src/banshi/ui/static/vendor"
FOLDERS = (SHIPPED, ROOT / "tests/vendor")


def manifest() -> dict[str, str]:
    lines = (TOOL / "manifest.sha256").read_text(encoding="utf-8").splitlines()
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def test_no_vendored_file_was_changed_added_or_lost() -> None:
    found = {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in FOLDERS
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found == manifest(), "重新运行 tools/vendor/vendor.py (run tools/vendor/vendor.py again)"


def test_every_vendored_file_has_its_licence_beside_it() -> None:
    for folder in FOLDERS:
        files = [path for path in folder.iterdir() if "LICENSE" not in path.name]
        assert files
        for path in files:
            licence = folder / f"{path.name.split('.')[0]}.LICENSE.txt"
            assert licence.is_file(), f"{path.name}: 缺少许可证 (no {licence.name})"


def test_the_test_only_library_is_not_shipped() -> None:
    # axe-core is MPL-2.0: fine to test with, but nothing we hand out should carry it.
    assert not [path for path in SHIPPED.parent.rglob("*axe*") if path.is_file()]


def test_the_lock_pins_digests_and_names_no_host() -> None:
    text = (TOOL / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    wanted = json.loads((TOOL / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {
        name.removeprefix("node_modules/"): entry["version"] for name, entry in packages.items()
    } == wanted
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "resolved" not in text and "://" not in text


def test_the_sprite_stays_small_and_holds_every_icon_that_templates_use() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (SHIPPED / "icons.svg").read_text(encoding="utf-8")))
    assert len(drawn) <= 40
    used: set[str] = set()
    for path in (ROOT / "src/banshi").rglob("*.html"):
        used |= set(re.findall(r'{%\s*icon "([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
        used |= set(re.findall(r'\bicon="([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    assert used and used <= drawn, f"图标库里没有 (not in the sprite): {sorted(used - drawn)}"
