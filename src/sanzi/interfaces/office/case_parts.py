"""The parts of a case's page: amount and payee, why, checks, history, and the open buttons."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Row, Step
from sanzi.interfaces.office import papers
from sanzi.interfaces.office.notes import check_counts, note_of, passed_words, waiting_holds
from sanzi.interfaces.office.pages import day, due, moment
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.matters.actions import cases as actions
from sanzi.matters.case_queries import CaseView, StepRow, Turn
from sanzi.orgs import scope
from sanzi.orgs.actors import SECOND_FACTOR_LASTS
from sanzi.payments import order_queries
from sanzi.payments.order_queries import OrderView
from sanzi.supervision.queries import CheckResult

LINES_SHOWN = 12
VERDICT_WORDS = {"APPROVED": "done", "RETURNED": "back", "REJECTED": "back", "OPEN": "now"}


def context(
    request: OfficeRequest, case: CaseView, order: OrderView | None, check: CheckResult | None,
) -> dict[str, Any]:
    """Return everything that `case.html` draws."""
    turn = case.turns[0] if case.turns else None
    holds = waiting_holds(check.verdicts) if check else []
    may_release = scope.can(request.actor, "supervision.release_hold", case.division_code)
    return {
        "case": case,
        "kicker": f"{case.village} · {case.matter.title} · {case.state_word}",
        "payee": payee_words(case),
        "facts": facts(request, case, order),
        "why": case.form.get("note") or "没有补充说明。",
        "evidence": papers.of_case(case.number),
        "checks": check_counts(check),
        "checked": passed_words(check),
        "check_at": moment(request, check.at) if check else "",
        "notes": [note_of(one) for one in check.verdicts if one not in holds] if check else [],
        "holds": [(one, note_of(one)) for one in holds],
        "may_release": may_release,
        "history": history(request, case),
        "history_words": _place_words(case),
        "lines": lines(order, is_all="all" in request.GET) if order else typed_lines(case),
        "rest": _rest(request, order),
        "order": order,
        "turn": turn,
        "other_turns": case.turns[1:],
        "turn_words": _turn_words(request, turn),
        "reasons": list(case.matter.reasons.items()),
        "asks_code": bool(turn and turn.needs_code and is_stale(request)),
        "confirm": confirm_words(turn, order, case),
        "line": _line(case, turn),
    }


def is_stale(request: OfficeRequest) -> bool:
    """Return whether the six digits must be shown again."""
    shown = request.actor.second_factor_at
    return shown is None or request.at - shown > SECOND_FACTOR_LASTS


def payee_words(case: CaseView) -> str:
    """Return to whom: one name, or how many."""
    found = case.lines
    if not found:
        return "还没填付给谁"
    if len(found) == 1:
        return found[0].get("name") or "还没填付给谁"
    return f"{found[0].get('name', '')}等{len(found)}户"


def facts(request: OfficeRequest, case: CaseView, order: OrderView | None) -> list[Fact]:
    """Return the facts under the amount."""
    fields = {one.key: one for one in case.matter.fields}

    def option(key: str) -> str:
        value = str(case.form.get(key, ""))
        return (fields[key].options or {}).get(value, value) or "还没填"

    found = [
        Fact("付什么钱", case.title),
        Fact("钱从哪件事来", f"{option('source_kind')}，{case.source or '还没填'}"),
        Fact("经办人", case.handler),
        Fact("拿什么作凭据", option("proof_kind")),
    ]
    if order is not None:
        found += [
            Fact("记到哪个科目", order.subject),
            Fact("从哪个账户付", order.debit_words),
            Fact("预算项目", order.budget),
        ]
    if case.decision is not None:
        one = case.decision
        found.append(
            Fact(
                "会议决议",
                f"{one.title}，{day(request, one.passed_at)}，到{one.present_count or '未知'}人，"
                f"{one.agree_count or '未知'}票同意",
            ),
        )
    found.append(Fact("谁填的", f"{case.starter}，{moment(request, case.submitted_at)}"))
    if order is not None and order.state not in ("DRAFT", "SUBMITTED"):
        url = reverse("office:payment", args=[case.number])
        found.append(Fact("付到哪了", order.state_word, url))
    return found


def history(request: OfficeRequest, case: CaseView) -> list[Step]:
    """Return what each person said and when; steps not reached stand at the end."""
    found = [_history_step(request, one) for one in case.steps if one.state != "SKIPPED"]
    if case.state in ("SUBMITTED", "APPROVED"):
        reached = {one.step_no for one in case.steps if not one.line_no}
        last = max(reached, default=0)
        found += [
            Step(f"{one.role}　{one.word}", when=one.limit, tag="因金额加" if one.is_added else "")
            for one in case.chain
            if one.no > last
        ]
    return found


def _history_step(request: OfficeRequest, one: StepRow) -> Step:
    limit, is_late = due(request, one.due_at)
    line = f"（第{one.line_no}行）" if one.line_no else ""
    giver = f"替{one.delegate_of}办。" if one.delegate_of else ""
    said = "：".join(part for part in (one.reason, one.opinion) if part)
    if one.state == "OPEN":
        return Step(
            f"{one.role}{line}",
            when=limit,
            place="now",
            person=one.people,
            said=f"{one.word}，等着办" + ("，已经逾期" if is_late else ""),
        )
    return Step(
        f"{one.role}{line}",
        when=moment(request, one.acted_at),
        place=VERDICT_WORDS.get(one.state, "ahead"),
        person=one.people,
        said=f"{giver}{_verdict_word(one)}{'。' + said if said else ''}",
    )


def _verdict_word(one: StepRow) -> str:
    return {"RETURNED": "退回修改", "REJECTED": "不同意"}.get(one.state, one.word)


def _place_words(case: CaseView) -> str:
    done = len({one.step_no for one in case.steps if one.state == "APPROVED"})
    return f"办了{done}步，共{len(case.chain)}步"


def lines(order: OrderView, *, is_all: bool) -> Ledger:
    """Return the payees of an order: whom the bank objects to first."""
    rows = list(order.payees if is_all else order.payees[:LINES_SHOWN])
    found = [order_queries.payee_row(one) for one in rows]
    return Ledger(
        caption="付给谁",
        columns=[
            Column("行"),
            Column("收款人"),
            Column("金额（元）", "money"),
            Column("账户"),
            Column("核对"),
        ],
        rows=[
            Row(
                [
                    Cell(str(one.line_no)),
                    Cell(one.name),
                    Cell(words.yuan(one.amount_fen)),
                    Cell(f"尾号{one.account_tail}" if one.account_tail else "还没填"),
                    Cell(
                        one.check_word,
                        severity="block" if one.check in order_queries.UNPAYABLE else "",
                    ),
                ],
                tone="alarm" if one.check in order_queries.UNPAYABLE else "",
            )
            for one in found
        ],
        total=Row(
            [
                Cell(f"合计{order.payment_count}户", span=2),
                Cell(words.yuan(order.amount_fen)),
                Cell(""),
                Cell(""),
            ],
        ),
    )


def typed_lines(case: CaseView) -> Ledger:
    """Return the payees as typed, while there is no order yet."""
    return Ledger(
        caption="付给谁",
        columns=[Column("行"), Column("收款人"), Column("金额（元）", "money"), Column("账户")],
        rows=[
            Row(
                [
                    Cell(str(place)),
                    Cell(one.get("name", "")),
                    Cell(one.get("amount", "")),
                    Cell(f"尾号{one.get('account_tail', '')}"),
                ],
            )
            for place, one in enumerate(case.lines[:LINES_SHOWN], start=1)
        ],
    )


def _rest(request: OfficeRequest, order: OrderView | None) -> int:
    if order is None or "all" in request.GET:
        return 0
    return max(0, order.payment_count - LINES_SHOWN)


def _turn_words(request: OfficeRequest, turn: Turn | None) -> str:
    if turn is None:
        return ""
    limit, is_late = due(request, turn.due_at)
    line = f"第{turn.line_no}行，" if turn.line_no else ""
    return f"{line}轮到您{turn.word}，{limit}{'，请马上办' if is_late else '办'}"


def confirm_words(turn: Turn | None, order: OrderView | None, case: CaseView) -> str:
    """Return the question before money leaves; empty for a step that can be undone."""
    if turn is None or turn.effect != "release" or order is None:
        return ""
    waiting = sum(number for status, _, number in order.by_status if status == "APPROVED")
    count = waiting or order.payment_count
    amount = order.amount_fen if count == order.payment_count else None
    total = f"，共{words.yuan(amount)}元" if amount is not None else ""
    name = f"{count}户" if count > 1 else payee_words(case)
    return f"付出去就收不回。付给{name}{total}，确定付？"


def _line(case: CaseView, turn: Turn | None) -> dict[str, Any] | None:
    """Return the payee line to correct: who, why, and what may be typed."""
    if turn is None or not turn.is_line_to_correct or turn.line_no > len(case.lines):
        return None
    typed = case.lines[turn.line_no - 1]
    return {
        "no": turn.line_no,
        "name": typed.get("name", ""),
        "tail": typed.get("account_tail", ""),
        "amount": typed.get("amount", ""),
        "bank_code": typed.get("bank_code", ""),
        "may_rename": typed.get("kind") != "person",
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
    return "已交银行，到账以后发短信、记账、公开都自动办。"
