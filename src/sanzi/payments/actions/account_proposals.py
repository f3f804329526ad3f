"""Opening and closing of accounts: proposed by the agency with the village's decision, approved.

A body has one basic account and one for land compensation; others need more than half of all who
may vote (浙江条例 第22条). Money of a village never lies in a personal account (农村集体经济组织法
第44条). The decision's paper hangs on the proposal as evidence; without it nothing is approved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from sanzi.audit import actions as audit
from sanzi.evidence import hooks as evidence
from sanzi.evidence import queries as files
from sanzi.evidence.errors import SubjectClosed
from sanzi.kernel import clock, identity, ids
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, OrganisationKind
from sanzi.payments.actions import locking
from sanzi.payments.errors import (
    AccountClosed,
    AccountKindTaken,
    AccountNotBody,
    AccountNotEmpty,
    AccountTaken,
    DecisionMissing,
    DecisionTooWeak,
    ProposalDone,
    ProposerDecides,
    ReasonNeeded,
    WrongField,
)
from sanzi.payments.models import (
    AccountKind,
    AccountProposal,
    BankAccount,
    ProposalAct,
    ProposalState,
)
from sanzi.payments.queries import registers

PROPOSE = "payments.propose_account"
APPROVE = "payments.approve_account"
SUBJECT = "account_proposal"
REASON_LENGTH_MIN = 4
SINGLE = (AccountKind.BASIC, AccountKind.LAND_COMPENSATION)
OPENABLE = (*SINGLE, AccountKind.GENERAL, AccountKind.TERM)
BODIES = (
    OrganisationKind.PARTY_BRANCH,
    OrganisationKind.VILLAGE_COMMITTEE,
    OrganisationKind.COLLECTIVE,
    OrganisationKind.ENTERPRISE,
)


@dataclass(frozen=True)
class Decision:
    """The village's decision: its number and day, and the votes where the kind needs them."""

    number: str
    date: date
    eligible_count: int | None = None
    agree_count: int | None = None


@dataclass(frozen=True)
class AccountFields:
    """The account to be opened. `due_date` is the end of a term deposit, else None."""

    organisation: str
    kind: str
    holder_name: str
    number: str
    bank_code: str
    reason: str
    due_date: date | None = None


def register() -> None:
    """Speak for proposals to the evidence room; called once from `apps.ready`."""
    evidence.register(SUBJECT, evidence.Subject(_see, _change))


@transaction.atomic
def propose_opening(*, account: AccountFields, decision: Decision, by: Actor, at: datetime) -> str:
    """Propose to open an account and return the proposal's id; the paper is hung on it next.

    Raises: NotFound, WrongField, DecisionMissing, DecisionTooWeak, AccountNotBody, AccountTaken,
        AccountKindTaken. Nothing is written then.
    Source: 浙江省农村集体资产管理条例 第22条; 农村集体经济组织法 第44条.
    """
    body = Organisation.objects.filter(ext_id=account.organisation, kind__in=BODIES).first()
    if body is None:
        raise NotFound
    scope.require(by, PROPOSE, body.division_id)
    _require_words(account, decision, at)
    number = identity.check_account(account.number)
    index = secrets.index("account", number)
    _require_body(account, body, index)
    _require_free(index, number[-4:])
    _require_kind(account.kind, body, decision)
    made = _propose(
        ProposalAct.OPEN,
        AccountProposal(
            organisation=body,
            kind=account.kind,
            holder_name=account.holder_name.strip(),
            bank_code=identity.check_cnaps(account.bank_code),
            sealed_number=secrets.seal("account", number),
            number_index=index,
            tail=number[-4:],
            due_date=account.due_date,
            reason=account.reason.strip()[:200],
        ),
        decision,
        by=by,
        at=at,
    )
    return made.ext_id


@transaction.atomic
def propose_closing(
    *, account: str, reason: str, decision: Decision, by: Actor, at: datetime
) -> str:
    """Propose to close an account and return the proposal's id.

    Raises: NotFound, ReasonNeeded, DecisionMissing, AccountClosed, AccountNotEmpty.
    """
    found = locking.accounts(ext_id=account, organisation__isnull=False).first()
    if found is None or found.organisation is None:
        raise NotFound
    scope.require(by, PROPOSE, found.organisation.division_id)
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="销户")
    _require_decision(decision, at)
    _require_open(found)
    _require_empty(found)
    made = _propose(
        ProposalAct.CLOSE,
        AccountProposal(
            organisation=found.organisation,
            account=found,
            kind=found.kind,
            holder_name=found.holder_name,
            bank_code=found.bank_code,
            sealed_number=found.sealed_number,
            number_index=found.number_index,
            tail=found.tail,
            due_date=found.due_date,
            reason=reason.strip()[:200],
        ),
        decision,
        by=by,
        at=at,
    )
    return made.ext_id


@transaction.atomic
def approve(*, ext_id: str, by: Actor, at: datetime, opinion: str = "") -> str:
    """Approve a proposal: the account opens or closes; return the account's ext id.

    Everything is looked at again. Raises: NotFound, ProposalDone, ProposerDecides,
        SecondFactorNeeded, DecisionMissing without a paper, and what proposing raises.
    """
    found = _locked(ext_id, by)
    by.require_second_factor(at)
    if not files.attachments(SUBJECT, found.ext_id):
        raise DecisionMissing(what="决议的照片或扫描件")
    account = _opened(found, at) if found.act == ProposalAct.OPEN else _closed(found, at)
    found.account = account
    _decide(found, ProposalState.APPROVED, opinion, by=by, at=at)
    _audit(found, "approved", by, at, {"account": account.ext_id, "opinion": found.opinion})
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"payments.account.{'opened' if found.act == ProposalAct.OPEN else 'closed'}",
        by=by,
        at=at,
        subject=("account", account.ext_id),
        after={"kind": account.kind, "tail": account.tail, "decision": found.decision_number},
    )
    return account.ext_id


@transaction.atomic
def reject(*, ext_id: str, by: Actor, at: datetime, opinion: str) -> None:
    """Send a proposal back with a reason.

    Raises: NotFound, ProposalDone, ProposerDecides, ReasonNeeded.
    """
    found = _locked(ext_id, by)
    if len(opinion.strip()) < REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="退回")
    _decide(found, ProposalState.REJECTED, opinion, by=by, at=at)
    _audit(found, "rejected", by, at, {"opinion": found.opinion})


def _propose(
    act: ProposalAct, made: AccountProposal, decision: Decision, *, by: Actor, at: datetime
) -> AccountProposal:
    made.ext_id = ids.new_id("AP", at)
    made.act = act
    made.division_code = made.organisation.division_id
    made.decision_number = decision.number.strip()[:40]
    made.decision_date = decision.date
    made.eligible_count = decision.eligible_count
    made.agree_count = decision.agree_count
    made.proposed_by_id = by.user_id or 0
    made.proposed_at = at
    made.save(force_insert=True)
    _audit(
        made,
        "proposed",
        by,
        at,
        {"act": act, "kind": made.kind, "tail": made.tail, "decision": made.decision_number},
    )
    return made


def _locked(ext_id: str, by: Actor) -> AccountProposal:
    found = (
        AccountProposal.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(ext_id=ext_id)
        .first()
    )
    if found is None:
        raise NotFound
    scope.require(by, APPROVE, found.division_code)
    act = ProposalAct(found.act).label
    if found.state != ProposalState.PROPOSED:
        raise ProposalDone(act=act, state=ProposalState(found.state).label)
    if found.proposed_by_id == by.user_id:
        raise ProposerDecides(act=act)
    return found


def _opened(found: AccountProposal, at: datetime) -> BankAccount:
    _require_free(found.number_index, found.tail, besides=found)
    decision = Decision(
        found.decision_number, found.decision_date, found.eligible_count, found.agree_count
    )
    _require_kind(found.kind, found.organisation, decision)
    return BankAccount.objects.create(
        ext_id=ids.new_id("A", at),
        organisation=found.organisation,
        sealed_number=found.sealed_number,
        number_index=found.number_index,
        tail=found.tail,
        holder_name=found.holder_name,
        kind=found.kind,
        bank_code=found.bank_code,
        opened_date=clock.local_date(at),
        due_date=found.due_date,
        decision_number=found.decision_number,
        is_registered=True,
    )


def _closed(found: AccountProposal, at: datetime) -> BankAccount:
    account = locking.lock_account(found.account_id or 0)
    if account.closed_date is not None:
        raise AccountClosed(tail=account.tail, why="已经销了")
    _require_empty(account)
    account.closed_date = clock.local_date(at)
    account.save(update_fields=["closed_date"])
    return account


def _decide(
    found: AccountProposal, state: ProposalState, opinion: str, *, by: Actor, at: datetime
) -> None:
    found.state = state
    found.opinion = opinion.strip()[:200]
    found.decided_by_id = by.user_id
    found.decided_at = at
    found.save(update_fields=["account", "state", "opinion", "decided_by_id", "decided_at"])


def _require_words(account: AccountFields, decision: Decision, at: datetime) -> None:
    if account.kind not in OPENABLE:
        raise WrongField(field="账户种类", why="村里不能开这一种")
    if len(account.reason.strip()) < REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="开户")
    if (account.kind == AccountKind.TERM) != (account.due_date is not None):
        raise WrongField(field="到期日", why="定期存款要写到期日，别的账户不写")
    if account.due_date is not None and account.due_date <= clock.local_date(at):
        raise WrongField(field="到期日", why="要在今天以后")
    _require_decision(decision, at)


def _require_decision(decision: Decision, at: datetime) -> None:
    if not decision.number.strip():
        raise DecisionMissing(what="决议文号")
    if decision.date > clock.local_date(at):
        raise WrongField(field="决议日期", why="还没到这一天")


def _require_body(account: AccountFields, body: Organisation, index: str) -> None:
    """Refuse holders that are not the body itself, and numbers that belong to somebody."""
    holder = account.holder_name.strip()
    if not holder.endswith(body.name):
        raise AccountNotBody(why=f"户名写的是{holder or '空的'}", holder=body.name)
    other = BankAccount.objects.filter(number_index=index, organisation__isnull=True).first()
    if other is not None:
        raise AccountNotBody(why=f"尾号{other.tail}登记在别人名下", holder=body.name)


def _require_free(index: str, tail: str, besides: AccountProposal | None = None) -> None:
    if BankAccount.objects.filter(number_index=index).exists():
        raise AccountTaken(tail=tail, where="已经在册")
    waiting = AccountProposal.objects.filter(number_index=index, state=ProposalState.PROPOSED)
    if besides is not None:
        waiting = waiting.exclude(pk=besides.pk)
    if waiting.exists():
        raise AccountTaken(tail=tail, where="已经报了，还没批")


def _require_kind(kind: str, body: Organisation, decision: Decision) -> None:
    label = AccountKind(kind).label
    if kind in SINGLE:
        same = BankAccount.objects.filter(organisation=body, kind=kind, closed_date=None).first()
        if same is not None:
            raise AccountKindTaken(holder=body.name, kind=label, tail=same.tail)
        return
    eligible, agree = decision.eligible_count or 0, decision.agree_count or 0
    if agree > eligible or agree * 2 <= eligible:
        raise DecisionTooWeak(kind=label, eligible=eligible, agree=agree)


def _require_open(account: BankAccount) -> None:
    if account.closed_date is not None:
        raise AccountClosed(tail=account.tail, why="已经销了")
    if AccountProposal.objects.filter(account=account, state=ProposalState.PROPOSED).exists():
        raise AccountClosed(tail=account.tail, why="已经报了销户，还没批")


def _require_empty(account: BankAccount) -> None:
    left = registers.left_on(account)
    if left:
        raise AccountNotEmpty(tail=account.tail, what="，".join(left))


def _see(by: Actor, ext_id: str) -> None:
    registers.access_proposal(by=by, ext_id=ext_id)


def _change(by: Actor, ext_id: str, _at: datetime) -> str:
    """Return the audit chain while the proposer may still hang a paper on it."""
    rows = AccountProposal.objects.select_related("organisation").filter(ext_id=ext_id)
    if connection.in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None or not scope.can(by, PROPOSE, found.division_code):
        raise NotFound
    if found.state != ProposalState.PROPOSED or found.proposed_by_id != by.user_id:
        raise SubjectClosed
    return found.organisation.ext_id


def _audit(
    found: AccountProposal, what: str, by: Actor, at: datetime, after: dict[str, object]
) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"payments.account_proposal.{what}",
        by=by,
        at=at,
        subject=(SUBJECT, found.ext_id),
        after=after,
    )
