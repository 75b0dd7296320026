"""Copy the front-end files of others into the tree, and write down what was copied.

    cd tools/vendor && npm ci && python vendor.py

Run it after changing a version in package.json (then `npm install --package-lock-only` first).
`manifest.sha256` lists every file that was written; `sha256sum -c` from the root of the repository reads it.
"""

import hashlib
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODULES = HERE / "node_modules"
SHIPPED = ROOT / "src/banshi/ui/static/vendor"
FOR_TESTS = ROOT / "tests/vendor"

COPIES = {
    SHIPPED / "htmx.min.js": "htmx.org/dist/htmx.min.js",
    SHIPPED / "htmx.LICENSE.txt": "htmx.org/LICENSE",
    SHIPPED / "icons.LICENSE.txt": "lucide-static/LICENSE",
    FOR_TESTS / "axe.min.js": "axe-core/axe.min.js",
    FOR_TESTS / "axe.LICENSE.txt": "axe-core/LICENSE",
    FOR_TESTS / "axe.LICENSE-3RD-PARTY.txt": "axe-core/LICENSE-3RD-PARTY.txt",
}

# At most forty: each is weight on every page.
ICONS = """
a-large-small arrow-left arrow-right bell building-2 calendar-days check chevron-down chevron-right
circle-alert circle-check clock copy download external-link file-check file-text id-card info keyboard
languages list log-in log-out map-pin menu pencil phone plus printer qr-code search shield-check star
trash-2 triangle-alert upload user x
""".split()


def sprite() -> str:
    """All icons as symbols of one SVG, drawn in the colour of the text around them."""
    symbols = []
    for name in ICONS:
        svg = (MODULES / "lucide-static/icons" / f"{name}.svg").read_text(encoding="utf-8")
        drawing = re.search(r"<svg.*?>(.*)</svg>", svg, re.DOTALL)
        if drawing is None:
            raise SystemExit(f"{name}.svg 里没有图形 (no drawing in it)")
        body = " ".join(drawing[1].split())
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
        )
    head = "<!-- Icons: Lucide (ISC; some from Feather, MIT), see icons.LICENSE.txt -->"
    return f'{head}\n<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def main() -> None:
    for folder in (SHIPPED, FOR_TESTS):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
    for target, source in COPIES.items():
        target.write_bytes((MODULES / source).read_bytes())
    (SHIPPED / "icons.svg").write_text(sprite(), encoding="utf-8")
    written = sorted([*SHIPPED.iterdir(), *FOR_TESTS.iterdir()])
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT)}" for path in written]
    (HERE / "manifest.sha256").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
