"""Signed notes and checkpoints: published examples, every key, and every way to be false."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from sanzi.kernel import notes
from sanzi.kernel.notes import BadNote, Checkpoint, Note, Signer, Verifier

# The example that the Go checksum database documents for its notes.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM="
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SIGNED = (
    f"{TEXT}\n\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2"
    "pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
LINE = "\N{EM DASH} a AAAAAAAA\n"
HEAD = Checkpoint("example.com/log", 20_852_163, bytes(range(32)), bytes(range(1, 33)))
KINDS = pytest.mark.parametrize("kind", sorted(notes.KINDS))


def test_the_published_example_is_signed_and_read() -> None:
    key = notes.read_verifier(KEY)
    assert (key.kind, key.text()) == (notes.ED25519, KEY)
    assert notes.read(SIGNED).signers([key]) == [key]
    signer = Signer(key, base64.b64decode(SEED))
    assert Note(TEXT).signed(signer.sign(TEXT)).whole() == SIGNED


@KINDS
def test_a_key_of_every_kind_signs_and_is_read_from_its_line(kind: str) -> None:
    signer = notes.new_signer("county.example/log", kind)
    note = Note(HEAD.text()).signed(signer.sign(HEAD.text(), 1_790_000_000))
    key = notes.read_verifier(signer.verifier.text())
    assert key == signer.verifier
    assert notes.read(note.whole()) == note
    assert note.signers([key]) == [key]


@KINDS
def test_another_text_another_key_and_another_time_are_false(kind: str) -> None:
    signer, other = (notes.new_signer("county.example/log", kind) for _ in range(2))
    made = signer.sign(HEAD.text(), 1_790_000_000)
    changed = replace(HEAD, size=HEAD.size + 1).text()
    with pytest.raises(BadNote, match="false signature"):
        Note(changed, (made,)).signers([signer.verifier])
    assert Note(HEAD.text(), (made,)).signers([other.verifier]) == []
    turned = bytes([made.body[0] ^ 1]) + made.body[1:]
    with pytest.raises(BadNote, match="false signature"):
        Note(HEAD.text(), (replace(made, body=turned),)).signers([signer.verifier])


def test_signatures_of_strangers_are_passed_over_and_one_key_signs_once() -> None:
    log, witness, stranger = (
        notes.new_signer(name, notes.ED25519) for name in ("log", "town", "else")
    )
    note = Note(TEXT).signed(log.sign(TEXT), stranger.sign(TEXT))
    note = note.signed(witness.sign(TEXT)).signed(log.sign(TEXT))
    assert [one.name for one in note.signatures] == ["else", "town", "log"]
    assert note.signers([log.verifier, witness.verifier]) == [log.verifier, witness.verifier]


def test_the_same_key_as_log_and_as_witness_has_two_ids() -> None:
    key = notes.read_verifier(KEY)
    assert replace(key, kind=notes.COSIGNED).key_id != key.key_id


@pytest.mark.parametrize("head", [HEAD, replace(HEAD, sm3_root=b"", size=0)])
def test_a_checkpoint_is_read_as_it_was_written(head: Checkpoint) -> None:
    assert notes.read_checkpoint(head.text()) == head


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "", "log\n5\n", f"log\n5\n{ROOT}", f"log\n05\n{ROOT}\n", f"log\n-5\n{ROOT}\n",
        f"log\n\N{ARABIC-INDIC DIGIT FIVE}\n{ROOT}\n", f"log\n{2**63}\n{ROOT}\n",
        f"\n5\n{ROOT}\n", "log\n5\nAAAA\n", "log\n5\nno base64\n", f"log\n5\n{ROOT}\n\nmore\n",
        f"log\n5\n{ROOT}\nsm3 {ROOT}\nsm3 {ROOT}\n", f"log\n5\n{ROOT}\nsm3 AAAA\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        notes.read_checkpoint(text)


@pytest.mark.parametrize(
    "whole",
    [
        "", TEXT, f"{TEXT}\n", SIGNED[:-1], SIGNED.replace("\N{EM DASH}", "-"),
        SIGNED.replace("x08go", "*"), f"{TEXT}\n\N{EM DASH} a b c\n",
        f"{TEXT}\n\N{EM DASH} a+b AAAAAAA=\n", f"{TEXT}\n\N{EM DASH} a AAAA\n",
        SIGNED.replace("think", "th\tink"), f"{TEXT}\n" + LINE * 33,
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(whole: str) -> None:
    with pytest.raises(BadNote):
        notes.read(whole)


@pytest.mark.parametrize(
    "text",
    [
        "", "name", "name+00000000", "name+00000000+AQ==", KEY.replace("c74f20a3", "c74f20a4"),
        KEY.replace("PeterNeumann", "Peter Neumann"), "name+00000000+/wAA", "n+00000000+*",
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        notes.read_verifier(text)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(BadNote, match="31 bytes"):
        Verifier("log", notes.ED25519, bytes(31))
    with pytest.raises(BadNote, match="key name"):
        Verifier("a+b", notes.ED25519, bytes(32))
