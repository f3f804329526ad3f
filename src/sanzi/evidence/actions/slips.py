"""White slips of a case: written down, taken off, and held against what is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from sanzi.audit import actions as audit
from sanzi.evidence import errors, hooks, slips
from sanzi.evidence.actions.invoices import division_of
from sanzi.evidence.models import Attachment, WhiteSlip
from sanzi.evidence.slips import SlipFields
from sanzi.kernel import clock, identity, ids, money
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound


@dataclass(frozen=True)
class PaidLine:
    """A payee line of the case as payments hold it. Units: fen.

    Shapes: `person_index` is the keyed hash of the payee's resident number, empty if unknown.
    """

    line_no: int
    kind: str
    payee_name: str
    amount_fen: int
    person_index: str = ""


def record_slip(*, by: Actor, at: datetime, case_number: str, fields: SlipFields) -> str:
    """Write down the slip of one payee line of a case that may still change; return its id.

    A second slip for the same line takes the place of the first.
    Raises: NotFound, SubjectClosed, SlipKindNotAllowed, BadSlip, SlipSamePeople, SlipOverLimit.
    """
    checked = slips.check(fields)
    try:
        id_no = identity.check_resident_id(checked.id_no)
    except Refusal as wrong:
        raise errors.BadSlip(field="身份证号", why=wrong.text.rstrip("。")) from wrong
    today = clock.local_date(at)
    on = checked.slip_date or today
    if on > today:
        raise errors.BadSlip(field="日期", why="还没到这一天")
    _require_item(checked, on)
    with transaction.atomic():
        chain = hooks.subject_of("case").may_change(by, case_number, at)
        WhiteSlip.objects.filter(case_number=case_number, line_no=checked.line_no).delete()
        made = WhiteSlip.objects.create(
            ext_id=ids.new_id("WS", at), case_number=case_number, org_ext_id=chain,
            division_code=division_of(case_number, chain), kind=checked.kind,
            line_no=checked.line_no, payee_name=checked.payee_name.strip()[:60],
            person_index=secrets.index("id_no", id_no), sealed_id_no=secrets.seal("id_no", id_no),
            quantity_text=checked.quantity_text, unit=checked.unit.strip()[:10],
            unit_price_fen=checked.unit_price_fen, amount_fen=checked.amount_fen,
            reason=checked.reason.strip()[:120], handler_name=checked.handler_name.strip()[:40],
            witness_name=checked.witness_name.strip()[:40], slip_date=on, recorded_at=at,
        )  # fmt: skip
        audit.write(
            chain=chain, kind="evidence.slip.recorded", by=by, at=at,
            subject=("case", case_number),
            after={"slip": made.ext_id, "line": made.line_no, "amount_fen": made.amount_fen},
        )  # fmt: skip
    return made.ext_id


def remove_slip(*, by: Actor, at: datetime, ext_id: str) -> None:
    """Take a slip off a case that may still change. Raises: NotFound, SubjectClosed."""
    with transaction.atomic():
        found = WhiteSlip.objects.filter(ext_id=ext_id).first()
        if found is None:
            raise NotFound
        chain = hooks.subject_of("case").may_change(by, found.case_number, at)
        found.delete()
        audit.write(
            chain=chain, kind="evidence.slip.removed", by=by, at=at,
            subject=("case", found.case_number), before={"slip": ext_id},
        )  # fmt: skip


def _require_item(slip: SlipFields, on: date) -> None:
    kind = slips.rules().kinds[slip.kind]
    limit = slips.limit_on(kind, on)
    if limit is None:
        raise errors.SlipKindNotAllowed
    if slip.amount_fen > limit.item_fen:
        raise _over(f"一张{kind.title}的收条", slip.amount_fen, limit.item_fen)


def _over(whose: str, total_fen: int, limit_fen: int) -> errors.SlipOverLimit:
    return errors.SlipOverLimit(
        whose=whose, total=money.format_yuan(total_fen), limit=money.format_yuan(limit_fen)
    )


def require(*, case_number: str, lines: Sequence[PaidLine]) -> None:
    """Refuse a case on slips unless every payee has his, with its papers, within the limits.

    What other cases took counts once their money went out, so two at once meet at the release.
    Raises: SlipMissing, SlipMismatch, SlipPapersMissing, SlipOverLimit.
    """
    mine = {one.line_no: one for one in WhiteSlip.objects.filter(case_number=case_number)}
    for line in lines:
        slip = mine.get(line.line_no)
        if slip is None:
            raise errors.SlipMissing(line_no=line.line_no, name=line.payee_name)
        _require_same(slip, line)
    kept = [mine[line.line_no] for line in lines]
    _require_papers(case_number, kept)
    for slip in kept:
        _require_person(slip, kept)
    _require_village(kept)


def _require_same(slip: WhiteSlip, line: PaidLine) -> None:
    if line.kind != "person":
        raise errors.SlipMismatch(line_no=line.line_no, why="收条只能付给个人")
    is_other = line.person_index and line.person_index != slip.person_index
    if slip.payee_name != line.payee_name or is_other:
        raise errors.SlipMismatch(line_no=line.line_no, why="收款人不是收条上的人")
    if slip.amount_fen != line.amount_fen:
        shown = money.format_yuan(slip.amount_fen)
        raise errors.SlipMismatch(line_no=line.line_no, why=f"收条写的是{shown}元")


def _require_papers(case_number: str, kept: Sequence[WhiteSlip]) -> None:
    hung = Attachment.objects.filter(
        subject_kind="case", subject_id=case_number, removed_at__isnull=True
    )
    there = set(hung.values_list("kind", flat=True))
    needed = {paper for slip in kept for paper in slips.rules().kinds[slip.kind].papers}
    missing = [title for kind, title in slips.PAPERS.items() if kind in needed - there]
    if missing:
        raise errors.SlipPapersMissing(titles="、".join(missing))


def _taken(slip: WhiteSlip, **narrowed: object) -> int:
    """Return what paid slips of other cases took in the year of a slip, in fen."""
    year = slip.slip_date.year
    others = WhiteSlip.objects.filter(claimed_at__isnull=False, slip_date__year=year, **narrowed)
    found = others.exclude(case_number=slip.case_number).aggregate(all=Sum("amount_fen"))
    return int(found["all"] or 0)


def _require_person(slip: WhiteSlip, kept: Sequence[WhiteSlip]) -> None:
    kind = slips.rules().kinds[slip.kind]
    limit = slips.limit_on(kind, slip.slip_date)
    if limit is None:
        raise errors.SlipKindNotAllowed
    here = sum(
        one.amount_fen
        for one in kept
        if one.person_index == slip.person_index and one.kind == slip.kind
    )
    total = here + _taken(slip, person_index=slip.person_index, kind=slip.kind)
    if total > limit.person_year_fen:
        raise _over(f"{slip.payee_name}今年的{kind.title}", total, limit.person_year_fen)


def _require_village(kept: Sequence[WhiteSlip]) -> None:
    if not kept:
        return
    cap = slips.village_cap(kept[0].slip_date)
    total = sum(one.amount_fen for one in kept)
    total += _taken(kept[0], division_code=kept[0].division_code)
    if cap is not None and total > cap:
        raise _over("这个村今年", total, cap)
