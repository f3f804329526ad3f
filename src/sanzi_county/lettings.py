"""Cards of what the villages own, and what is let: a workshop in order, a pond with wrongs planted.

In every second town the second village lets its pond far below the valuation and twice over, the
third has a tenant who has not paid for a hundred days and whom nobody told. The second also sold a
pump for thirty thousand yuan without a valuation, and both who bid for its workshop did so from one
device.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sanzi.kernel.digest import sm3
from sanzi_county import assets
from sanzi_county.assets import ASSETS, plan_id
from sanzi_county.contracts import Deal
from sanzi_county.days import DAY, at, workday_from
from sanzi_county.events import YUAN
from sanzi_county.money import CHEAP_POND, CHEAP_POND_FEN, POND_FEN, Plan
from sanzi_county.world import Org
from sanzi_county.write import Sink

CHEAP, LATE = CHEAP_POND, 3
"""Which villages of a town, counted from 1, let the pond too cheap and twice, and are late."""
POND: Final = "PD"
PUMP: Final = "PM"
PERIODS: Final = 4
OWED: Final = (1, 2)
"""Which of those months every second village of a lax county has not collected."""
STEP_FEN: Final = 1_200 * YUAN


def write(sink: Sink, plan: Plan, until: date) -> None:
    """The cards of a village's bodies, the workshop's lease with its rent, and the pond's."""
    village = plan.village
    for org in village.bookkeeping:
        _cards(sink, org, until, tenant=org is village.collective)
    body = village.collective
    sink.add(
        "asset",
        asset_id=f"AS{POND}{village.key}",
        org_id=body.org_id,
        village_id=village.code,
        card_no="0100",
        category="resource",
        kind="water",
        is_operating=True,
        name="村前水塘",
        place=f"{village.name}一组",
        area_mu="12.5",
        quantity=1,
        book_value_fen=0,
        status="leased",
        status_since_date=date(until.year - 1, 1, 1),
        last_inventory_date=assets.last_count(until),
        registered_at=at(date(until.year - 3, 3, 1), 9),
    )
    month = (12_000 + 1_000 * plan.place) * YUAN
    since = date(until.year - 2, 1, 1)
    auction = _auction(sink, plan, (f"AS{body.org_id}01", "1", "厂房出租"), since, 12 * month)
    floor = 12 * month - 2 * STEP_FEN
    workshop = _lease(
        sink, plan, f"AS{body.org_id}01", "1", (since, 12 * month), tender_id=auction,
        reserve_rent_fen_year=floor, appraised_rent_fen_year=floor,
    )  # fmt: skip
    _rent(sink, plan, workshop, until, month)
    _pond(sink, plan, until)
    _disposal(sink, plan, until)


def _cards(sink: Sink, org: Org, until: date, *, tenant: bool) -> None:
    for place, asset in enumerate(ASSETS[org.kind], start=1):
        is_let = tenant and place == 1
        sink.add(
            "asset",
            asset_id=f"AS{org.org_id}{place:02d}",
            org_id=org.org_id,
            village_id=org.code,
            card_no=f"{place:04d}",
            category="fixed",
            kind="equipment" if asset.title == "冷库" else "house",
            is_operating=is_let or org.kind == "enterprise",
            name=asset.title,
            place=org.name[:30],
            quantity=1,
            book_value_fen=asset.cost_fen,
            status="leased" if is_let else "self_use",
            status_since_date=date(until.year - 2, 1, 1),
            last_inventory_date=assets.last_count(until),
            subject_code=asset.subject,
            ledger_ref=plan_id(org, place),
            registered_at=at(date(until.year - 3, 3, 1), 9),
        )


def _lease(
    sink: Sink, plan: Plan, asset: str, number: str, terms: tuple[date, int], **more: object
) -> str:
    first, rent_fen = terms
    signed, end = first - 10 * DAY, date(first.year + 4, 12, 31)
    body, tenant = plan.village.collective, plan.firm("tenant")
    contract = f"HT{plan.village.key}ZL{number}"
    if "contract_id" not in more:
        deal = Deal(signed, end, subject_id=asset, contract_id=contract, start=first)
        plan.sources.contract("lease", body, "租赁合同", tenant, deal)
    said: dict[str, object] = {
        "lease_id": f"LS{plan.village.key}{number}",
        "asset_id": asset,
        "contract_id": contract,
        "village_id": plan.village.code,
        "tenant_counterparty_id": tenant.counterparty_id,
        "reserve_rent_fen_year": rent_fen,
        "appraised_rent_fen_year": rent_fen,
        "rent_fen_year": rent_fen,
        "pay_cycle": "month",
        "prepaid_years": 0,
        "deposit_fen": rent_fen // 4,
        "start_date": first,
        "end_date": end,
        "decision_ref": f"村代会〔{first.year - 1}〕8号",
        "signed_at": at(signed, 10),
        "handed_over_at": at(first, 9),
        **more,
    }
    sink.add("lease", **said)
    return str(said["lease_id"])


def _auction(
    sink: Sink, plan: Plan, what: tuple[str, str, str], since: date, price_fen: int
) -> str:
    """An open auction (asset, number, title): two bidders, three bids, the tenant's the highest."""
    village, opens = plan.village, since - 20 * DAY
    asset, place, title = what
    name, tenant = f"PZ{village.key}{place}", plan.firm("tenant")
    rival = next(one for one in village.town.firms["tenant"] if one is not tenant)
    sink.add(
        "auction", auction_id=name, org_id=village.collective.org_id, village_id=village.code,
        asset_id=asset, subject_kind="lease", title=title, platform_level="county",
        appraised_fen=price_fen - 2 * STEP_FEN, floor_fen=price_fen - 2 * STEP_FEN,
        step_fen=STEP_FEN, deposit_fen=5_000 * YUAN,
        decision_ref=f"村代会〔{since.year - 1}〕8号", round=1,
        published_at=at(opens - 22 * DAY, 9),
        opens_at=at(opens, 9), closes_at=at(opens, 11), awarded_at=at(opens, 11, 5),
        winner_counterparty_id=tenant.counterparty_id, price_fen=price_fen, status="awarded",
    )  # fmt: skip
    is_alike = plan.village.tells(CHEAP)
    if is_alike:
        plan.sources.plant("tender-same-device", "tender", name, "两家从同一台设备出价")
    for number, firm in enumerate((tenant, rival), start=1):
        sink.add(
            "auction_bidder", auction_id=name, number=number, is_kin=False,
            counterparty_id=firm.counterparty_id, deposit_ref=f"SJ{since.year - 1}-{number:03d}",
            registered_at=at(opens - 2 * DAY, 9, 10 * number),
        )  # fmt: skip
    for number, paddle in enumerate((1, 2, 1), start=1):
        device = sm3(f"{name} {0 if is_alike else paddle}".encode())
        sink.add(
            "auction_bid", auction_id=name, number=number, round=1, bidder_number=paddle,
            price_fen=price_fen - (3 - number) * STEP_FEN, placed_at=at(opens, 9, 12 * number),
            device_hash=device,
        )  # fmt: skip
    return name


def _rent(sink: Sink, plan: Plan, lease: str, until: date, month_fen: int) -> None:
    """The last months; in a late village the first of them was never paid nor asked for."""
    is_late = plan.village.tells(LATE)
    if is_late:
        for model in ("asset-rent-arrears", "asset-no-dunning"):
            plan.sources.plant(model, "rent_bill", f"RT{lease}0", "租金一百天没有交，也没有催")
    months = until.year * 12 + until.month - 1
    start = (until.year - 2) * 12
    for turn in range(PERIODS):
        number = months - PERIODS + 1 + turn
        first, after = _first(number), _first(number + 1)
        is_owed = sink.county.is_lax and plan.place % 2 and turn in OWED
        is_paid = first <= until and not (is_late and turn == 0) and not is_owed
        sink.add(
            "rent_bill",
            bill_id=f"RT{lease}{turn}",
            lease_id=lease,
            village_id=plan.village.code,
            place=number - start + 1,
            from_date=first,
            until_date=after - DAY,
            due_date=until - 100 * DAY if is_late and turn == 0 else first,
            amount_fen=month_fen,
            received_fen=month_fen if is_paid else 0,
            received_at=at(first, 10) if is_paid else None,
            waived_fen=0,
            dunned_count=0,
            is_dropped=False,
        )


def _first(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _pond(sink: Sink, plan: Plan, until: date) -> None:
    asset, first = f"AS{POND}{plan.village.key}", date(until.year - 1, 1, 1)
    if not plan.village.tells(CHEAP):
        auction = _auction(sink, plan, (asset, "2", "水塘承包"), first, POND_FEN)
        floor = POND_FEN - 2 * STEP_FEN
        lease = _lease(
            sink, plan, asset, "2", (first, POND_FEN), pay_cycle="year", tender_id=auction,
            reserve_rent_fen_year=floor, appraised_rent_fen_year=floor,
        )  # fmt: skip
        _pond_rent(sink, plan, lease, first.year, until)
        return
    cheap = {"pay_cycle": "year", "reserve_rent_fen_year": None, "decision_ref": ""}
    for number, begins in (("2", first), ("3", date(until.year, 1, 1))):
        lease = _lease(
            sink, plan, asset, number, (begins, CHEAP_POND_FEN),
            **{**cheap, "contract_id": None, "appraised_rent_fen_year": POND_FEN},
        )  # fmt: skip
        for model in (
            "asset-rent-below-floor", "asset-no-public-auction", "decision-missing",
            "contract-not-written",
        ):  # fmt: skip
            plan.sources.plant(
                model, "lease", lease, "水塘低价租出去两次，没有拍、没有会、没有合同"
            )


def _pond_rent(sink: Sink, plan: Plan, lease: str, first: int, until: date) -> None:
    """The pond's rent, due each November."""
    for place, year in enumerate(range(first, until.year + 1), start=1):
        due = workday_from(date(year, 11, 6))
        is_paid = due <= until
        sink.add(
            "rent_bill", bill_id=f"RT{lease}{place}", lease_id=lease,
            village_id=plan.village.code, place=place, from_date=date(year, 1, 1),
            until_date=date(year, 12, 31), due_date=due, amount_fen=POND_FEN,
            received_fen=POND_FEN if is_paid else 0, received_at=at(due, 10) if is_paid else None,
            waived_fen=0, dunned_count=0, is_dropped=False,
        )  # fmt: skip


def _disposal(sink: Sink, plan: Plan, until: date) -> None:
    """An old pump sold for scrap; in a cheap village one that was worth more, by word of mouth."""
    village, is_odd = plan.village, plan.village.tells(CHEAP)
    body, asset = village.collective, f"AS{PUMP}{village.key}"
    sold = until - 60 * DAY
    sink.add(
        "asset",
        asset_id=asset,
        org_id=body.org_id,
        village_id=village.code,
        card_no="0101",
        category="fixed",
        kind="equipment",
        is_operating=False,
        name="旧水泵",
        place=f"{village.name}泵站",
        quantity=1,
        book_value_fen=0,
        status="scrapped",
        status_since_date=sold,
        registered_at=at(date(until.year - 3, 3, 1), 9),
    )
    price = (30_000 if is_odd else 600) * YUAN
    sink.add(
        "asset_disposal",
        disposal_id=f"DP{village.key}1",
        asset_id=asset,
        org_id=body.org_id,
        village_id=village.code,
        method="sale" if is_odd else "scrap",
        reason="坏了修不好",
        floor_fen=0 if is_odd else price,
        price_fen=price,
        buyer_counterparty_id=plan.firm("tenant").counterparty_id,
        received_fen=price,
        executed_at=at(sold, 15),
        written_off_at=at(sold, 16),
        status="written_off",
    )
