"""Money is exact: what is parsed is what is printed, and no division loses a fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.kernel import money

amounts = st.integers(min_value=1, max_value=money.MAX_FEN)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("365,591.00", 36_559_100),
        ("365591", 36_559_100),
        (" 365591.5 ", 36_559_150),
        ("３６５，５９１．０７", 36_559_107),
        ("0.01", 1),
        ("999999999999.99", money.MAX_FEN),
    ],
)
def test_an_amount_is_read_as_typed(text: str, fen: int) -> None:
    assert money.parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "没有填"),
        ("-5", "不能是负数"),
        ("－5", "不能是负数"),
        ("0.00", "不能是零"),
        ("1.234", "小数超过两位"),
        ("1000000000000", "超过12位数"),
        ("1" * 5_000, "不是数字"),
        ("12,34", "不是数字"),
        ("1.", "不是数字"),
        ("1²", "不是数字"),
        ("1e5", "不是数字"),
        ("一百", "不是数字"),
        ("٣", "不是数字"),
    ],
)
def test_a_wrong_amount_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(money.BadAmount) as refused:
        money.parse_yuan(text)

    assert refused.value.data["why"] == why


def test_zero_is_an_amount_only_where_it_is_allowed() -> None:
    assert money.parse_yuan("0", allow_zero=True) == 0


@given(amounts)
def test_what_is_printed_reads_back_as_the_same_amount(fen: int) -> None:
    assert money.parse_yuan(money.format_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "text"), [(36_559_100, "365,591.00"), (7, "0.07"), (-120_050, "-1,200.50")]
)
def test_figures_are_grouped_by_three(fen: int, text: str) -> None:
    assert money.format_yuan(fen) == text


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (1_219_650, "12,196元5角"),
        (1_219_600, "12,196元"),
        (1_219_653, "12,196元5角3分"),
        (1_219_603, "12,196元零3分"),
        (8, "8分"),
        (0, "0元"),
        (-50, "-5角"),
    ],
)
def test_villagers_read_yuan_jiao_and_fen(fen: int, text: str) -> None:
    assert money.portal_yuan(fen) == text


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (18_640_000, "18.64万元"),
        (18_644_999, "18.64万元"),
        (18_645_000, "18.65万元"),
        (0, "0.00万元"),
    ],
)
def test_large_sums_are_rounded_half_up_to_a_hundred_yuan(fen: int, text: str) -> None:
    assert money.portal_wan(fen) == text


@given(
    st.integers(min_value=0, max_value=money.MAX_FEN),
    st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=60).filter(any),
)
def test_a_division_loses_no_fen_and_moves_only_the_remainder(
    total: int, weights: list[int]
) -> None:
    shares = money.split(total, weights)

    assert sum(shares) == total
    largest = weights.index(max(weights))
    for place, (share, weight) in enumerate(zip(shares, weights, strict=True)):
        exact_down = total * weight // sum(weights)
        assert share == exact_down or (place == largest and share > exact_down)


def test_the_remainder_goes_to_the_first_of_the_largest() -> None:
    assert money.split(100, [1, 3, 3]) == [14, 44, 42]


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [0, 0]), (1, []), (1, [2, -1])])
def test_a_division_without_meaning_is_a_bug(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="split needs"):
        money.split(total, weights)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (36_559_100, "叁拾陆万伍仟伍佰玖拾壹元整"),
        (140_950, "壹仟肆佰零玖元伍角"),
        (600_714, "陆仟零柒元壹角肆分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (100_000_000, "壹佰万元整"),
        (10_001_000_00, "壹仟万壹仟元整"),
        (100_000_000_00, "壹亿元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (100_500_000_00, "壹亿零伍拾万元整"),
        (10_05, "壹拾元零伍分"),
        (5, "伍分"),
        (0, "零元整"),
        (-100, "负壹元整"),
    ],
)
def test_bankers_characters_follow_the_rules_for_bills(fen: int, text: str) -> None:
    assert money.capital(fen) == text


def test_bankers_characters_end_at_twelve_figures() -> None:
    with pytest.raises(ValueError, match="twelve figures"):
        money.capital(money.MAX_FEN + 1)


@given(amounts, amounts)
def test_two_amounts_never_share_their_characters(one: int, other: int) -> None:
    assert (money.capital(one) == money.capital(other)) == (one == other)
