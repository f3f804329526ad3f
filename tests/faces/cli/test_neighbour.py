"""The demo's second county goes the whole way: made, signed, taken by who has its keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from sanzi.interfaces.cli import neighbour
from sanzi.kernel import clock
from sanzi.record.lake import keys, looking, reading, stores
from sanzi.record.lake.errors import BadSignature
from sanzi_county.counties import SECOND

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine, pytest.mark.long]


def test_the_second_county_is_published_under_its_own_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, lake = tmp_path / neighbour.FOLDER, tmp_path / "lake"
    sanzi: Any = settings.SANZI
    here = replace(sanzi, var=own, lake=str(lake), lake_keys=own / neighbour.KEYS)
    monkeypatch.setattr(settings, "SANZI", here)
    assert neighbour.told(tmp_path) == []

    neighbour.make()

    listed = tmp_path / "counties.yaml"
    listed.write_text(yaml.safe_dump({"counties": [dict(neighbour.told(tmp_path)[0])]}))
    [county] = reading.counties(listed).values()
    store, cache = stores.opened(str(lake)), tmp_path / "cache"
    stranger = replace(county, keys=tuple(
        one.verifier for one in keys.signers(tmp_path / "others", county.code)
    ))  # fmt: skip
    with pytest.raises(BadSignature):
        reading.take(store, stranger, cache, at=clock.now())
    taken = reading.take(store, county, cache, at=clock.now())
    assert (taken.county.code, taken.county.name, taken.county.site) == (
        SECOND.code, "岚溪县", "",
    )  # fmt: skip
    villages = set(looking.values_in(taken, "org", "village_id"))
    assert len(villages) == neighbour.VILLAGES
    assert all(one.startswith(SECOND.code) for one in villages)
    assert looking.values_in(taken, "alert", "model_code"), "it was looked over"
    assert looking.values_in(taken, "disclosure_due", "due_id"), "its duties are told"

    neighbour.clear_half_made(tmp_path)
    assert [one.name for one in own.iterdir()] == [neighbour.KEYS]
