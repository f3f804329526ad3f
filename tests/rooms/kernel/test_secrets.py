"""Digests, seals, masks, ids and tokens."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.kernel import cipher, digest, ids, masking

KEY = bytes(range(16))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


def test_sm3_gives_the_published_vector() -> None:
    assert digest.sm3(b"abc") == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


def test_the_canonical_form_knows_no_order_of_keys() -> None:
    assert digest.canonical({"b": [1, None], "a": "三资"}) == '{"a":"三资","b":[1,null]}'.encode()
    assert digest.sm3_of({"a": 1, "b": 2}) == digest.sm3_of({"b": 2, "a": 1})


def test_one_instant_has_one_canonical_form() -> None:
    utc = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    shanghai = utc.astimezone(timezone(timedelta(hours=8)))

    assert (
        digest.canonical(utc) == digest.canonical(shanghai) == b'"2026-11-20T04:00:00.000000+00:00"'
    )
    assert digest.canonical(date(2026, 11, 20)) == b'"2026-11-20"'


@pytest.mark.parametrize("value", [1.5, {1: 2}, {"a": [b"x"]}, {"a", "b"}])
def test_a_value_without_one_form_is_not_digested(value: object) -> None:
    with pytest.raises(TypeError):
        digest.sm3_of(value)


def test_a_time_without_zone_is_not_digested() -> None:
    with pytest.raises(ValueError, match="aware"):
        digest.canonical(datetime(2026, 1, 1))


def test_the_blind_index_depends_on_key_and_text() -> None:
    index = digest.hmac_sm3(KEY, "330782199001011234")

    assert len(index) == 64
    assert index == digest.hmac_sm3(KEY, "330782199001011234")
    assert index != digest.hmac_sm3(KEY, "330782199001011235")
    assert index != digest.hmac_sm3(bytes(16), "330782199001011234")


@given(texts, texts)
def test_a_sealed_text_opens_again(plain: str, context: str) -> None:
    sealed = cipher.seal(KEY, plain, context)

    assert sealed.startswith("k1.")
    assert cipher.open_sealed({"k1": KEY}, sealed, context) == plain


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert cipher.seal(KEY, "6228480000000018", "a") != cipher.seal(KEY, "6228480000000018", "a")


@given(plain=texts, place=st.integers(min_value=0), figure=st.sampled_from("Ab0_-.=+k"))
def test_a_changed_figure_breaks_the_seal(plain: str, place: int, figure: str) -> None:
    sealed = cipher.seal(KEY, plain, "person.1")
    place %= len(sealed)
    forged = sealed[:place] + figure + sealed[place + 1 :]

    if forged != sealed:
        with pytest.raises(cipher.SealBroken):
            cipher.open_sealed({"k1": KEY}, forged, "person.1")


def test_a_seal_does_not_open_elsewhere_nor_with_another_key_nor_cut_short() -> None:
    sealed = cipher.seal(KEY, "张老三", "person.1")

    for keys, text, context in [
        ({"k1": KEY}, sealed, "person.2"),
        ({"k1": bytes(16)}, sealed, "person.1"),
        ({"k2": KEY}, sealed, "person.1"),
        ({"k1": KEY, "k2": KEY}, "k2" + sealed[2:], "person.1"),
        ({"k1": KEY}, sealed[:12], "person.1"),
        ({"k1": KEY}, "", "person.1"),
    ]:
        with pytest.raises(cipher.SealBroken):
            cipher.open_sealed(keys, text, context)


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("张老三", "张*三"),
        ("张三", "张*"),
        ("欧阳小明", "欧阳*明"),
        ("欧阳锋", "欧阳*"),
        ("欧阳", "欧*"),
        ("张王小明", "张**明"),
        ("买买提·艾力", "买**·*力"),
        ("张", "*"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname_and_last_character(full: str, masked: str) -> None:
    assert masking.name(full) == masked


def test_numbers_keep_head_and_tail_only() -> None:
    assert masking.resident_id("330782199001012330") == "330***********2330"
    assert masking.account("6228 4800 0000 0000 018") == "6228***********0018"
    assert masking.account_tail("6228480000000000018") == "0018"
    assert masking.phone("13812341234") == "138****1234"


@given(st.text("0123456789", min_size=1, max_size=32))
def test_every_mask_hides_at_least_four_figures_or_all(number: str) -> None:
    for masked in (masking.resident_id(number), masking.account(number), masking.phone(number)):
        assert len(masked) == len(number)
        assert masked.count("*") >= min(len(number) - 4, 4) > 0 or set(masked) == {"*"}
    assert len(masking.account_tail(number)) <= 4


def test_ids_sort_by_time_and_fit_the_column() -> None:
    early = ids.new_id("P", datetime(2026, 11, 20, tzinfo=UTC))
    late = ids.new_id("P", datetime(2026, 11, 20, 0, 0, 0, 2000, tzinfo=UTC))

    assert early < late
    assert len(early) == 22
    assert len(ids.new_id("BATCH")) == 22
    assert len({ids.new_id("P") for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize("prefix", ["", "TOOLONGX", "a-b", "案"])
def test_an_id_needs_a_plain_prefix(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        ids.new_id(prefix)


def test_an_id_needs_an_aware_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        ids.new_id("P", datetime(2026, 1, 1))


@pytest.mark.parametrize(("bits", "length"), [(1, 1), (40, 9), (128, 32)])
def test_a_token_has_the_bits_asked_for_in_groups_of_four(bits: int, length: int) -> None:
    token = ids.new_token(bits)

    assert len(token) == length
    assert all(len(group) <= 4 for group in token.split("-"))
    assert ids.read_token(token.lower()) == token.replace("-", "")


def test_a_token_is_read_as_people_type_it() -> None:
    assert ids.read_token("7k3f-oil0 ") == "7K3F0110"


def test_a_token_without_bits_is_a_bug() -> None:
    with pytest.raises(ValueError, match="bits"):
        ids.new_token(0)
