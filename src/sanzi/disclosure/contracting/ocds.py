"""Works and purchases as releases of the Open Contracting Data Standard 1.1.5. Pure.

Source: OCDS 1.1.5, release schema. Money is in yuan with two decimals, currency CNY; instants
are UTC. One release tells the whole process as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Final

from sanzi.disclosure.contracting.facts import Competition, Deal, Party, Process

VERSION: Final = "1.1"
CURRENCY: Final = "CNY"
SCHEME: Final = "CN-USCC"
_CHINA: Final = timezone(timedelta(hours=8))
METHODS: Final = {
    "open": "open",
    "lot_draw": "open",
    "auction": "open",
    "invited": "selective",
    "negotiated": "limited",
    "quote": "limited",
    "inquiry": "limited",
    "direct": "direct",
    "emergency": "direct",
    "tender": "open",
}
METHOD_WORDS: Final = {
    "open": "公开招标",
    "lot_draw": "限价内抽签",
    "auction": "公开竞价",
    "invited": "邀请招标",
    "negotiated": "竞争性谈判",
    "quote": "三家书面报价",
    "inquiry": "两人询价",
    "direct": "直接买",
    "emergency": "应急采购",
    "tender": "招标",
}
TENDER_STATUS: Final = {
    "draft": "planned",
    "published": "active",
    "opened": "active",
    "publicised": "active",
    "awarded": "complete",
    "failed": "unsuccessful",
}


def package(
    found: Iterable[Process], *, prefix: str, publisher: Party, address: str, at: datetime
) -> dict[str, Any]:
    """Return a release package; `address` is where it is published."""
    return {
        "uri": address,
        "version": VERSION,
        "publishedDate": moment(at),
        "publisher": _publisher(publisher),
        "releases": [release(one, prefix) for one in found],
    }


def release(one: Process, prefix: str) -> dict[str, Any]:
    """Return one process as a release."""
    told: dict[str, Any] = {
        "ocid": ocid(one, prefix),
        "id": f"{one.ident}-{one.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "date": moment(one.changed_at),
        "tag": _tags(one),
        "initiationType": "tender",
        "language": "zh",
        "parties": parties(one),
        "buyer": reference(one.buyer),
        "planning": {"budget": {"id": one.ident, "amount": value(one.budget_fen)}},
    }
    if one.competition:
        told["tender"] = _tender(one, one.competition)
    if one.supplier and one.award_fen is not None:
        told["awards"] = [_award(one, one.supplier, one.award_fen)]
    if one.deal:
        told["contracts"] = [_contract(one, one.deal)]
    return told


def ocid(one: Process, prefix: str) -> str:
    """Return the number of a contracting process, the same in every release."""
    return f"{prefix}-{one.ident}"


def parties(one: Process, *, is_project: bool = False) -> list[dict[str, Any]]:
    """Return everybody with his roles, each once."""
    roles: dict[Party, list[str]] = {one.buyer: ["buyer", "procuringEntity", "payer"]}
    if is_project:
        roles[one.buyer].append("publicAuthority")
    for offerer in (one.competition.offers or ()) if one.competition else ():
        roles.setdefault(offerer, []).append("tenderer")
    if one.supplier:
        roles.setdefault(one.supplier, []).extend(["supplier", "payee"])
    return [_party(party, held) for party, held in roles.items()]


def _party(one: Party, roles: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"id": one.ident, "name": one.name, "roles": roles}
    if one.uscc:
        told["identifier"] = {"scheme": SCHEME, "id": one.uscc, "legalName": one.name}
    return told


def _publisher(one: Party) -> dict[str, Any]:
    told = {"name": one.name}
    return told | ({"scheme": SCHEME, "uid": one.uscc} if one.uscc else {})


def reference(one: Party) -> dict[str, str]:
    """Return the short form that names a party."""
    return {"id": one.ident, "name": one.name}


def _tags(one: Process) -> list[str]:
    tags = ["planning"]
    tags += ["tender"] if one.competition else []
    tags += ["award"] if one.supplier else []
    tags += ["contract"] if one.deal else []
    return tags + (["implementation"] if one.paid or one.started_at or one.accepted_at else [])


def _tender(one: Process, found: Competition) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": found.ident,
        "title": found.title,
        "status": TENDER_STATUS[found.state],
        "procurementMethod": METHODS[found.method],
        "procurementMethodDetails": METHOD_WORDS[found.method],
        "mainProcurementCategory": "works" if one.is_works else _category(one),
        "procuringEntity": reference(one.buyer),
    }
    if found.limit_fen is not None:
        told["value"] = value(found.limit_fen)
    if found.published_at or found.deadline_at:
        told["tenderPeriod"] = period(found.published_at, found.deadline_at)
    if found.offers is not None:
        told["numberOfTenderers"] = len(found.offers)
        told["tenderers"] = [reference(party) for party in found.offers]
    return told


def _category(one: Process) -> str:
    return "services" if one.kind == "service" else "goods"


def _award(one: Process, supplier: Party, fen: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": f"{one.ident}-A",
        "status": "active",
        "value": value(fen),
        "suppliers": [reference(supplier)],
    }
    if one.competition and one.competition.awarded_at:
        told["date"] = moment(one.competition.awarded_at)
    return told


def _contract(one: Process, deal: Deal) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": deal.ident,
        "awardID": f"{one.ident}-A",
        "status": "terminated" if deal.is_closed else "active",
    }
    if deal.signed:
        told["dateSigned"] = day(deal.signed)
    if deal.fen is not None:
        told["value"] = value(deal.fen)
    if deal.start or deal.end:
        told["period"] = day_period(deal.start, deal.end)
    if one.changes:
        told["amendments"] = [
            {"id": change.ident, "date": moment(change.at), "rationale": change.why}
            for change in one.changes
        ]
    done = _implementation(one)
    return told | ({"implementation": done} if done else {})


def _implementation(one: Process) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if one.paid:
        told["transactions"] = transactions(one)
    milestones = [
        {
            "id": key, "title": title, "type": "delivery", "status": "met", "dateMet": moment(at),
        }
        for key, title, at in (
            ("completed", "完工", one.completed_at),
            ("accepted", "验收", one.accepted_at),
        )
        if at
    ]  # fmt: skip
    return told | ({"milestones": milestones} if milestones else {})


def transactions(one: Process) -> list[dict[str, Any]]:
    """Return what was paid, each with payer and payee."""
    ends = {"payer": reference(one.buyer)}
    if one.supplier:
        ends["payee"] = reference(one.supplier)
    return [
        {"id": paid.ident, "date": moment(paid.at), "value": value(paid.fen), **ends}
        for paid in one.paid
    ]


def value(fen: int) -> dict[str, Any]:
    """Return an amount in yuan."""
    whole = fen // 100 if fen % 100 == 0 else fen / 100
    return {"amount": whole, "currency": CURRENCY}


def moment(at: datetime) -> str:
    """Return an instant as the standard writes it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(one: date) -> str:
    """Return the beginning of a day in China."""
    return datetime.combine(one, time(), tzinfo=_CHINA).isoformat()


def period(start: datetime | None, end: datetime | None) -> dict[str, str]:
    """Return a period of instants, without the end that is not known."""
    ends = {"startDate": start, "endDate": end}
    return {key: moment(at) for key, at in ends.items() if at}


def day_period(start: date | None, end: date | None) -> dict[str, str]:
    """Return a period of days, without the end that is not known."""
    ends = {"startDate": start, "endDate": end}
    return {key: day(one) for key, one in ends.items() if one}
