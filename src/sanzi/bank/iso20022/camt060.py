"""camt.060, the request for a report: which account, which message, which day or from where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sanzi.bank.iso20022.xml import Node, Schemas, account_id
from sanzi.kernel import clock

REQUEST = "camt.060.001.05"


@dataclass(frozen=True)
class Asked:
    """Which report of which account: of a closed day, of what came after an entry, or of now."""

    report: str
    account: str
    day: date | None = None
    since: int | None = None


def build(msg_id: str, at: datetime, asked: Asked, schemas: Schemas) -> bytes:
    """Write a request for one report of one account."""
    created = at.astimezone(clock.SHANGHAI).replace(microsecond=0).isoformat()
    days: Node = ("RptgPrd", [
        ("FrToDt", [("FrDt", str(asked.day)), ("ToDt", str(asked.day))]), ("Tp", "ALLL"),
    ])  # fmt: skip
    entries: Node = ("RptgSeq", [("FrSeq", str(asked.since))])
    return schemas.write(REQUEST, ("AcctRptgReq", [
        ("GrpHdr", [("MsgId", msg_id), ("CreDtTm", created)]),
        ("RptgReq", [
            ("ReqdMsgNmId", asked.report),
            ("Acct", account_id(asked.account)),
            ("AcctOwnr", [("Pty", [("Nm", "三资")])]),
            days if asked.day is not None else None,
            entries if asked.since is not None else None,
        ]),
    ]))  # fmt: skip
