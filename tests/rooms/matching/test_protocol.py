"""Counties and the service over the wire: what is found, what is refused, what nobody can tell."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanzi.kernel import matching, notes, oprf
from sanzi.matching import party
from sanzi.matching.errors import AnswerForged, ServiceDown, ServiceRefused
from worlds.matching import (
    CODES,
    PERIOD,
    PURPOSE,
    Province,
    everything,
    handed_in,
    matched,
)

ONE, TWO, THREE = CODES
PEOPLE = [f"id:32058219900101{number:04}" for number in range(30)]


@pytest.fixture
def province(tmp_path):
    with Province(tmp_path).open() as found:
        yield found


def _refused(asked):
    with pytest.raises(ServiceRefused) as refusal:
        asked()
    return refusal.value.data["why"]


def _counts(province, *tables):
    return [province.store.rows(f"SELECT COUNT(*) FROM {one}")[0][0] for one in tables]


def test_three_counties_find_what_a_plain_comparison_finds(province):
    held = {ONE: PEOPLE[:20], TWO: PEOPLE[15:25], THREE: [*PEOPLE[:3], *PEOPLE[18:30]]}
    parties = {code: province.party(code) for code in CODES}
    for code, values in held.items():
        handed_in(parties[code], values, *(other for other in CODES if other != code))

    for code in CODES:
        for other in set(CODES) - {code}:
            mine = matched(parties[code], held[code], other)
            theirs = matched(parties[other], held[other], code)
            assert set(mine.values()) == set(held[code]) & set(held[other])
            assert mine == theirs


@settings(max_examples=3)
@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=6, unique=True),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=6, unique=True),
)
def test_any_two_sets_are_matched_as_in_the_clear(tmp_path_factory, mine, theirs):
    with Province(tmp_path_factory.mktemp("match")).open() as province:
        one, two = province.party(ONE), province.party(TWO)
        handed_in(one, mine, TWO)
        assert one.collect(PURPOSE, PERIOD, TWO)["pairs"] is None
        handed_in(two, theirs, ONE)

        assert set(matched(one, mine, TWO).values()) == set(mine) & set(theirs)
        assert set(matched(two, theirs, ONE).values()) == set(mine) & set(theirs)


def test_nothing_of_a_value_stays_at_the_service(province):
    outputs = handed_in(province.party(ONE), PEOPLE[:5], TWO)
    tag = province.party(ONE).tags(PURPOSE, PERIOD, TWO, outputs)[0]
    folder = province.folder / "service"
    key = next((folder / "keys").iterdir()).read_bytes()

    # The service's own key does not tell a tag: the two counties' secret is missing.
    alone = oprf.finished(
        PEOPLE[0].encode(), b"\x01".rjust(32, b"\0"),
        oprf.evaluated(key, oprf.blinded(PEOPLE[0].encode(), b"\x01".rjust(32, b"\0"))),
    )  # fmt: skip
    assert alone in outputs
    kept = everything(folder)
    assert not any(one in kept for one in outputs)
    for one in PEOPLE[:5]:
        assert one.encode() not in kept
        assert one[3:].encode() not in kept

    handed_in(province.party(TWO), PEOPLE[3:8], ONE)
    # Once they are compared the tags go, too, and the log never had any.
    assert bytes.fromhex(tag) not in everything(folder)
    told = json.dumps(province.store.lines())
    assert tag not in told
    assert [one["count"] for one in province.store.lines() if one["what"] == "matched"] == [2]


def test_tags_for_two_counties_have_nothing_in_common(province):
    one = province.party(ONE)
    outputs = one.outputs(PURPOSE, PERIOD, PEOPLE[:10])

    for_two = one.tags(PURPOSE, PERIOD, TWO, outputs)
    for_three = one.tags(PURPOSE, PERIOD, THREE, outputs)

    assert not set(for_two) & set(for_three)
    orders = [one.order(PURPOSE, PERIOD, other, 10) for other in (TWO, THREE)]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(10))


def test_a_third_county_cannot_make_the_tags_of_two_others(province):
    outputs = province.party(ONE).outputs(PURPOSE, PERIOD, PEOPLE[:1])
    [true] = province.party(ONE).tags(PURPOSE, PERIOD, TWO, outputs)
    thief = province.party(THREE)

    made = {thief.tags(PURPOSE, PERIOD, other, outputs)[0] for other in (ONE, TWO)}

    assert true not in made


def test_another_period_or_purpose_is_another_function(province):
    one = province.party(ONE)
    found = [
        one.outputs(PURPOSE, PERIOD, PEOPLE[:1]),
        one.outputs("supplier", PERIOD, PEOPLE[:1]),
        one.outputs("invoice-claimed", "2025-Q4", PEOPLE[:1]),
    ]
    assert len({outputs[0] for outputs in found}) == 3


# --- limits -------------------------------------------------------------------------------------


def test_a_county_that_asks_for_more_than_its_share_is_refused_and_gains_nothing(province):
    province.purposes[PURPOSE] = replace(province.purposes[PURPOSE], most=10)
    one = province.party(ONE)
    one.outputs(PURPOSE, PERIOD, PEOPLE[:10])

    assert _refused(lambda: one.outputs(PURPOSE, PERIOD, PEOPLE[:11])) == "too_many"
    assert _counts(province, "point") == [10]
    assert province.store.lines()[-1]["what"] == "refused too_many"
    # The same again is no more; another county has its own share.
    assert len(one.outputs(PURPOSE, PERIOD, PEOPLE[:10])) == 10
    assert len(province.party(TWO).outputs(PURPOSE, PERIOD, PEOPLE[20:30])) == 10


def test_more_tags_than_were_evaluated_and_tags_twice_are_refused(province):
    one = province.party(ONE)
    outputs = one.outputs(PURPOSE, PERIOD, PEOPLE[:3])
    tags = one.tags(PURPOSE, PERIOD, TWO, outputs)

    def deliver(some):
        return lambda: one.deliver(PURPOSE, PERIOD, TWO, some)

    assert _refused(deliver([*tags, "00" * 16])) == "more_than_evaluated"
    assert _refused(deliver([tags[0], tags[0]])) == "twice_the_same"
    assert _counts(province, "delivery", "pair") == [0, 0]


def test_what_was_handed_in_stays_and_the_same_again_is_nothing_new(province):
    one = province.party(ONE)
    outputs = handed_in(one, PEOPLE[:3], TWO)
    before = len(province.store.lines())

    tags = one.tags(PURPOSE, PERIOD, TWO, outputs)
    one.deliver(PURPOSE, PERIOD, TWO, tags)
    assert len(province.store.lines()) == before
    assert _refused(lambda: one.deliver(PURPOSE, PERIOD, TWO, tags[:2])) == "already_delivered"
    assert one.collect(PURPOSE, PERIOD, TWO)["mine"] == party.tags_digest(tags)


@pytest.mark.parametrize(
    ("purpose", "period", "why"),
    [
        (PURPOSE, "2026", "period_closed"),
        (PURPOSE, "2024", "period_closed"),
        (PURPOSE, "2025-Q4", "bad_period"),
        ("curiosity", "2025", "unknown_purpose"),
    ],
)
def test_a_wrong_period_or_purpose_is_refused(province, purpose, period, why):
    one = province.party(ONE)
    assert _refused(lambda: one.outputs(purpose, period, PEOPLE[:1])) == why
    assert _counts(province, "point", "period_key") == [0, 0]


def test_a_key_is_destroyed_when_its_period_is_over_and_never_made_again(province):
    handed_in(province.party(ONE), PEOPLE[:3], TWO)
    [file] = (province.folder / "service" / "keys").iterdir()
    key = file.read_bytes()

    province.at += timedelta(days=100)
    assert _refused(lambda: province.party(ONE).outputs(PURPOSE, PERIOD, PEOPLE[:1]))

    assert not file.exists()
    assert key not in everything(province.folder / "service")
    assert _counts(province, "point", "delivery", "pair") == [0, 0, 0]
    province.at -= timedelta(days=100)
    assert _refused(lambda: province.party(ONE).outputs(PURPOSE, PERIOD, PEOPLE[:1])) == (
        "period_closed"
    )
    assert not file.exists()


# --- who asks, and who answers ------------------------------------------------------------------


def test_another_countys_signature_is_no_signature(province):
    thief = province.party(ONE, signer=province.signers[TWO])
    stranger = province.party(ONE, signer=notes.new_signer("320582.lake", notes.ED25519))
    unknown = replace(province.party(ONE), code="110101")

    for one in (thief, stranger):
        assert _refused(lambda one=one: one.outputs(PURPOSE, PERIOD, PEOPLE[:1])) == (
            "bad_signature"
        )
    assert _refused(lambda: unknown.outputs(PURPOSE, PERIOD, PEOPLE[:1])) == "unknown_county"
    assert _counts(province, "point", "log") == [0, 0]


def _request(province, *, body=None, at=None, nonce="n" * 40, door="/match/collect"):
    told = {"purpose": PURPOSE, "period": PERIOD, "other": TWO}
    signed_body = json.dumps(told).encode()
    at = int(province.at.timestamp()) if at is None else at
    text = matching.asked("/match/collect", ONE, at, nonce, signed_body)
    made = province.signers[ONE].sign(text).body.hex()
    headers = dict(zip(matching.HEADERS, (ONE, str(at), nonce, made), strict=True))
    return httpx.post(
        f"{province.url}{door}", content=body or signed_body, headers=headers, trust_env=False
    )


def test_a_question_is_answered_once_and_in_its_time(province):
    now = int(province.at.timestamp())
    assert _request(province).status_code == 200
    assert _request(province).json() == {"code": "replayed"}
    assert _request(province, nonce="m" * 40, at=now - 301).json() == {"code": "late"}
    assert _request(province, nonce="m" * 40, at=now + 301).json() == {"code": "late"}
    changed = json.dumps({"purpose": "supplier", "period": PERIOD, "other": TWO}).encode()
    assert _request(province, nonce="k" * 40, body=changed).json() == {"code": "bad_signature"}
    assert _request(province, nonce="j" * 40, door="/match/deliver").json() == {
        "code": "bad_signature"
    }


def _answering(province, monkeypatch, change):
    """Let somebody on the way change what the service answered."""
    true = httpx.post

    def post(*args, **named):
        return change(true(*args, **named))

    monkeypatch.setattr(party.httpx, "post", post)
    return province.party(ONE)


def test_an_answer_that_was_changed_on_the_way_is_not_believed(province, monkeypatch):
    def changed(answer):
        return httpx.Response(200, content=answer.content + b" ", headers=answer.headers)

    with pytest.raises(AnswerForged):
        _answering(province, monkeypatch, changed).outputs(PURPOSE, PERIOD, PEOPLE[:2])


def test_an_answer_to_another_question_is_not_believed(province, monkeypatch):
    kept = []

    def old(answer):
        kept.append(answer)
        return kept[0]

    one = _answering(province, monkeypatch, old)
    one.outputs(PURPOSE, PERIOD, PEOPLE[:2])
    with pytest.raises(AnswerForged):
        one.outputs(PURPOSE, PERIOD, PEOPLE[:2])


def test_half_an_answer_and_none_are_no_answer(province, monkeypatch):
    true = province.server.service.answer

    def half(question, read):
        return {"points": true(question, read)["points"][:1]}

    monkeypatch.setattr(province.server.service, "answer", half)
    with pytest.raises(ServiceDown):
        province.party(ONE).outputs(PURPOSE, PERIOD, PEOPLE[:2])

    def late(*args, **named):
        raise httpx.ReadTimeout("late")

    monkeypatch.setattr(party.httpx, "post", late)
    with pytest.raises(ServiceDown):
        province.party(ONE).outputs(PURPOSE, PERIOD, PEOPLE[:2])


def test_what_is_no_point_is_refused_with_everything_beside_it(province):
    one = province.party(ONE)
    good = oprf.blinded(b"x", oprf.new_key()).hex()
    told = {"purpose": PURPOSE, "period": PERIOD}

    for points in ([good, "ff" * 32], [good, "00"], [good, None], "none"):
        asked = {**told, "points": points}
        assert _refused(lambda asked=asked: one._ask("/match/evaluate", asked)) in {
            "bad_point", "bad_request",
        }  # fmt: skip
    assert _counts(province, "point", "period_key") == [0, 0]


# --- the log ------------------------------------------------------------------------------------


def test_the_log_is_a_chain_that_nobody_changes(province, capsys):
    from sanzi_match import main

    handed_in(province.party(ONE), PEOPLE[:3], TWO)
    handed_in(province.party(TWO), PEOPLE[:2], ONE)
    folder = province.folder / "service"
    what = [one["what"] for one in province.store.lines()]
    assert what == ["key_made", "evaluated", "delivered", "evaluated", "delivered", "matched"]
    assert province.store.broken_at() is None
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        province.store.rows("UPDATE log SET count = 0 WHERE number = 3")
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        province.store.rows("DELETE FROM log WHERE number = 6")
    assert main.main(["log", "--folder", str(folder)]) == 0

    # Whoever owns the file can change it; the chain says so.
    owner = sqlite3.connect(folder / "match.sqlite3", isolation_level=None)
    owner.execute("DROP TRIGGER log_kept")
    owner.execute("UPDATE log SET count = 0 WHERE number = 3")
    owner.close()
    capsys.readouterr()
    assert main.main(["log", "--folder", str(folder)]) == 1
    assert "第 3 行" in capsys.readouterr().err
