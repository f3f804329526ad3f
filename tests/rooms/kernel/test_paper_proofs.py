"""The proof on a paper: packed, read, checked, and no spoilt one is believed."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.kernel import merkle, notes, paper_proofs
from sanzi.kernel.merkle import SHA256
from sanzi.kernel.paper_proofs import MARK, BadProof, PaperProof
from worlds import paper_log

LOG = paper_log.month()
PROOF = LOG.proof(5, 9)
TEXT = PROOF.text()
KEYS = [one.verifier for one in (*LOG.own, *LOG.town, *LOG.county)]


def test_a_proof_is_read_as_it_was_written() -> None:
    assert TEXT.startswith(MARK)
    assert paper_proofs.read(TEXT) == PROOF
    assert PROOF.is_in_log()
    assert PROOF.note(KEYS).signers(KEYS) == [*KEYS[:2], KEYS[2], KEYS[4]]


def test_spaces_line_ends_and_small_letters_do_no_harm() -> None:
    split = "\n".join(TEXT[at : at + 40] for at in range(0, len(TEXT), 40))
    assert paper_proofs.read(f"  {split.lower()} \n") == PROOF


def test_a_paper_of_a_log_of_a_million_leaves_fits_a_code() -> None:
    long = dataclasses.replace(PROOF, index=2**20 - 1, path=(bytes(32),) * 20)
    assert len(long.text()) < 2_520, "version 30 of the code, level L"


def test_a_paper_of_eight_million_leaves_is_about_a_kilobyte() -> None:
    size = 8_000_050
    length = merkle.path_length(8_000_007, size)
    head = dataclasses.replace(PROOF.head, size=size)
    made = dataclasses.replace(PROOF, head=head, index=8_000_007, path=(bytes(32),) * length)
    assert len(paper_proofs.MARK) + 8 * 1_100 / 5 > len(made.text()), "bytes, five bits a letter"


def test_the_length_of_a_path_is_told_before_it_is_made() -> None:
    for size in range(1, 40):
        for index in range(size):
            made = merkle.inclusion(SHA256, index, size, lambda _level, _index: bytes(32))
            assert merkle.path_length(index, size) == len(made)


def test_the_log_signs_twice_and_each_who_cosigns_once() -> None:
    whole = notes.read(LOG.note(9))
    assert len(whole.signatures) == 6
    ids = [one.verifier.key_id for one in (*LOG.own, LOG.town[0], LOG.county[0])]
    assert [key_id for key_id, _ in PROOF.signatures] == ids


def test_a_leaf_with_one_fen_more_is_not_in_the_log() -> None:
    changed = dataclasses.replace(PROOF, leaf=PROOF.leaf.replace(b"1219650", b"1219651"))
    assert not changed.is_in_log()
    assert not dataclasses.replace(PROOF, index=4).is_in_log()
    turned = (bytes(32), *PROOF.path[1:])
    assert not dataclasses.replace(PROOF, path=turned).is_in_log()


def test_signatures_of_keys_that_nobody_knows_are_left_out() -> None:
    known = [one.verifier for one in LOG.town]
    note = PROOF.note(known)
    assert {one.name for one in note.signatures} == {"qingshan.example/log/town"}
    assert note.signers(known) == known[:1], "who cosigns is there once"
    other = dataclasses.replace(PROOF, head=dataclasses.replace(PROOF.head, size=10))
    with pytest.raises(notes.BadNote, match="false signature"):
        other.note(known).signers(known)


@pytest.mark.parametrize(
    "text",
    ["", "https://qingshan.example", TEXT[:-1], TEXT[:40], MARK, f"{MARK}AAAA", f"{MARK}1089",
     TEXT.replace("A", "B", 1) + "A", MARK + TEXT],
    ids=["nothing", "an address", "less one", "a beginning", "the mark", "four", "a wrong four",
         "a letter changed", "the mark twice"],
)  # fmt: skip
def test_what_is_no_proof_or_not_whole_is_refused(text: str) -> None:
    with pytest.raises(BadProof):
        paper_proofs.read(text)


def sealed(body: bytes) -> str:
    """Return bytes as a text whose check is right."""
    import base64

    from sanzi.kernel.merkle import SHA256

    whole = body + SHA256.digest(body)[:4]
    return MARK + base64.b32encode(whole).decode().rstrip("=")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "cut short"),
        (b"\x02", "another format"),
        (b"\x01\x02\xff\xfe", "no text"),
        (b"\x01\x01a" + b"\x80" * 12, "too large"),
        (b"\x01\x01a\x09" + bytes(64) + b"\x05\x00\x01x\x00!", "more than a proof"),
        (b"\x01\x01a\x09" + bytes(64) + b"\x05\xff\xff\x03", "cut short"),
    ],
)
def test_bytes_with_a_right_check_that_are_no_proof_are_refused(body: bytes, why: str) -> None:
    with pytest.raises(BadProof, match=why):
        paper_proofs.read(sealed(body))


@given(st.integers(0, 2**40), st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_any_proof_comes_back_as_it_was(index: int, path: list[bytes]) -> None:
    made = PaperProof(PROOF.head, index, tuple(path), b"leaf\n", PROOF.signatures)
    assert paper_proofs.read(made.text()) == made
