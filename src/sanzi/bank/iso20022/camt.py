"""camt.052, 053 and 054: balances, day statements and notices, read into plain values.

What says a thing twice must say the same: balances and entries, an entry and its detail, a day
and the dates of its entries. Yuan only. Anything else raises NotXml.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from lxml import etree

from sanzi.bank.iso20022.xml import (
    NotXml,
    Schemas,
    account_at,
    all_at,
    fen,
    fields,
    text_at,
)
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
    _refuse_repeats(entries)
    if not {"OPBD", "CLBD"} <= balances.keys():
        text = "opening or closing balance missing"
        raise NotXml(text)
    opening, closing = balances["OPBD"], balances["CLBD"]
    if opening + sum(entry.signed_fen for entry in entries) != closing:
        text = "opening balance and entries do not make the closing balance"
        raise NotXml(text)
    day = _day(found)
    if any(clock.local_date(entry.booked_at) != day for entry in entries):
        text = f"an entry is not of {day}"
        raise NotXml(text)
    return Statement(
        account=account_at(found, "Acct"),
        day=day,
        number=int(text_at(found, "ElctrncSeqNb") or 0),
        opening_fen=opening,
        closing_fen=closing,
        entries=entries,
        raw=raw,
    )


def _day(found: etree._Element) -> date:
    """The one local day that a statement is of. Raises NotXml if it is none or several."""
    first, last = text_at(found, "FrToDt/FrDtTm"), text_at(found, "FrToDt/ToDtTm")
    if not first or not last:
        text = "the statement does not say of which day it is"
        raise NotXml(text)
    starts_at, ends_at = (_aware(datetime.fromisoformat(one)) for one in (first, last))
    day = clock.local_date(starts_at)
    if clock.local_date(ends_at - timedelta(seconds=1)) != day:
        text = "the statement is not of one day"
        raise NotXml(text)
    return day


def read_notices(raw: bytes, schemas: Schemas) -> tuple[str, tuple[Entry, ...]]:
    """Read the entries of a camt.054 or an intraday camt.052: the account and what is new."""
    family = "camt.052.001" if b":camt.052.001." in raw[:400] else "camt.054.001"
    notices = all_at(schemas.read(raw, family), "Rpt" if "052" in family else "Ntfctn")
    accounts = {account_at(item, "Acct") for item in notices}
    if len(accounts) != 1:
        text = "notices of one account expected"
        raise NotXml(text)
    entries = tuple(_entry(entry) for item in notices for entry in all_at(item, "Ntry"))
    _refuse_repeats(entries)
    if any(entry.seq <= 0 for entry in entries):
        text = "an entry without its number"
        raise NotXml(text)
    return accounts.pop(), entries


def _refuse_repeats(entries: tuple[Entry, ...]) -> None:
    """One booking, one reference: a second line of the same one is no line."""
    refs = [entry.bank_ref for entry in entries]
    if "" in refs or len(set(refs)) != len(refs):
        text = "an entry has no reference of the bank, or one that another has"
        raise NotXml(text)


def read_balances(raw: bytes, schemas: Schemas) -> Balances:
    """Read a camt.052: booked and available balance of the moment."""
    reports = all_at(schemas.read(raw, "camt.052.001"), "Rpt")
    if len(reports) != 1:
        text = f"one report expected, {len(reports)} found"
        raise NotXml(text)
    found = _balances(reports[0])
    if "ITBD" not in found:
        text = "booked balance missing"
        raise NotXml(text)
    booked = found["ITBD"]
    account = account_at(reports[0], "Acct")
    return Balances(account, booked, found.get("ITAV", booked))


def _balances(parent: etree._Element) -> dict[str, int]:
    items = all_at(parent, "Bal")
    found = {text_at(item, "Tp/CdOrPrtry/Cd"): _signed(item) for item in items}
    if len(found) != len(items):
        text = "a balance is told twice"
        raise NotXml(text)
    return found


def _yuan(item: etree._Element) -> int:
    """The amount of an element in fen. Raises NotXml for any currency but yuan."""
    amount = all_at(item, "Amt")[0]
    if amount.get("Ccy") != "CNY":
        text = f"{amount.get('Ccy')} is not CNY"
        raise NotXml(text)
    return fen((amount.text or "").strip())


def _signed(item: etree._Element) -> int:
    amount = _yuan(item)
    return amount if text_at(item, "CdtDbtInd") == "CRDT" else -amount


DETAIL = "NtryDtls/TxDtls"


def _entry(item: etree._Element) -> Entry:
    """Read one booked entry; anything but a single booked transaction in yuan is refused."""
    said = fields(item)  # one walk: statements have many thousand entries
    name, amount_fen = said.get("NtryRef", ""), _yuan(item)
    details = all_at(item, DETAIL)
    if len(details) > 1 or said.get("Sts/Cd") != "BOOK":
        text = f"entry {name} is not one booked transaction"
        raise NotXml(text)
    if f"{DETAIL}/Amt" in said and _yuan(details[0]) != amount_fen:
        text = f"entry {name} and its detail have different amounts"
        raise NotXml(text)

    def detail(path: str) -> str:
        return said.get(f"{DETAIL}/{path}", "")

    is_credit = said.get("CdtDbtInd") == "CRDT"
    is_returned = any(path.startswith(f"{DETAIL}/RtrInf") for path in said)
    party, account = _party(detail, is_credit=is_credit)
    return Entry(
        seq=int(name) if name.isascii() and name.isdigit() else 0,
        booked_at=_booked_at(said),
        amount_fen=amount_fen,
        is_credit=is_credit,
        bank_ref=said.get("AcctSvcrRef", ""),
        e2e_id=detail("Refs/EndToEndId"),
        instr_id=detail("Refs/InstrId"),
        msg_id=detail("Refs/MsgId"),
        party_name=party,
        party_account=account,
        memo=detail("RmtInf/Ustrd"),
        is_return=is_returned or (is_credit and said.get("BkTxCd/Domn/Fmly/SubFmlyCd") == "RRTN"),
        reason_code=detail("RtrInf/Rsn/Cd"),
        reason_text=detail("RtrInf/AddtlInf"),
    )


def _party(detail: Callable[[str], str], *, is_credit: bool) -> tuple[str, str]:
    """The other side: the debtor of money in, the creditor of money out or come back."""
    sides = ("Dbtr", "Cdtr") if is_credit else ("Cdtr", "Dbtr")
    for side in sides:
        name, at = detail(f"RltdPties/{side}/Pty/Nm"), f"RltdPties/{side}Acct/Id"
        account = detail(f"{at}/Othr/Id") or detail(f"{at}/IBAN")
        if name or account:
            return name, account
    return "", ""


def _booked_at(said: Mapping[str, str]) -> datetime:
    moment = said.get("BookgDt/DtTm")
    if moment:
        return _aware(datetime.fromisoformat(moment))
    day = date.fromisoformat(said.get("BookgDt/Dt", ""))
    return datetime.combine(day, time(12), clock.SHANGHAI).astimezone(UTC)


def _aware(moment: datetime) -> datetime:
    """An instant in UTC; one without a zone is Shanghai time."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)
    return local.astimezone(UTC)
