"""The price book: a new price from a day on, the old one kept beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Q

from sanzi.audit import actions as audit
from sanzi.kernel import ids, money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.registers.funds.errors import MoneyWrong, PriceStands
from sanzi.registers.funds.models import PriceItem

PRICE: Final = "funds.price"
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,24}")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Price:
    """A price as it is set. Units: fen for one unit; `density_max_per_mu` pieces on a mu."""

    item_code: str
    name: str
    unit: str
    price_fen: int
    division_code: str
    valid_from_date: date
    density_max_per_mu: int | None = None


@transaction.atomic
def set_price(*, price: Price, by: Actor, at: datetime) -> str:
    """Add a price from a day on; the one before it ends the day before. Returns its id.

    Raises: NotFound, MoneyWrong, PriceStands. Nothing is written then.
    """
    scope.require(by, PRICE, price.division_code)
    _require_sound(price)
    rows = Organisation.objects.select_for_update().filter(division_id=price.division_code)
    body = rows.order_by("pk").first()
    if body is None:
        raise NotFound
    earlier = PriceItem.objects.filter(
        item_code=price.item_code.strip(), division_code=price.division_code
    )
    last = earlier.aggregate(day=Max("valid_from_date"))["day"]
    if last is not None and price.valid_from_date <= last:
        raise PriceStands(
            name=price.name.strip(),
            day=last.isoformat(),
            wanted=price.valid_from_date.isoformat(),
            field="valid_from_date",
        )
    ends = price.valid_from_date - _DAY
    earlier.filter(Q(valid_until_date__isnull=True) | Q(valid_until_date__gt=ends)).update(
        valid_until_date=ends
    )
    made = PriceItem.objects.create(
        ext_id=ids.new_id("PB", at),
        organisation=body,
        division_code=price.division_code,
        item_code=price.item_code.strip(),
        name=price.name.strip()[:60],
        unit=price.unit.strip()[:10],
        price_fen=price.price_fen,
        density_max_per_mu=price.density_max_per_mu,
        valid_from_date=price.valid_from_date,
    )
    audit.write(
        chain=body.ext_id,
        kind="funds.price.set",
        by=by,
        at=at,
        subject=("price_item", made.ext_id),
        after={"price_fen": made.price_fen, "day": price.valid_from_date.isoformat()},
    )
    return made.ext_id


def _require_sound(price: Price) -> None:
    if not _CODE.fullmatch(price.item_code.strip()):
        why = "用1到24个字母、数字、短横和下划线"
        raise MoneyWrong(what="代码", why=why, field="item_code")
    if not price.name.strip():
        raise MoneyWrong(what="名称", why="没写", field="name")
    if not price.unit.strip():
        raise MoneyWrong(what="单位", why="没写", field="unit")
    if not 0 < price.price_fen <= money.MAX_FEN:
        raise MoneyWrong(what="参考价", why="要大于0", field="price")
    if price.density_max_per_mu is not None and price.density_max_per_mu < 1:
        raise MoneyWrong(what="每亩最多", why="至少是1", field="density")
