"""Copy the few files of npm packages that pages need into `src/sanzi/static/vendor/`.

Run by `make assets` after `npm ci`. Only named files are copied: whole dist folders carry source
maps and megabytes that no page uses. Each package's licence is copied beside its files.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src" / "sanzi" / "static" / "vendor"
ECHARTS = "echarts.common.min.js"

sys.path.insert(0, str(ROOT / "src"))
from sanzi.interfaces.look.icons import ICONS  # noqa: E402 - the path is set just above


def copy_icons() -> int:
    """Copy the outline icons named in `ICONS`; return how many. Exits when one is missing."""
    source = MODULES / "@tabler" / "icons"
    target = _fresh(VENDOR / "icons")
    missing = [n for n in sorted(ICONS) if not (source / f"icons/outline/{n}.svg").is_file()]
    if missing:
        sys.exit(f"not in @tabler/icons: {', '.join(missing)}. Run npm ci, or correct the names.")
    for name in ICONS:
        shutil.copyfile(source / f"icons/outline/{name}.svg", target / f"{name}.svg")
    shutil.copyfile(source / "LICENSE", target / "LICENSE")
    return len(ICONS)


def copy_echarts() -> bool:
    """Copy the common build of ECharts without its source map line; False if not installed."""
    source = MODULES / "echarts"
    built = source / "dist" / ECHARTS
    if not built.is_file():
        return False
    target = _fresh(VENDOR / "echarts")
    text = re.sub(r"\n?//# sourceMappingURL=.*", "", built.read_text(encoding="utf-8"))
    (target / ECHARTS).write_text(text, encoding="utf-8")
    for paper in ("LICENSE", "NOTICE"):
        shutil.copyfile(source / paper, target / paper)
    return True


def copy_jsqr() -> None:
    """Copy the reader of codes that the offline verifier carries."""
    source = MODULES / "jsqr"
    target = _fresh(VENDOR / "jsqr")
    shutil.copyfile(source / "dist" / "jsQR.js", target / "jsQR.js")
    shutil.copyfile(source / "LICENSE", target / "LICENSE")


def _fresh(folder: Path) -> Path:
    """Return the folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    count = copy_icons()
    copy_jsqr()
    charts = "and ECharts" if copy_echarts() else "(no ECharts installed)"
    print(f"copied {count} icons {charts} into {VENDOR.relative_to(ROOT)}")
