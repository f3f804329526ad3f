"""The checklist of inspections: eleven fields, sixty-two forms, each fit to be worked with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from sanzi.inspection import rules
from sanzi.inspection.rules import BadInspectionFile
from sanzi.matters import catalogue
from sanzi.orgs.roles import roles
from sanzi.supervision import catalogue as models

ON = date(2026, 11, 12)


def test_there_are_eleven_fields_and_sixty_two_forms_of_problem() -> None:
    found = rules.checklist(ON)

    assert len(found.fields) == 11
    assert sum(len(field.forms) for field in found.fields) == 62
    titles = [form.title for field in found.fields for form in field.forms]
    assert len(set(titles)) == 62


def test_every_form_names_alert_models_that_exist_and_every_field_matters_that_exist() -> None:
    known = {folder.name for folder in Path(models.FOLDER).glob("*/*") if folder.is_dir()}
    powers = set(catalogue.matters())
    for field in rules.checklist(ON).fields:
        assert set(field.matters) <= powers, field.code
        for form in field.forms:
            assert form.models, form.code
            assert set(form.models) <= known, form.code


def test_every_matter_lies_in_a_field_or_is_told_here_to_lie_in_none() -> None:
    drawn = rules.checklist(ON).matters([field.code for field in rules.checklist(ON).fields])

    assert set(catalogue.matters()) - drawn == {"M31", "M32"}  # the party inspects its own


def test_a_change_of_one_list_leaves_the_ones_before_in_force(tmp_path: Path) -> None:
    content = yaml.safe_load(rules.FIGURES.read_text("utf-8"))
    later = {**content["lists"][0], "valid_from_date": date(2027, 1, 1), "risk_percent": 20}
    path = tmp_path / "figures.yaml"
    path.write_text(yaml.safe_dump({"lists": [*content["lists"], later]}), encoding="utf-8")

    before = rules.read_figures(rules.FIGURES)
    assert rules.read_figures(path)[:-1] == before
    assert rules.read_figures(path)[-1].risk_percent == 20
    path.write_text(yaml.safe_dump({"lists": [later, *content["lists"]]}), encoding="utf-8")
    with pytest.raises(BadInspectionFile, match="order of their days"):
        rules.read_figures(path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("level: grave", "level: deadly", "deadly"),
        ("code: A2", "code: A1", "A1 is there twice"),
        ("code: B1", "code: C9", "C9 stands in field B"),
        ("code: K6", "code: L1", "L1"),
        ("lead: true", "lead: maybe", "maybe"),
    ],
)
def test_a_broken_checklist_is_refused_with_the_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    path = tmp_path / "checklist.yaml"
    text = rules.CHECKLIST.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(BadInspectionFile, match=told):
        rules.read_checklist(path)


def test_broken_figures_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "figures.yaml"
    text = rules.FIGURES.read_text("utf-8").replace("inspectors_least: 2", "inspectors_least: 1")
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadInspectionFile, match="inspectors_least"):
        rules.read_figures(path)


def test_who_answers_for_a_village_never_inspects() -> None:
    for role in roles().values():
        assert not {"inspection.answer", "inspection.inspect"} <= role.may, role.code
        if "inspection.inspect" in role.may:
            assert role.level != "village", role.code
        if "inspection.leads" in role.may:
            assert role.code in {"town_discipline_office", "county_discipline"}
