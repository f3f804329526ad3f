"""Turning a village's plan into history: cases, approvals, payments, bank lines, vouchers.

Everything balances by construction: each settled spending takes from its organisation's
account what its voucher credits, each income the reverse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sanzi.kernel.digest import sm3
from sanzi_county import charts, follow_up
from sanzi_county.books import Books
from sanzi_county.codes import Numbers
from sanzi_county.days import DAY, at, month_end, workday_from
from sanzi_county.events import YUAN, Entry, Income, Payee, Spend
from sanzi_county.money import Plan
from sanzi_county.statements import Statements
from sanzi_county.world import Org, Person, Village
from sanzi_county.write import Sink

# step, role, first tier that needs it; times run on by `_MINUTES`, town steps on the next days
STEPS: Final = (
    (1, "handler", 0), (2, "cashier_reporter", 0), (3, "committee_member", 0),
    (4, "supervision_head", 0), (5, "agency_cashier", 0), (6, "agency_accountant", 0),
    (7, "village_secretary", 0), (8, "town_agri_head", 1), (9, "town_leader", 2),
    (10, "town_head", 3),
)  # fmt: skip
_MINUTES: Final = 35
_BUDGET_TITLES: Final = {
    "11302": "土地租金发放", "1403": "材料采购", "1510204": "人居环境整治",
    "15302": "村内道路改造", "5130101": "干部报酬",
    "21402": "税费", "221101": "工资", "222101": "税费", "2232": "上交利润", "241": "专项资金",
    "5130102": "办公用品", "5130103": "报刊", "5130199": "其他运转",
    "5130105": "会议", "5130106": "水电", "5130108": "办公楼维修",
    "5130112": "宣传印刷", "51401": "保洁和养护", "51402": "公益设施维护",
    "51403": "文体活动", "51404": "困难救助慰问", "51405": "老年食堂和高龄补贴",
    "134": "村庄绿化", "51504": "防汛抢险",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Move:
    """One settled thing in time order: what hits the account and the book."""

    at: datetime
    order: int
    org: Org
    signed_fen: int
    event: Spend | Income
    ident: str


class History:
    """Writes the rows of one village. Use `plan` events, then `write`."""

    def __init__(self, sink: Sink, numbers: Numbers, village: Village, until: date) -> None:
        self._sink = sink
        self._numbers = numbers
        self._village = village
        self._until = until
        self._count: dict[str, int] = defaultdict(int)
        self._moves: list[_Move] = []
        self._entries: list[Entry] = []
        self._openings: Mapping[tuple[str, str], int] = {}
        self._statements = Statements(sink, village)
        self._orgs: dict[str, Org] = {org.org_id: org for org in village.bookkeeping}
        self._books = Books(sink, village, self._name)

    def settle(self, plan: Plan) -> None:
        """Drop what lies after `until`, vote the budgets, and put all in order of time.

        `plan.budgets` fixes lines by (organisation, subject); other lines are the year's sum and
        some air. What one body pays another arrives at once.
        """
        kept = [s for s in plan.spends if s.lines and self._paid_at(s).date() <= self._until]
        self._vote(kept, plan.budgets)
        for spend in kept:
            self._moves.append(self._spend_move(spend))
            if spend.arrival is not None:
                self._add_income(spend.arrival, self._paid_at(spend) + timedelta(minutes=1))
        for income in plan.incomes:
            if income.day <= self._until:
                self._add_income(income, at(income.day, 10, 20))
        self._openings = plan.openings
        self._entries = [one for one in plan.entries if one.day <= self._until]
        self._statements.strays += [one for one in plan.strays if one.day <= self._until]
        self._moves.sort(key=lambda move: (move.at, move.order))
        self._entries.sort(key=lambda one: (one.day, one.hour))

    def _add_income(self, income: Income, moment: datetime) -> None:
        order, name = len(self._moves), self._name("R")
        self._moves.append(_Move(moment, order, income.org, income.amount_fen, income, name))

    def opening(self, org: Org, reserve_fen: int) -> int:
        """An opening balance that never lets the account run below `reserve_fen`."""
        low = running = 0
        for move in self._moves:
            if move.org is org:
                running += move.signed_fen
                low = min(low, running)
        return reserve_fen - low // YUAN * YUAN

    def closing(self, org: Org) -> int:
        """The account's balance at the bank at the end."""
        moved = sum(m.signed_fen for m in self._moves if m.org is org)
        return org.opening_fen + moved + self._statements.strayed_fen(org, self._until)

    def cases_between(self, first: date, end: date) -> list[tuple[str, str, int]]:
        """Number, title and sum of what was handed in and paid between two days."""
        return [
            (move.ident, move.event.purpose, move.event.total_fen)
            for move in self._moves
            if isinstance(move.event, Spend)
            and not move.event.is_withdrawn
            and first <= move.event.day < end
        ]

    def write(self, months: list[date]) -> None:
        """All rows: cases to vouchers, month-end balances, periods, each year's last vouchers."""
        running = {org_id: org.opening_fen for org_id, org in self._orgs.items()}
        for org in self._orgs.values():
            self._books.open(org, months[0], self._openings)
        moves, entries = iter(self._moves), iter(self._entries)
        move, entry = next(moves, None), next(entries, None)
        for first in months:
            end = min(month_end(first), self._until)
            while move is not None and move.at.date() <= end:
                while entry is not None and at(entry.day, entry.hour) < move.at:
                    self._books.entered(entry)
                    entry = next(entries, None)
                self._write_move(move)
                running[move.org.org_id] += move.signed_fen
                move = next(moves, None)
            while entry is not None and entry.day <= end:
                self._books.entered(entry)
                entry = next(entries, None)
            if (end.month, end.day) == (12, 31):
                self._books.close_year(end)
            self._close_month(first, end, running)
        self._statements.write_strays()
        self._books.flush()

    def _close_month(self, first: date, end: date, running: dict[str, int]) -> None:
        for org_id, org in self._orgs.items():
            self._statements.close_month(org, end, running[org_id])
            is_open = end == self._until
            self._sink.add(
                "period",
                book_id=org.book_id,
                org_id=org_id,
                regime=charts.OF[org.kind].regime,
                standard_code=charts.OF[org.kind].standard,
                period=f"{first:%Y-%m}",
                closed_at=None if is_open else at(workday_from(end + 3 * DAY), 16),
                published_at=None if is_open else at(workday_from(end + 8 * DAY), 9),
            )

    def _write_move(self, move: _Move) -> None:
        event = move.event
        if isinstance(event, Income):
            self._write_income(move, event)
            self._books.received(event, move.at, move.ident)
            return
        self._write_spend(move, event)
        if not event.is_withdrawn:
            self._books.spent(event, move.at, move.ident)

    # Spendings

    def _write_spend(self, move: _Move, spend: Spend) -> None:
        handler = spend.handler or self._village.officer("village_clerk")
        cashier = self._actor(spend, "cashier_reporter", handler)
        created = at(spend.day, 9)
        submitted = created + timedelta(minutes=_MINUTES)
        approved = None if spend.is_withdrawn else self._write_steps(move.ident, spend, handler)
        settled = None if spend.is_withdrawn else move.at
        self._sink.add(
            "case",
            case_id=move.ident,
            matter_code="M10",
            org_id=spend.org.org_id,
            village_id=self._village.code,
            title=spend.purpose,
            tier=spend.tier,
            amount_fen=spend.total_fen,
            status="withdrawn" if spend.is_withdrawn else "settled",
            source_kind=spend.source.kind,
            source_id=spend.source.source_id,
            decision_id=spend.source.decision_id,
            handler_person_id=handler.person_id,
            created_by_person_id=cashier.person_id,
            created_at=created,
            submitted_at=submitted,
            approved_at=approved,
            closed_at=settled or submitted + timedelta(hours=1),
            is_backfilled=False,
        )
        paid = self._write_lines(move, spend, handler, (created, submitted, approved))
        self._write_proofs(move.ident, spend, paid)
        if not spend.is_withdrawn:
            follow_up.write(self._sink, spend, move.ident, move.at.date(), self._until)

    def _write_lines(
        self,
        move: _Move,
        spend: Spend,
        handler: Person,
        times: tuple[datetime, datetime, datetime | None],
    ) -> list[str]:
        created, submitted, approved = times
        names = []
        for line, (payee, amount) in enumerate(spend.lines, start=1):
            name = self._name("Z")
            names.append(name)
            self._sink.add(
                "payment",
                payment_id=name,
                case_id=move.ident,
                line_no=line,
                org_id=spend.org.org_id,
                village_id=self._village.code,
                matter_code="M10",
                subject_code=spend.subject,
                purpose=spend.purpose,
                source_kind=spend.source.kind,
                source_id=spend.source.source_id,
                contract_id=spend.source.source_id if spend.source.series else None,
                handler_person_id=handler.person_id,
                payee_kind=_kind(payee),
                payee_org_id=payee.org_id,
                payee_person_id=payee.person_id,
                payee_counterparty_id=payee.counterparty_id,
                payee_name=payee.name,
                payee_account=payee.account,
                payee_bank_code=payee.bank,
                debit_account_id=spend.org.account_id,
                amount_fen=amount,
                method=spend.method,
                budget_line_id=self._budget_line(spend),
                created_at=created,
                submitted_at=submitted,
                approved_at=approved,
                paid_at=None if spend.is_withdrawn else move.at,
                status="withdrawn" if spend.is_withdrawn else "paid",
                is_backfilled=False,
            )
            if not spend.is_withdrawn:
                self._bank_out(move, spend, line, name)
        self._answer(spend, names, move)
        return names

    def _bank_out(self, move: _Move, spend: Spend, line: int, payment_id: str) -> None:
        payee, amount = spend.lines[line - 1]
        is_cash, name = spend.method == "cash", self._name("N")
        if is_cash:
            self._sink.plant(self._village.code, ("payment-cash", "bank_txn", name), "提现金")
        self._sink.add(
            "bank_txn",
            txn_id=name,
            account_id=spend.org.account_id,
            booked_at=move.at,
            direction="out",
            amount_fen=amount,
            peer_account=None if is_cash else payee.account,
            peer_name=payee.name,
            channel="cash" if is_cash else "direct",
            memo=spend.purpose,
            payment_id=payment_id,
        )

    def _write_proofs(self, case_id: str, spend: Spend, payments: list[str]) -> None:
        seller = spend.seller
        is_bill = seller is not None
        issued = spend.invoice_date or spend.day - 2 * DAY
        number = (spend.invoice_no or self._numbers.invoice(issued)) if is_bill else None
        bill: dict[str, object] = {
            "invoice_id": self._name("V"),
            "payment_id": payments[0],
            "case_id": case_id,
            "kind": "e_invoice" if is_bill else "roster",
            "invoice_no": number,
            "issue_date": issued if is_bill else spend.day,
            "seller_name": seller.name if seller else None,
            "seller_tax_no": seller.uscc if seller else None,
            "buyer_name": spend.org.name,
            "buyer_tax_no": spend.org.uscc,
            "amount_fen": spend.total_fen,
            "item_text": spend.purpose,
            "verify_status": ("red_flushed" if spend.red_on else "ok") if is_bill else None,
            "verified_at": at(spend.red_on or spend.day, 9, 5) if is_bill else None,
            "file_hash": sm3((number or case_id).encode()),
            "org_id": spend.org.org_id,
            "type_code": "einv_general" if is_bill else None,
        }
        self._sink.add("invoice", **{**bill, **spend.proof})
        if spend.red_on is not None:
            self._sink.beside(
                "red_invoices",
                number=number,
                issue_date=issued,
                amount_fen=spend.total_fen,
                seller_name=seller.name if seller else "",
            )

    def _write_steps(self, case_id: str, spend: Spend, handler: Person) -> datetime:
        """Approval rows up to the bank instruction; returns when the last approver agreed."""
        tier = int(spend.tier[1])
        opened = at(spend.day, 9)
        for step, role, from_tier in STEPS:
            if from_tier > tier:
                continue
            if from_tier:
                opened = at(workday_from(opened.date() + DAY), 9)
            acted = opened + timedelta(minutes=_MINUTES)
            self._step(case_id, (step, role), self._actor(spend, role, handler), (opened, acted))
            opened = acted
        paid = self._paid_at(spend)
        for role, minutes in (("agency_cashier", 20), ("agency_reviewer", 8)):
            acted = paid - timedelta(minutes=minutes)
            actor = self._actor(spend, role, handler)
            self._step(case_id, (11, role), actor, (acted - timedelta(minutes=6), acted))
        return opened

    def _step(
        self,
        case_id: str,
        step: tuple[int, str],
        actor: Person,
        times: tuple[datetime, datetime],
    ) -> None:
        opened, acted = times
        self._sink.add(
            "approval",
            approval_id=self._name("Q"),
            subject_kind="case",
            subject_id=case_id,
            step_no=step[0],
            role_code=step[1],
            actor_person_id=actor.person_id,
            action="approve",
            opened_at=opened,
            acted_at=acted,
            due_at=opened + DAY,
        )

    def _actor(self, spend: Spend, role: str, handler: Person) -> Person:
        if role in spend.chain:
            return spend.chain[role]
        if role == "handler":
            return handler
        officers = self._village.officers.get(role)
        return officers[0] if officers else self._village.town.staff[role][0]

    def _paid_at(self, spend: Spend) -> datetime:
        """When the bank pays: the afternoon after the last approval's day began."""
        day = spend.day
        for _ in range(int(spend.tier[1])):
            day = workday_from(day + DAY)
        return at(day, 15, 30)

    def _spend_move(self, spend: Spend) -> _Move:
        signed = 0 if spend.is_withdrawn else -spend.total_fen
        order = len(self._moves)
        name = spend.number or self._name("C")
        return _Move(self._paid_at(spend), order, spend.org, signed, spend, name)

    def _answer(self, spend: Spend, payments: list[str], move: _Move) -> None:
        for one in spend.plants:
            for name in payments:
                self._sink.beside("schemes", **one.row("payment", name, move.at))
        for model in spend.also:
            found = (model, "payment", payments[spend.marked_line - 1])
            self._sink.plant(self._village.code, found, spend.marks[0].why)
        for mark in spend.marks:
            self._sink.beside(
                "answers" if mark.is_wrong else "lookalikes",
                model_code=mark.model_code,
                village_id=self._village.code,
                payment_id=payments[spend.marked_line - 1],
                why=mark.why,
            )

    # Incomes and books

    def _write_income(self, move: _Move, income: Income) -> None:
        receipt_no = self._name("G")
        self._sink.add(
            "receipt",
            receipt_id=move.ident,
            org_id=income.org.org_id,
            village_id=self._village.code,
            kind=income.kind,
            subject_code=income.subject,
            payer_name=income.payer,
            payer_counterparty_id=income.firm.counterparty_id if income.firm else None,
            source_kind=income.source.kind if income.source else None,
            source_id=income.source.source_id if income.source else None,
            account_id=income.org.account_id,
            amount_fen=income.amount_fen,
            receipt_book_no=f"SJ{income.day.year}",
            receipt_no=receipt_no,
            issued_at=move.at + timedelta(hours=1),
            received_via="bank",
            banked_at=move.at,
        )
        self._sink.add(
            "bank_txn",
            txn_id=self._name("N"),
            account_id=income.org.account_id,
            booked_at=move.at,
            direction="in",
            amount_fen=income.amount_fen,
            peer_account=_peer_account(income),
            peer_name=income.payer,
            channel=income.channel,
            memo=income.payer,
            receipt_id=move.ident,
        )

    # Budgets

    def _vote(self, spends: list[Spend], fixed: dict[tuple[str, str], int]) -> None:
        sums: dict[tuple[Org, int, str], int] = defaultdict(int)
        for spend in spends:
            if spend.has_budget and not spend.is_withdrawn:
                year = self._paid_at(spend).year
                sums[spend.org, year, spend.subject] += spend.total_fen
        for (org, year, subject), total in sums.items():
            air = total * 3 // 2 // (100 * YUAN) * (100 * YUAN) + 2_000 * YUAN
            self.budget(org, year, subject, fixed.get((org.org_id, subject), air))

    def budget(self, org: Org, year: int, subject: str, amount_fen: int) -> str:
        """One voted line; returns its id."""
        line_id = f"Y{org.org_id}-{year}-{subject}"
        self._sink.add(
            "budget_line",
            budget_line_id=line_id,
            org_id=org.org_id,
            year=year,
            subject_code=subject,
            title=_BUDGET_TITLES.get(subject, f"{year}年预算"),
            amount_fen=amount_fen,
            decision_id=self._budget_vote(org, year),
            approved_at=at(date(year - 1, 12, 20), 15),
        )
        return line_id

    def _budget_vote(self, org: Org, year: int) -> str:
        decision_id = f"D{org.org_id}-{year}"
        if not self._count[decision_id]:
            self._count[decision_id] = 1
            is_village = org is self._village.committee
            self._sink.add(
                "decision",
                decision_id=decision_id,
                org_id=org.org_id,
                village_id=self._village.code,
                matter_code="M02",
                title=f"{year}年度收支预算",
                procedure="five_two" if is_village else "member_meeting",
                deciding_body="villager_reps" if is_village else "member_meeting",
                status="passed",
                passed_at=at(date(year - 1, 12, 20), 15),
                eligible_count=45,
                present_count=41,
                agree_count=40,
                against_count=0,
                abstain_count=1,
                minutes_hash=sm3(f"minutes {decision_id}".encode()),
            )
        return decision_id

    def _budget_line(self, spend: Spend) -> str | None:
        if not spend.has_budget:
            return None
        return f"Y{spend.org.org_id}-{self._paid_at(spend).year}-{spend.subject}"

    def _name(self, letter: str) -> str:
        self._count[letter] += 1
        return f"{letter}{self._village.key}{self._count[letter]:05d}"


def _kind(payee: Payee) -> str:
    if payee.org_id:
        return "org"
    return "person" if payee.person_id else "counterparty"


def _peer_account(income: Income) -> str | None:
    peer = income.firm or income.peer
    return peer.account if peer else None
