"""Identity numbers, division codes, days and refusals."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from sanzi.kernel import clock, divisions, identity, workdays
from sanzi.kernel.refusals import Refusal

TODAY = date(2026, 11, 20)


def resident_id(body: str) -> str:
    """Add the check figure to 17 figures."""
    return body + ric.calc_check_digit(body + "0")


def test_a_resident_id_of_an_invented_county_passes() -> None:
    number = resident_id("99990119760102123")

    assert identity.check_resident_id(f" {number[:6]} {number[6:]} ", today=TODAY) == number


def test_a_small_x_becomes_large() -> None:
    number = next(n for k in range(100, 200) if (n := resident_id(f"33078219900101{k}"))[-1] == "X")

    assert identity.check_resident_id(number.lower()) == number


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("33078219900101233", "要18位，前17位是数字"),
        ("A30782199001012330", "要18位，前17位是数字"),
        (resident_id("33078219900231123"), "里面的出生日期不存在"),
        (resident_id("33078218991231123"), "里面的出生日期太早，或者还没到"),
        (resident_id("33078220261121123"), "里面的出生日期太早，或者还没到"),
    ],
)
def test_a_wrong_resident_id_is_refused(number: str, why: str) -> None:
    with pytest.raises(identity.BadResidentId) as refused:
        identity.check_resident_id(number, today=TODAY)

    assert refused.value.data == {"why": why}


@given(st.integers(min_value=0, max_value=16), st.integers(min_value=1, max_value=9))
def test_one_wrong_figure_never_passes_as_a_resident_id(place: int, step: int) -> None:
    number = resident_id("33078219760102123")
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    with pytest.raises(identity.BadResidentId):
        identity.check_resident_id(wrong, today=TODAY)


@pytest.mark.parametrize("code", ["N2330521MF0000005P", "91350100M000100Y43"])
def test_collectives_and_companies_have_a_credit_code(code: str) -> None:
    assert identity.check_uscc(code.lower()) == code


@pytest.mark.parametrize("code", ["N2330521MF0000005Q", "N2330521MF000005P", "I2330521MF0000005P"])
def test_a_wrong_credit_code_is_refused(code: str) -> None:
    with pytest.raises(identity.BadUscc):
        identity.check_uscc(code)


def test_a_doubtful_organisation_code_is_only_a_warning() -> None:
    assert identity.uscc_warning("N2330521MF0000005P") is None
    assert identity.uscc_warning("N2330521MF0000006P") is not None
    assert identity.uscc_warning("too short") is None


def test_a_cnaps_number_has_a_check_figure() -> None:
    good = [f"40233870001{last}" for last in range(10)]
    passed = []
    for code in good:
        try:
            passed.append(identity.check_cnaps(code))
        except identity.BadCnaps:
            continue

    assert len(passed) == 1
    with pytest.raises(identity.BadCnaps):
        identity.check_cnaps("4023387")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("138 1234 1234", "13812341234"),
        ("+86-13812341234", "13812341234"),
        ("0579-85123456", "057985123456"),
    ],
)
def test_a_phone_is_kept_as_bare_figures(typed: str, number: str) -> None:
    assert identity.check_phone(typed) == number


@pytest.mark.parametrize("typed", ["12812341234", "1381234123", "85123456", "电话"])
def test_a_wrong_phone_is_refused(typed: str) -> None:
    with pytest.raises(identity.BadPhone):
        identity.check_phone(typed)


def test_an_account_needs_figures_and_a_card_check_is_only_a_warning() -> None:
    assert identity.check_account("6228 4800 0000 0000 018") == "6228480000000000018"
    assert identity.account_warning("6228480402564890018") is None
    assert identity.account_warning("6228480402564890019") is not None
    assert identity.account_warning("20100012345678") is None
    for wrong in ("1234567", "1" * 33, "6228A48000000018"):
        with pytest.raises(identity.BadAccount):
            identity.check_account(wrong)


@pytest.mark.parametrize(
    ("code", "level", "prefix", "parent"),
    [
        ("330000000000", "province", "33", None),
        ("330700000000", "city", "3307", "330000000000"),
        ("999901000000", "county", "999901", "999900000000"),
        ("999901101000", "town", "999901101", "999901000000"),
        ("999901101203", "village", "999901101203", "999901101000"),
        ("441900003000", "town", "441900003", "441900000000"),
    ],
)
def test_a_code_knows_its_level_prefix_and_parent(
    code: str, level: str, prefix: str, parent: str | None
) -> None:
    assert (divisions.level(code), divisions.prefix(code)) == (level, prefix)
    assert divisions.parent(code) == parent


@pytest.mark.parametrize("code", ["", "33078", "3307820000000", "00000100000a", "000001101203",
                                  "999901000203", "９９９９０１１０１２０３"])  # fmt: skip
def test_a_wrong_code_is_refused(code: str) -> None:
    with pytest.raises(divisions.BadDivisionCode):
        divisions.check(code)


codes = st.from_regex(r"[1-9][0-9]{5}[1-9][0-9]{5}", fullmatch=True)


@given(codes)
def test_a_place_lies_in_itself_and_in_everything_above(code: str) -> None:
    scope: str | None = code
    while scope:
        assert code.startswith(divisions.prefix(scope))
        assert divisions.is_within(code, scope)
        assert scope == code or not divisions.is_within(scope, code)
        scope = divisions.parent(scope)


def test_neighbours_are_not_within() -> None:
    assert not divisions.is_within("999901102203", "999901101000")
    assert not divisions.is_within("999901101000", "999901101203")


def test_a_limit_skips_holidays_and_counts_exchanged_weekends() -> None:
    calendar = workdays.Calendar(
        holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2)}),
        extra_workdays=frozenset({date(2026, 10, 10)}),
    )
    at = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)

    assert calendar.add_workdays(at, 1) == datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
    assert calendar.add_workdays(at, 6) == datetime(2026, 10, 10, 9, 30, tzinfo=UTC)
    assert calendar.add_days(at, 1) == datetime(2026, 10, 1, 9, 30, tzinfo=UTC)


def test_a_limit_begins_on_the_day_in_shanghai() -> None:
    evening_utc = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)

    assert workdays.Calendar().add_workdays(evening_utc, 1) == datetime(
        2026, 11, 19, 9, 30, tzinfo=UTC
    )


def test_a_limit_needs_a_day_and_a_zone() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        workdays.Calendar().add_workdays(clock.now(), 0)
    with pytest.raises(ValueError, match="aware"):
        workdays.Calendar().add_days(datetime(2026, 1, 1), 1)


def test_the_clock_gives_utc_and_the_day_of_shanghai() -> None:
    assert clock.now().tzinfo is UTC
    assert clock.local_date(datetime(2026, 11, 20, 16, 0, tzinfo=UTC)) == date(2026, 11, 21)
    assert clock.today() == clock.local_date(clock.now())


class TooLate(Refusal):
    """An example."""

    code = "test.too_late"
    sentence = "{month}月的账已经结了，改不了。"
    next_step = "要改，请在{next_month}月做一张冲销凭证。"


def test_a_refusal_says_what_and_what_next() -> None:
    refusal = TooLate(month=9, next_month=10)

    assert str(refusal) == refusal.text == "9月的账已经结了，改不了。"
    assert refusal.as_dict() == {
        "code": "test.too_late",
        "sentence": "9月的账已经结了，改不了。",
        "next_step": "要改，请在10月做一张冲销凭证。",
        "data": {"month": 9, "next_month": 10},
    }


def test_a_refusal_travels_between_processes() -> None:
    refusal = pickle.loads(pickle.dumps(TooLate(month=9, next_month=10)))  # noqa: S301 - own bytes

    assert refusal.as_dict() == TooLate(month=9, next_month=10).as_dict()


def test_a_refusal_without_its_facts_is_a_bug() -> None:
    with pytest.raises(KeyError):
        TooLate(month=9)


def _kinds(root: type[Refusal]) -> list[type[Refusal]]:
    return [kind for child in root.__subclasses__() for kind in [child, *_kinds(child)]]


@pytest.mark.parametrize("text", ["code", "sentence", "next_step"])
def test_kernel_refusals_have_own_texts_in_the_tone_of_the_house(text: str) -> None:
    kinds = [kind for kind in _kinds(Refusal) if kind.__module__.startswith("sanzi.kernel")]
    texts = [getattr(kind, text) for kind in kinds]

    assert len(kinds) >= 8
    assert text == "next_step" or len(set(texts)) == len(texts)
    assert not any(mark in value for value in texts for mark in ("!", "！", "失败"))


def test_checks_share_one_shape() -> None:
    checks: list[Callable[[str], str]] = [
        identity.check_uscc,
        identity.check_cnaps,
        identity.check_phone,
        identity.check_account,
        identity.check_resident_id,
    ]
    for check in checks:
        with pytest.raises(Refusal):
            check("")
