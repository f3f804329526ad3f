"""M20: money put into undertakings of others."""

from __future__ import annotations

from sanzi.deals.queries import contracts
from sanzi.kernel import money
from sanzi.matters import registry
from sanzi.matters.registry import Prefill, PublicRows, Turn
from sanzi.registers.treasury import queries
from sanzi.registers.treasury.actions import investments
from sanzi.registers.treasury.effects.deposits import bp
from sanzi.registers.treasury.models import Investment

SOURCE = "contract"
WANTED = {"project", "kind", "firm", "amount", "share", "exit_rule", "end_date"}


def register() -> None:
    """Bind the names of the power."""
    registry.check("treasury.investment_wish", check)
    registry.effect("treasury.investment_asked", ask)
    registry.effect("treasury.investment_approved", approve)
    registry.effect("treasury.investment_ended", end)
    registry.effect("treasury.investment_signed", sign)
    registry.effect("treasury.investment_return", tell_return)
    registry.effect("treasury.investment_finished", close)
    registry.choices(
        "investment_contracts", lambda body, _place: contracts.offered(body, ("investment",))
    )
    registry.choices("lines_in", lambda body, _place: queries.lines_in(body))
    registry.sheet("treasury.investments", shown)
    registry.payable(SOURCE, investments.require_payable)
    registry.prefill(SOURCE, prefill)


def _wish(turn: Turn) -> investments.Wish:
    form = turn.form
    return investments.Wish(
        project=form["project"],
        kind=form["kind"],
        counterparty=form["firm"],
        amount_fen=form["amount"],
        share_bp=bp(form["share"]),
        exit_rule=form["exit_rule"],
        end_date=form["end_date"],
    )


def check(turn: Turn) -> None:
    """Hold the wish against the law, once it is typed whole."""
    if set(turn.form) >= WANTED:
        investments.check(wish=_wish(turn), organisation=turn.organisation, at=turn.at)


def ask(turn: Turn) -> None:
    """Enter what is asked for."""
    investments.ask(
        wish=_wish(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def approve(turn: Turn) -> None:
    """Note decision and consent."""
    investments.approve(
        case_number=turn.number, decision=turn.decision_ext_id, by=turn.by, at=turn.at
    )


def end(turn: Turn) -> None:
    """Note that it was given up."""
    investments.end(case_number=turn.number, by=turn.by, at=turn.at)


def sign(turn: Turn) -> None:
    """Register the contract."""
    entry = turn.entry
    investments.sign(
        case_number=turn.number,
        contract=entry["contract"],
        start_date=entry["start_date"],
        by=turn.by,
        at=turn.at,
    )


def tell_return(turn: Turn) -> None:
    """Note what a year brought."""
    entry = turn.entry
    investments.tell_return(
        case_number=turn.number,
        year=entry["year"],
        line=entry.get("line", ""),
        by=turn.by,
        at=turn.at,
    )


def close(turn: Turn) -> None:
    """Note that the village has left."""
    investments.close(case_number=turn.number, by=turn.by, at=turn.at)


def shown(case_number: str) -> PublicRows:
    """Return what the public sees: the sum, and what each year brought."""
    found = Investment.objects.filter(case_number=case_number).first()
    if found is None:
        return PublicRows(columns=(), rows=())
    told = found.returns.order_by("year")
    return PublicRows(
        columns=("哪一年", "收益（元）"),
        rows=tuple((str(one.year), money.format_yuan(one.amount_fen)) for one in told),
    )


def prefill(case_number: str) -> Prefill:
    """Return the payment of an investment under its contract."""
    rows = Investment.objects.select_related("counterparty").filter(case_number=case_number)
    one = rows.first()
    if one is None:
        return Prefill(form={})
    line = {
        "kind": "counterparty", "payee_id": one.counterparty.ext_id,
        "name": one.counterparty.name, "amount": money.format_yuan(one.amount_fen),
        "note": one.project[:20],
    }  # fmt: skip
    form = {
        "purpose": f"投资：{one.project}"[:60],
        "source_kind": SOURCE,
        "source_id": case_number,
        "contract_id": one.contract_ext_id,
        "proof_kind": "self_made",
        "method": "transfer",
    }
    return Prefill(form=form, lines=(line,))
