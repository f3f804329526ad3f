"""pain.002, the bank's status report: read into a BatchStatus.

What the report says twice must agree: counts and sums by status with the lines that it names,
and the word about the whole with the words about lines. A report that contradicts itself is no
answer (NotXml), because any reading of it would be a guess about money.
"""

from __future__ import annotations

from collections import Counter

from lxml import etree

from sanzi.bank.iso20022.xml import NotXml, Schemas, all_at, count, fen, text_at
from sanzi.bank.port import BatchState, BatchStatus, LineState, LineStatus

FAMILY = "pain.002.001"
PART = "PART"
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
CANCELLED_CODE = "CUST"


def read(raw: bytes, schemas: Schemas) -> BatchStatus:
    """Read a status report of any version that we have a schema or a shape for.

    `rest` is filled when the report names only some lines, and its counts leave one status for
    all others. Raises NotXml: an unknown status, a missing id, numbers that disagree.
    """
    message = schemas.read(raw, FAMILY)
    group = all_at(message, "OrgnlGrpInfAndSts")[0]
    codes = [text_at(item, "TxSts") for item in all_at(message, "OrgnlPmtInfAndSts/TxInfAndSts")]
    lines = tuple(_line(item) for item in all_at(message, "OrgnlPmtInfAndSts/TxInfAndSts"))
    if len({line.e2e_id for line in lines}) != len(lines):
        text = "a line is named twice"
        raise NotXml(text)
    code = text_at(group, "GrpSts")
    unnamed = _unnamed(group, codes)
    _check_whole(code, lines)
    return BatchStatus(
        msg_id=text_at(group, "OrgnlMsgId"),
        state=_batch_state(code, lines, unnamed),
        lines=lines,
        reason_code=_reason(group) or (CANCELLED_CODE if code == "CANC" else ""),
        reason_text=text_at(group, "StsRsnInf/AddtlInf"),
        rest=_line_state(next(iter(unnamed))) if lines and len(unnamed) == 1 else None,
        raw=raw,
    )


def _unnamed(group: etree._Element, codes: list[str]) -> dict[str, int]:
    """How many lines of each status are counted but not named. Raises NotXml."""
    counted: Counter[str] = Counter()
    sum_fen = 0
    parts = all_at(group, "NbOfTxsPerSts")
    for item in parts:
        counted[text_at(item, "DtldSts")] += count(text_at(item, "DtldNbOfTxs"))
        sum_fen += fen(text_at(item, "DtldCtrlSum") or "0")
    total, total_sum = text_at(group, "OrgnlNbOfTxs"), text_at(group, "OrgnlCtrlSum")
    if total and (len(codes) > count(total) or (parts and counted.total() != count(total))):
        text = f"{total} lines were sent, {max(counted.total(), len(codes))} are told of"
        raise NotXml(text)
    has_sums = bool(parts) and all(text_at(item, "DtldCtrlSum") for item in parts)
    if total_sum and has_sums and sum_fen != fen(total_sum):
        text = f"the sums by status do not make {total_sum}"
        raise NotXml(text)
    if not parts:
        return {}
    left = {code: number - codes.count(code) for code, number in counted.items()}
    if set(codes) - set(left) or min(left.values()) < 0:
        text = "the lines are not those that the counts tell of"
        raise NotXml(text)
    for code in left:
        _line_state(code)
    return {code: number for code, number in left.items() if number}


def _check_whole(code: str, lines: tuple[LineStatus, ...]) -> None:
    """Refuse a word about the whole that the lines deny."""
    found = {line.status for line in lines}
    whole = None if code in ("", PART) else _line_state(code)
    is_denied = (
        (whole is LineState.REJECTED and found - {LineState.REJECTED})
        or (whole is LineState.SETTLED and found - {LineState.SETTLED})
    )  # fmt: skip
    if is_denied:
        text = f"the whole is {code}, but not every line"
        raise NotXml(text)


def _batch_state(code: str, lines: tuple[LineStatus, ...], unnamed: dict[str, int]) -> BatchState:
    """Prefer what the lines say; the group's own code counts only when there are none."""
    found = {line.status for line in lines} | {_line_state(status) for status in unnamed}
    if not lines:
        if code in ("", PART):
            text = f"{code or 'no status'} without lines"
            raise NotXml(text)
        return BatchState(_line_state(code).value)
    whole = None if code in ("", PART) else _line_state(code)
    if LineState.REJECTED in found:
        is_all = found == {LineState.REJECTED} and whole is LineState.REJECTED
        return BatchState.REJECTED if is_all else BatchState.PART
    if whole is not None and len(found) == 1:
        return BatchState(found.pop().value)
    return BatchState.PENDING if LineState.PENDING in found else BatchState.ACCEPTED


def _line_state(code: str) -> LineState:
    if code not in LINE_STATES:
        text = f"unknown status {code!r}"
        raise NotXml(text)
    return LINE_STATES[code]


def _reason(element: etree._Element) -> str:
    return text_at(element, "StsRsnInf/Rsn/Cd") or text_at(element, "StsRsnInf/Rsn/Prtry")


def _line(item: etree._Element) -> LineStatus:
    code, e2e_id = text_at(item, "TxSts"), text_at(item, "OrgnlEndToEndId")
    if not e2e_id:
        text = "a line without its EndToEndId"
        raise NotXml(text)
    return LineStatus(
        e2e_id=e2e_id,
        status=_line_state(code),
        reason_code=_reason(item) or (CANCELLED_CODE if code == "CANC" else ""),
        reason_text=text_at(item, "StsRsnInf/AddtlInf"),
        bank_ref=text_at(item, "AcctSvcrRef"),
        instr_id=text_at(item, "OrgnlInstrId"),
    )
