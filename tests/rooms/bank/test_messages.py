"""Messages of the bank room: what we write, what we read, and what we refuse to read."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from fixtures_bank import SCHEMAS, VILLAGE, make_batch, make_line
from sanzi.bank.errors import BatchNotValid
from sanzi.bank.iso20022 import acmt, camt, pain001, pain002
from sanzi.bank.iso20022.xml import NotXml, Schemas, fen, parse
from sanzi.bank.port import (
    BatchState,
    Entry,
    LineState,
    LineStatus,
    PayeeCheck,
    PayeeCheckResult,
    PayeeVerdict,
)

SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@pytest.fixture(scope="module")
def schemas():
    return Schemas(SCHEMAS)


def texts(raw: bytes, path: str) -> list[str]:
    steps = "/".join(f"p:{step}" for step in path.split("/"))
    return [
        str(text) for text in etree.fromstring(raw).xpath(f"//{steps}/text()", namespaces=SPACE)
    ]


def test_352_households_become_one_valid_order_with_every_value_in_its_place(schemas):
    lines = tuple(
        replace(
            make_line(number, amount_fen=28_650 + number),
            payee_name=f"户主{number:03d}",
            payee_account=f"62284800000000{number:05d}",
        )
        for number in range(1, 353)
    )

    raw = pain001.build(make_batch(*lines), schemas)

    assert texts(raw, "GrpHdr/MsgId") == ["SZ-20261118-000001"]
    assert texts(raw, "GrpHdr/CreDtTm") == ["2026-11-18T10:00:00+08:00"]
    assert texts(raw, "NbOfTxs") == ["352", "352"]
    # 352 x 286.50 + (1 + 2 + … + 352) fen = 100,848.00 + 621.28
    assert texts(raw, "CtrlSum") == ["101469.28", "101469.28"]
    assert texts(raw, "InitgPty/Id/OrgId/Othr/Id") == ["N2330521MF0000005P"]
    assert texts(raw, "PmtInf/BtchBookg") == ["false"]
    assert texts(raw, "PmtInf/PmtTpInf/CtgyPurp/Cd") == ["BONU"]
    assert texts(raw, "PmtInf/ReqdExctnDt/Dt") == ["2026-11-18"]
    assert texts(raw, "DbtrAcct/Id/Othr/Id") == [VILLAGE]
    assert texts(raw, "PmtId/InstrId") == [f"PI20261118{n:06d}" for n in range(1, 353)]
    assert texts(raw, "PmtId/EndToEndId") == [f"FH20261118-{n:04d}" for n in range(1, 353)]
    assert texts(raw, "Amt/InstdAmt") == [
        f"{(28_650 + n) // 100}.{(28_650 + n) % 100:02d}" for n in range(1, 353)
    ]
    assert texts(raw, "Cdtr/Nm") == [f"户主{n:03d}" for n in range(1, 353)]
    assert texts(raw, "CdtrAcct/Id/Othr/Id") == [f"62284800000000{n:05d}" for n in range(1, 353)]
    assert texts(raw, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") == ["402999900017"] * 352
    assert texts(raw, "ClrSysId/Cd") == ["CNAPS"] * 353
    assert texts(raw, "Purp/Prtry") == ["2026年度集体收益分配"] * 352


def test_the_same_batch_always_becomes_the_same_bytes(schemas):
    assert pain001.build(make_batch(), schemas) == pain001.build(make_batch(), schemas)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount_fen": 0}, "不是正数"),
        ({"amount_fen": -1}, "不是正数"),
        ({"payee_name": ""}, "Nm"),
        ({"payee_name": "王\x00芳"}, "XML compatible"),
        ({"payee_account": "1" * 35}, "Id"),
        ({"instr_id": "PI" * 20}, "InstrId"),
    ],
)
def test_a_line_that_no_bank_would_read_is_refused_before_it_leaves(schemas, change, why):
    with pytest.raises(BatchNotValid, match=why):
        pain001.build(make_batch(replace(make_line(1), **change)), schemas)


def test_a_batch_that_uses_an_id_twice_is_refused(schemas):
    again = replace(make_line(2), e2e_id=make_line(1).e2e_id)

    with pytest.raises(BatchNotValid, match="重复"):
        pain001.build(make_batch(make_line(1), again), schemas)


def status_report(group: str, lines: str = "") -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"><CstmrPmtStsRpt>
      <GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-11-18T10:00:05+08:00</CreDtTm></GrpHdr>
      <OrgnlGrpInfAndSts><OrgnlMsgId>SZ-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
      {group}</OrgnlGrpInfAndSts>{lines}</CstmrPmtStsRpt></Document>""".encode()


LINES = """<OrgnlPmtInfAndSts><OrgnlPmtInfId>SZ-1-1</OrgnlPmtInfId>
  <TxInfAndSts><OrgnlInstrId>PI1</OrgnlInstrId><OrgnlEndToEndId>FH1</OrgnlEndToEndId>
    <TxSts>ACSC</TxSts><AcctSvcrRef>BK1</AcctSvcrRef></TxInfAndSts>
  <TxInfAndSts><OrgnlEndToEndId>FH2</OrgnlEndToEndId><TxSts>RJCT</TxSts>
    <StsRsnInf><Rsn><Cd>BE01</Cd></Rsn><AddtlInf>户名不符</AddtlInf></StsRsnInf></TxInfAndSts>
  <TxInfAndSts><OrgnlEndToEndId>FH3</OrgnlEndToEndId><TxSts>ACSP</TxSts></TxInfAndSts>
  <TxInfAndSts><OrgnlEndToEndId>FH4</OrgnlEndToEndId><TxSts>PDNG</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts>"""


def test_a_status_report_says_of_each_line_where_it_stands(schemas):
    found = pain002.read(status_report("<GrpSts>PART</GrpSts>", LINES), schemas)

    assert (found.msg_id, found.state) == ("SZ-1", BatchState.PART)
    assert found.lines == (
        LineStatus("FH1", LineState.SETTLED, bank_ref="BK1", instr_id="PI1"),
        LineStatus("FH2", LineState.REJECTED, "BE01", "户名不符"),
        LineStatus("FH3", LineState.ACCEPTED),
        LineStatus("FH4", LineState.PENDING),
    )
    assert found.line("FH9") == LineStatus("FH9", LineState.NOT_FOUND)


def test_a_status_report_about_the_whole_message_has_no_lines(schemas):
    pending = pain002.read(status_report("<GrpSts>PDNG</GrpSts>"), schemas)
    reason = "<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn><AddtlInf>格式</AddtlInf></StsRsnInf>"
    refused = pain002.read(status_report(f"<GrpSts>RJCT</GrpSts>{reason}"), schemas)

    assert (pending.state, pending.lines) == (BatchState.PENDING, ())
    assert (refused.state, refused.reason_code, refused.reason_text) == (
        BatchState.REJECTED, "FF01", "格式",
    )  # fmt: skip


@pytest.mark.parametrize("group", ["<GrpSts>ZZZZ</GrpSts>", "<GrpSts>PART</GrpSts>"])
def test_a_status_that_we_do_not_know_is_no_answer(schemas, group):
    with pytest.raises(NotXml):
        pain002.read(status_report(group), schemas)


def statement(closing: str = "399438.50") -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
    <GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-10-10T00:00:00+08:00</CreDtTm></GrpHdr>
    <Stmt><Id>S1</Id><ElctrncSeqNb>282</ElctrncSeqNb>
    <FrToDt><FrDtTm>2026-10-09T00:00:00+08:00</FrDtTm><ToDtTm>2026-10-09T23:59:59+08:00</ToDtTm>
    </FrToDt><Acct><Id><Othr><Id>{VILLAGE}</Id></Othr></Id></Acct>
    <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">399352.00</Amt>
      <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-09</Dt></Dt></Bal>
    <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{closing}</Amt>
      <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-09</Dt></Dt></Bal>
    <Ntry><NtryRef>17</NtryRef><Amt Ccy="CNY">200.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>
      <Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-10-09T09:15:00+08:00</DtTm></BookgDt>
      <AcctSvcrRef>BK17</AcctSvcrRef><BkTxCd/>
      <NtryDtls><TxDtls><Refs><MsgId>SZ-1</MsgId><InstrId>PI1</InstrId><EndToEndId>FH1</EndToEndId>
      </Refs><RltdPties><Cdtr><Pty><Nm>李建国</Nm></Pty></Cdtr>
      <CdtrAcct><Id><Othr><Id>6228</Id></Othr></Id></CdtrAcct></RltdPties>
      <RmtInf><Ustrd>清淤</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
    <Ntry><NtryRef>18</NtryRef><Amt Ccy="CNY">286.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>
      <Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-10-09</Dt></BookgDt>
      <AcctSvcrRef>BK18</AcctSvcrRef><BkTxCd/>
      <NtryDtls><TxDtls><RltdPties><Cdtr><Pty><Nm>王小芳</Nm></Pty></Cdtr></RltdPties>
      <RtrInf><Rsn><Cd>BE01</Cd></Rsn><AddtlInf>户名不符</AddtlInf></RtrInf>
      </TxDtls></NtryDtls></Ntry>
    </Stmt></BkToCstmrStmt></Document>""".encode()


def test_a_day_statement_gives_number_balances_and_entries(schemas):
    found = camt.read_statement(statement(), schemas)

    assert (found.account, found.day, found.number) == (VILLAGE, date(2026, 10, 9), 282)
    assert (found.opening_fen, found.closing_fen) == (39_935_200, 39_943_850)
    assert found.entries == (
        Entry(
            seq=17, booked_at=datetime(2026, 10, 9, 1, 15, tzinfo=UTC), amount_fen=20_000,
            is_credit=False, bank_ref="BK17", e2e_id="FH1", instr_id="PI1", msg_id="SZ-1",
            party_name="李建国", party_account="6228", memo="清淤",
        ),
        Entry(
            seq=18, booked_at=datetime(2026, 10, 9, 4, 0, tzinfo=UTC), amount_fen=28_650,
            is_credit=True, bank_ref="BK18", party_name="王小芳", is_return=True,
            reason_code="BE01", reason_text="户名不符",
        ),
    )  # fmt: skip


def test_a_statement_whose_entries_do_not_add_up_is_not_read(schemas):
    with pytest.raises(NotXml, match="do not make"):
        camt.read_statement(statement(closing="399438.51"), schemas)


def test_each_check_gets_its_own_verdict_in_its_own_place(schemas):
    checks = [PayeeCheck(f"r{n}", "王小芳", f"622800{n}") for n in range(5)]
    answer = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:acmt.024.001.04"><IdVrfctnRpt>
      <Assgnmt><MsgId>A</MsgId><CreDtTm>2026-11-18T10:00:00+08:00</CreDtTm>
      <Assgnr><Pty><Nm>银行</Nm></Pty></Assgnr><Assgne><Pty><Nm>客户</Nm></Pty></Assgne></Assgnmt>
      <OrgnlAssgnmt><MsgId>VC1</MsgId></OrgnlAssgnmt>
      <Rpt><OrgnlId>V1</OrgnlId><Vrfctn>false</Vrfctn><Rsn><Cd>PN01</Cd></Rsn>
        <UpdtdPtyAndAcctId><Pty><Nm>李*国</Nm></Pty></UpdtdPtyAndAcctId></Rpt>
      <Rpt><OrgnlId>V0</OrgnlId><Vrfctn>true</Vrfctn></Rpt>
      <Rpt><OrgnlId>V2</OrgnlId><Vrfctn>false</Vrfctn><Rsn><Cd>PN02</Cd></Rsn></Rpt>
      <Rpt><OrgnlId>V3</OrgnlId><Vrfctn>false</Vrfctn><Rsn><Cd>NR01</Cd></Rsn></Rpt>
      </IdVrfctnRpt></Document>""".encode()

    assert acmt.read(answer, "VC1", checks, schemas) == [
        PayeeCheckResult("r0", PayeeVerdict.MATCH),
        PayeeCheckResult("r1", PayeeVerdict.NO_MATCH, "PN01", "李*国"),
        PayeeCheckResult("r2", PayeeVerdict.CLOSE, "PN02"),
        PayeeCheckResult("r3", PayeeVerdict.NOT_POSSIBLE, "NR01"),
        PayeeCheckResult("r4", PayeeVerdict.NOT_POSSIBLE, "NORR"),
    ]
    with pytest.raises(NotXml, match="another request"):
        acmt.read(answer, "VC2", checks, schemas)


XXE = b"""<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>"""
LAUGHS = b"""<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><d>&c;</d>"""
REMOTE = b"""<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><d/>"""


@pytest.mark.parametrize(
    "raw",
    [XXE, LAUGHS, REMOTE, b"", b"<d>", b"PK\x03\x04", b"<d/>" * 2],
    ids=("entity", "laughs", "remote", "empty", "open", "zip", "twice"),
)
def test_what_is_not_plain_xml_is_not_read(raw):
    with pytest.raises(NotXml):
        parse(raw)


def test_a_document_above_the_limit_is_not_even_parsed():
    with pytest.raises(NotXml, match="too large"):
        parse(b"<d>" + b" " * 20_000_000 + b"</d>")


@pytest.mark.parametrize(
    "raw", [b"<d/>", status_report("<GrpSts>ACCP</GrpSts>")], ids=("unknown", "status")
)
def test_a_message_of_another_kind_is_not_read(schemas, raw):
    with pytest.raises(NotXml, match=r"expected camt\.053"):
        camt.read_statement(raw, schemas)


@pytest.mark.parametrize(("text", "expected"), [("286.50", 28_650), ("0.01", 1), ("7", 700)])
def test_yuan_of_a_message_become_fen_exactly(text, expected):
    assert fen(text) == expected


@pytest.mark.parametrize("text", ["1.005", "abc", ""])
def test_a_part_of_a_fen_is_not_read(text):
    with pytest.raises(NotXml):
        fen(text)
