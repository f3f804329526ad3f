"""What is taken and what is not: words, photos, floods, codes, the same form twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sanzi.evidence.errors import FileTooBig
from sanzi.kernel.refusals import Refusal
from sanzi.notices.models import Notice
from sanzi.orgs import secrets
from sanzi.orgs.actions import rotation
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import roles
from sanzi.voice import errors, queries, rules
from sanzi.voice.actions import handing_in, proofs
from sanzi.voice.models import Bar, Complaint, Part, TextCode, UsedProof, WrappedKey
from worlds import letters
from worlds.village import AT, WILLOW, World

EDITION = rules.on(AT.date())


def counts() -> tuple[int, ...]:
    tables = (Complaint, Part, Bar, WrappedKey, Notice, TextCode, UsedProof)
    return tuple(table.objects.count() for table in tables)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"words": "  "}, errors.NothingSaid),
        ({"words": "长" * (EDITION.words_max + 1)}, errors.TooLong),
        ({"kind": "gossip"}, errors.NoSuchKind),
        ({"is_named": True, "name": "王小芳"}, errors.NameMissing),
        ({"photos": (("a.jpg", b"x"),) * (EDITION.photos_max + 1)}, errors.TooManyPhotos),
        ({"photos": (("录像.mp4", b"\0\0\0\x18ftypmp42" + bytes(99)),)}, errors.NoPhoto),
        ({"photos": (("大.jpg", b"\xff\xd8\xff" + bytes(21 * 1024 * 1024)),)}, FileTooBig),
        ({"division_code": "999901101999"}, NotFound),
        ({"token": "short"}, NotFound),
    ],
)
def test_what_is_not_taken_leaves_nothing(
    world: World, more: dict[str, Any], refusal: type[Refusal]
) -> None:
    before = counts()

    with pytest.raises(refusal):
        handing_in.hand_in(letter=letters.letter(**more), at=AT)

    assert counts() == before


def test_the_same_form_sent_twice_is_one_letter_with_one_receipt(world: World) -> None:
    first = handing_in.hand_in(letter=letters.letter(), at=AT)
    before = counts()

    assert handing_in.hand_in(letter=letters.letter(words="别的话"), at=AT) == first
    assert counts() == before
    assert queries.followed(code=first.code).words == letters.WORDS
    assert len(first.code) == 19


def test_a_wrong_code_and_a_code_of_nothing_answer_alike(world: World) -> None:
    code, _ = letters.write()
    wrong = ("0" if code[0] != "0" else "1") + code[1:]

    said = set()
    for one in (wrong, "", "7K3F", "' OR 1=1 --", "0" * 500):
        with pytest.raises(errors.ReceiptNotOpened) as refused:
            queries.followed(code=one)
        said.add((refused.value.text, refused.value.advice))
    assert len(said) == 1


def crowd(monkeypatch: pytest.MonkeyPatch, bits: int = 8) -> None:
    """Let the first letter of a day be the last without proof."""
    less = replace(EDITION, free_per_day=1, proof_bits=bits)
    monkeypatch.setattr(rules, "on", lambda _day: less)


def worked(challenge: str, bits: int = 8) -> str:
    return next(str(turn) for turn in range(1 << 20) if rules.is_proof(challenge, str(turn), bits))


def test_in_a_flood_the_work_of_a_device_counts_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(monkeypatch)
    letters.write()
    before = counts()
    for proof in (
        proofs.NO_PROOF,
        proofs.Proof(challenge="forged", answer="1"),
        proofs.Proof(challenge=proofs.new_challenge(WILLOW, "business"), answer="1"),
    ):
        with pytest.raises(errors.ProofNeeded):
            handing_in.hand_in(letter=letters.letter(token="F" * 20, proof=proof), at=AT)
        assert counts() == before
    challenge = proofs.new_challenge(WILLOW, "corruption")
    good = proofs.Proof(challenge=challenge, answer=worked(challenge))

    handing_in.hand_in(letter=letters.letter(token="F" * 20, proof=good), at=AT)
    with pytest.raises(errors.ProofNeeded):
        handing_in.hand_in(letter=letters.letter(token="G" * 20, proof=good), at=AT)

    assert Complaint.objects.count() == 2
    letters.write(kind="business", token="H" * 20)  # another kind has a day of its own


def test_a_code_by_text_is_the_other_door_and_names_no_letter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(monkeypatch)
    letters.write()
    proofs.send_code(division_code=WILLOW, phone=letters.PHONE, at=AT)
    code = Notice.objects.get(channel="SMS").params["code"]

    def hand_in(token: str, **more: Any) -> None:
        proof = proofs.Proof(phone=letters.PHONE, **more)
        handing_in.hand_in(letter=letters.letter(token=token, proof=proof), at=AT)

    with pytest.raises(errors.TextCodeWrong) as refused:
        hand_in("F" * 20, code="000000" if code != "000000" else "111111")
    proofs.note_wrong(refused.value)
    assert TextCode.objects.get().wrong_count == 1
    hand_in("F" * 20, code=code)
    with pytest.raises(errors.TextCodeWrong):
        hand_in("G" * 20, code=code)

    assert Complaint.objects.count() == 2
    used = TextCode.objects.get()
    assert used.used_at == rules.hour_of(AT)
    assert letters.PHONE not in str(TextCode.objects.values())


def test_codes_by_text_have_an_end_for_a_phone_and_are_forgotten(world: World) -> None:
    for _ in range(EDITION.codes_per_phone):
        proofs.send_code(division_code=WILLOW, phone=letters.PHONE, at=AT)
    before = counts()

    with pytest.raises(errors.TooManyTexts):
        proofs.send_code(division_code=WILLOW, phone=letters.PHONE, at=AT)

    assert counts() == before
    assert proofs.forget(AT + timedelta(days=3)) == EDITION.codes_per_phone


def test_a_new_data_key_keeps_letters_readable(world: World) -> None:
    _, one = letters.write(kind="business", accused=())

    columns = {f"{column.title}" for column in rotation._columns()}

    assert "voice_complaint.sealed_letter" in columns
    assert secrets.reveal("letter", one.sealed_letter)


def test_every_role_of_a_route_may_handle_letters() -> None:
    for kind in EDITION.kinds:
        for stop in kind.route:
            for role in stop.roles:
                assert queries.HANDLE in roles()[role].may
                assert roles()[role].level == stop.level


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unit: hours", "unit: weeks", "weeks"),
        ("roles: [town_discipline_office]", "roles: [town_leader]", "discipline offices alone"),
        ("proof_bits: 16", "proof_bits: 90", "90"),
        ("{level: village,", "{level: county,", "a route climbs"),
    ],
)
def test_a_wrong_file_of_kinds_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = rules.FILE.read_text("utf-8")
    broken = tmp_path / "complaints.yaml"
    broken.write_text(text.replace(old, new, 1), "utf-8")

    with pytest.raises(rules.BadComplaints, match=said):
        rules.read(broken)
