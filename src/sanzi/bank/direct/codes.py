"""The dialect's codes in our terms. What is not listed here is never guessed.

RetCode speaks of the message, State of the business, ErrCode of the reason. A payment succeeded
only if RetCode and State both say so; anything else has failed or is unknown.
"""

from typing import Final

from sanzi.bank.port import LineState

FINE: Final = "000000"
QUIET: Final = "140001"
NO_SUCH_NUMBER: Final = "150001"
NOT_READY: Final = "150003"
OTHER_BALANCE: Final = "150005"
ASK_LATER: Final = ("900001", "999999")
"""The bank does not know itself; ask again after a quarter of an hour."""
REFUSED: Final = {
    "100001": "FF01",  # not the agreed format
    "100002": "FF01",  # no such transaction code
    "110001": "DS0H",  # signature
    "110002": "DS0E",  # customer number or certificate not known
    "110003": "DS0D",  # certificate out of date
    "120001": "AM18",  # count
    "120002": "AM10",  # sum
    "120003": "FF01",  # too many lines
    "130001": "DU01",  # the number was used for something else
    "140002": "TM01",  # not taken at this hour
    "140003": "DT01",  # not taken on this day
    "199999": "MS03",  # refused for what only a human can tell
}
"""RetCodes with which nothing was booked, and never will be under this message."""

STATES: Final = {
    "DONE": LineState.SETTLED,
    # Paid, then sent back by the payee's bank: the debit stands, the money returns as a credit.
    "SENT_BACK": LineState.SETTLED,
    "PROCESSING": LineState.ACCEPTED,
    "AUDITING": LineState.PENDING,
    "FAILED": LineState.REJECTED,
}
"""Final are DONE, SENT_BACK and FAILED. UNKNOWN is no state of ours: it means ask again later."""
UNKNOWN: Final = "UNKNOWN"
PART: Final = "PART"

REASONS: Final = {
    "3001": "BE01", "3002": "PI01", "3003": "AC01", "3004": "AC02", "3005": "AC04", "3006": "AC06",
    "3007": "AM04", "3008": "AM14", "3009": "AM12", "3010": "AM03", "3011": "RC01", "3012": "DU04",
    "3013": "AB05", "3014": "DT01", "3015": "TM01",
    "3016": "CUST",
}  # fmt: skip
"""Why one line failed: ErrCode to ISO reason. One that is not listed is MS03, for a human."""


def reason_of(code: str) -> str:
    """Return the ISO reason of an ErrCode; "" for none."""
    return REASONS.get(code, "MS03") if code else ""
