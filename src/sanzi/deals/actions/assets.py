"""The register of assets: entering a thing, changing its card, its state, its worth, its books.

The card and the books are joined, not doubled: a card names the account it stands in and the
recurring plan of the ledger that writes it off.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals import asset_rules as rules
from sanzi.deals.asset_errors import AssetGone, AssetTaken, AssetWrong, PlanTaken
from sanzi.deals.models import Asset, AssetCategory, AssetEvent, AssetKind, AssetStatus
from sanzi.deals.queries import assets as queries
from sanzi.kernel import clock, ids, money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation

PERMISSION = "deals.keep_assets"
TAG_BITS = 40
REASON_LENGTH_MIN = 2


@dataclass(frozen=True)
class AssetFields:
    """What a card says. Units: fen; areas in hundredths of a mu and of a square metre."""

    organisation: str
    category: str
    kind: str
    name: str
    place: str = ""
    is_operating: bool = False
    area_mu_centi: int | None = None
    area_m2_centi: int | None = None
    quantity: int = 1
    unit: str = ""
    book_value_fen: int = 0
    acquired_date: date | None = None
    subject_code: str = ""
    plan_ext_id: str = ""
    source_kind: str = ""
    source_id: str = ""


@dataclass(frozen=True)
class Registered:
    """A new card: its id, its number within the body, and the code on its label."""

    ext_id: str
    number: str
    tag: str


@transaction.atomic
def register_asset(
    *, fields: AssetFields, by: Actor, at: datetime, case_number: str = ""
) -> Registered:
    """Enter a thing in the register of a body.

    Raises: NotFound, AssetWrong, PlanTaken. Nothing is written then.
    """
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    if body is None:
        raise NotFound
    scope.require(by, PERMISSION, body.division_id)
    _require_sound(fields, at)
    _require_books(fields, body)
    Organisation.objects.select_for_update(of=("self",)).get(pk=body.pk)  # numbers in turn
    _require_plan_free(fields.plan_ext_id, None)
    asset = Asset.objects.create(
        ext_id=ids.new_id("AS", at),
        organisation=body,
        division_code=body.division_id,
        number=_number(body),
        tag=new_tag(),
        status=AssetStatus.IDLE if fields.is_operating else AssetStatus.SELF_USE,
        status_since_date=fields.acquired_date or clock.local_date(at),
        registered_at=at,
        registered_by_id=by.user_id,
        case_number=case_number,
        **_columns(fields),
    )
    note(
        asset,
        "建卡",
        f"{asset.get_category_display()}，{_value(asset)}",
        by=by,
        at=at,
        case_number=case_number,
    )
    _audit(asset, "registered", by, at, {"name": asset.name, "value_fen": asset.book_value_fen})
    return Registered(asset.ext_id, asset.number, asset.tag)


@transaction.atomic
def change_asset(
    *, ext_id: str, fields: AssetFields, reason: str, by: Actor, at: datetime
) -> list[str]:
    """Change a card; what was different stays in its history. Returns the changed columns.

    Raises: NotFound, AssetGone, AssetWrong, PlanTaken. Nothing is written then.
    """
    asset = locked(ext_id, by)
    _require_here(asset, "改卡片")
    if fields.organisation != asset.organisation.ext_id:
        raise AssetWrong(field="单位", why="卡片不能换到别的单位")
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise AssetWrong(field="为什么改", why="还没写")
    _require_sound(fields, at)
    _require_books(fields, asset.organisation)
    _require_plan_free(fields.plan_ext_id, asset.pk)
    wanted = _columns(fields)
    changed = {
        name: (getattr(asset, name), value)
        for name, value in wanted.items()
        if getattr(asset, name) != value
    }
    if not changed:
        return []
    for name, (_, value) in changed.items():
        setattr(asset, name, value)
    asset.save(update_fields=list(changed))
    words = "；".join(
        f"{TITLES[name]}由{_said(name, old)}改为{_said(name, new)}"
        for name, (old, new) in changed.items()
    )
    note(asset, "改卡片", f"{reason.strip()[:60]}。{words}", by=by, at=at)
    audit.write(
        chain=asset.organisation.ext_id,
        kind="deals.asset.changed",
        by=by,
        at=at,
        subject=("asset", asset.ext_id),
        before={name: _plain(old) for name, (old, _) in changed.items()},
        after={name: _plain(new) for name, (_, new) in changed.items()},
    )
    return list(changed)


@transaction.atomic
def set_status(*, ext_id: str, status: str, reason: str, by: Actor, at: datetime) -> None:
    """Say whether a thing is in use or idle; leases and disposals say the rest.

    Raises: NotFound, AssetGone, AssetTaken, AssetWrong. Nothing is written then.
    """
    asset = locked(ext_id, by)
    _require_here(asset, "改状态")
    if status not in rules.BY_HAND:
        raise AssetWrong(field="状态", why="出租和处置由租约、处置来改，这里只能选自用或闲置")
    if asset.status == AssetStatus.LEASED:
        raise AssetTaken(name=asset.name, verb="改状态")
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise AssetWrong(field="为什么改", why="还没写")
    if asset.status != status:
        mark(asset, status, reason.strip(), by=by, at=at)


@transaction.atomic
def appraise(
    *,
    ext_id: str,
    appraised_fen: int,
    appraiser: str,
    by: Actor,
    at: datetime,
    case_number: str = "",
) -> None:
    """Note what a thing was valued at, and by whom. Units: fen.

    Raises: NotFound, AssetGone, AssetWrong. Nothing is written then.
    """
    asset = locked(ext_id, by)
    _require_here(asset, "估价")
    if not 0 < appraised_fen <= money.MAX_FEN:
        raise AssetWrong(field="估价", why="要大于0")
    if not appraiser.strip():
        raise AssetWrong(field="谁估的", why="还没写")
    asset.appraised_fen, asset.appraised_at = appraised_fen, at
    asset.appraiser_name = appraiser.strip()[:120]
    asset.save(update_fields=["appraised_fen", "appraised_at", "appraiser_name"])
    text = f"{asset.appraiser_name}估{money.format_yuan(appraised_fen)}元"
    note(asset, "估价", text, by=by, at=at, case_number=case_number)
    _audit(asset, "appraised", by, at, {"appraised_fen": appraised_fen})


def locked(ext_id: str, by: Actor, permission: str = PERMISSION) -> Asset:
    """Return a card under lock, for those who may. Raises: NotFound."""
    asset = (
        Asset.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(ext_id=ext_id)
        .first()
    )
    if asset is None:
        raise NotFound
    scope.require(by, permission, asset.division_code)
    return asset


def require_here(asset: Asset, verb: str) -> None:
    """Refuse what is gone; raises AssetGone."""
    _require_here(asset, verb)


def mark(
    asset: Asset, status: str, text: str, *, by: Actor, at: datetime, case_number: str = ""
) -> None:
    """Set the state of a locked card in the caller's transaction, with a line of history."""
    old = asset.status
    asset.status, asset.status_since_date = status, clock.local_date(at)
    asset.save(update_fields=["status", "status_since_date"])
    title = dict(AssetStatus.choices)[AssetStatus(status)]
    note(asset, str(title), text, by=by, at=at, case_number=case_number)
    audit.write(
        chain=asset.organisation.ext_id,
        kind="deals.asset.marked",
        by=by,
        at=at,
        subject=("asset", asset.ext_id),
        before={"status": old},
        after={"status": status, "reason": text[:120]},
    )


def note(
    asset: Asset, title: str, text: str, *, by: Actor, at: datetime, case_number: str = ""
) -> None:
    """Write a line into a card's history in the caller's transaction."""
    AssetEvent.objects.create(
        asset=asset,
        at=at,
        title=title[:20],
        text=text[:200],
        by_name=by.name[:60],
        by_user_id=by.user_id,
        case_number=case_number,
    )


TITLES = {
    "category": "类别",
    "kind": "种类",
    "is_operating": "经营性",
    "name": "名称",
    "place": "位置",
    "area_mu_centi": "面积（亩）",
    "area_m2_centi": "面积（平方米）",
    "quantity": "数量",
    "unit": "单位",
    "book_value_fen": "账面原值",
    "acquired_date": "取得日期",
    "subject_code": "科目",
    "plan_ext_id": "折旧计划",
    "source_kind": "来源",
    "source_id": "来源编号",
}


def _columns(fields: AssetFields) -> dict[str, object]:
    given: dict[str, object] = asdict(fields)
    del given["organisation"]
    given["name"] = fields.name.strip()[:60]
    given["place"] = fields.place.strip()[:120]
    given["unit"] = fields.unit.strip()[:8]
    return given


def _require_sound(fields: AssetFields, at: datetime) -> None:
    found = rules.wrong(
        rules.Card(
            category=fields.category,
            kind=fields.kind,
            name=fields.name,
            place=fields.place,
            area_mu_centi=fields.area_mu_centi,
            quantity=fields.quantity,
            book_value_fen=fields.book_value_fen,
            acquired_date=fields.acquired_date,
        ),
        clock.local_date(at),
    )
    if found is not None:
        raise AssetWrong(field=found[0], why=found[1])


def _require_books(fields: AssetFields, body: Organisation) -> None:
    """Hold account and plan against the body's books."""
    if fields.subject_code and fields.subject_code not in dict(queries.subject_choices(body.kind)):
        raise AssetWrong(field="科目", why="这个单位的账里没有这个资产科目")
    if fields.plan_ext_id and fields.plan_ext_id not in queries.plan_ids(body):
        raise PlanTaken(why="本单位的账里没有这个计划")


def _require_plan_free(plan_ext_id: str, own: int | None) -> None:
    if plan_ext_id:
        other = Asset.objects.filter(plan_ext_id=plan_ext_id).first()
        if other is not None and other.pk != own:
            raise PlanTaken(why=f"“{other.name}”已经用了它")


def _require_here(asset: Asset, verb: str) -> None:
    if asset.status in rules.GONE:
        raise AssetGone(name=asset.name, state=asset.get_status_display(), verb=verb)


def _number(body: Organisation) -> str:
    """Return the next number of a body; the caller has locked it."""
    taken = set(Asset.objects.filter(organisation=body).values_list("number", flat=True))
    place = len(taken) + 1
    while f"{place:04d}" in taken:
        place += 1
    return f"{place:04d}"


def new_tag() -> str:
    """Return a code for a label that no other card has."""
    while True:
        made = ids.read_token(ids.new_token(TAG_BITS))
        if not Asset.objects.filter(tag=made).exists():
            return made


def _value(asset: Asset) -> str:
    if asset.area_mu_centi and not asset.book_value_fen:
        return f"{rules.area_words(asset.area_mu_centi)}亩"
    return f"账面原值{money.format_yuan(asset.book_value_fen)}元"


def _said(name: str, value: object) -> str:
    if value in (None, ""):
        return "空"
    if name.endswith("_fen") and isinstance(value, int):
        return f"{money.format_yuan(value)}元"
    if name.endswith("_centi") and isinstance(value, int):
        return rules.area_words(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    words = {"category": dict(AssetCategory.choices), "kind": dict(AssetKind.choices)}
    return str(words.get(name, {}).get(str(value), value))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _audit(asset: Asset, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=asset.organisation.ext_id,
        kind=f"deals.asset.{what}",
        by=by,
        at=at,
        subject=("asset", asset.ext_id),
        after={"number": asset.number, **after},
    )
