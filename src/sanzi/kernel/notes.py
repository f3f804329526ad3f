"""Texts signed by several keys, and checkpoints of a log among them. No Django.

Source: c2sp.org/signed-note v1.0.0, c2sp.org/tlog-checkpoint v1.0.0 and tlog-cosignature
(Ed25519, v1). SM2 over SM3 (GB/T 32918.2-2016) has no byte of its own there: its keys stand under
0xff and a name, as signed-note allows. Verifiers that do not know it pass over its lines.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import gmssl_pyx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

ED25519, COSIGNED, SM2, SM2_COSIGNED = "ed25519", "cosignature", "sm2", "sm2-cosignature"
KINDS: Final = {
    ED25519: b"\x01",
    COSIGNED: b"\x04",
    SM2: b"\xffsm2-sm3",
    SM2_COSIGNED: b"\xffsm2-sm3/cosignature/v1",
}
TIMED: Final = (COSIGNED, SM2_COSIGNED)
DASH: Final = "\N{EM DASH}"
ED25519_BYTES, SM2_BYTES, TIME_BYTES, ID_BYTES = 32, 64, 8, 4
SIGNATURES_MAX: Final = 32
SIZE_MAX: Final = 2**63 - 1
CHECKPOINT_LINES: Final = 3
ROOT_BYTES: Final = 32


class BadNote(ValueError):
    """The text is no signed note, no checkpoint, or no key."""


@dataclass(frozen=True)
class Verifier:
    """A key that signatures are checked with.

    Shapes: `name` has no spaces and no plus; `public` are 32 bytes (Ed25519) or 64 (SM2, x and y).
    """

    name: str
    kind: str
    public: bytes

    def __post_init__(self) -> None:
        """Raises: BadNote, for a name or a key of another shape."""
        wanted = SM2_BYTES if self.kind.startswith(SM2) else ED25519_BYTES
        if self.kind not in KINDS or len(self.public) != wanted:
            raise BadNote(f"{self.kind}: {len(self.public)} bytes")
        if not self.name or "+" in self.name or any(one.isspace() for one in self.name):
            raise BadNote(f"key name: {self.name!r}")

    @property
    def key_id(self) -> bytes:
        """The four bytes that lead its signatures."""
        return hashlib.sha256(f"{self.name}\n".encode() + KINDS[self.kind] + self.public).digest()[
            :ID_BYTES
        ]

    def text(self) -> str:
        """Return the key as one line: name, id, type and bytes (a vkey)."""
        body = base64.b64encode(KINDS[self.kind] + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{body}"

    def holds(self, note: str, signature: bytes) -> bool:
        """Whether the holder of the key signed this text."""
        message = note.encode()
        if self.kind in TIMED:
            at = int.from_bytes(signature[:TIME_BYTES])
            if at > SIZE_MAX:
                return False
            message, signature = _timed(at, note), signature[TIME_BYTES:]
        if self.kind.startswith(SM2):
            return _sm2_holds(self.public, message, signature)
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A key that signs: 32 bytes of seed (Ed25519) or of number (SM2)."""

    verifier: Verifier
    private: bytes

    def sign(self, note: str, at: int = 0) -> Signature:
        """Return the signature over a text; a cosignature tells its time, in seconds of POSIX."""
        message = note.encode()
        lead = b""
        if self.verifier.kind in TIMED:
            message, lead = _timed(at, note), at.to_bytes(TIME_BYTES)
        if self.verifier.kind.startswith(SM2):
            made = gmssl_pyx.sm2_sign(self.private, self.verifier.public, message)
        else:
            made = ed25519.Ed25519PrivateKey.from_private_bytes(self.private).sign(message)
        return Signature(self.verifier.name, self.verifier.key_id, lead + made)


@dataclass(frozen=True)
class Signature:
    """One line under a note."""

    name: str
    key_id: bytes
    body: bytes

    def line(self) -> str:
        """Return the line without its end."""
        return f"{DASH} {self.name} {base64.b64encode(self.key_id + self.body).decode()}"


@dataclass(frozen=True)
class Note:
    """A text that ends with a line's end, and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def whole(self) -> str:
        """Return the note as it is published."""
        return f"{self.text}\n" + "".join(f"{one.line()}\n" for one in self.signatures)

    def signed(self, *made: Signature) -> Note:
        """Return the note with more signatures; one of the same key is replaced."""
        keys = {(one.name, one.key_id) for one in made}
        held = [one for one in self.signatures if (one.name, one.key_id) not in keys]
        return replace(self, signatures=(*held, *made))

    def signers(self, known: Iterable[Verifier]) -> list[Verifier]:
        """Return those of the known keys that signed this text.

        Signatures of others are passed over. Raises: BadNote, where one of a known key is false.
        """
        found = []
        for key in known:
            own = [one for one in self.signatures if (one.name, one.key_id) == _place(key)]
            if not all(key.holds(self.text, one.body) for one in own):
                raise BadNote(f"false signature: {key.name}")
            found += [key] if own else []
        return found


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log: how many leaves, and the roots over them by both hashes, 32 bytes each."""

    origin: str
    size: int
    root: bytes
    sm3_root: bytes = b""

    def text(self) -> str:
        """Return the text that is signed; the SM3 root stands on a line of its own."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode()]
        if self.sm3_root:
            lines.append(f"sm3 {base64.b64encode(self.sm3_root).decode()}")
        return "".join(f"{one}\n" for one in lines)


def new_signer(name: str, kind: str) -> Signer:
    """Make a key. Raises: BadNote, for a name that cannot stand in a note."""
    if kind.startswith(SM2):
        public, private = gmssl_pyx.sm2_key_generate()
        return Signer(Verifier(name, kind, public), private)
    made = ed25519.Ed25519PrivateKey.generate()
    return Signer(
        Verifier(name, kind, made.public_key().public_bytes_raw()), made.private_bytes_raw()
    )


def read_verifier(text: str) -> Verifier:
    """Return the key that a line tells. Raises: BadNote, also where its id is not its own."""
    parts = text.strip().split("+", 2)
    if len(parts) != CHECKPOINT_LINES:
        raise BadNote("a key is name+id+bytes")
    name, told, body = parts
    raw = _decoded(body)
    kinds = sorted(KINDS, key=lambda one: -len(KINDS[one]))
    kind = next((one for one in kinds if raw.startswith(KINDS[one])), "")
    if not kind:
        raise BadNote("a key of an unknown type")
    found = Verifier(name, kind, raw[len(KINDS[kind]) :])
    if found.key_id.hex() != told:
        raise BadNote("the id is not that of the key")
    return found


def read(whole: str) -> Note:
    """Return a signed note from its text. Raises: BadNote; nothing is verified yet."""
    text, between, below = whole.rpartition("\n\n")
    lines = below.split("\n")
    if not between or lines[-1] != "" or not 1 < len(lines) <= SIGNATURES_MAX + 1:
        raise BadNote("no text and signatures with an empty line between")
    if any(one < " " and one != "\n" for one in whole):
        raise BadNote("control characters")
    return Note(f"{text}\n", tuple(_signature(one) for one in lines[:-1]))


def read_checkpoint(text: str) -> Checkpoint:
    """Return the head of a log that a note's text tells. Raises: BadNote."""
    lines = text.split("\n")
    if len(lines) <= CHECKPOINT_LINES or lines[-1] or not all(lines[:-1]):
        raise BadNote("a checkpoint has origin, size and root")
    origin, size, root = lines[:CHECKPOINT_LINES]
    if not (size.isascii() and size.isdigit()) or str(int(size)) != size or int(size) > SIZE_MAX:
        raise BadNote(f"size: {size}")
    more = [
        one.removeprefix("sm3 ") for one in lines[CHECKPOINT_LINES:-1] if one.startswith("sm3 ")
    ]
    roots = [_decoded(one) for one in [root, *more]]
    if len(more) > 1 or any(len(one) != ROOT_BYTES for one in roots):
        raise BadNote("a root has 32 bytes")
    return Checkpoint(origin, int(size), *roots)


def _place(key: Verifier) -> tuple[str, bytes]:
    return key.name, key.key_id


def _signature(line: str) -> Signature:
    parts: Sequence[str] = line.split(" ")
    if len(parts) != CHECKPOINT_LINES or parts[0] != DASH or not parts[1] or "+" in parts[1]:
        raise BadNote(f"signature line: {line[:60]}")
    raw = _decoded(parts[2])
    if len(raw) <= ID_BYTES:
        raise BadNote("an empty signature")
    return Signature(parts[1], raw[:ID_BYTES], raw[ID_BYTES:])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise BadNote("no base64") from wrong


def _timed(at: int, note: str) -> bytes:
    return f"cosignature/v1\ntime {at}\n{note}".encode()


def _sm2_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        return bool(gmssl_pyx.sm2_verify(public, message, signature))
    except (gmssl_pyx.GmsslInnerError, gmssl_pyx.InvalidValueError, ValueError):
        return False
