"""Dated values of parameters leave in a package and come back as they were, as strictly as made."""

from __future__ import annotations

from datetime import date

import pytest

from sanzi.kernel import clock
from sanzi.record import extraction, packages
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import LoadContext, LoadCount
from sanzi.supervision import loading
from sanzi.supervision.models import Parameter
from worlds.village import AT, COUNTY, TOWN, WILLOW

CONTEXT = LoadContext(by="tester", at=AT)
ROLES = ["village_secretary", "village_clerk"]


@pytest.fixture
def kept(world):
    """Three values: days for the county until a day, a share for a town, a list of posts."""
    persons = {
        "made_by_id": world.people["county_agri"].pk,
        "approved_by_id": world.people["county_discipline"].pk,
        "source_ref": "会议纪要〔2026〕8号",
    }
    first = date(2026, 12, 1)
    for code, name, place, value, until in (
        ("payment-duplicate", "window_days", COUNTY, 60, date(2027, 6, 30)),
        ("payment-tier-split", "near_share_percent", TOWN, 90, None),
        ("labour-cadre-payee", "cadre_roles", COUNTY, ROLES, None),
    ):
        Parameter.objects.create(
            model_code=code, name=name, division_code=place, value=value,
            valid_from_date=first, valid_until_date=until, **persons,
        )  # fmt: skip
    return list(Parameter.objects.order_by("model_code").values())


def plain():
    found = Parameter.objects.order_by("model_code").values()
    return [{name: value for name, value in one.items() if name != "id"} for one in found]


def leave():
    """Return the values as the record has them."""
    return extraction.to_arrow("parameter_value", extraction.fetch("parameter_value")).to_pylist()


def test_values_go_out_and_come_back_as_they_were(kept, tmp_path):
    before = plain()
    packages.write_package(tmp_path, "county", {"parameter_value": leave()})
    rows = list(packages.open_package(tmp_path).rows("parameter_value"))
    assert len(rows) == 3
    Parameter.objects.all().delete()

    assert loading.load_parameters(iter(rows), CONTEXT) == LoadCount(added=3)
    assert plain() == before
    assert loading.load_parameters(iter(rows), CONTEXT) == LoadCount(unchanged=3)
    later = [{**one, "valid_until_date": date(2027, 12, 31)} for one in rows[:1]]
    assert loading.load_parameters(iter(later), CONTEXT) == LoadCount(changed=1)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"model_code": "no-such-model"}, "model_code"),
        ({"name": "no_such_name"}, "name"),
        ({"area_code": WILLOW}, "area_code"),
        ({"area_code": TOWN}, "area_code"),
        ({"value": "-1"}, "value"),
        ({"value": "3661"}, "value"),
        ({"value": '"六十"'}, "value"),
        ({"value": "六十"}, "value"),
        ({"valid_until_date": date(2026, 11, 30)}, "valid_until_date"),
        ({"approved_by_person_id": None}, "approved_by_person_id"),
    ],
)
def test_a_value_that_nobody_could_have_approved_is_refused_with_its_cell(kept, change, column):
    row = next(one for one in leave() if one["name"] == "window_days")
    if "approved_by_person_id" in change:
        change = {"approved_by_person_id": row["made_by_person_id"]}
    before = plain()

    with pytest.raises(RowProblem) as refused:
        loading.load_parameters(iter([{**row, **change}]), CONTEXT)

    assert refused.value.column == column
    assert plain() == before


def test_each_numeric_parameter_has_bounds_that_hold_its_own_values():
    from sanzi.supervision import catalogue, change_errors, change_rules

    counted = 0
    for model in catalogue.models().values():
        for one in model.parameters:
            if one.unit not in change_rules.WHOLE:
                continue
            least, most = change_rules.bounds(one)
            assert 0 <= least <= most
            for value in one.values:
                change_rules.check(one, value.value)
            for wrong in (least - 1, most + 1):
                with pytest.raises(change_errors.BadParameterValue):
                    change_rules.check(one, wrong)
                counted += 1
    assert counted > 200


def test_a_change_that_waits_leaves_and_goes_on_waiting_where_it_comes(world, tmp_path):
    from sanzi.supervision.actions import changes
    from sanzi.supervision.models import ParameterChange

    def wished(name, value):
        return changes.propose(
            new=changes.NewChange(
                "labour-cadre-payee", name, COUNTY, value, date(2026, 12, 1), None,
                "县里统一口径，原来的太窄", "会议纪要〔2026〕8号",
            ),
            by=world.actor("county_agri"), at=AT,
        )  # fmt: skip

    waiting = wished("cadre_roles", ROLES)
    before = list(ParameterChange.objects.values())
    rows = extraction.to_arrow("parameter_change", extraction.fetch("parameter_change")).to_pylist()
    rows = [{**one, "made_at": one["made_at"].replace(tzinfo=clock.SHANGHAI)} for one in rows]
    packages.write_package(tmp_path, "county", {"parameter_change": rows})
    came = list(packages.open_package(tmp_path).rows("parameter_change"))
    ParameterChange.objects.all().delete()

    assert loading.load_changes(iter(came), CONTEXT) == LoadCount(added=1)
    assert loading.load_changes(iter(came), CONTEXT) == LoadCount(unchanged=1)
    held = list(ParameterChange.objects.values())
    assert [{**one, "id": 0} for one in held] == [{**one, "id": 0} for one in before]
    changes.withdraw(ext_id=waiting, by=world.actor("county_agri"), at=AT)
    own = {"status": "approved", "decided_by_person_id": came[0]["made_by_person_id"]}
    for wrong, column in (
        ({"decided_by_person_id": came[0]["made_by_person_id"]}, "decided_by_person_id"),
        ({**own, "decided_at": AT}, "decided_by_person_id"),
        ({"value": '["nobody"]'}, "value"),
        ({"model_code": "none-such"}, "model_code"),
    ):
        with pytest.raises(RowProblem) as told:
            loading.load_changes(iter([{**came[0], **wrong}]), CONTEXT)
        assert told.value.column == column
        assert ParameterChange.objects.get().state == "withdrawn"
