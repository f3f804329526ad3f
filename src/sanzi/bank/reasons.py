"""Why a bank refuses or returns a payment, in our classes and words.

The table is data: src/sanzi/data/bank/reasons.yaml.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from sanzi.kernel import yamls

TABLE = Path(__file__).parents[1] / "data" / "bank" / "reasons.yaml"


class Retry(StrEnum):
    """When a refused payment may be tried again; each is explained at the head of the table."""

    AFTER_CORRECTION = "AFTER_CORRECTION"
    AFTER_FUNDING = "AFTER_FUNDING"
    FIX_SAME_ID = "FIX_SAME_ID"
    HOLD = "HOLD"
    HUMAN = "HUMAN"
    NEXT_WINDOW = "NEXT_WINDOW"
    QUERY = "QUERY"
    REDATE = "REDATE"
    SPLIT = "SPLIT"
    STOP_CHANNEL = "STOP_CHANNEL"


@dataclass(frozen=True)
class Reason:
    """One reason as we show it: class (up to 24 letters), sentence, next step, retry rule."""

    code: str
    reason_class: str
    sentence: str
    next_step: str
    retry: Retry


@cache
def all_reasons() -> dict[str, Reason]:
    """Read the table: ISO code to reason. A code listed twice raises ValueError."""
    found: dict[str, Reason] = {}
    for row in yamls.read(TABLE):
        for code in row["codes"]:
            if code in found:
                message = f"{TABLE.name}: {code} is listed twice"
                raise ValueError(message)
            found[code] = Reason(
                code, row["class"], row["sentence"], row["next_step"], Retry(row["retry"])
            )
    return found


def reason_for(code: str) -> Reason:
    """Return the reason of an ISO code; one that we do not know is OTHER and needs a human."""
    known = all_reasons().get(code)
    if known is not None:
        return known
    other = all_reasons()["MS03"]
    return Reason(code, other.reason_class, other.sentence, other.next_step, other.retry)
