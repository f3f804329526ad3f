"""acmt.023 and acmt.024, the payee check: asked and read."""

from __future__ import annotations

from datetime import datetime

from sanzi.bank.iso20022.xml import Node, NotXml, Schemas, all_at, text_at
from sanzi.bank.port import PayeeCheck, PayeeCheckResult, PayeeVerdict
from sanzi.kernel import clock

REQUEST = "acmt.023.001.04"
ANSWER_FAMILY = "acmt.024.001"
CONTRADICTING = ("PN01", "PN02", "PI01", "AC01", "AG01")
NOT_POSSIBLE = ("NR01", "NORR", "TM01", "AGNT", "RC04", "")


def build(msg_id: str, at: datetime, checks: list[PayeeCheck], schemas: Schemas) -> bytes:
    """Write one request with a verification for each check, in order."""
    created = at.astimezone(clock.SHANGHAI).replace(microsecond=0).isoformat()
    return schemas.write(REQUEST, ("IdVrfctnReq", [
        ("Assgnmt", [
            ("MsgId", msg_id),
            ("CreDtTm", created),
            ("Assgnr", [("Pty", [("Nm", "三资")])]),
            ("Assgne", [("Pty", [("Nm", "银行")])]),
        ]),
        *(_check(number, item) for number, item in enumerate(checks)),
    ]))  # fmt: skip


def _check(number: int, item: PayeeCheck) -> Node:
    scheme: Node = ("SchmeNm", [("Cd", "NIDN")])
    identity: Node = ("Id", [("PrvtId", [("Othr", [("Id", item.resident_id), scheme])])])
    member: Node = ("ClrSysMmbId", [("ClrSysId", [("Cd", "CNAPS")]), ("MmbId", item.bank_code)])
    return ("Vrfctn", [
        ("Id", f"V{number}"),
        ("PtyAndAcctId", [
            ("Pty", [("Nm", item.name), identity if item.resident_id else None]),
            ("Acct", [("Id", [("Othr", [("Id", item.account)])]), ("Ccy", "CNY")]),
            ("Agt", [("FinInstnId", [member])]) if item.bank_code else None,
        ]),
    ])  # fmt: skip


def read(
    raw: bytes, msg_id: str, checks: list[PayeeCheck], schemas: Schemas
) -> list[PayeeCheckResult]:
    """Read the report on these checks. Raises NotXml if it is about another request.

    A check that the report leaves out is NOT_POSSIBLE with reason NORR.
    """
    message = schemas.read(raw, ANSWER_FAMILY)
    if text_at(message, "OrgnlAssgnmt/MsgId") != msg_id:
        text = "the report answers another request"
        raise NotXml(text)
    found = all_at(message, "Rpt")
    reports = {text_at(item, "OrgnlId"): item for item in found}
    if len(reports) != len(found) or set(reports) - {f"V{n}" for n in range(len(checks))}:
        text = "the report names a check twice, or one that was not asked"
        raise NotXml(text)
    results = []
    for number, check in enumerate(checks):
        report = reports.get(f"V{number}")
        if report is None:
            verdict = PayeeVerdict.NOT_POSSIBLE
            results.append(PayeeCheckResult(check.ref, verdict, "NORR"))
            continue
        code = text_at(report, "Rsn/Cd") or text_at(report, "Rsn/Prtry")
        is_match = text_at(report, "Vrfctn") in ("true", "1")
        if is_match and code in CONTRADICTING:
            text = f"the report says yes and {code}"
            raise NotXml(text)
        name = text_at(report, "UpdtdPtyAndAcctId/Pty/Nm")
        results.append(PayeeCheckResult(check.ref, _verdict(code, is_match=is_match), code, name))
    return results


def _verdict(code: str, *, is_match: bool) -> PayeeVerdict:
    if is_match:
        return PayeeVerdict.MATCH
    if code == "PN02":
        return PayeeVerdict.CLOSE
    return PayeeVerdict.NOT_POSSIBLE if code in NOT_POSSIBLE else PayeeVerdict.NO_MATCH
