"""The doors of the service: evaluate blinded points, take tags, give back pairs.

A county proves itself by its signature; a purpose, a period and an amount have limits. What is
refused leaves everything as it is, but for a line of the log.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sanzi.kernel import digest, matching, oprf
from sanzi.kernel.matching import Participant, Purpose
from sanzi_match.store import Store

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
Fields = dict[str, Any]


class Refused(Exception):
    """No, with a word for programs."""

    def __init__(self, code: str, status: int = 409) -> None:
        """Keep the word and the status."""
        self.code, self.status = code, status
        super().__init__(code)


@dataclass(frozen=True)
class Question:
    """One signed question as it came."""

    door: str
    county: str
    at: str
    nonce: str
    signature: str
    body: bytes


class Service:
    """Purposes, participants and what is kept; the clock is handed in."""

    def __init__(
        self,
        store: Store,
        purposes: Mapping[str, Purpose],
        counties: Mapping[str, Participant],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Begin."""
        self.store, self.purposes, self.counties, self.clock = store, purposes, counties, clock
        self._lock = threading.Lock()
        self._doors: dict[str, Callable[[str, Fields, int], Fields]] = {
            "/match/evaluate": self._evaluate,
            "/match/deliver": self._deliver,
            "/match/collect": self._collect,
        }

    def answer(self, question: Question, read: Callable[[bytes], Fields]) -> Fields:
        """Answer a question. Raises: Refused."""
        now = self.clock()
        at = int(now.timestamp())
        with self._lock:
            self._require_signed(question, at)
            self.sweep()
            try:
                with self.store.whole():
                    return self._doors[question.door](question.county, read(question.body), at)
            except Refused as refused:
                told = digest.sm3(question.body)
                what = f"refused {refused.code}"
                with self.store.whole():
                    self.store.note(at, question.county, what, told=told)
                raise

    def sweep(self) -> list[tuple[str, str]]:
        """Destroy the keys of periods that are over, or whose purpose is gone; return which."""
        now = self.clock()
        today, at = now.astimezone(SHANGHAI).date(), int(now.timestamp())
        over = []
        for purpose, period in self.store.living_keys():
            known = self.purposes.get(purpose)
            if known is None or today > known.window(period)[1]:
                over.append((purpose, period))
        for purpose, period in over:
            with self.store.whole():
                self.store.destroy(purpose, period, at)
        return over

    def _require_signed(self, question: Question, at: int) -> None:
        """Raises: Refused. A number that was used stays used as long as its time would do."""
        county = self.counties.get(question.county)
        if county is None or question.door not in self._doors:
            raise Refused("unknown_county" if county is None else "no_such_door", 403)
        try:
            told, signature = int(question.at), bytes.fromhex(question.signature)
        except ValueError:
            raise Refused("bad_signature", 403) from None
        text = matching.asked(question.door, question.county, told, question.nonce, question.body)
        if not county.key.holds(text, signature) or not 16 <= len(question.nonce) <= 64:
            raise Refused("bad_signature", 403)
        if abs(at - told) > matching.CLOCKS_APART_SECONDS:
            raise Refused("late", 403)
        with self.store.whole():
            self.store.rows(
                "DELETE FROM nonce WHERE at < ?", at - 2 * matching.CLOCKS_APART_SECONDS
            )
            if self.store.rows(
                "SELECT 1 FROM nonce WHERE county = ? AND nonce = ?",
                question.county, question.nonce,
            ):  # fmt: skip
                raise Refused("replayed", 403)
            self.store.rows(
                "INSERT INTO nonce VALUES (?, ?, ?)", question.county, question.nonce, told
            )

    def _about(self, fields: Fields) -> tuple[Purpose, str]:
        """Return purpose and period of a question; it must be open today. Raises: Refused."""
        known = self.purposes.get(str(fields.get("purpose")))
        if known is None:
            raise Refused("unknown_purpose")
        period = str(fields.get("period"))
        try:
            is_open = known.is_open(period, self.clock().astimezone(SHANGHAI).date())
        except matching.BadMatching:
            raise Refused("bad_period") from None
        if not is_open:
            raise Refused("period_closed")
        return known, period

    def _other(self, county: str, fields: Fields) -> str:
        other = str(fields.get("other"))
        if other not in self.counties or other == county:
            raise Refused("unknown_county")
        return other

    # --- the doors ------------------------------------------------------------------------------

    def _evaluate(self, county: str, fields: Fields, at: int) -> Fields:
        """{purpose, period, points}: each point times the key; a point counts once, however often.

        All of them or none.
        """
        purpose, period = self._about(fields)
        points = _hex_list(fields.get("points"), oprf.BYTES, matching.POINTS_MAX)
        place = (purpose.code, period, county)
        self.store.many(
            "INSERT OR IGNORE INTO point VALUES (?, ?, ?, ?)", [(*place, one) for one in points]
        )
        if self._counted(*place) > purpose.most:
            raise Refused("too_many")
        key = self.store.key(purpose.code, period, at)
        if key is None:
            raise Refused("period_closed")
        try:
            made = [oprf.evaluated(key, one).hex() for one in points]
        except oprf.BadPoint:
            raise Refused("bad_point") from None
        self.store.note(
            at, county, "evaluated", purpose.code, period, count=len(points),
            told=digest.sm3(b"".join(points)),
        )  # fmt: skip
        return {"points": made}

    def _deliver(self, county: str, fields: Fields, at: int) -> Fields:
        """{purpose, period, other, tags}: the tags of all rows for one other county, once.

        The same again changes nothing; where the other has delivered, the pairs are made here.
        """
        purpose, period = self._about(fields)
        other = self._other(county, fields)
        tags = _hex_list(fields.get("tags"), matching.TAG_BYTES, purpose.most)
        told = digest.sm3(b"".join(tags))
        place = (purpose.code, period, county, other)
        held = self.store.rows(
            "SELECT digest FROM delivery WHERE purpose = ? AND period = ? AND county = ?"
            " AND other = ?", *place,
        )  # fmt: skip
        if held and held[0][0] != told:
            raise Refused("already_delivered")
        if not held:
            if len(set(tags)) != len(tags):
                raise Refused("twice_the_same")
            if len(tags) > self._counted(purpose.code, period, county):
                raise Refused("more_than_evaluated")
            self.store.rows(
                "INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?)",
                *place, told, len(tags), b"".join(tags),
            )  # fmt: skip
            self.store.note(
                at, county, "delivered", purpose.code, period, other=other, count=len(tags),
                told=told,
            )  # fmt: skip
            self._match(purpose.code, period, county, other, at)
        return {"digest": told}

    def _collect(self, county: str, fields: Fields, at: int) -> Fields:
        """{purpose, period, other}: what was delivered, and the pairs when both have."""
        purpose, period = self._about(fields)
        other = self._other(county, fields)
        sides = {}
        for one, two in ((county, other), (other, county)):
            found = self.store.rows(
                "SELECT digest, count, tags IS NULL FROM delivery WHERE purpose = ? AND period = ?"
                " AND county = ? AND other = ?", purpose.code, period, one, two,
            )  # fmt: skip
            sides[one] = found[0] if found else None
        mine, theirs = sides[county], sides[other]
        pairs = None
        if mine and mine[2]:
            pairs = self.store.rows(
                "SELECT place, pair_id FROM pair WHERE purpose = ? AND period = ? AND county = ?"
                " AND other = ? ORDER BY place", purpose.code, period, county, other,
            )  # fmt: skip
            self.store.note(
                at, county, "collected", purpose.code, period, other=other, count=len(pairs)
            )
        return {
            "mine": mine[0] if mine else "",
            "is_other_in": theirs is not None,
            "pairs": pairs,
        }

    # --- matching -------------------------------------------------------------------------------

    def _counted(self, purpose: str, period: str, county: str) -> int:
        [(count,)] = self.store.rows(
            "SELECT COUNT(*) FROM point WHERE purpose = ? AND period = ? AND county = ?",
            purpose, period, county,
        )  # fmt: skip
        return int(count)

    def _match(self, purpose: str, period: str, county: str, other: str, at: int) -> None:
        """Make the pairs where both counties have delivered, and let their tags go."""
        held = {
            str(one): _cut(blob)
            for one, blob in self.store.rows(
                "SELECT county, tags FROM delivery WHERE purpose = ? AND period = ?"
                " AND ((county = ? AND other = ?) OR (county = ? AND other = ?))",
                purpose, period, county, other, other, county,
            )
        }  # fmt: skip
        if len(held) < 2:
            return
        where = {tag: place for place, tag in enumerate(held[other])}
        pairs = [
            (place, where[tag], f"P-{secrets.token_hex(8)}")
            for place, tag in enumerate(held[county])
            if tag in where
        ]
        rows = [(purpose, period, county, other, mine, code) for mine, _, code in pairs]
        rows += [(purpose, period, other, county, theirs, code) for _, theirs, code in pairs]
        self.store.many("INSERT INTO pair VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.store.rows(
            "UPDATE delivery SET tags = NULL WHERE purpose = ? AND period = ?"
            " AND ((county = ? AND other = ?) OR (county = ? AND other = ?))",
            purpose, period, county, other, other, county,
        )  # fmt: skip
        told = digest.sm3_of(sorted(code for _, _, code in pairs))
        self.store.note(
            at, county, "matched", purpose, period, other=other, count=len(pairs), told=told
        )


def _hex_list(told: Any, size: int, most: int) -> list[bytes]:
    """Return values of so many bytes from hex. Raises: Refused."""
    if not isinstance(told, list):
        raise Refused("bad_request", 400)
    if len(told) > most:
        raise Refused("too_many")
    try:
        found = [bytes.fromhex(one) for one in told]
    except (TypeError, ValueError):
        raise Refused("bad_request", 400) from None
    if any(len(one) != size for one in found):
        raise Refused("bad_request", 400)
    return found


def _cut(blob: bytes) -> Sequence[bytes]:
    size = matching.TAG_BYTES
    return [blob[start : start + size] for start in range(0, len(blob), size)]
