"""History handed in as one package: each model finds its wrong in it, and not what looks alike.

Each example lies in a county of its own; the rooms load its rows, the record reads them back.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from fires import handed_in
from fires.handed_in import Place
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.record import engine, snapshot
from sanzi.supervision import catalogue, examples
from sanzi.supervision.actions import nightly
from sanzi.supervision.examples import Example
from sanzi.supervision.shapes import AlertModel

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

SAID = yaml.safe_load(Path(__file__).with_name("handed_in.yaml").read_text("utf-8"))


def told() -> list[tuple[AlertModel, Place, Example]]:
    """Return the examples that are handed in, each with its place."""
    found: list[tuple[AlertModel, Place, Example]] = []
    for code, named in SAID.items():
        model = catalogue.models()[code]
        by_name = {one.name: one for one in examples.of(model)}
        for key in ("wrong", "right"):
            found.append((model, Place(len(found)), by_name[named[key]]))
    return found


def test_each_model_finds_its_wrong_in_history_that_is_handed_in(tmp_path: Path) -> None:
    history = told()
    handed_in.write(tmp_path / "history", [(place, one) for _, place, one in history])
    latest = max(one.as_of for _, _, one in history) + timedelta(days=1)
    packages.import_folder(folder=tmp_path / "history", by=SYSTEM, at=latest)

    wanted, found = set(), set()
    asked = [model for model, _, _ in history]
    with snapshot.taken(snapshot.columns_of(engine.check(one.sql) for one in asked)) as sessions:
        for model, place, one in history:
            scan = nightly.ask([model], sessions, at=one.as_of, overrides=())
            assert scan.errors == []
            near = set(place.counties.values())
            wanted |= {(model.code, place.own(hit)) for hit in one.hits}
            found |= {
                (model.code, key[2])
                for key, finding in scan.findings.items()
                if finding.village_id[:6] in near
            }

    assert wanted - found == set()
    assert found - wanted == set()
