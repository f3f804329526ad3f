"""Verifiers over HTTP with JSON: the wire is data, so a provider needs a file and no code.

The file says where to send, under which names each field goes, and how answers are understood
(`data/evidence/verifiers/`). Redirects are not followed; a reply is read to its limit only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from sanzi.evidence.verification.port import RAW_MAX, WORDS, InvoiceQuery, Verdict, VerifyResult
from sanzi.kernel import yamls

FOLDER = Path(__file__).resolve().parents[2] / "data" / "evidence" / "verifiers"
ASKED = frozenset(["kind", "code", "number", "date", "gross", "net", "amount", "check"])
CHECK_FIGURES = 6


class BadVerifier(Exception):
    """The file of a provider is wrong; the sentence names the key."""


@dataclass(frozen=True)
class Wire:
    """How one provider speaks. `ask` maps our fields to its names, `answer` its places to ours.

    Shapes: a place is a path with dots into the reply; `verdicts` maps its codes to ours, of two
        codes joined by `/` the first is `result`, the second `status`; `*` stands for any.
    """

    channel: str
    title: str
    day_format: str
    ask: Mapping[str, str]
    fixed: Mapping[str, str]
    kinds: Mapping[str, str]
    result: tuple[str, ...]
    words: str
    told: Mapping[str, str]
    verdicts: Mapping[str, Verdict]
    headers: Mapping[str, str]


def read_wire(path: Path) -> Wire:
    """Read a provider's file. Raises: BadVerifier."""
    raw = yamls.read(path)
    if not set(raw["ask"]) <= ASKED or not {"number", "date"} <= set(raw["ask"]):
        raise BadVerifier(f"{path.name}: ask must name number and date, of {sorted(ASKED)}")
    wrong = [one for one in raw["verdicts"].values() if one not in Verdict.__members__]
    if wrong:
        raise BadVerifier(f"{path.name}: verdicts knows no {wrong[0]}")
    return Wire(
        channel=raw["channel"],
        title=raw["title"],
        day_format=raw.get("day_format", "%Y-%m-%d"),
        ask=raw["ask"],
        fixed=raw.get("fixed", {}),
        kinds=raw.get("kinds", {}),
        result=tuple(raw["result"]),
        words=raw.get("words", ""),
        told=raw.get("told", {}),
        verdicts={str(key): Verdict[value] for key, value in raw["verdicts"].items()},
        headers=raw.get("headers", {}),
    )


class HttpVerifier:
    """A provider reached by one POST for each question."""

    def __init__(
        self, wire: Wire, url: str, token: str = "", *, timeout_seconds: float = 10.0
    ) -> None:
        """Keep how it speaks and where it is; a header's `{token}` is filled in."""
        self.channel = wire.channel
        self._wire = wire
        self._url = url
        self._headers = {key: text.format(token=token) for key, text in wire.headers.items()}
        self._client = httpx.Client(
            timeout=timeout_seconds, trust_env=False, follow_redirects=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )  # fmt: skip

    def verify(self, query: InvoiceQuery, at: datetime) -> VerifyResult:
        """Ask about one invoice; whatever goes wrong on the line is UNAVAILABLE."""
        try:
            with self._client.stream(
                "POST", self._url, json=self._asked(query), headers=self._headers
            ) as response:
                body = b"".join(_first(response.iter_bytes(), RAW_MAX))
                status = response.status_code
        except httpx.HTTPError as problem:
            return self._silent(at, f"{type(problem).__name__}: {problem}")
        text = body.decode("utf-8", "replace")
        try:
            answer = json.loads(text)
        except ValueError:
            return self._silent(at, f"{status} {text}")
        return self._understood(answer, text, at)

    def _asked(self, query: InvoiceQuery) -> dict[str, str]:
        amount = query.net_fen if query.net_fen is not None else query.gross_fen
        said = {
            "kind": self._wire.kinds.get(query.type_code, query.type_code),
            "code": query.code,
            "number": query.number,
            "date": query.issue_date.strftime(self._wire.day_format),
            "gross": _yuan(query.gross_fen),
            "net": _yuan(query.net_fen),
            "amount": _yuan(amount),
            "check": query.check_code[-CHECK_FIGURES:],
        }
        asked = {theirs: said[ours] for ours, theirs in self._wire.ask.items() if said[ours]}
        return {**self._wire.fixed, **asked}

    def _understood(self, answer: Any, text: str, at: datetime) -> VerifyResult:
        codes = [str(_at(answer, place)) for place in self._wire.result]
        verdict = self._verdict(codes)
        told = {
            ours: str(_at(answer, place))
            for ours, place in self._wire.told.items()
            if _at(answer, place) not in ("", None)
        }
        words = str(_at(answer, self._wire.words) or "") if self._wire.words else ""
        return VerifyResult(
            verdict, self.channel, at, (words or WORDS[verdict])[:200], text[:RAW_MAX], told
        )

    def _verdict(self, codes: list[str]) -> Verdict:
        """Return what the codes mean: the fullest match first; unknown codes are no answer."""
        for kept in range(len(codes), 0, -1):
            key = "/".join([*codes[:kept], *["*"] * (len(codes) - kept)])
            if key in self._wire.verdicts:
                return self._wire.verdicts[key]
        return Verdict.UNAVAILABLE

    def _silent(self, at: datetime, raw: str) -> VerifyResult:
        words = WORDS[Verdict.UNAVAILABLE]
        return VerifyResult(Verdict.UNAVAILABLE, self.channel, at, words, raw[:RAW_MAX])


def _first(chunks: Any, limit: int) -> Any:
    """Yield chunks until so many bytes have come."""
    seen = 0
    for chunk in chunks:
        yield chunk
        seen += len(chunk)
        if seen > limit:
            return


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{fen // 100}.{fen % 100:02d}"


def _at(answer: Any, place: str) -> Any:
    """Return what stands at a path with dots, None when it is not there."""
    for part in place.split("."):
        if isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        elif isinstance(answer, dict):
            answer = answer.get(part)
        else:
            return None
    return answer
