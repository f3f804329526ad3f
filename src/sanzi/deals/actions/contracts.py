"""Contracts: registered once, filed with their paper, supplemented, ended. Never rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from sanzi.audit import actions as audit
from sanzi.deals import rules
from sanzi.deals.errors import (
    ContractBeforeDecision,
    ContractDeviates,
    ContractEnded,
    ContractOverpaid,
    ContractWrong,
)
from sanzi.deals.models import Bid, Contract, ContractKind, ContractStatus, Tender, TenderState
from sanzi.deals.queries import contracts as queries
from sanzi.evidence import hooks as evidence_hooks
from sanzi.kernel import clock, ids, money
from sanzi.matters.models import Decision
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Organisation

WRITE = "deals.contract"
REASON_LENGTH_MIN = 4
CLAUSES = ("has_price_clause", "has_term_clause", "has_breach_clause", "has_settlement_clause")
CLAUSE_WORDS = {
    "has_price_clause": "价款",
    "has_term_clause": "期限",
    "has_breach_clause": "违约责任",
    "has_settlement_clause": "怎么结算",
}


@dataclass(frozen=True)
class ContractFields:
    """What stands in a contract. Units: fen; `amount_fen` None for an open price."""

    organisation: str
    kind: str
    title: str
    counterparty: str
    sign_date: date
    start_date: date | None = None
    end_date: date | None = None
    amount_fen: int | None = None
    period_fen: int | None = None
    tender: str = ""
    decision: str = ""
    seal_use: str = ""
    subject: str = ""
    parent: str = ""
    clauses: Mapping[str, bool] = field(default_factory=dict)
    is_oral: bool = False


@transaction.atomic
def register(*, fields: ContractFields, by: Actor, at: datetime, case_number: str = "") -> str:
    """Register a signed contract or a supplement; return its ext id.

    A case that makes a contract has its own right to; anybody else needs `deals.contract`.
    Raises: NotFound, ContractWrong, ContractBeforeDecision, ContractDeviates, ContractEnded.
    """
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    if body is None:
        raise NotFound
    if not case_number:
        scope.require(by, WRITE, body.division_id)
    _require_sane(fields, at)
    party = Counterparty.objects.filter(ext_id=fields.counterparty).first()
    if party is None:
        raise ContractWrong(field="对方单位", why="名册里没有这一家")
    parent = _parent(fields, body, party)
    _require_decided(fields, body)
    _require_as_awarded(fields, body, party)
    made = Contract.objects.create(
        ext_id=ids.new_id("HT", at),
        organisation=body,
        division_code=body.division_id,
        case_number=case_number,
        kind=fields.kind,
        title=fields.title.strip(),
        counterparty=party,
        sign_date=fields.sign_date,
        start_date=fields.start_date,
        end_date=fields.end_date,
        amount_fen=fields.amount_fen,
        period_fen=fields.period_fen,
        tender_ext_id=fields.tender,
        decision_ext_id=fields.decision,
        seal_use_ext_id=fields.seal_use,
        subject_ext_id=fields.subject,
        parent=parent,
        is_oral=fields.is_oral,
        approved_at=at,
        made_at=at,
        made_by_id=by.user_id,
        **{name: fields.clauses.get(name) for name in CLAUSES},
    )
    _tell(made, "registered", by, at, {"title": made.title, "amount_fen": made.amount_fen})
    return made.ext_id


def _require_sane(fields: ContractFields, at: datetime) -> None:
    if fields.kind not in ContractKind.values:
        raise ContractWrong(field="类别", why="没有这一类")
    if not 2 <= len(fields.title.strip()) <= 120:
        raise ContractWrong(field="名称", why="要2到120个字")
    for words, fen in (("金额", fields.amount_fen), ("每期金额", fields.period_fen)):
        if fen is not None and not 0 < fen <= money.MAX_FEN:
            raise ContractWrong(field=words, why="要大于0")
    if fields.sign_date > clock.local_date(at):
        raise ContractWrong(field="签订日期", why="还没到这一天")
    if fields.start_date and fields.end_date and fields.end_date < fields.start_date:
        raise ContractWrong(field="截止日期", why="比开始日期还早")
    missing = [words for name, words in CLAUSE_WORDS.items() if fields.clauses.get(name) is False]
    if missing:
        raise ContractWrong(field="条款", why=f"没有写{'、'.join(missing)}")


def _parent(fields: ContractFields, body: Organisation, party: Counterparty) -> Contract | None:
    if not fields.parent:
        return None
    found = Contract.objects.filter(ext_id=fields.parent, organisation=body).first()
    if found is None:
        raise ContractWrong(field="原合同", why="没有这份合同")
    if found.counterparty_id != party.pk:
        raise ContractWrong(field="对方单位", why="和原合同不是同一家")
    if found.status != ContractStatus.APPROVED:
        raise ContractEnded(title=found.title, status=found.get_status_display(), verb="签补充合同")
    return found


def _require_decided(fields: ContractFields, body: Organisation) -> None:
    if not fields.decision:
        return
    found = Decision.objects.filter(
        ext_id=fields.decision, division_code=body.division_id, status="passed"
    ).first()
    if found is None or found.passed_at is None:
        raise ContractWrong(field="会议决议", why="没有这条通过了的决议")
    if fields.sign_date < clock.local_date(found.passed_at):
        raise ContractBeforeDecision(why="签在表决之前")
    if found.amount_fen is not None and (fields.amount_fen or 0) > found.amount_fen:
        raise ContractBeforeDecision(why=f"金额超过表决的{money.format_yuan(found.amount_fen)}元")


def _require_as_awarded(fields: ContractFields, body: Organisation, party: Counterparty) -> None:
    if not fields.tender:
        return
    tender = Tender.objects.filter(ext_id=fields.tender, organisation=body).first()
    if tender is None:
        raise ContractWrong(field="招标", why="没有这次招标")
    if tender.state != TenderState.AWARDED or tender.award_notice_at is None:
        raise ContractDeviates(why="还没有定标")
    won = Bid.objects.get(tender=tender, is_winner=True)
    if won.counterparty_id != party.pk:
        raise ContractDeviates(why="签的不是中标的那一家")
    if fields.amount_fen != won.price_fen:
        raise ContractDeviates(why=f"中标价是{money.format_yuan(won.price_fen or 0)}元")
    noticed = clock.local_date(tender.award_notice_at)
    last = noticed + timedelta(days=rules.SIGN_WITHIN_DAYS)
    if not noticed <= fields.sign_date <= last:
        raise ContractDeviates(why=f"要在{clock.date_said(noticed)}到{clock.date_said(last)}之间签")


@transaction.atomic
def file_paper(*, contract: str, doc_hash: str, by: Actor, at: datetime) -> None:
    """Note that the signed paper is in the register: its digest and when. Once.

    Raises: NotFound, ContractWrong.
    """
    found = locked(contract)
    scope.require(by, WRITE, found.division_code)
    if found.filed_at is not None:
        raise ContractWrong(field="原件", why="已经入库")
    if len(doc_hash) != 64:
        raise ContractWrong(field="原件", why="还没有上传合同的扫描件")
    found.doc_hash, found.filed_at = doc_hash, at
    found.save(update_fields=["doc_hash", "filed_at"])
    _tell(found, "filed", by, at, {"doc_hash": doc_hash})


@transaction.atomic
def end(*, contract: str, is_fulfilled: bool, reason: str, by: Actor, at: datetime) -> None:
    """End a contract: fulfilled, or dissolved with a reason.

    Raises: NotFound, ContractEnded, ContractWrong.
    """
    found = locked(contract)
    scope.require(by, WRITE, found.division_code)
    if found.status != ContractStatus.APPROVED:
        raise ContractEnded(title=found.title, status=found.get_status_display(), verb="结束")
    if not is_fulfilled and len(reason.strip()) < REASON_LENGTH_MIN:
        raise ContractWrong(field="解除的理由", why="至少4个字")
    found.status = ContractStatus.CLOSED if is_fulfilled else ContractStatus.REVOKED
    found.ended_at, found.end_reason = at, reason.strip()[:200]
    found.save(update_fields=["status", "ended_at", "end_reason"])
    _tell(found, "ended", by, at, {"status": found.status, "reason": found.end_reason})


def require_room(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment that would bring a contract over its sum with supplements.

    Shapes: as `matters.registry.payable` asks; what the paying case itself holds is not counted
        twice. A contract with an open price has no limit.
    Raises: ContractOverpaid, ContractEnded.
    """
    found = Contract.objects.filter(ext_id=source_id).first()
    if found is None:
        return
    if found.status in (ContractStatus.REVOKED, ContractStatus.PROPOSED):
        raise ContractEnded(title=found.title, status=found.get_status_display(), verb="付款")
    total = queries.total_fen(found)
    if total is None:
        return
    paid = queries.spent_fen(found.ext_id, but_case=case_number)
    if paid + amount_fen > total:
        raise ContractOverpaid(
            total=money.format_yuan(total),
            paid=money.format_yuan(paid),
            more=money.format_yuan(amount_fen),
            left=money.format_yuan(max(total - paid, 0)),
        )


def locked(ext_id: str) -> Contract:
    """Return a contract, locked. Raises: NotFound."""
    rows = Contract.objects.select_related("organisation").filter(ext_id=ext_id)
    if connection.in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def hang_papers() -> None:
    """Let files hang on contracts; called once from `apps.ready`."""
    evidence_hooks.register("contract", evidence_hooks.Subject(_may_see, _may_change))


def _may_see(by: Actor, ext_id: str) -> None:
    queries.access_contract(by=by, ext_id=ext_id)


def _may_change(by: Actor, ext_id: str, _at: datetime) -> str:
    found = locked(ext_id)
    scope.require(by, WRITE, found.division_code)
    return found.organisation.ext_id


def _tell(
    contract: Contract, what: str, by: Actor, at: datetime, after: Mapping[str, object]
) -> None:
    audit.write(
        chain=contract.organisation.ext_id,
        kind=f"deals.contract.{what}",
        by=by,
        at=at,
        subject=("contract", contract.ext_id),
        after=dict(after),
    )
