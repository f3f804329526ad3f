"""What sends an alert to the discipline office at once: each limit, on both of its sides."""

from dataclasses import replace
from datetime import date

import pytest
import yaml

from sanzi.orgs.roles import roles
from sanzi.record import schema
from sanzi.supervision import catalogue, category_words, dated_sets, errors, trigger_rules
from sanzi.supervision.trigger_rules import Facts

DAY = date(2026, 11, 12)
PLACE = "999901101201"
LIMITS = trigger_rules.limits_for(PLACE, DAY)
PLAIN = Facts(severity="warn", category="payment", model_code="payment-stale-proof")


def found(**known):
    return [
        (one.code, one.letter) for one in trigger_rules.triggers(replace(PLAIN, **known), LIMITS)
    ]


@pytest.mark.parametrize(
    ("below", "at", "trigger"),
    [
        ({"confirmed_fen": 499_999}, {"confirmed_fen": 500_000}, ("confirmed_amount", "D")),
        ({"person_count": 2}, {"person_count": 3}, ("together", "D")),
        ({"earlier_count": 1}, {"earlier_count": 2}, ("repeat", "D")),
        ({}, {"is_cadre_benefiting": True}, ("cadre_benefits", "D")),
        (
            {"is_cadre_benefiting": True, "category": "efficiency"},
            {"circumstances": frozenset(["cadre_benefits"]), "category": "efficiency"},
            ("cadre_benefits", "D"),
        ),
        (
            {"is_warned": True, "severity": "hold"},
            {"is_warned": True, "severity": "block"},
            ("red_line_after_warning", "D"),
        ),
        ({"severity": "block"}, {"severity": "block", "is_warned": True},
         ("red_line_after_warning", "D")),
        ({"model_code": "invoice-duplicate"}, {"model_code": "invoice-fake"}, ("false_proof", "D")),
        ({}, {"circumstances": frozenset(["false_proof"])}, ("false_proof", "D")),
        (
            {"model_code": "ledger-voucher-tamper", "ground": "reopened"},
            {"model_code": "ledger-voucher-tamper", "ground": "gap"},
            ("evidence_removed", "D"),
        ),
        ({}, {"circumstances": frozenset(["evidence_removed"])}, ("evidence_removed", "D")),
        ({}, {"circumstances": frozenset(["complainant_threatened"])},
         ("complainant_threatened", "D")),
        ({}, {"is_staff_in": True}, ("town_staff", "C")),
        ({}, {"circumstances": frozenset(["town_staff"])}, ("town_staff", "C")),
    ],
)  # fmt: skip
def test_a_trigger_holds_from_its_limit_on_and_not_before(below, at, trigger):
    assert found(**below) == []
    assert found(**at) == [trigger]


def test_thirty_thousand_confirmed_is_for_the_county():
    both = [("confirmed_amount", "D"), ("county_amount", "C")]

    assert found(confirmed_fen=2_999_999) == both[:1]
    assert found(confirmed_fen=3_000_000) == both
    told = trigger_rules.triggers(replace(PLAIN, confirmed_fen=3_000_000), LIMITS)
    assert trigger_rules.letter_of(told) == "C"
    assert told[1].words == "查实30,000.00元，满30,000.00元，归县纪委监委"


def test_the_limits_are_dated_and_a_county_may_have_its_own(tmp_path):
    general = yaml.safe_load(trigger_rules.FILE.read_text(encoding="utf-8"))["sets"][0]
    own = {**general, "division": "999901000000", "confirmed_fen_least": 200_000}
    later = {**own, "valid_from_date": date(2027, 1, 1), "confirmed_fen_least": 100_000}
    path = tmp_path / "triggers.yaml"
    path.write_text(yaml.safe_dump({"sets": [general, own, later]}), encoding="utf-8")
    sets = trigger_rules.read(path)

    def least(place, day):
        return trigger_rules.limits_for(place, day, sets).confirmed_fen_least

    assert least("999902101201", DAY) == 500_000
    assert least(PLACE, date(2026, 12, 31)) == 200_000
    assert least(PLACE, date(2027, 1, 1)) == 100_000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"confirmed_fen_least": -1}, "confirmed_fen_least is '-1'"),
        ({"repeat_months": "6"}, "repeat_months is '6'"),
        ({"repeat_count_least": 1}, "repeat_count_least is 1"),
        ({"county_fen_least": 499_999}, "county_fen_least is below confirmed_fen_least"),
        ({"to_county": ["nothing"]}, "there is no trigger 'nothing'"),
        ({"valid_from_date": "soon"}, "valid_from_date is 'soon'"),
        ({"surprise": 1}, "surprise"),
        ({"division": "999901000000"}, "one must hold for every place"),
    ],
)
def test_a_broken_file_of_triggers_says_what_is_wrong(tmp_path, change, said):
    general = yaml.safe_load(trigger_rules.FILE.read_text(encoding="utf-8"))["sets"][0]
    path = tmp_path / "triggers.yaml"
    path.write_text(yaml.safe_dump({"sets": [{**general, **change}]}), encoding="utf-8")

    with pytest.raises(dated_sets.SetFileBroken, match=r"triggers\.yaml") as refused:
        trigger_rules.read(path)

    assert said in str(refused.value)


def test_the_file_names_models_grounds_categories_roles_and_columns_that_there_are():
    models, tables = catalogue.models(), schema.load_tables()

    for named in (LIMITS.false_proof, LIMITS.evidence_removed):
        for code, grounds in named.items():
            assert set(grounds) <= set(models[code].sentence)
    assert set(LIMITS.nobody_benefits) <= set(category_words.WORDS)
    assert set(LIMITS.cadre_roles + LIMITS.staff_roles) <= set(roles())
    assert not set(LIMITS.cadre_roles) & set(LIMITS.staff_roles)
    for table, columns in LIMITS.beneficiaries.items():
        assert set(columns) <= {one.name for one in tables[table].columns}
        assert any(table in one.kinds for one in models.values())


def test_what_nobody_can_tell_is_refused():
    trigger_rules.require_circumstances(["false_proof"], 0)
    with pytest.raises(errors.UnknownCircumstance):
        trigger_rules.require_circumstances(["bad_mood"], 0)
    for count in (-1, trigger_rules.PEOPLE_MOST + 1):
        with pytest.raises(errors.BadPersonCount):
            trigger_rules.require_circumstances([], count)


def test_each_office_that_a_route_names_may_handle_what_comes_to_it():
    from sanzi.supervision import rules

    named = {
        role
        for model in catalogue.models().values()
        for sign in rules.full_route(model.route)
        for role in rules.addressee(sign, PLACE).roles
    }
    assert "town_works_office" in named
    assert [one for one in sorted(named) if "supervision.handle" not in roles()[one].may] == []
