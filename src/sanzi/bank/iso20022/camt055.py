"""camt.055 and camt.029: asking the bank to drop payments, and what it answers."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from sanzi.bank.iso20022.xml import Node, NotXml, Schemas, all_at, text_at
from sanzi.bank.port import CancelResult
from sanzi.kernel import clock

REQUEST = "camt.055.001.08"
ANSWER_FAMILY = "camt.029.001"
ORDER = "pain.001.001.09"
REASON = "CUST"
STATUSES = ("ACCR", "RJCR", "PDCR")
CONFIRMED = {"CNCL": {"ACCR"}, "RJCR": {"RJCR"}, "PDCR": {"PDCR"}}
NOT_KNOWN = "NOOR"
"""The bank has no such message yet: nothing is refused for good, it may still arrive."""


def build(
    case_id: str, at: datetime, msg_id: str, e2e_ids: tuple[str, ...], schemas: Schemas
) -> bytes:
    """Write the wish to cancel these lines of a message, or the whole of it (no ids)."""
    created = at.astimezone(clock.SHANGHAI).replace(microsecond=0).isoformat()
    original: list[Node] = [("OrgnlMsgId", msg_id), ("OrgnlMsgNmId", ORDER)]
    whole: Node = ("OrgnlGrpInfAndCxl", [*original, ("GrpCxl", "true")])
    lines: Node = ("OrgnlPmtInfAndCxl", [
        ("OrgnlPmtInfId", f"{msg_id[:33]}-1"),
        ("OrgnlGrpInf", original),
        *(_line(number, e2e_id) for number, e2e_id in enumerate(e2e_ids, start=1)),
    ])  # fmt: skip
    return schemas.write(REQUEST, ("CstmrPmtCxlReq", [
        ("Assgnmt", [
            ("Id", case_id),
            ("Assgnr", [("Pty", [("Nm", "三资")])]),
            ("Assgne", [("Pty", [("Nm", "银行")])]),
            ("CreDtTm", created),
        ]),
        ("Undrlyg", [lines if e2e_ids else whole]),
    ]))  # fmt: skip


def _line(number: int, e2e_id: str) -> Node:
    return ("TxInf", [
        ("CxlId", f"C{number}"),
        ("OrgnlEndToEndId", e2e_id),
        ("CxlRsnInf", [("Rsn", [("Cd", REASON)])]),
    ])  # fmt: skip


def read(raw: bytes, msg_id: str, e2e_ids: tuple[str, ...], schemas: Schemas) -> CancelResult:
    """Read the bank's resolution of this wish.

    A line is cancelled or refused only when the bank names it so; pending ones, and all of a
    message that the bank does not know, are in neither list.
    Raises: NotXml when it is about another message, names lines that were not asked, or says one
    thing of the whole and another of a line.
    """
    message = schemas.read(raw, ANSWER_FAMILY)
    asked = {text_at(item, "OrgnlMsgId") for item in _originals(message)}
    if asked != {msg_id}:
        text = "the resolution is about another message"
        raise NotXml(text)
    items = all_at(message, "CxlDtls/OrgnlPmtInfAndSts/TxInfAndSts")
    found = {text_at(item, "OrgnlEndToEndId"): item for item in items}
    statuses = {e2e_id: text_at(item, "TxCxlSts") for e2e_id, item in found.items()}
    if len(found) != len(items) or (e2e_ids and set(found) - set(e2e_ids)):
        text = "the resolution names lines twice, or lines that were not asked"
        raise NotXml(text)
    _check(message, set(statuses.values()))
    refused = [one for one, code in statuses.items() if code == "RJCR"]
    return CancelResult(
        msg_id=msg_id,
        cancelled=tuple(one for one, code in statuses.items() if code == "ACCR"),
        refused=tuple(one for one in refused if _reason(found[one]) != NOT_KNOWN),
        reason_text=_words(message, [found[one] for one in refused]),
    )


def _originals(message: etree._Element) -> list[etree._Element]:
    return [
        *all_at(message, "CxlDtls/OrgnlGrpInfAndSts"),
        *all_at(message, "CxlDtls/OrgnlPmtInfAndSts/OrgnlGrpInf"),
    ]


def _check(message: etree._Element, statuses: set[str]) -> None:
    """Refuse codes that we do not know, and a word about the whole that the lines deny."""
    for code in statuses:
        if code not in STATUSES:
            text = f"unknown status {code!r}"
            raise NotXml(text)
    allowed = CONFIRMED.get(text_at(message, "Sts/Conf"))
    if allowed is not None and not statuses <= allowed:
        text = "the whole and the lines of the resolution disagree"
        raise NotXml(text)
    if allowed == {"ACCR"} and not statuses:
        text = "the resolution cancels lines without naming them"
        raise NotXml(text)


def _reason(item: etree._Element) -> str:
    return text_at(item, "CxlStsRsnInf/Rsn/Cd")


def _words(message: etree._Element, refused: list[etree._Element]) -> str:
    """What the bank says of the lines that it refused, or else of all of them."""
    groups = ("OrgnlPmtInfAndSts", "OrgnlGrpInfAndSts")
    of_all = [item for path in groups for item in all_at(message, f"CxlDtls/{path}")]
    texts = (text_at(item, "CxlStsRsnInf/AddtlInf") for item in (*refused, *of_all))
    return next((text for text in texts if text), "")
