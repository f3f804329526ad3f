"""One county at the service: its keys, the questions it signs, the answers it believes.

Blinds its values, has them multiplied, takes the blinds away, and makes tags for each other county
that only the two of them can make. Nothing of the database here.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives.asymmetric import x25519

from sanzi.kernel import digest, matching, notes, oprf
from sanzi.kernel.matching import Participant
from sanzi.kernel.notes import Signer, Verifier
from sanzi.matching.errors import AnswerForged, BadSetting, ServiceDown, ServiceRefused

SECONDS: Final = 60.0
NONCE_BITS: Final = 160
OK: Final = 200
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Service:
    """Where the service of the province is, and the key that it signs with."""

    url: str
    key: Verifier


@dataclass(frozen=True)
class Party:
    """A county that takes part. `agree` is private: secrets with other counties come from it."""

    code: str
    signer: Signer
    agree: bytes
    others: Mapping[str, Participant]
    service: Service
    clock: Clock

    def outputs(self, purpose: str, period: str, values: Sequence[str]) -> list[bytes]:
        """Return what the service's function gives for each value; it learns none of them.

        Raises: ServiceDown, AnswerForged, ServiceRefused.
        """
        about = f"{purpose} {period}"
        secret = digest.hmac_sm3(self.agree, f"{matching.FORMAT} blinds {about}").encode()
        made: list[bytes] = []
        for start in range(0, len(values), matching.POINTS_MAX):
            some = [one.encode() for one in values[start : start + matching.POINTS_MAX]]
            blinds = [oprf.blind_of(secret, one) for one in some]
            points = [oprf.blinded(one, blind) for one, blind in zip(some, blinds, strict=True)]
            told = self._ask(
                "/match/evaluate",
                {"purpose": purpose, "period": period, "points": [one.hex() for one in points]},
            )
            back = _points(told.get("points"), len(some))
            try:
                made += [
                    oprf.finished(one, blind, point)
                    for one, blind, point in zip(some, blinds, back, strict=True)
                ]
            except oprf.BadPoint as error:
                raise ServiceDown(why="回答里有读不了的点") from error
        return made

    def tags(self, purpose: str, period: str, other: str, outputs: Sequence[bytes]) -> list[str]:
        """Return the tags for one other county, in an order that says nothing of the rows."""
        secret = self._secret(purpose, period, other)
        return [
            matching.tag(secret, outputs[number])
            for number in matching.places(secret, self.code, len(outputs))
        ]

    def order(self, purpose: str, period: str, other: str, count: int) -> list[int]:
        """Return which value stands at each place of what was sent to a county."""
        return matching.places(self._secret(purpose, period, other), self.code, count)

    def deliver(self, purpose: str, period: str, other: str, tags: Sequence[str]) -> str:
        """Hand in the tags for one county, whole; return their digest. The same again is nothing.

        Raises: ServiceDown, AnswerForged, ServiceRefused.
        """
        about = {"purpose": purpose, "period": period, "other": other}
        told = self._ask("/match/deliver", {**about, "tags": list(tags)})
        if told.get("digest") != tags_digest(tags):
            raise ServiceDown(why="收下的和送去的不一样")
        return str(told["digest"])

    def collect(self, purpose: str, period: str, other: str) -> dict[str, Any]:
        """Return `mine` (digest of what was handed in, or empty), `is_other_in`, `pairs` or None.

        Raises: ServiceDown, AnswerForged, ServiceRefused.
        """
        about = {"purpose": purpose, "period": period, "other": other}
        told = self._ask("/match/collect", about)
        if not isinstance(told.get("mine"), str) or "pairs" not in told:
            raise ServiceDown(why="回答缺了东西")
        return told

    def _secret(self, purpose: str, period: str, other: str) -> bytes:
        try:
            return matching.secret_of(
                self.agree, self.others[other].agree, self.code, other, f"{purpose} {period}"
            )
        except matching.BadMatching as error:
            raise BadSetting(why=f"{other} 的协商公钥不能用") from error

    def _ask(self, door: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Ask a signed question; return the signed answer.

        Raises: ServiceDown, AnswerForged, ServiceRefused.
        """
        body = json.dumps(fields).encode()
        nonce, at = secrets.token_hex(NONCE_BITS // 8), int(self.clock().timestamp())
        signed = self.signer.sign(matching.asked(door, self.code, at, nonce, body)).body.hex()
        headers = dict(zip(matching.HEADERS, (self.code, str(at), nonce, signed), strict=True))
        try:
            answer = httpx.post(
                f"{self.service.url}{door}", content=body, headers=headers, timeout=SECONDS,
                trust_env=False,
            )  # fmt: skip
            raw, status = answer.content, answer.status_code
            made = bytes.fromhex(answer.headers.get("X-Match-Signature", ""))
        except (httpx.HTTPError, ValueError) as error:
            raise ServiceDown(why=type(error).__name__) from error
        if not self.service.key.holds(matching.answered(nonce, status, raw), made):
            raise AnswerForged
        try:
            told = json.loads(raw)
        except ValueError as error:
            raise ServiceDown(why="回答读不了") from error
        if status != OK:
            raise ServiceRefused(why=str(told.get("code", status))[:60])
        return dict(told)


def tags_digest(tags: Sequence[str]) -> str:
    """Return the digest by which both sides know what was handed in."""
    return digest.sm3(b"".join(bytes.fromhex(one) for one in tags))


def _points(told: Any, count: int) -> list[bytes]:
    """Return the points of an answer, as many as were asked. Raises: ServiceDown."""
    if not isinstance(told, list) or len(told) != count:
        raise ServiceDown(why="只回答了一部分")
    try:
        return [bytes.fromhex(one) for one in told]
    except (TypeError, ValueError) as error:
        raise ServiceDown(why="回答里有读不了的点") from error


def agree_key(folder: Path, code: str) -> bytes:
    """Return the private key that secrets with other counties come from, made at first use.

    Raises: BadSetting.
    """
    file = folder / f"{code}.match.x25519.key"
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        made = x25519.X25519PrivateKey.generate()
        file.write_text(f"{made.private_bytes_raw().hex()}\n", encoding="ascii")
    try:
        private = bytes.fromhex(file.read_text(encoding="ascii").strip())
        x25519.X25519PrivateKey.from_private_bytes(private)
    except ValueError as error:
        raise BadSetting(why=f"{file.name} 里没有密钥") from error
    return private


def agree_public(private: bytes) -> str:
    """Return the public half, as the list of participants holds it."""
    made = x25519.X25519PrivateKey.from_private_bytes(private)
    return made.public_key().public_bytes_raw().hex()


def signing(signers: Iterable[Signer]) -> Signer:
    """Return the key of the lake that questions are signed with."""
    [found] = [one for one in signers if one.verifier.kind == notes.ED25519]
    return found
