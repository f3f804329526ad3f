"""The parts of a case's form: fields with their margin notes, payees, chain, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sanzi.evidence.queries import register
from sanzi.evidence.queries import slips as slip_queries
from sanzi.interfaces.look.parts import Ledger, Link, Note, Step, Tier
from sanzi.interfaces.office.forms import matters as matter_forms
from sanzi.interfaces.office.forms.invoices import InvoiceForm, SlipForm
from sanzi.interfaces.office.forms.payees import LINES_TYPED_MAX
from sanzi.interfaces.office.pages import moment, today
from sanzi.interfaces.office.parts import entries as entry_parts
from sanzi.interfaces.office.parts import invoices as invoice_parts
from sanzi.interfaces.office.parts import papers, payees
from sanzi.interfaces.office.parts.notes import check_counts, notes_of, passed_words
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.kernel.refusals import Refusal
from sanzi.matters import form_queries, offers, repeats, rules
from sanzi.matters.actions import cases as actions
from sanzi.matters.actions.drafts import Problem
from sanzi.matters.queries import CasePage
from sanzi.orgs import people_queries
from sanzi.payments.queries.orders import UNPAYABLE, check_words
from sanzi.payments.queries.payments import OrderPage
from sanzi.supervision.queries import VerdictView

PAYEES_SHOWN = 30
PLACES = {
    "payment-over-budget": "budget_line_id",
    "payment-no-source": "source_id",
    "payment-tier-split": "purpose",
    "payment-unrelated-handler": "handler_person_id",
    "payment-incompatible-duty": "handler_person_id",
    "payment-cash": "method",
}
"""At which field a model's finding stands; every other one stands at the payees."""


def context(
    request: OfficeRequest,
    case: CasePage,
    order: OrderPage | None,
    form: matter_forms.FieldsForm,
    problems: Sequence[Problem],
) -> dict[str, Any]:
    """Return everything that `form.html` draws."""
    found = list(case.check.verdicts) if case.check else []
    lacking = problems[0] if problems else None
    blocks = case.check.blocks if case.check else 0
    return {
        "case": case,
        "number": case.case.number,
        "form": form,
        "title": case.case.title,
        "sub": f"{case.organisation}，{case.case.number}",
        "as_of": case.saved_at.isoformat() if case.saved_at else "",
        "given_back": given_back(case),
        "parts": [
            (field, rows, _notes_at(key, found, problems))
            for key, field, rows in matter_forms.in_order(
                case.matter.fields,
                form,
                matter_forms.row_inputs(
                    case.matter.fields, case.form, form.lists, more=asked_more(request)
                ),
            )
        ],
        "payees": _payees(order, found, problems),
        "many": order is not None and len(order.lines) > LINES_TYPED_MAX,
        "typed": typed_rows(case),
        "kinds": list(case.matter.payees.kinds.items()) if case.matter.payees else [],
        "payee_notes": payee_notes(order, found, problems),
        "amount_fen": case.case.amount_fen,
        "checks": check_counts(case.check),
        "checked": passed_words(case.check),
        "check_at": moment(request, case.check.at) if case.check else "",
        "evidence": papers.shown(case.files, case.matter),
        "files": [(one, papers.titles(case.matter).get(one.kind, one.kind)) for one in case.files],
        "papers": case.matter.evidence,
        "missing_papers": missing_papers(case),
        "invoice_form": InvoiceForm(auto_id="inv_%s"),
        "invoices": invoice_parts.listed(case),
        "invoice_notes": invoice_parts.notes(
            register.twins(by=request.actor, case_number=case.case.number),
            case,
            case.case.amount_fen,
        ),
        "readable": invoice_parts.readable(case),
        "on_slips": case.form.get("proof_kind") == "white_slip",
        "slips": slip_queries.of_case(case.case.number),
        "slip_form": SlipForm(auto_id="slip_%s"),
        "saved": f"已存 {moment(request, request.at)}" if request.method == "POST" else "",
        "lacking": Link(lacking_words(problems), f"#f-{_anchor(lacking)}") if lacking else None,
        "is_ready": not problems and not blocks,
        "confirm": f"提交以后，由{_first_reviewer(case)}接着办，改不了；要改就撤回。",
        **chain_parts(request, case),
    }


def given_back(case: CasePage) -> str:
    """Return who gave a draft back and why; empty for one that nobody gave back."""
    back = [one for one in case.chain if one.state == "returned"]
    if case.case.state != "RETURNED" or not back:
        return ""
    last = back[-1]
    why = "。".join(part for part in (last.reason, last.opinion) if part)
    return f"{last.role}{last.actor}退回修改：{why}。改好再交，从头审。"


def chain_parts(request: OfficeRequest, case: CasePage) -> dict[str, Any]:
    """Return the tier bar and the chain that the form asks for as it stands."""
    on, matter = today(request), case.matter
    tier = case.case.tier or "T0"
    if not matter.tier_from:
        tier = rules.tier(matter, case.case.amount_fen, on, case.form)
    why = "因事项加" if matter.tier_from else "因金额加"
    return {
        "tiers": [Tier(title, place) for title, place in form_queries.bands(matter, tier, on)],
        "chain": [
            Step(
                one.role,
                when="正在填" if one.no == 1 else one.limit,
                place="now" if one.no == 1 else "ahead",
                tag=why if one.is_added else "",
            )
            for one in form_queries.plan(matter, tier, on)
        ],
    }


def _first_reviewer(case: CasePage) -> str:
    coming = [one for one in case.chain if one.state == "waiting" and one.no > 2]
    return coming[0].role if coming else "下一位"


def _anchor(problem: Problem) -> str:
    return "lines" if problem.key.startswith("line") else problem.key


def lacking_words(problems: Sequence[Problem]) -> str:
    """Return how many places still lack something, and the first of them."""
    return f"还差{len(problems)}处：{problems[0].text}"


def _notes_at(
    key: str,
    verdicts: Sequence[VerdictView],
    problems: Sequence[Problem],
) -> list[Note]:
    """Return what stands in the margin of a field."""
    found = notes_of([one for one in verdicts if PLACES.get(one.model_code) == key])
    found += [Note("warn", one.text) for one in problems if one.key == key]
    return found


def payee_notes(
    order: OrderPage | None,
    verdicts: Sequence[VerdictView],
    problems: Sequence[Problem],
) -> list[Note]:
    """Return what stands beside the payees: the bank's word, the models', what is missing."""
    found: list[Note] = []
    rows = order.lines if order else ()
    found += [
        Note("block", check_words(one), lead=f"第{one.line_no}行不能付。")
        for one in rows
        if one.payee_check in UNPAYABLE
    ]
    found += notes_of([one for one in verdicts if one.model_code not in PLACES])
    found += [Note("warn", one.text) for one in problems if one.key == "lines"]
    if rows and not found:
        found.append(Note("pass", "银行核对过，户名账号都对得上。"))
    return found


def typed_rows(case: CasePage) -> list[dict[str, Any]]:
    """Return the typed lines with one empty line after them, ready to be drawn as inputs."""
    rows = [dict(one) for one in case.lines[:LINES_TYPED_MAX]]
    if len(case.lines) < LINES_TYPED_MAX:
        rows.append({"kind": "person"})
    return [{"place": place, "no": place + 1, **row} for place, row in enumerate(rows)]


def _payees(
    order: OrderPage | None,
    verdicts: Sequence[VerdictView],
    problems: Sequence[Problem],
) -> Ledger | None:
    """Return a long list of payees: what needs a hand first, the rest as one row."""
    if order is None or not order.lines:
        return None
    marked = {one.line_no for one in verdicts if one.line_no}
    marked |= {int(one.key[5:]) for one in problems if one.key.startswith("line:")}
    shown = [one for one in order.lines if one.line_no in marked or one.payee_check in UNPAYABLE]
    if not shown:
        shown = list(order.lines[:5])
    shown = shown[:PAYEES_SHOWN]
    told = {one.line_no: one for one in reversed(verdicts)}
    rows = [
        payees.row(one, url=f"?line={one.line_no}#f-lines", verdict=told.get(one.line_no))
        for one in shown
    ]
    if len(shown) < len(order.lines):
        rows.append(payees.rest(order, shown))
    return payees.ledger(order, rows)


def missing_papers(case: CasePage) -> list[str]:
    """Return the titles of the evidence that must still hang on the case."""
    kinds = {one.kind for one in case.files}
    found = rules.missing_papers(case.matter.evidence, case.form, case.case.amount_fen, kinds)
    return [one.title for one in found]


def problems_of(request: OfficeRequest, case: CasePage, order: OrderPage | None) -> list[Problem]:
    """Return what still keeps the case from being handed in, as its page is opened."""
    tier = case.case.tier or "T0"
    found = [
        Problem(key, f"“{label}”还没填")
        for key, label in rules.missing_fields(
            case.matter.fields,
            case.form,
            case.case.amount_fen,
            tier,
        )
    ]
    if case.matter.payees is None:
        found += actions.problems(number=case.case.number, by=request.actor, at=request.at)
    elif not case.lines:
        found.append(Problem("lines", "还没填付给谁"))
    elif order is not None:
        wrong = [one for one in order.lines if one.payee_check in UNPAYABLE]
        waiting = sum(not one.payee_check for one in order.lines)
        found += [Problem(f"line:{one.line_no}", f"第{one.line_no}行不能付") for one in wrong[:1]]
        if waiting:
            found.append(Problem("lines", f"{waiting}户还没同银行核对"))
    found += [Problem("papers", f"缺凭据：{title}") for title in missing_papers(case)]
    for one in case.check.verdicts if case.check else ():
        if one.severity == "block":
            key = f"line:{one.line_no}" if one.line_no else "lines"
            found.append(Problem(key, one.sentence))
    return found


def copied(case: CasePage) -> list[Problem]:
    """Return a note for each amount of a form that was just filled from an older case."""
    told = [key for key, _ in repeats.amounts(case.matter.fields, case.form)]
    told += ["lines"] if case.lines else []
    return [Problem(key, "金额是照上次抄来的，请核对。") for key in told]


def said(refusal: Refusal) -> list[Problem]:
    """Return what a refusal says of single fields."""
    said = refusal.data.get("said", [])
    return [Problem(key, f"{words}。") for key, words in said] if isinstance(said, list) else []


def lists_of(request: OfficeRequest, case: CasePage) -> dict[str, offers.Choices]:
    """Return the lists of a case's form; a handler who left his post since is still in it."""
    lists = offers.lists_for(case.matter.fields, entry_parts.place_of(request, case))
    chosen = case.form.get(case.matter.handler_from, "")
    people = lists.get("village_people", [])
    village = case.case.number.split("-", 1)[0]
    if chosen and chosen not in dict(people) and people_queries.in_roll([chosen], village):
        name, _ = form_queries.names(person_ext_id=chosen, source_ext_id="")
        people.append((chosen, name or chosen))
    return lists


def asked_more(request: OfficeRequest) -> str:
    """Return the field that was asked for further rows, by `do=more-<field>`."""
    asked = request.POST.get("do", "")
    return asked.removeprefix("more-") if asked.startswith("more-") else ""


def matter_form(request: OfficeRequest, case: CasePage) -> matter_forms.FieldsForm:
    """Return the form of a case with its lists."""
    return matter_forms.FieldsForm(case.matter.fields, case.form, lists_of(request, case))
