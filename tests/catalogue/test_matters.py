"""All matter files: readable, whole, and each kind of mistake told with its line."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from sanzi.interfaces.cli.main import main
from sanzi.matters import catalogue, flowchart, registry

FILES = sorted(catalogue.FOLDER.glob("M[0-9][0-9]-*.yaml"))
BROKEN = sorted((Path(__file__).parent / "broken" / "matters").glob("*.yaml"))
PAYMENT = catalogue.FOLDER / "M10-payment.yaml"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_file_has_no_mistake(path: Path) -> None:
    assert catalogue.check_file(path) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_file_is_named_by_its_code_and_stands_in_the_list(path: Path) -> None:
    matter = catalogue.load(path)

    assert path.stem == f"{matter.code}-{matter.slug}"
    power = next(one for one in catalogue.powers() if one.code == matter.code)
    assert (power.slug, power.group, power.status) == (matter.slug, matter.group, "active")


def test_the_list_has_36_powers_and_only_those_with_a_file_are_active() -> None:
    codes = [one.code for one in catalogue.powers()]

    assert codes == [f"M{number:02d}" for number in range(1, 37)]
    active = {one.code for one in catalogue.powers() if one.status == "active"}
    assert active == set(catalogue.matters())


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_mistake_is_told_with_its_line(path: Path, tmp_path: Path) -> None:
    """Each broken example is the payment power with one change."""
    example = yaml.safe_load(path.read_text("utf-8"))
    text = PAYMENT.read_text("utf-8")
    changed = text.replace(example["find"], example["put"], 1)
    broken = tmp_path / "broken.yaml"
    broken.write_text(changed, "utf-8")

    mistakes = catalogue.check_file(broken)

    assert example["message"] in [one.message for one in mistakes]
    assert all(1 < one.line <= changed.count("\n") + 1 or "YAML" in one.message for one in mistakes)
    with pytest.raises(catalogue.BadMatter):
        catalogue.load(broken)


@pytest.mark.parametrize(
    ("find", "put", "message"),
    [
        ("slug: payment\n", "", "整个文件：少了“slug”"),
        ("slug: payment\n", "slug: 5\n", "slug：“5”要写成文字"),
        ("code: M10", "code: X10", "code：“X10”写法不对"),
        ("    kind: effect", "    kind: magic", "不在可选的里面：starter、review"),
        ("{workdays: 1}", "{workdays: 0}", "0太少，最少1"),
        ("starts: [cashier_reporter]", "starts: []", "starts：最少1个"),
    ],
)
def test_what_the_schema_refuses_is_told_in_chinese(find: str, put: str, message: str) -> None:
    text = PAYMENT.read_text("utf-8")
    assert find in text
    found = catalogue.check_text(text.replace(find, put, 1))
    assert any(message in one.message for one in found), found


def test_a_mistake_stands_on_its_own_line(tmp_path: Path) -> None:
    text = PAYMENT.read_text("utf-8")
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("role: supervision_head", "role: headman"), "utf-8")

    first = next(one for one in catalogue.check_file(broken) if "headman" in one.message)

    assert "headman" in broken.read_text("utf-8").splitlines()[first.line - 1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_flow_chart_is_a_plain_picture_with_its_text(path: Path) -> None:
    matter = catalogue.load(path)
    drawn = flowchart.svg(matter)

    root = ET.fromstring(drawn)
    tags = {element.tag.rsplit("}", 1)[-1] for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "g", "text", "path"}
    assert len(flowchart.steps_as_text(matter)) == len(matter.steps)
    assert root.attrib["role"] == "img"


def test_the_flow_chart_says_what_the_amount_adds() -> None:
    text = {one.label: one.text for one in flowchart.steps_as_text(catalogue.matters()["M10"])}

    assert text["8"].endswith("2个工作日内，1万元起才有这一步。")
    assert text["10"].endswith("20万元起才有这一步。")
    assert "才有这一步" not in text["3"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_the_file_names_is_registered(path: Path) -> None:
    assert registry.unknown_names(catalogue.load(path)) == []


def test_an_effect_that_nobody_registered_is_told() -> None:
    power = Path(__file__).parents[1] / "rooms" / "matters" / "try-power.yaml"
    matter = dataclasses.replace(catalogue.load(power), checks=("nowhere.check",))

    told = [one.message for one in registry.unknown_names(matter)]

    assert "没有叫“nowhere.check”的检查" in told


def test_the_command_tells_mistakes_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "M10-payment.yaml"
    broken.write_text(
        PAYMENT.read_text("utf-8").replace("role: supervision_head", "role: headman"), "utf-8"
    )

    assert main(["matters", "check", str(broken)]) == 1
    assert re.search(r"第\d+行：没有叫“headman”的角色", capsys.readouterr().out)
    assert main(["matters", "check", str(PAYMENT)]) == 0
    assert main(["matters", "check", str(tmp_path / "none.yaml")]) == 2
