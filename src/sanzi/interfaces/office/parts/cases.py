"""The parts of a case's page: amount and payee, why, checks, history, and the open buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from sanzi.evidence.invoice_types import KINDS
from sanzi.evidence.queries import register
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Fact, Ledger, Row, Step
from sanzi.interfaces.office.pages import due, may, moment
from sanzi.interfaces.office.parts import entries as entry_parts
from sanzi.interfaces.office.parts import papers, payees
from sanzi.interfaces.office.parts.notes import (
    check_counts,
    note_of,
    notes_of,
    passed_words,
    waiting_holds,
)
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.matters import catalogue, form_queries
from sanzi.matters.actions import cases as actions
from sanzi.matters.queries import CasePage, ChainStep
from sanzi.orgs import scope
from sanzi.orgs.actors import SECOND_FACTOR_LASTS
from sanzi.payments.queries.orders import UNPAYABLE, OrderWords
from sanzi.payments.queries.payments import OrderPage

LINES_SHOWN = 12
PLACES = {
    "done": "done",
    "returned": "back",
    "rejected": "back",
    "open": "now",
    "waiting": "ahead",
    "skipped": "ahead",
}


@dataclass(frozen=True)
class Turn:
    """The open step that the actor may do: its row in the chain, and what the file says of it."""

    row: ChainStep
    step: catalogue.Step

    @property
    def is_line_to_correct(self) -> bool:
        """Whether a payee's account must be corrected before this step can be passed."""
        return bool(self.row.line_no) and self.step.kind == "review" and not self.row.opinion


def turn_of(case: CasePage) -> Turn | None:
    """Return what this actor may do now, or None."""
    if case.mine is None:
        return None
    row = next(
        (one for one in case.chain if one.state == "open" and one.line_no == case.mine),
        None,
    )
    return Turn(row, case.matter.step(row.no)) if row else None


def context(
    request: OfficeRequest,
    case: CasePage,
    order: OrderPage | None,
    said: OrderWords | None,
) -> dict[str, Any]:
    """Return everything that `case.html` draws."""
    turn = turn_of(case)
    verdicts = case.check.verdicts if case.check else ()
    holds = waiting_holds(verdicts)
    place = places(case)
    return {
        "case": case,
        "number": case.case.number,
        "kicker": f"{case.case.village} · {case.matter.title} · {case.case.state_text}",
        "payee": payee_words(case),
        "facts": facts(case, order, said),
        "why_title": "为什么付" if case.matter.payees else "办什么",
        "why": case.form.get("note") or "没有补充说明。",
        "evidence": papers.shown(case.files, case.matter),
        "invoice_pages": sorted(KINDS) if may(request, register.SEE) else [],
        "checks": check_counts(case.check),
        "checked": passed_words(case.check),
        "check_at": moment(request, case.check.at) if case.check else "",
        "notes": notes_of([one for one in verdicts if one not in holds]),
        "holds": [(one, note_of(one)) for one in holds],
        "may_release": scope.can(request.actor, "supervision.release_hold", place),
        "may_check": scope.can(request.actor, "payments.check_payees", place)
        and case.case.state in ("SUBMITTED", "APPROVED", "PART_SETTLED", "BANK_RETURNED"),
        "may_withdraw": case.is_starter and case.case.state in ("SUBMITTED", "RETURNED"),
        "history": [_history_step(request, one) for one in case.chain if one.state != "skipped"],
        "history_words": _place_words(case),
        "lines": lines(order, is_all="all" in request.GET) if order else typed_lines(case),
        "rest": _rest(request, order),
        "order": order,
        "turn": turn,
        "turn_words": _turn_words(request, turn),
        "reasons": list(case.matter.reasons.items()),
        "may_return": turn is not None and not turn.row.line_no,
        "asks_code": bool(turn and is_stale(request)),
        "confirm": confirm_words(turn, order),
        "line": line_to_correct(case, turn),
        "is_paying": case.matter.payees is not None,
        "entries": entry_parts.listed(request, case),
        "record": entry_parts.record_context(request, case, turn.step) if turn else None,
        "said_rows": entry_parts.tables(case, case.matter.fields, case.form),
        "may_pay": may_pay(request, case),
    }


def may_pay(request: OfficeRequest, case: CasePage) -> bool:
    """Return whether this officer may begin a payment from the case."""
    return (
        bool(case.matter.pays)
        and case.case.state in ("APPROVED", "DONE")
        and scope.can(request.actor, "matters.start", places(case))
        and "cashier_reporter" in request.actor.roles_at(places(case))
    )


def places(case: CasePage) -> str:
    """Return the division of a case: the first part of its number."""
    return case.case.number.split("-", 1)[0]


def is_stale(request: OfficeRequest) -> bool:
    """Return whether the six digits must be shown again."""
    shown = request.actor.second_factor_at
    return shown is None or request.at - shown > SECOND_FACTOR_LASTS


def payee_words(case: CasePage) -> str:
    """Return to whom: one name, or how many; the body where nobody is paid."""
    if case.matter.payees is None:
        return case.organisation
    found = case.lines
    if not found:
        return "还没填付给谁"
    if len(found) == 1:
        return str(found[0].get("name") or "还没填付给谁")
    return f"{found[0].get('name', '')}等{len(found)}户"


def facts(case: CasePage, order: OrderPage | None, said: OrderWords | None) -> list[Fact]:
    """Return the facts under the amount."""
    if case.matter.payees is None:
        return entry_parts.facts(case, case.matter.fields, case.form)
    fields = {one.key: one for one in case.matter.fields}

    def option(key: str) -> str:
        value = str(case.form.get(key, ""))
        return (fields[key].options or {}).get(value, value) or "还没填"

    handler, source = form_queries.names(
        person_ext_id=case.form.get("handler_person_id", ""),
        source_ext_id=case.form.get("source_id", ""),
    )
    found = [
        Fact("谁付", case.organisation),
        Fact("钱从哪件事来", f"{option('source_kind')}，{source or '还没填'}"),
        Fact("经办人", handler or "还没填"),
        Fact("拿什么作凭据", option("proof_kind")),
    ]
    if said is not None:
        found += [
            Fact("记到哪个科目", said.subject),
            Fact("从哪个账户付", said.debit),
            Fact("预算项目", said.budget),
        ]
    if case.decision is not None:
        found.append(Fact("会议决议", form_queries.decision_words(case.decision)))
    if order is not None and order.state not in ("DRAFT", "SUBMITTED"):
        url = reverse("office:payment", args=[case.case.number])
        found.append(Fact("付到哪了", order.state_label, url))
    return found


def _history_step(request: OfficeRequest, one: ChainStep) -> Step:
    line = f"（第{one.line_no}行）" if one.line_no else ""
    tag = "因金额加" if one.is_added else ""
    if one.state == "open":
        limit, is_late = due(request, one.due_at)
        people = "、".join(one.people[:3]) or "还没有任命"
        return Step(
            f"{one.role}{line}",
            when=limit,
            place="now",
            person=people,
            said=f"等着{one.word}" + ("，已经逾期" if is_late else ""),
            tag=tag,
        )
    if one.state == "waiting":
        return Step(f"{one.role}{line}", place="ahead", said=one.word, tag=tag)
    giver = f"替{one.delegate_of}办。" if one.delegate_of else ""
    verdict = {"returned": "退回修改", "rejected": "不同意"}.get(one.state, one.word)
    said = "：".join(part for part in (one.reason, one.opinion) if part)
    return Step(
        f"{one.role}{line}",
        when=moment(request, one.acted_at),
        place=PLACES[one.state],
        person=one.actor,
        said=f"{giver}{verdict}{'。' + said if said else ''}",
        tag=tag,
    )


def _place_words(case: CasePage) -> str:
    done = sum(one.state == "done" for one in case.chain)
    whole = sum(one.state not in ("returned", "rejected", "skipped") for one in case.chain)
    return f"办了{done}步，共{whole}步"


def lines(order: OrderPage, *, is_all: bool) -> Ledger:
    """Return the payees of an order: whom the bank objects to first."""
    ranked = order.lines.ahead(UNPAYABLE)
    shown = ranked if is_all else ranked[:LINES_SHOWN]
    return payees.ledger(order, [payees.row(one) for one in shown])


def typed_lines(case: CasePage) -> Ledger:
    """Return the payees as typed, while there is no order yet."""
    return Ledger(
        caption="付给谁",
        columns=payees.HEAD[:-1],
        rows=[
            Row(
                [
                    Cell(str(place)),
                    Cell(str(one.get("name", ""))),
                    Cell(str(one.get("amount", ""))),
                    Cell(f"尾号{str(one.get('account', ''))[-4:]}"),
                ],
            )
            for place, one in enumerate(case.lines[:LINES_SHOWN], start=1)
        ],
    )


def _rest(request: OfficeRequest, order: OrderPage | None) -> int:
    if order is None or "all" in request.GET:
        return 0
    return max(0, len(order.lines) - LINES_SHOWN)


def _turn_words(request: OfficeRequest, turn: Turn | None) -> str:
    if turn is None:
        return ""
    limit, is_late = due(request, turn.row.due_at)
    line = f"第{turn.row.line_no}行，" if turn.row.line_no else ""
    return f"{line}轮到您{turn.step.word}，{limit}{'，请马上办' if is_late else '办'}"


def confirm_words(turn: Turn | None, order: OrderPage | None) -> str:
    """Return the question before money leaves; empty for a step that can be undone."""
    if turn is None or turn.step.effect != "release" or order is None:
        return ""
    ready = order.lines.of("APPROVED")
    total = words.yuan(order.fen_by_status.get("APPROVED", 0))
    name = ready[0].payee_name if len(ready) == 1 else f"{len(ready)}户"
    return f"付出去就收不回。付给{name}，共{total}元，确定付？"


def line_to_correct(case: CasePage, turn: Turn | None) -> dict[str, Any] | None:
    """Return the payee line to correct: who, why, and what may be typed."""
    if turn is None or not turn.is_line_to_correct or turn.row.line_no > len(case.lines):
        return None
    typed = case.lines[turn.row.line_no - 1]
    return {
        "no": turn.row.line_no,
        "name": typed.get("name", ""),
        "account": typed.get("account", ""),
        "amount": typed.get("amount", ""),
        "bank_code": typed.get("bank_code", ""),
        "may_rename": not typed.get("payee_id"),
    }


def done_words(request: OfficeRequest, verdict: str, found: actions.Acted) -> str:
    """Return what is told after a step: who has it now and until when."""
    if verdict == "return":
        return "已退回修改，原因和意见报账员看得到。"
    if verdict == "reject":
        return "已按“不同意”办结，不再往下走。"
    if found.next_role:
        limit = f"，要在{moment(request, found.due_at)}前办" if found.due_at else ""
        return f"已交给{found.next_role}{limit}。"
    if found.state == "DONE":
        return "这一件办完了。"
    return "已交银行，到账以后发短信、记账、公开都自动办。"
