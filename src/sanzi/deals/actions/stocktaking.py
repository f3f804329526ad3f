"""Stock-taking: started once a year for a body, counted by one, checked by another, confirmed.

The sheet holds every card that stands in the register when it is started. Differences are
published for seven days before the village confirms them; only then do the cards say that they
were counted. Source: 浙江省农村集体资产管理条例 第九条; 农村集体经济组织法 第四十三条.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals.actions import assets
from sanzi.deals.asset_errors import CountStands, CountWrong, SameCounter
from sanzi.deals.asset_rules import GONE
from sanzi.deals.models import (
    Asset,
    CountResult,
    StockLine,
    Stocktaking,
    StocktakingState,
)
from sanzi.deals.queries import stocktaking as queries
from sanzi.evidence.actions import files
from sanzi.evidence.actions.files import Upload
from sanzi.kernel import clock, ids
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation

COUNT = "deals.count_assets"
CHECK = "deals.check_count"
CONFIRM = "deals.confirm_count"
PUBLICITY = timedelta(days=7)
NOTE_LENGTH_MIN = 2
PHOTO = "count_photo"


@dataclass(frozen=True)
class Counted:
    """What one found of a thing: the result, what is different, and a photo."""

    result: str
    note: str = ""
    photo: Upload | None = None


@transaction.atomic
def start(*, organisation: str, year: int, by: Actor, at: datetime, case_number: str = "") -> str:
    """Start the stock-taking of a body's year; returns its id.

    Raises: NotFound, CountStands. Nothing is written then.
    """
    body = Organisation.objects.filter(ext_id=organisation).first()
    if body is None:
        raise NotFound
    scope.require(by, COUNT, body.division_id)
    return lay_out(organisation=organisation, year=year, by=by, at=at, case_number=case_number)


def require_year(year: int, this_year: int) -> None:
    """Refuse a year that is neither this one nor the last. Raises: CountStands."""
    if not this_year - 1 <= year <= this_year:
        raise CountStands(year=year, now="不在今年和去年", verb="开始", advice="请选今年或去年。")


@transaction.atomic
def lay_out(*, organisation: str, year: int, by: Actor, at: datetime, case_number: str) -> str:
    """Lay out the sheet of a body's year, for those who may: a case has its own right to.

    Raises: CountStands. Nothing is written then.
    """
    body = Organisation.objects.select_for_update(of=("self",)).get(ext_id=organisation)
    require_year(year, clock.local_date(at).year)
    if Stocktaking.objects.filter(organisation=body, year=year).exists():
        raise CountStands(
            year=year, now="已经开始过", verb="再开", advice="请打开已有的盘点单继续盘。"
        )
    cards = Asset.objects.filter(organisation=body).exclude(status__in=GONE).order_by("number")
    if not cards:
        raise CountStands(
            year=year, now="没有东西可盘", verb="开始", advice="请先在资产登记里建卡片。"
        )
    made = Stocktaking.objects.create(
        ext_id=ids.new_id("ST", at),
        organisation=body,
        division_code=body.division_id,
        year=year,
        started_at=at,
        started_by_id=by.user_id,
        case_number=case_number,
    )
    StockLine.objects.bulk_create(StockLine(stocktaking=made, asset=one) for one in cards)
    _audit(made, "started", by, at, {"year": year, "lines": len(cards)})
    return made.ext_id


def count(*, stocktaking: str, asset: str, counted: Counted, by: Actor, at: datetime) -> None:
    """Say what was found of a thing; a line that was checked is open for checking again.

    Raises: NotFound, CountStands, CountWrong, what the store of files raises. Nothing is written
        then.
    """
    line = _line(stocktaking, asset)
    _require_counting(line.stocktaking, by, COUNT, "再盘")
    _require_said(line, counted)
    with transaction.atomic():
        line = _line(stocktaking, asset, is_locked=True)
        _require_counting(line.stocktaking, by, COUNT, "再盘")
        if counted.photo is not None:
            stored = files.store(
                by=by, at=at, upload=counted.photo, subject_kind="asset", subject_id=asset
            )
            line.photo_ext_id = stored.ext_id
        line.result, line.note = counted.result, counted.note.strip()[:120]
        line.counted_at, line.counted_by_id = at, by.user_id
        line.counted_by_name = by.name[:60]
        line.checked_at, line.checked_by_id, line.checked_by_name = None, None, ""
        line.save()
        _audit(line.stocktaking, "counted", by, at, {"asset": asset, "result": counted.result})


@transaction.atomic
def check(*, stocktaking: str, asset: str, by: Actor, at: datetime) -> None:
    """Confirm as the second person what another has counted.

    Raises: NotFound, CountStands, CountWrong, SameCounter. Nothing is written then.
    """
    line = _line(stocktaking, asset, is_locked=True)
    _require_counting(line.stocktaking, by, CHECK, "复核")
    if line.counted_at is None:
        raise CountWrong(name=line.asset.name, why="还没盘", advice="请先盘，再复核。")
    if by.user_id is None or by.user_id == line.counted_by_id:
        raise SameCounter(name=line.asset.name)
    if line.checked_at is not None:
        return
    line.checked_at, line.checked_by_id, line.checked_by_name = at, by.user_id, by.name[:60]
    line.save(update_fields=["checked_at", "checked_by_id", "checked_by_name"])
    _audit(line.stocktaking, "checked", by, at, {"asset": asset})


@transaction.atomic
def check_all(*, stocktaking: str, by: Actor, at: datetime) -> int:
    """Confirm every counted line that waits and was counted by another; returns how many.

    Raises: NotFound, CountStands.
    """
    found = _locked(stocktaking)
    _require_counting(found, by, CHECK, "复核")
    waiting = (
        found.lines.filter(counted_at__isnull=False, checked_at__isnull=True)
        .exclude(counted_by_id=by.user_id)
        .exclude(counted_by_id__isnull=True)
    )
    done = waiting.update(checked_at=at, checked_by_id=by.user_id, checked_by_name=by.name[:60])
    if done:
        _audit(found, "checked", by, at, {"lines": done})
    return done


@transaction.atomic
def publish(*, stocktaking: str, by: Actor, at: datetime) -> None:
    """Close the counting and put its differences out for seven days.

    Raises: NotFound, CountStands while a line is not counted and checked.
    """
    found = _locked(stocktaking)
    _require_counting(found, by, COUNT, "公示")
    left = found.lines.filter(checked_at__isnull=True).count()
    if left:
        raise CountStands(
            year=found.year,
            now=f"还有{left}件没盘完或没复核",
            verb="公示",
            advice="请盘完、由另一个人复核完再公示。",
        )
    found.state, found.published_at = StocktakingState.PUBLISHED, at
    found.save(update_fields=["state", "published_at"])
    different = found.lines.exclude(result=CountResult.FOUND).count()
    _audit(found, "published", by, at, {"differences": different})


@transaction.atomic
def confirm(*, stocktaking: str, decision_ref: str, by: Actor, at: datetime) -> None:
    """Confirm a stock-taking after its publicity; the cards say that they were counted.

    What was not found keeps its card, idle, until a disposal writes it off.
    Raises: NotFound, CountStands. Nothing is written then.
    """
    found = _locked(stocktaking)
    scope.require(by, CONFIRM, found.division_code)
    if found.state != StocktakingState.PUBLISHED or found.published_at is None:
        raise CountStands(
            year=found.year,
            now=found.get_state_display(),
            verb="确认",
            advice="先盘完、公示七天，再确认。",
        )
    if at < found.published_at + PUBLICITY:
        until = clock.local_date(found.published_at + PUBLICITY)
        raise CountStands(
            year=found.year,
            now="公示没满七天",
            verb="确认",
            advice=f"请到{clock.day_said(until)}以后再确认。",
        )
    if len(decision_ref.strip()) < NOTE_LENGTH_MIN:
        raise CountStands(
            year=found.year, now="没写哪次会确认的", verb="确认", advice="请写上会议或决议文号。"
        )
    found.state, found.confirmed_at = StocktakingState.CONFIRMED, at
    found.confirmed_by_id, found.decision_ref = by.user_id, decision_ref.strip()[:60]
    found.save(update_fields=["state", "confirmed_at", "confirmed_by_id", "decision_ref"])
    for line in found.lines.select_related("asset__organisation").order_by("pk"):
        _tell_card(line, found, by, at)
    _audit(found, "confirmed", by, at, {"decision": found.decision_ref})


def _tell_card(line: StockLine, found: Stocktaking, by: Actor, at: datetime) -> None:
    asset = Asset.objects.select_for_update(of=("self",)).get(pk=line.asset_id)
    if line.counted_at is not None and line.result != CountResult.MISSING:
        asset.last_inventory_date = clock.local_date(line.counted_at)
        asset.save(update_fields=["last_inventory_date"])
    words = line.get_result_display() + (f"，{line.note}" if line.note else "")
    text = f"{words}。{line.counted_by_name}盘，{line.checked_by_name}复核"
    assets.note(asset, f"{found.year}年盘点", text, by=by, at=at, case_number=found.case_number)


def _require_said(line: StockLine, counted: Counted) -> None:
    name = line.asset.name
    if counted.result not in (CountResult.FOUND, CountResult.CHANGED, CountResult.MISSING):
        raise CountWrong(name=name, why="没选盘点结果", advice="请选在、有变化或找不到。")
    if counted.result != CountResult.FOUND and len(counted.note.strip()) < NOTE_LENGTH_MIN:
        raise CountWrong(name=name, why="不相符，要写明怎么回事", advice="请写一句说明。")
    if counted.result == CountResult.CHANGED and counted.photo is None and not line.photo_ext_id:
        raise CountWrong(name=name, why="有变化，要拍一张照片", advice="请拍一张现在的样子。")


def _require_counting(found: Stocktaking, by: Actor, permission: str, verb: str) -> None:
    scope.require(by, permission, found.division_code)
    if found.state != StocktakingState.COUNTING:
        raise CountStands(
            year=found.year,
            now=found.get_state_display(),
            verb=verb,
            advice="请看盘点单走到了哪一步。",
        )


def _locked(ext_id: str) -> Stocktaking:
    found = (
        Stocktaking.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(ext_id=ext_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _line(stocktaking: str, asset: str, *, is_locked: bool = False) -> StockLine:
    if is_locked:
        _locked(stocktaking)
    rows = StockLine.objects.select_related("stocktaking__organisation", "asset")
    found = rows.filter(stocktaking__ext_id=stocktaking, asset__ext_id=asset).first()
    if found is None:
        raise NotFound
    return found


def may_see(by: Actor, asset: str) -> None:
    """Let those who see a card see its photos; raises NotFound."""
    queries.require_asset(by, asset)


def may_change(by: Actor, asset: str, _at: datetime) -> str:
    """Let those who count hang photos on a card; returns the chain. Raises: NotFound."""
    found = Asset.objects.select_related("organisation").filter(ext_id=asset).first()
    if found is None:
        raise NotFound
    if not scope.can(by, COUNT, found.division_code):
        scope.require(by, assets.PERMISSION, found.division_code)
    return found.organisation.ext_id


def _audit(
    found: Stocktaking, what: str, by: Actor, at: datetime, after: dict[str, object]
) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"deals.stocktaking.{what}",
        by=by,
        at=at,
        subject=("stocktaking", found.ext_id),
        after=after,
    )
