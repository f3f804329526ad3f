"""Pure rules of the disposal loop: what a conclusion needs, what was put right, what is the same.

The words stand beside the codes, so that every face says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sanzi.kernel import digest
from sanzi.supervision import errors

CONCLUSIONS: Final = {
    "confirmed": "属实",
    "explained": "合规说明",
    "false_positive": "误报",
    "data_error": "数据错",
    "transferred": "移送",
}
RECTIFICATIONS: Final = {
    "money_recovered": "钱追回来了",
    "money_stopped": "钱没有付出去",
    "document_fixed": "补齐了凭据",
    "procedure_redone": "重新走了程序",
    "rule_changed": "改了制度或表单",
    "talk": "提醒谈话",
    "notice": "通报",
    "case": "立案",
}
GROUNDS: Final = {
    "court": "等法院判决",
    "death": "当事人去世",
    "outside_data": "等外单位的数据",
}
SCOPES: Final = {"facts": "同一件，查到的事实一样", "parties": "同样的两方"}
SILENCE_DAYS_MAX: Final = 365
SUSPENSION_DAYS_MAX: Final = 365
REMIND_SHARE: Final = 4
"""A reminder comes when a quarter of the limit is left."""
PARTY_FIGURES: Final = frozenset(
    ["person_id", "other_person_id", "relative_person_id", "counterparty_id", "payee_person_id",
     "payee_counterparty_id", "handler_person_id", "other_counterparty_id"]
)  # fmt: skip


@dataclass(frozen=True)
class SilenceFor:
    """How long, and while what stays the same, a false alarm is not to fire again."""

    scope: str
    until_date: date


@dataclass(frozen=True)
class Feedback:
    """What was found and done. Amounts are fen."""

    cause: str = ""
    action: str = ""
    rectifications: tuple[str, ...] = ()
    amount_involved_fen: int = 0
    money_back_fen: int = 0
    money_stopped_fen: int = 0
    circumstances: tuple[str, ...] = ()
    person_count: int = 0

    def plain(self) -> dict[str, Any]:
        """Return what is kept in the history."""
        return {
            "cause": self.cause,
            "action": self.action,
            "rectifications": list(self.rectifications),
            "amount_involved_fen": self.amount_involved_fen,
            "money_back_fen": self.money_back_fen,
            "money_stopped_fen": self.money_stopped_fen,
            "circumstances": list(self.circumstances),
            "person_count": self.person_count,
        }


def require_feedback(found: Feedback) -> None:
    """Refuse amounts and kinds that can't be.

    Raises: UnknownRectification, MoneyDoesNotAddUp.
    """
    for one in found.rectifications:
        if one not in RECTIFICATIONS:
            raise errors.UnknownRectification(kind=one)
    amounts = (found.amount_involved_fen, found.money_back_fen, found.money_stopped_fen)
    if min(amounts) < 0:
        raise errors.MoneyDoesNotAddUp(why="金额不能是负数")
    if found.money_back_fen + found.money_stopped_fen > found.amount_involved_fen > 0:
        raise errors.MoneyDoesNotAddUp(why="追回的和拦下的加起来比涉及的还多")


def require_silence(
    wanted: SilenceFor | None, *, severity: str, parties: Iterable[str], today: date
) -> SilenceFor:
    """Return how a false alarm is to be remembered, when it may be.

    Raises: ExpiryNeeded, SilenceTooWide, NoPartyPair, UnknownScope.
    """
    if wanted is None or not today < wanted.until_date <= today + timedelta(days=SILENCE_DAYS_MAX):
        raise errors.ExpiryNeeded(days=SILENCE_DAYS_MAX)
    if wanted.scope not in SCOPES:
        raise errors.UnknownScope(scope=wanted.scope)
    if wanted.scope == "parties":
        if severity == "block":
            raise errors.SilenceTooWide
        if len(set(parties)) < 2:
            raise errors.NoPartyPair
    return wanted


def parties_of(
    org_id: str, figures: Mapping[str, Any], payment: Mapping[str, Any] | None
) -> tuple[str, ...]:
    """Return who stands against whom in a finding: the body, and the persons and firms in it."""
    paid = payment or {}
    named = {str(value) for name, value in figures.items() if name in PARTY_FIGURES and value}
    named |= {
        str(paid[name]) for name in ("payee_person_id", "payee_counterparty_id") if paid.get(name)
    }
    return tuple(sorted(named | ({org_id} if org_id else set())))


def facts_key(
    model_code: str, finding_kind: str, finding_id: str, figures: Mapping[str, Any]
) -> str:
    """Return the digest of what was found on one thing, whatever the period."""
    return digest.sm3_of(["facts", model_code, finding_kind, finding_id, dict(figures)])


def parties_key(model_code: str, division_code: str, parties: Iterable[str]) -> str:
    """Return the digest of who stands against whom, whatever the thing."""
    return digest.sm3_of(["parties", model_code, division_code, sorted(set(parties))])
