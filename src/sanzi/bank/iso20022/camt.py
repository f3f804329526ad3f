"""camt.052, 053 and 054: balances, day statements and notices, read into plain values."""

from datetime import UTC, date, datetime, time

from lxml import etree

from sanzi.bank.iso20022.xml import NotXml, Schemas, all_at, fen, text_at
from sanzi.bank.port import Balances, Entry, Statement
from sanzi.kernel import clock


def read_statement(raw: bytes, schemas: Schemas) -> Statement:
    """Read a camt.053 of one account and one day.

    Raises: NotXml, also when opening plus entries is not closing.
    """
    statements = all_at(schemas.read(raw, "camt.053.001"), "Stmt")
    if len(statements) != 1:
        text = f"one statement expected, {len(statements)} found"
        raise NotXml(text)
    found = statements[0]
    balances = _balances(found)
    entries = tuple(_entry(item) for item in all_at(found, "Ntry"))
    if not {"OPBD", "CLBD"} <= balances.keys():
        text = "opening or closing balance missing"
        raise NotXml(text)
    opening, closing = balances["OPBD"], balances["CLBD"]
    if opening + sum(entry.signed_fen for entry in entries) != closing:
        text = "opening balance and entries do not make the closing balance"
        raise NotXml(text)
    starts_at = datetime.fromisoformat(text_at(found, "FrToDt/FrDtTm"))
    return Statement(
        account=text_at(found, "Acct/Id/Othr/Id"),
        day=clock.local_date(_aware(starts_at)),
        number=int(text_at(found, "ElctrncSeqNb") or 0),
        opening_fen=opening,
        closing_fen=closing,
        entries=entries,
        raw=raw,
    )


def read_notices(raw: bytes, schemas: Schemas) -> tuple[str, tuple[Entry, ...]]:
    """Read a camt.054: the account and its new entries."""
    notices = all_at(schemas.read(raw, "camt.054.001"), "Ntfctn")
    accounts = {text_at(item, "Acct/Id/Othr/Id") for item in notices}
    if len(accounts) != 1:
        text = "notices of one account expected"
        raise NotXml(text)
    entries = [_entry(entry) for item in notices for entry in all_at(item, "Ntry")]
    return accounts.pop(), tuple(entries)


def read_balances(raw: bytes, schemas: Schemas) -> Balances:
    """Read a camt.052: booked and available balance of the moment."""
    reports = all_at(schemas.read(raw, "camt.052.001"), "Rpt")
    found = _balances(reports[0])
    if "ITBD" not in found:
        text = "booked balance missing"
        raise NotXml(text)
    booked = found["ITBD"]
    account = text_at(reports[0], "Acct/Id/Othr/Id")
    return Balances(account, booked, found.get("ITAV", booked))


def _balances(parent: etree._Element) -> dict[str, int]:
    return {text_at(item, "Tp/CdOrPrtry/Cd"): _signed(item) for item in all_at(parent, "Bal")}


def _signed(item: etree._Element) -> int:
    amount = fen(text_at(item, "Amt"))
    return amount if text_at(item, "CdtDbtInd") == "CRDT" else -amount


def _entry(item: etree._Element) -> Entry:
    """Read one booked entry; anything but a single booked transaction in yuan is refused."""
    details = all_at(item, "NtryDtls/TxDtls")
    currency = all_at(item, "Amt")[0].get("Ccy")
    if len(details) > 1 or currency != "CNY" or text_at(item, "Sts/Cd") != "BOOK":
        text = f"entry {text_at(item, 'NtryRef')} is not one booked transaction in CNY"
        raise NotXml(text)
    detail = details[0] if details else item
    is_credit = text_at(item, "CdtDbtInd") == "CRDT"
    returned = all_at(detail, "RtrInf")
    family = text_at(item, "BkTxCd/Domn/Fmly/SubFmlyCd")
    party, account = _party(detail, is_credit=is_credit)
    return Entry(
        seq=int(text_at(item, "NtryRef") or 0),
        booked_at=_booked_at(item),
        amount_fen=fen(text_at(item, "Amt")),
        is_credit=is_credit,
        bank_ref=text_at(item, "AcctSvcrRef"),
        e2e_id=text_at(detail, "Refs/EndToEndId"),
        instr_id=text_at(detail, "Refs/InstrId"),
        msg_id=text_at(detail, "Refs/MsgId"),
        party_name=party,
        party_account=account,
        memo=text_at(detail, "RmtInf/Ustrd"),
        is_return=bool(returned) or (is_credit and family == "RRTN"),
        reason_code=text_at(returned[0], "Rsn/Cd") if returned else "",
        reason_text=text_at(returned[0], "AddtlInf") if returned else "",
    )


def _party(detail: etree._Element, *, is_credit: bool) -> tuple[str, str]:
    """The other side: the debtor of money in, the creditor of money out or come back."""
    sides = ("Dbtr", "Cdtr") if is_credit else ("Cdtr", "Dbtr")
    for side in sides:
        name = text_at(detail, f"RltdPties/{side}/Pty/Nm")
        account = text_at(detail, f"RltdPties/{side}Acct/Id/Othr/Id")
        if name or account:
            return name, account
    return "", ""


def _booked_at(item: etree._Element) -> datetime:
    moment = text_at(item, "BookgDt/DtTm")
    if moment:
        return _aware(datetime.fromisoformat(moment))
    day = date.fromisoformat(text_at(item, "BookgDt/Dt"))
    return datetime.combine(day, time(12), clock.SHANGHAI).astimezone(UTC)


def _aware(moment: datetime) -> datetime:
    """An instant in UTC; one without a zone is Shanghai time."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)
    return local.astimezone(UTC)
