"""What a county and the matching service of a province say to each other: the wire, no more.

Every question is signed by the county with the Ed25519 key of its lake, over door, county, time,
a number used once, and the body; every answer by the service over that number, the status and the
body. Purposes and periods are read here, for both sides read the same file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sanzi.kernel import digest, notes, yamls
from sanzi.kernel.notes import Verifier

FORMAT: Final = "sanzi-match/1"
TAG_BYTES: Final = 16
POINTS_MAX: Final = 5000
"""So many points a question."""
CLOCKS_APART_SECONDS: Final = 300
COUNTY: Final = re.compile(r"[1-9][0-9]{5}")
CODE: Final = re.compile(r"[a-z][a-z-]{1,30}")
PERIODS: Final = {
    "year": re.compile(r"20[0-9]{2}"),
    "half": re.compile(r"20[0-9]{2}-H[12]"),
    "quarter": re.compile(r"20[0-9]{2}-Q[1-4]"),
    "month": re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])"),
}
_MONTHS: Final = {"year": 12, "half": 6, "quarter": 3, "month": 1}
HEADERS: Final = ("X-Match-County", "X-Match-At", "X-Match-Nonce", "X-Match-Signature")


class BadMatching(ValueError):
    """A file of purposes or participants, or a period, that cannot be used."""


@dataclass(frozen=True)
class Purpose:
    """What may be matched, why, from when until when.

    Units: `most` are values a county may have matched in a period; a period may be matched from
    its end until `open_days` later, then its key is destroyed.
    """

    code: str
    title: str
    values: str
    basis: str
    every: str
    from_date: date
    until_date: date | None
    open_days: int
    most: int

    def window(self, period: str) -> tuple[date, date]:
        """Return the first and last day on which a period may be matched. Raises: BadMatching."""
        _, last = days_of(self.every, period)
        return last + timedelta(days=1), last + timedelta(days=self.open_days)

    def is_open(self, period: str, day: date) -> bool:
        """Whether a period may be matched on a day. Raises: BadMatching."""
        first, last = days_of(self.every, period)
        begins, ends = self.window(period)
        held = self.from_date <= first and (self.until_date is None or last <= self.until_date)
        return held and begins <= day <= ends

    def open_periods(self, day: date) -> list[str]:
        """Return the periods that may be matched on a day, oldest first."""
        found = []
        cursor = day.replace(day=1)
        while cursor > day - timedelta(days=self.open_days + 400):
            period = period_of(self.every, cursor)
            if period not in found and self.is_open(period, day):
                found.append(period)
            cursor = (cursor - timedelta(days=1)).replace(day=1)
        return found[::-1]


@dataclass(frozen=True)
class Participant:
    """A county that takes part: the key it signs with, and the one it agrees on secrets with."""

    code: str
    name: str
    key: Verifier
    agree: bytes


def purposes(file: Path) -> dict[str, Purpose]:
    """Return the purposes of a file, by code. Raises: BadMatching."""
    try:
        told = yamls.read(file)["purposes"]
        found = [_purpose(one) for one in told]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise BadMatching(f"{file.name}: {str(error).splitlines()[0]}") from error
    if len({one.code for one in found}) != len(found) or not found:
        raise BadMatching(f"{file.name}: a purpose twice, or none")
    return {one.code: one for one in found}


def _purpose(told: Mapping[str, Any]) -> Purpose:
    found = Purpose(**told)
    if not CODE.fullmatch(found.code) or found.every not in PERIODS or not found.basis.strip():
        raise ValueError(f"{found.code}: code, every and basis")
    if found.from_date > (found.until_date or date.max) or found.most < 1 or found.open_days < 1:
        raise ValueError(f"{found.code}: from_date, most and open_days")
    return found


def participants(file: Path) -> dict[str, Participant]:
    """Return who takes part, by code. Raises: BadMatching."""
    try:
        told = yamls.read(file)["counties"]
        found = [
            Participant(
                str(one["code"]), str(one["name"]), notes.read_verifier(one["key"]),
                bytes.fromhex(one["agree"]),
            )
            for one in told
        ]  # fmt: skip
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise BadMatching(f"{file.name}: {str(error).splitlines()[0]}") from error
    for one in found:
        if not COUNTY.fullmatch(one.code) or one.key.kind != notes.ED25519:
            raise BadMatching(f"{file.name}: {one.code}: six figures and an Ed25519 key")
        if len(one.agree) != notes.ED25519_BYTES:
            raise BadMatching(f"{file.name}: {one.code}: the key to agree on has 32 bytes")
    if len({one.code for one in found}) != len(found):
        raise BadMatching(f"{file.name}: a county twice")
    return {one.code: one for one in found}


def days_of(every: str, period: str) -> tuple[date, date]:
    """Return the first and last day of a period such as 2026-Q3. Raises: BadMatching."""
    if every not in PERIODS or not PERIODS[every].fullmatch(period):
        raise BadMatching(f"{period!r} is no {every}")
    year, _, rest = period.partition("-")
    number = int(rest.lstrip("HQ")) if rest else 1
    span = _MONTHS[every]
    first = date(int(year), (number - 1) * span + 1, 1)
    after = number * span
    last = date(int(year) + after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return first, last


def period_of(every: str, day: date) -> str:
    """Return the period that a day lies in."""
    number = (day.month - 1) // _MONTHS[every] + 1
    return {
        "year": f"{day.year}",
        "half": f"{day.year}-H{number}",
        "quarter": f"{day.year}-Q{number}",
        "month": f"{day.year}-{number:02}",
    }[every]


def asked(door: str, county: str, at: int, nonce: str, body: bytes) -> str:
    """Return what a county signs; `at` in seconds of POSIX."""
    return f"{FORMAT}\n{door}\n{county}\n{at}\n{nonce}\n{digest.sm3(body)}\n"


def answered(nonce: str, status: int, body: bytes) -> str:
    """Return what the service signs."""
    return f"{FORMAT} answer\n{nonce}\n{status}\n{digest.sm3(body)}\n"


def secret_of(private: bytes, public: bytes, one: str, other: str, about: str) -> bytes:
    """Return the 32 bytes that two counties share for a purpose and a period; the service cannot.

    Raises: BadMatching, for a key that gives nothing.
    """
    try:
        shared = x25519.X25519PrivateKey.from_private_bytes(private).exchange(
            x25519.X25519PublicKey.from_public_bytes(public)
        )
    except ValueError as error:
        raise BadMatching("the key to agree on gives no secret") from error
    told = f"{FORMAT} pair {' '.join(sorted((one, other)))} {about}"
    return HKDF(hashes.SHA256(), length=32, salt=None, info=told.encode()).derive(shared)


def tag(secret: bytes, output: bytes) -> str:
    """Return what stands for a value between two counties, in a purpose and a period."""
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(b"tag\x00" + output)
    return mac.finalize()[:TAG_BYTES].hex()


def places(secret: bytes, side: str, count: int) -> list[int]:
    """Return an order of the numbers below `count` that only these two counties can tell."""

    def drawn(number: int) -> bytes:
        mac = hmac.HMAC(secret, hashes.SHA256())
        mac.update(f"place\x00{side}\x00{number}".encode())
        return mac.finalize()

    return sorted(range(count), key=drawn)
