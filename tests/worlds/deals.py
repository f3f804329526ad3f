"""Parties, contracts and competitions for tests, in the small world."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from sanzi.deals.actions import bids, contracts, tenders
from sanzi.deals.actions.contracts import ContractFields
from sanzi.deals.actions.tenders import TenderFields
from sanzi.deals.models import Bid
from sanzi.orgs import secrets
from sanzi.orgs.models import (
    Appointment,
    Counterparty,
    CounterpartyOwner,
    Kinship,
    Organisation,
    Person,
    User,
)
from sanzi.record.schema import FOLDER, load_tables
from worlds.village import AT, TOWN, WILLOW, World

CLAUSES = dict.fromkeys(contracts.CLAUSES, True)


def party(ext_id: str, name: str = "", owner: Person | None = None, **more: Any) -> Counterparty:
    """Add a firm; its phone ends in its number of the day."""
    number = f"1890000{Counterparty.objects.count():04d}"
    made = Counterparty.objects.create(
        ext_id=ext_id,
        kind="company",
        name=name or f"清河{ext_id}建设有限公司",
        sealed_phone=secrets.seal("phone", number),
        phone_index=secrets.index("phone", number),
        **more,
    )
    if owner is not None:
        CounterpartyOwner.objects.create(
            counterparty=made, person=owner, share_percent=60, kind="shareholder"
        )
    return made


def kin(one: Person, other: Person, *, is_statutory: bool = True) -> None:
    """Declare two persons kin."""
    Kinship.objects.create(
        person=one, relative=other, relation="sibling" if is_statutory else "cousin",
        is_statutory_kin=is_statutory, is_extended_kin=True, source="declared",
    )  # fmt: skip


def works_office(world: World) -> None:
    """Appoint the works office of the town and a coop director; see `world.users`."""
    for role, name, body, division in (
        ("town_works_office", "童工程", "agency", TOWN),
        ("coop_director", "董事长", "willow", WILLOW),
        ("supervision_member", "监委员", "willow", WILLOW),
    ):
        person = Person.objects.create(ext_id=f"P-{role}", name=name, division_id=division)
        Appointment.objects.create(
            ext_id=f"A-{role}", person=person, organisation=world.bodies[body], role_code=role,
            start_date=date(2024, 1, 1), document_ref="任〔2024〕5号",
        )  # fmt: skip
        world.people[role] = person
        world.users[role] = User.objects.create(username=f"u-{role}"[:40], person=person)


def fields(**changed: Any) -> ContractFields:
    """Return an ordinary contract of the willow village with the firm C-1."""
    return ContractFields(
        **{
            "organisation": "O-WILLOW", "kind": "works", "title": "村内道路改造工程合同",
            "counterparty": "C-1", "sign_date": date(2026, 11, 10),
            "start_date": date(2026, 11, 15), "end_date": date(2027, 1, 15),
            "amount_fen": 8_800_000, "clauses": CLAUSES, **changed,
        }
    )  # fmt: skip


def contract(world: World, **changed: Any) -> str:
    """Register an ordinary contract; return its ext id."""
    return contracts.register(fields=fields(**changed), by=world.actor("village_clerk"), at=AT)


def body(world: World) -> Organisation:
    """Return the collective of the willow village."""
    return world.bodies["willow"]


DEADLINE = AT + timedelta(days=6)
OPENING = DEADLINE + timedelta(minutes=5)


def tender_fields(**changed: Any) -> TenderFields:
    """Return a simplified tender of a small work."""
    return TenderFields(
        **{
            "organisation": "O-WILLOW", "subject_kind": "works", "title": "村内道路改造",
            "method": "open", "bid_deadline_at": DEADLINE, "limit_price_fen": 9_200_000,
            **changed,
        }
    )  # fmt: skip


def published(world: World, **changed: Any) -> str:
    """Publish a tender; return its ext id."""
    return tenders.publish(fields=tender_fields(**changed), by=world.actor("village_clerk"), at=AT)


def bid(world: World, tender: str, firm: str, price_fen: int, **more: Any) -> bids.Handed:
    """Let a firm in and hand its offer in."""
    at = more.pop("at", AT + timedelta(days=1))
    code = bids.issue_ticket(
        tender=tender, counterparty=firm, by=world.actor("village_clerk"), at=AT
    )
    said = {"contact_phone": f"177{firm[-1] * 8}", "ip": f"10.0.0.{firm[-1]}", **more}
    fields = bids.BidFields(price_fen=price_fen, **said)
    return bids.submit(tender=tender, code=code, fields=fields, at=at)


def opened(world: World, tender: str, at: datetime = OPENING) -> None:
    """Let two persons open the offers."""
    tenders.attend(tender=tender, by=world.actor("supervision_head", at), at=at)
    tenders.open_bids(tender=tender, by=world.actor("town_works_office", at), at=at)


def awarded(
    world: World, title: str = "村内道路改造", price_fen: int = 8_800_000, **changed: Any
) -> str:
    """Run a whole competition of C-1, C-2 and C-3, which C-1 wins; return its ext id."""
    tender = published(world, title=title, **changed)
    for place, firm in enumerate(("C-1", "C-2", "C-3")):
        if not Counterparty.objects.filter(ext_id=firm).exists():
            party(firm)
        bid(world, tender, firm, price_fen + 150_000 * place)
    opened(world, tender)
    winner = Bid.objects.get(tender__ext_id=tender, counterparty__ext_id="C-1")
    clerk = world.actor("village_clerk")
    tenders.award(tender=tender, bid=winner.ext_id, reason="", by=clerk, at=OPENING)
    tenders.give_notice(tender=tender, by=clerk, at=OPENING + timedelta(days=4))
    return tender


def record_rows(table: str, *by: str) -> list[dict[str, Any]]:
    """Return the rows of a table of the record as its SQL reads them, sorted by these columns.

    Without columns they come in no order.
    """
    sql = (FOLDER / f"{table}.sql").read_text("utf-8")
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [one[0] for one in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    columns = {c.record for c in load_tables()[table].record_columns}
    assert columns <= set(names)
    return sorted(found, key=lambda row: [row[name] for name in by])
