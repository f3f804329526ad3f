"""Hostile and contradicting messages: each is no answer, never a guess about money."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from fixtures_bank import SCHEMAS, VILLAGE
from sanzi.bank import errors
from sanzi.bank.http import Iso20022Gateway
from sanzi.bank.iso20022 import acmt, camt, camt055, camt060, pain002
from sanzi.bank.iso20022.xml import NotXml, Schemas
from sanzi.bank.port import BatchState, CancelResult, LineState, PayeeCheck
from sanzi.kernel import clock

HEAD = "<MsgId>R1</MsgId><CreDtTm>2026-11-18T10:00:05+08:00</CreDtTm>"


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(SCHEMAS)


def line(number: int, status: str, more: str = "") -> str:
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>FH{number}</OrgnlEndToEndId><TxSts>{status}</TxSts>{more}"
        "</TxInfAndSts>"
    )


def counts(**by_status: int) -> str:
    return "".join(
        f"<NbOfTxsPerSts><DtldNbOfTxs>{n}</DtldNbOfTxs><DtldSts>{status}</DtldSts>"
        f"<DtldCtrlSum>{n * 10}.00</DtldCtrlSum></NbOfTxsPerSts>"
        for status, n in by_status.items()
    )


def report(group: str, lines: str = "", version: str = "10", tail: str = "") -> bytes:
    groups = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>P1</OrgnlPmtInfId>{lines}</OrgnlPmtInfAndSts>"
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}">
      <CstmrPmtStsRpt><GrpHdr>{HEAD}</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>SZ-1</OrgnlMsgId>
      <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>
      {groups if lines else ""}{tail}</CstmrPmtStsRpt></Document>""".encode()


TOTALS = "<OrgnlNbOfTxs>352</OrgnlNbOfTxs><OrgnlCtrlSum>3520.00</OrgnlCtrlSum>"
PART = f"{TOTALS}<GrpSts>PART</GrpSts>"


@pytest.mark.parametrize("version", ["10", "12"])
def test_a_report_that_names_only_the_refused_lines_leaves_no_doubt_of_the_rest(
    schemas: Schemas, version: str
) -> None:
    raw = report(PART + counts(ACSP=350, RJCT=2), line(7, "RJCT") + line(19, "RJCT"), version)

    found = pain002.read(raw, schemas)

    assert found.state is BatchState.PART
    assert [one.e2e_id for one in found.lines] == ["FH7", "FH19"]
    assert found.line("FH1").status is LineState.ACCEPTED
    assert found.line("FH7").status is LineState.REJECTED


def test_without_counts_the_lines_that_are_not_named_stay_open(schemas: Schemas) -> None:
    found = pain002.read(report(PART, line(7, "RJCT")), schemas)

    assert found.state is BatchState.PART
    assert found.line("FH1").status is LineState.NOT_FOUND


def test_two_statuses_among_the_unnamed_lines_leave_them_open(schemas: Schemas) -> None:
    raw = report(PART + counts(ACSP=349, PDNG=1, RJCT=2), line(7, "RJCT") + line(9, "RJCT"))

    found = pain002.read(raw, schemas)

    assert (found.state, found.rest) == (BatchState.PART, None)


def test_one_refused_line_alone_does_not_refuse_the_message(schemas: Schemas) -> None:
    found = pain002.read(report("", line(7, "RJCT")), schemas)

    assert found.state is BatchState.PART


WRONG_REPORTS = {
    "counts that do not make the total": report(PART + counts(ACSP=350, RJCT=1), line(1, "RJCT")),
    "sums that do not make the total": report(
        PART.replace("3520.00", "3520.01") + counts(ACSP=350, RJCT=2),
        line(1, "RJCT") + line(2, "RJCT"),
    ),
    "more lines than were sent": report(
        "<OrgnlNbOfTxs>1</OrgnlNbOfTxs>", line(1, "ACSC") + line(2, "ACSC")
    ),
    "more lines of a status than counted": report(
        "<GrpSts>PART</GrpSts>" + counts(RJCT=1, ACSC=1), line(1, "RJCT") + line(2, "RJCT")
    ),
    "a status that is not counted": report(counts(ACSC=1), line(1, "RJCT")),
    "an unknown status among the counts": report(counts(ACSC=1, WHAT=1), line(1, "ACSC")),
    "the whole refused, a line paid": report("<GrpSts>RJCT</GrpSts>", line(1, "ACSC")),
    "the whole paid, a line refused": report("<GrpSts>ACSC</GrpSts>", line(1, "RJCT")),
    "an unknown status": report("", line(1, "OKAY")),
    "a line twice": report("", line(1, "ACSC") + line(1, "ACSC")),
    "a line without its id": report("", line(1, "ACSC").replace("FH1", " ")),
    "no line id at all": report(
        "", "<TxInfAndSts><OrgnlInstrId>PI1</OrgnlInstrId><TxSts>ACSC</TxSts></TxInfAndSts>"
    ),
    "no status": report("", "<TxInfAndSts><OrgnlEndToEndId>FH1</OrgnlEndToEndId></TxInfAndSts>"),
    "no message id": report("<GrpSts>ACCP</GrpSts>").replace(b"<OrgnlMsgId>SZ-1</OrgnlMsgId>", b""),
    "an unknown element in the status part": report("", line(1, "ACSC", "<ButNot>true</ButNot>")),
    "a known element out of its place": report(
        "", "<TxInfAndSts><TxSts>ACSC</TxSts><OrgnlEndToEndId>FH1</OrgnlEndToEndId></TxInfAndSts>"
    ),
    "an element of another namespace": report(
        "", line(1, "ACSC", '<StsRsnInf xmlns="urn:other"/>')
    ),
    "an unknown part of the report": report("<GrpSts>ACCP</GrpSts>", tail="<Surprise/>"),
    "nothing said at all": report(""),
    "a count that is no number": report(PART + counts(ACSP=352).replace(">352<", ">3e2<")),
    "an id of 36 characters": report("", line(1, "ACSC").replace("FH1", "F" * 36)),
    "a version that we do not know": report("<GrpSts>ACCP</GrpSts>", version="09"),
    "children where text belongs": report("", line(1, "ACSC").replace("FH1", "<b>FH1</b>")),
}


@pytest.mark.parametrize("name", WRONG_REPORTS)
def test_a_status_report_with_this_is_no_answer(schemas: Schemas, name: str) -> None:
    with pytest.raises(NotXml):
        pain002.read(WRONG_REPORTS[name], schemas)


def balance(kind: str, yuan: str, currency: str = "CNY") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{yuan}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-09</Dt></Dt></Bal>"
    )


def entry(yuan: str = "200.00", *, ref: str = "BK1", currency: str = "CNY", **more: str) -> str:
    said = {"day": "2026-10-09", "status": "BOOK", "detail": "", "name": "1", **more}
    return (
        f"<Ntry><NtryRef>{said['name']}</NtryRef><Amt Ccy='{currency}'>{yuan}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>{said['status']}</Cd></Sts>"
        f"<BookgDt><Dt>{said['day']}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef><BkTxCd/>"
        f"<NtryDtls>{said['detail']}</NtryDtls></Ntry>"
    )


def statement(body: str, *, account: str = VILLAGE, until: str = "2026-10-09") -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
    <GrpHdr>{HEAD}</GrpHdr><Stmt><Id>S1</Id><ElctrncSeqNb>9</ElctrncSeqNb><FrToDt>
    <FrDtTm>2026-10-09T00:00:00+08:00</FrDtTm><ToDtTm>{until}T23:59:59+08:00</ToDtTm></FrToDt>
    <Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>{body}</Stmt></BkToCstmrStmt>
    </Document>""".encode()


BOTH = balance("OPBD", "100.00") + balance("CLBD", "300.00")
DETAIL = "<TxDtls><Amt Ccy='CNY'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"
WRONG_STATEMENTS = {
    "sums that disagree": statement(BOTH + entry("200.01")),
    "a part of a fen": statement(BOTH + entry("200.001")),
    "a negative amount": statement(BOTH + entry("-200.00")),
    "dollars": statement(BOTH + entry(currency="USD")),
    "a balance in dollars": statement(
        balance("OPBD", "100.00", "USD") + balance("CLBD", "300.00") + entry()
    ),
    "no closing balance": statement(balance("OPBD", "100.00") + entry()),
    "a balance twice": statement(BOTH + balance("CLBD", "300.00") + entry()),
    "the same reference twice": statement(
        balance("OPBD", "100.00") + balance("CLBD", "500.00") + entry() + entry()
    ),
    "an entry of another day": statement(BOTH + entry(day="2026-10-08")),
    "an entry that is not booked": statement(BOTH + entry(status="PDNG")),
    "an entry and a detail that disagree": statement(BOTH + entry(detail=DETAIL.format("199.99"))),
    "two transactions in one entry": statement(BOTH + entry(detail=DETAIL.format("100.00") * 2)),
    "a statement of two days": statement(BOTH + entry(), until="2026-10-10"),
    "an empty reference": statement(BOTH + entry(ref=" ")),
}


def test_the_statement_that_the_wrong_ones_are_made_of_is_read(schemas: Schemas) -> None:
    found = camt.read_statement(statement(BOTH + entry(detail=DETAIL.format("200.00"))), schemas)

    assert (found.opening_fen, found.closing_fen, found.day) == (10_000, 30_000, date(2026, 10, 9))


@pytest.mark.parametrize("name", WRONG_STATEMENTS)
def test_a_statement_with_this_is_no_statement(schemas: Schemas, name: str) -> None:
    with pytest.raises(NotXml):
        camt.read_statement(WRONG_STATEMENTS[name], schemas)


def notice(*entries: str) -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">
    <BkToCstmrDbtCdtNtfctn><GrpHdr>{HEAD}</GrpHdr><Ntfctn><Id>N1</Id><Acct><Id><Othr><Id>{VILLAGE}
    </Id></Othr></Id></Acct>{"".join(entries)}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>""".encode()


@pytest.mark.parametrize("name", ["BKSEQ900001", "0", "-3"])
def test_a_notice_whose_entry_has_no_number_is_not_read(schemas: Schemas, name: str) -> None:
    assert camt.read_notices(notice(entry(name="7")), schemas)[1][0].seq == 7
    with pytest.raises(NotXml):
        camt.read_notices(notice(entry(name=name)), schemas)


def resolution(lines: str, *, whole: str = "PECR", msg_id: str = "SZ-1") -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"><RsltnOfInvstgtn>
    <Assgnmt><Id>X</Id><Assgnr><Pty><Nm>银行</Nm></Pty></Assgnr><Assgne><Pty><Nm>客户</Nm></Pty>
    </Assgne><CreDtTm>2026-11-18T10:00:00+08:00</CreDtTm></Assgnmt><Sts><Conf>{whole}</Conf></Sts>
    <CxlDtls><OrgnlPmtInfAndSts><OrgnlPmtInfId>P1</OrgnlPmtInfId><OrgnlGrpInf>
    <OrgnlMsgId>{msg_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInf>
    {lines}</OrgnlPmtInfAndSts></CxlDtls></RsltnOfInvstgtn></Document>""".encode()


def resolved(number: int, status: str, reason: str = "NARR") -> str:
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>FH{number}</OrgnlEndToEndId><TxCxlSts>{status}</TxCxlSts>"
        f"<CxlStsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>话</AddtlInf></CxlStsRsnInf>"
        "</TxInfAndSts>"
    )


def test_a_resolution_says_of_each_line_whether_it_is_dead(schemas: Schemas) -> None:
    raw = resolution(
        resolved(1, "ACCR") + resolved(2, "RJCR") + resolved(3, "PDCR")
        + resolved(4, "RJCR", "NOOR")
    )  # fmt: skip

    found = camt055.read(raw, "SZ-1", ("FH1", "FH2", "FH3", "FH4"), schemas)

    assert found == CancelResult("SZ-1", ("FH1",), ("FH2",), "话")


WRONG_RESOLUTIONS = {
    "another message": resolution(resolved(1, "ACCR"), msg_id="SZ-2"),
    "a line that was not asked": resolution(resolved(9, "ACCR")),
    "a line twice": resolution(resolved(1, "ACCR") + resolved(1, "RJCR")),
    "an unknown status": resolution(resolved(1, "DONE")),
    "all cancelled, one not": resolution(resolved(1, "RJCR"), whole="CNCL"),
    "all cancelled, none named": resolution("", whole="CNCL"),
    "none cancelled, one is": resolution(resolved(1, "ACCR"), whole="RJCR"),
    "an unknown element": resolution(resolved(1, "ACCR").replace("<TxCxlSts>", "<X/><TxCxlSts>")),
}


@pytest.mark.parametrize("name", WRONG_RESOLUTIONS)
def test_a_resolution_with_this_cancels_nothing(schemas: Schemas, name: str) -> None:
    with pytest.raises(NotXml):
        camt055.read(WRONG_RESOLUTIONS[name], "SZ-1", ("FH1", "FH2"), schemas)


def check_report(*reports: str) -> bytes:
    party = "<Pty><Nm>x</Nm></Pty>"
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:acmt.024.001.04"><IdVrfctnRpt>
      <Assgnmt>{HEAD}<Assgnr>{party}</Assgnr><Assgne>{party}</Assgne></Assgnmt>
      <OrgnlAssgnmt><MsgId>VC1</MsgId></OrgnlAssgnmt>{"".join(reports)}</IdVrfctnRpt>
      </Document>""".encode()


def said(number: int, *, yes: bool, code: str = "") -> str:
    reason = f"<Rsn><Cd>{code}</Cd></Rsn>" if code else ""
    return f"<Rpt><OrgnlId>V{number}</OrgnlId><Vrfctn>{str(yes).lower()}</Vrfctn>{reason}</Rpt>"


@pytest.mark.parametrize(
    "raw",
    [
        check_report(said(0, yes=True), said(0, yes=False, code="PN01")),
        check_report(said(9, yes=True)),
        check_report(said(0, yes=True, code="PN01")),
    ],
    ids=["twice", "not asked", "yes and no"],
)
def test_a_payee_report_that_contradicts_itself_is_not_read(schemas: Schemas, raw: bytes) -> None:
    with pytest.raises(NotXml):
        acmt.read(raw, "VC1", [PayeeCheck("r0", "王小芳", "6228")], schemas)


def test_what_we_write_without_a_schema_is_read_by_published_classes(schemas: Schemas) -> None:
    """The classes come from a package that others made from the schemas."""
    from pyiso20022.camt import camt_029_001_09, camt_055_001_08, camt_060_001_05
    from pyiso20022.pain import pain_002_001_10
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.parsers.config import ParserConfig

    read = XmlParser(config=ParserConfig(fail_on_unknown_properties=True)).from_bytes
    at = clock.now()
    lines = camt055.build("CX1", at, "SZ-1", ("FH1", "FH2"), schemas)
    whole = camt055.build("CX1", at, "SZ-1", (), schemas)
    asked = camt060.Asked("camt.053.001.08", VILLAGE, date(2026, 10, 9), 7)

    wish = read(lines, camt_055_001_08.Document).cstmr_pmt_cxl_req
    group = wish.undrlyg[0].orgnl_pmt_inf_and_cxl[0]
    assert [one.orgnl_end_to_end_id for one in group.tx_inf] == ["FH1", "FH2"]
    assert group.orgnl_grp_inf.orgnl_msg_id == "SZ-1"
    wish = read(whole, camt_055_001_08.Document).cstmr_pmt_cxl_req
    assert wish.undrlyg[0].orgnl_grp_inf_and_cxl.grp_cxl is True
    request = read(camt060.build("RQ1", at, asked, schemas), camt_060_001_05.Document)
    assert request.acct_rptg_req.rptg_req[0].reqd_msg_nm_id == "camt.053.001.08"
    assert read(resolution(resolved(1, "ACCR")), camt_029_001_09.Document)
    assert read(report(PART, line(1, "RJCT")), pain_002_001_10.Document)


Spoil = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def wild_bank() -> Iterator[Callable[[Spoil], Iso20022Gateway]]:
    """A server that answers as a test tells it, and the adapter that asks it, all signatures ok."""
    servers: list[HTTPServer] = []

    class Trusting:
        def sign(self, _message: bytes) -> str:
            return "x"

        def is_valid(self, _message: bytes, _signature: str) -> bool:
            return True

    def start(answer: Spoil) -> Iso20022Gateway:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                answer(self)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[0].serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{servers[0].server_port}"
        return Iso20022Gateway(url, Trusting(), Trusting(), 0.5, SCHEMAS)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def answering(body: bytes, status: int = 200) -> Spoil:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def fifty_megabytes(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(50):
            handler.wfile.write(b" " * 1_000_000)
    except OSError:
        pass


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    stop = threading.Event()
    try:
        while not stop.wait(0.2):
            handler.wfile.write(b" ")
            handler.wfile.flush()
    except OSError:
        stop.set()


LAUGHS = b"""<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"""
NOON = "2026-11-18T12:00:00+08:00"
DEEP = b"<d>" * 100_000 + b"</d>" * 100_000
OTHER = statement(BOTH + entry(), account="201000099990002")


@pytest.mark.parametrize(
    "answer",
    [
        answering(LAUGHS), answering(DEEP), answering(b""), answering(b"{}"), fifty_megabytes,
        answering(OTHER), answering(statement(BOTH + entry("200.001"))),
        answering(b"{}", 418), answering(b"\xff\xfe\x00", 404),
    ],
    ids=[
        "entities", "deep", "empty", "not xml", "50 MB", "another account", "part of a fen",
        "odd status", "odd absence",
    ],
)  # fmt: skip
def test_a_bank_gone_wild_gives_no_statement(wild_bank, answer: Spoil) -> None:
    gateway = wild_bank(answer)

    with pytest.raises((errors.ProtocolError, errors.StatementNotReady)) as caught:
        gateway.statement(VILLAGE, date(2026, 10, 9))

    gateway.close()
    assert caught.type is errors.ProtocolError or answer is not fifty_megabytes


def test_an_answer_that_drips_for_ever_is_given_up(wild_bank) -> None:
    gateway = wild_bank(dripping)

    with pytest.raises(errors.GatewayTimeout):
        gateway.balances(VILLAGE)

    gateway.close()


@pytest.mark.parametrize(
    "told",
    [
        [], {"accounts": {}}, {"accounts": [1]}, {"accounts": [{"account": ""}]},
        {"accounts": [{"account": "1"}, {"account": "1"}]},
        {"accounts": [{"account": "1", "opened": "yesterday"}]},
    ],
)  # fmt: skip
def test_a_list_of_accounts_that_is_none_is_not_read(wild_bank, told: object) -> None:
    gateway = wild_bank(answering(json.dumps(told).encode()))

    with pytest.raises(errors.ProtocolError):
        gateway.accounts()

    gateway.close()


@pytest.mark.parametrize(
    "told",
    [
        {
            "msg_id": "SZ-2",
            "word": "NOT_EXECUTED",
            "e2e_ids": [],
            "at": "2026-11-18T10:00:00+08:00",
        },
        {"msg_id": "SZ-1", "word": "PROBABLY", "e2e_ids": [], "at": NOON},
        {"msg_id": "SZ-1", "word": "NOT_EXECUTED", "at": NOON},
        {"msg_id": "SZ-1", "word": "NOT_EXECUTED", "e2e_ids": [], "at": "2026-11-18T10:00:00"},
        {"msg_id": "SZ-1", "word": "NOT_EXECUTED", "e2e_ids": []},
    ],
)
def test_a_word_that_is_not_clear_is_no_word(wild_bank, told: object) -> None:
    gateway = wild_bank(answering(json.dumps(told).encode()))

    with pytest.raises(errors.ProtocolError):
        gateway.confirm_not_executed("SZ-1")

    gateway.close()
