"""The style sheets keep their promises: size, tokens, contrast, and no number under the floor."""

import re
from pathlib import Path

import pytest

import sanzi

STATIC = Path(sanzi.__file__).parent / "static" / "sanzi"
TEMPLATES = Path(sanzi.__file__).parent / "templates"
SHEETS = ("tokens.css", "office.css", "portal.css")
TEXT, GRAPHIC, STRONG = 4.5, 3.0, 7.0


def sheet(name: str) -> str:
    """Return one style sheet without comments."""
    return re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def tokens() -> dict[str, str]:
    """Return custom properties and their values."""
    return dict(re.findall(r"(--[\w-]+):([^;}]+)", sheet("tokens.css")))


SRGB_KNEE = 0.04045


def luminance(colour: str) -> float:
    """Return the relative luminance of #rgb or #rrggbb (WCAG 2.2)."""
    digits = colour.lstrip("#")
    pairs = [c * 2 for c in digits] if len(digits) == 3 else re.findall("..", digits)
    parts = [int(pair, 16) / 255 for pair in pairs]
    linear = [p / 12.92 if p <= SRGB_KNEE else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two tokens."""
    known = tokens()
    light, dark = sorted((luminance(known[one]), luminance(known[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_token_that_is_used_is_defined_and_every_colour_is_used() -> None:
    used = set()
    for name in SHEETS:
        used |= set(re.findall(r"var\((--[\w-]+)\)", sheet(name)))

    assert used - set(tokens()) == set()
    colours = {name for name, value in tokens().items() if value.startswith("#")}
    assert colours - used <= {"--indigo-wash"}  # kept for the wall's third series


@pytest.mark.parametrize(
    ("names", "most_kb"), [(("tokens.css", "portal.css"), 15), (("tokens.css", "office.css"), 40)]
)
def test_style_sheets_stay_small(names: tuple[str, ...], most_kb: int) -> None:
    assert sum((STATIC / name).stat().st_size for name in names) <= most_kb * 1024


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (text, ground)
        for text in ("--ink", "--ink-2", "--ink-3", "--pine", "--verm", "--ochre", "--done")
        for ground in ("--paper", "--sheet", "--white")
    ]
    + [
        ("--indigo", "--paper"),
        ("--ink-2", "--wash"),
        ("--ink-2", "--wash-2"),
        ("--ink-3", "--wash-2"),
        ("--pine", "--wash"),
        ("--verm", "--verm-wash"),
        ("--ochre", "--ochre-wash"),
        ("--ochre", "--ochre-hatch"),
        ("--done", "--done-wash"),
        ("--white", "--pine"),
        ("--white", "--pine-deep"),
        ("--white", "--verm"),
        ("--on-pine", "--pine"),
        ("--on-pine", "--pine-deep"),
        ("--on-pine-2", "--pine-deep"),
    ],
)
def test_text_can_be_read(text: str, ground: str) -> None:
    assert contrast(text, ground) >= TEXT


@pytest.mark.parametrize(
    ("edge", "ground"),
    [
        ("--ctl", "--paper"),
        ("--ctl", "--sheet"),
        ("--ctl", "--white"),
        ("--celadon", "--sheet"),
        ("--ochre-edge", "--paper"),
        ("--indigo", "--sheet"),
    ],
)
def test_edges_and_marks_can_be_seen(edge: str, ground: str) -> None:
    assert contrast(edge, ground) >= GRAPHIC


def test_more_contrast_is_the_same_by_link_and_by_device_and_seven_to_one() -> None:
    linked = re.search(r"html\.hc{(.*?)}", sheet("portal.css"))
    asked = re.search(r"prefers-contrast:more\){:root{(.*?)}}", sheet("portal.css"))
    assert linked
    assert asked
    assert linked[1] == asked[1]
    colours = dict(re.findall(r"(--[\w-]+):(#\w+)", linked[1]))
    assert colours.keys() <= tokens().keys()
    for name in ("--ink", "--ink-2", "--ink-3", "--ctl", "--pine", "--verm", "--ochre", "--done"):
        assert 1.05 / (luminance(colours[name]) + 0.05) >= STRONG, name


def test_the_portal_sets_no_text_under_18_px_and_the_office_none_under_13() -> None:
    sizes = {
        name: [float(size) * 16 for size in re.findall(r"font-size:([\d.]+)rem", sheet(name))]
        for name in ("portal.css", "office.css")
    }

    assert min(sizes["portal.css"]) >= 18
    assert min(sizes["office.css"]) >= 13
    for name in SHEETS:
        assert not re.search(
            r"font(-size)?:[^;}]*\d(px|pt)\b", sheet(name).split("@media print")[0]
        )


def test_motion_can_be_switched_off_and_pages_can_be_printed() -> None:
    assert "@media(prefers-reduced-motion:reduce)" in sheet("tokens.css")
    assert "@media print" in sheet("office.css")
    assert "@media print" in sheet("portal.css")


def test_no_template_carries_inline_style_or_script() -> None:
    for template in sorted(TEMPLATES.rglob("*.html")):
        text = template.read_text(encoding="utf-8")
        assert " style=" not in text, template
        assert "<style" not in text, template
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template
        assert not re.search(r"\son[a-z]+=", text), template
