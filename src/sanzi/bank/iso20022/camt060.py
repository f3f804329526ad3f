"""camt.060, the request for a report: which account, which message, which day or from where."""

from __future__ import annotations

from datetime import date, datetime

from sanzi.bank.iso20022.xml import Node, Schemas
from sanzi.kernel import clock

REQUEST = "camt.060.001.05"


def build(
    msg_id: str,
    at: datetime,
    *,
    report: str,
    account: str,
    schemas: Schemas,
    day: date | None = None,
    since: int | None = None,
) -> bytes:
    """Write a request for one report of one account: of a closed day, or from an entry on."""
    created = at.astimezone(clock.SHANGHAI).replace(microsecond=0).isoformat()
    days: Node = ("RptgPrd", [
        ("FrToDt", [("FrDt", str(day)), ("ToDt", str(day))]), ("Tp", "ALLL"),
    ])  # fmt: skip
    entries: Node = ("RptgSeq", [("FrSeq", str(since))])
    return schemas.write(REQUEST, ("AcctRptgReq", [
        ("GrpHdr", [("MsgId", msg_id), ("CreDtTm", created)]),
        ("RptgReq", [
            ("ReqdMsgNmId", report),
            ("Acct", [("Id", [("Othr", [("Id", account)])])]),
            ("AcctOwnr", [("Pty", [("Nm", "三资")])]),
            days if day is not None else None,
            entries if since is not None else None,
        ]),
    ]))  # fmt: skip
