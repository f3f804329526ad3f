"""pain.002, the bank's status report: read into a BatchStatus."""

from lxml import etree

from sanzi.bank.iso20022.xml import NotXml, Schemas, all_at, text_at
from sanzi.bank.port import BatchState, BatchStatus, LineState, LineStatus

FAMILY = "pain.002.001"
LINE_STATES = {
    "ACSC": LineState.SETTLED,
    "ACCC": LineState.SETTLED,
    "ACSP": LineState.ACCEPTED,
    "ACCP": LineState.ACCEPTED,
    "ACTC": LineState.ACCEPTED,
    "ACWC": LineState.ACCEPTED,
    "ACFC": LineState.ACCEPTED,
    "RCVD": LineState.PENDING,
    "PDNG": LineState.PENDING,
    "PATC": LineState.PENDING,
    "RJCT": LineState.REJECTED,
    "CANC": LineState.REJECTED,
}


def read(raw: bytes, schemas: Schemas) -> BatchStatus:
    """Read a status report. A status code that we do not know raises NotXml, never a guess."""
    message = schemas.read(raw, FAMILY)
    group = all_at(message, "OrgnlGrpInfAndSts")[0]
    lines = tuple(_line(item) for item in all_at(message, "OrgnlPmtInfAndSts/TxInfAndSts"))
    return BatchStatus(
        msg_id=text_at(group, "OrgnlMsgId"),
        state=_batch_state(text_at(group, "GrpSts"), lines),
        lines=lines,
        reason_code=_reason(group),
        reason_text=text_at(group, "StsRsnInf/AddtlInf"),
        raw=raw,
    )


def _batch_state(code: str, lines: tuple[LineStatus, ...]) -> BatchState:
    """Prefer what the lines say; the group's own code counts only when there are none."""
    found = {line.status for line in lines}
    if not found:
        if code == "PART":
            text = "PART without lines"
            raise NotXml(text)
        return BatchState(_line_state(code).value)
    if len(found) == 1:
        return BatchState(found.pop().value)
    if LineState.REJECTED in found:
        return BatchState.PART
    return BatchState.PENDING if LineState.PENDING in found else BatchState.ACCEPTED


def _line_state(code: str) -> LineState:
    if code not in LINE_STATES:
        text = f"unknown status {code!r}"
        raise NotXml(text)
    return LINE_STATES[code]


def _reason(element: etree._Element) -> str:
    return text_at(element, "StsRsnInf/Rsn/Cd") or text_at(element, "StsRsnInf/Rsn/Prtry")


def _line(item: etree._Element) -> LineStatus:
    return LineStatus(
        e2e_id=text_at(item, "OrgnlEndToEndId"),
        status=_line_state(text_at(item, "TxSts")),
        reason_code=_reason(item),
        reason_text=text_at(item, "StsRsnInf/AddtlInf"),
        bank_ref=text_at(item, "AcctSvcrRef"),
        instr_id=text_at(item, "OrgnlInstrId"),
    )
