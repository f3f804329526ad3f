"""From the steps of M31, M32 and M33 to the actions of the room, and what a payment begins with."""

from __future__ import annotations

from sanzi.kernel import money
from sanzi.matters import registry
from sanzi.matters.actions import sources
from sanzi.matters.registry import Prefill, PublicRows, Turn
from sanzi.payments.queries import payees
from sanzi.registers.party.actions import development, dues, honours
from sanzi.registers.party.models import Honour, PartyFund, Progress
from sanzi.registers.party.rules import Vote

KIND = "other"
FUND = "fund"


def register() -> None:
    """Bind the powers' names; called once from `apps.ready`."""
    registry.check("party.apply_check", check_apply)
    registry.effect("party.apply", apply)
    registry.effect("party.stage", reach)
    registry.effect("party.show", show)
    registry.effect("party.admit", admit)
    registry.effect("party.stop", stop)
    registry.check("party.dues_check", check_dues)
    registry.effect("party.dues_hand_in", hand_in)
    registry.effect("party.dues_approve", approve_dues)
    registry.effect("party.dues_end", end_dues)
    registry.sheet("party.dues_sums", dues_sums)
    registry.check("party.award_check", check_award)
    registry.effect("party.award_propose", propose)
    registry.effect("party.award_show", show_award)
    registry.effect("party.award_grant", grant)
    registry.effect("party.award_end", end_award)
    registry.payable(KIND, dues.require_payable)
    registry.payable(KIND, honours.require_payable)
    registry.prefill(KIND, prefill)


def check_apply(turn: Turn) -> None:
    """Hold who applies against the register, once it is typed."""
    if {"person", "applied_date"} <= set(turn.form):
        development.check(
            organisation=turn.organisation, person=turn.form["person"],
            applied_date=turn.form["applied_date"], at=turn.at, case_number=turn.number,
        )  # fmt: skip


def apply(turn: Turn) -> None:
    """Enter who applied."""
    development.apply(
        organisation=turn.organisation, person=turn.form["person"],
        applied_date=turn.form["applied_date"], case_number=turn.number, by=turn.by, at=turn.at,
    )  # fmt: skip


def reach(turn: Turn) -> None:
    """Keep the vote of a stage; the step's key is the stage."""
    entry = turn.entry
    vote = Vote(eligible=entry["eligible"], present=entry["present"], agree=entry["agree"])
    development.reach(
        case_number=turn.number, stage=turn.step_key, held_date=entry["held_date"], vote=vote,
        by=turn.by, at=turn.at,
    )  # fmt: skip


def show(turn: Turn) -> None:
    """Note the publicity of a stage."""
    development.show(case_number=turn.number, by=turn.by, at=turn.at)


def admit(turn: Turn) -> None:
    """Let him be a member."""
    development.admit(case_number=turn.number, by=turn.by, at=turn.at)


def stop(turn: Turn) -> None:
    """Note that it stopped."""
    development.end(case_number=turn.number, by=turn.by, at=turn.at)


def _sheet(turn: Turn) -> dues.Sheet:
    form = turn.form
    return dues.Sheet(
        period=form["period"],
        paid_date=form["paid_date"],
        handed_date=form["handed_date"],
        changes={row["person"]: row["amount"] for row in form.get("changes", ()) if len(row) > 1},
        unpaid={
            row["person"]: row.get("why", "") for row in form.get("unpaid", ()) if "person" in row
        },
        late_reason=form.get("late_reason", ""),
    )


def check_dues(turn: Turn) -> None:
    """Hold a month of dues, or a fund, against the rules, once it is typed."""
    form = turn.form
    if form.get("what") == FUND:
        if "amount" in form:
            dues.check_fund(organisation=turn.organisation, amount_fen=form["amount"])
    elif {"period", "paid_date", "handed_date"} <= set(form):
        dues.check(
            organisation=turn.organisation, sheet=_sheet(turn), at=turn.at, case_number=turn.number
        )


def hand_in(turn: Turn) -> None:
    """Keep what was handed in."""
    form = turn.form
    if form["what"] == FUND:
        dues.ask_fund(
            organisation=turn.organisation, use=form["use"], reason=form["reason"],
            amount_fen=form["amount"], case_number=turn.number, by=turn.by, at=turn.at,
        )  # fmt: skip
        return
    dues.hand_in(
        organisation=turn.organisation, sheet=_sheet(turn), case_number=turn.number, by=turn.by,
        at=turn.at,
    )  # fmt: skip


def approve_dues(turn: Turn) -> None:
    """Note that the town has it, or lets the fund be spent."""
    fen = dues.settle(case_number=turn.number, status=Progress.APPROVED, by=turn.by, at=turn.at)
    if fen:
        sources.tell(turn.number, amount_fen=fen)


def end_dues(turn: Turn) -> None:
    """Note that it was given up."""
    dues.settle(case_number=turn.number, status=Progress.ENDED, by=turn.by, at=turn.at)


def dues_sums(case_number: str) -> PublicRows:
    """Return what a month of dues comes to; nobody is named."""
    found = dues.sums(case_number)
    columns = ("月份", "党员几人", "交了几人", "多少元")
    if found is None:
        return PublicRows(columns=columns, rows=())
    period, count, paid, fen = found
    row = (period, str(count), str(paid), money.format_yuan(fen))
    return PublicRows(columns=columns, rows=(row,))


def _wish(turn: Turn) -> honours.Wish:
    form = turn.form
    return honours.Wish(
        person=form["person"], title=form["title"], event=form["event"], level=form["level"],
        amount_fen=form.get("amount"),
    )  # fmt: skip


def check_award(turn: Turn) -> None:
    """Hold who is put forward against what bars him, once it is typed."""
    if {"person", "title", "event", "level"} <= set(turn.form):
        honours.check(
            wish=_wish(turn), organisation=turn.organisation, at=turn.at, case_number=turn.number
        )


def propose(turn: Turn) -> None:
    """Enter who is put forward."""
    honours.propose(
        wish=_wish(turn), organisation=turn.organisation, case_number=turn.number, by=turn.by,
        at=turn.at,
    )  # fmt: skip


def show_award(turn: Turn) -> None:
    """Note the publicity."""
    honours.show(case_number=turn.number, by=turn.by, at=turn.at)


def grant(turn: Turn) -> None:
    """Note that the town has it; its money may be paid."""
    fen = honours.grant(case_number=turn.number, by=turn.by, at=turn.at)
    sources.tell(turn.number, amount_fen=fen or None)


def end_award(turn: Turn) -> None:
    """Note that it was given up."""
    honours.end(case_number=turn.number, by=turn.by, at=turn.at)


def prefill(case_number: str) -> Prefill:
    """Return what the payment of a fund or of an award begins with; empty for another's case."""
    base = {"source_kind": KIND, "source_id": case_number, "method": "transfer"}
    fund = PartyFund.objects.filter(case_number=case_number).exclude(case_number="").first()
    if fund is not None:
        return Prefill(form={**base, "purpose": fund.reason[:60]})
    found = Honour.objects.filter(case_number=case_number).exclude(case_number="").first()
    if found is None or not found.amount_fen:
        return Prefill(form={})
    form = {**base, "purpose": f"{found.event}{found.title}"[:60], "proof_kind": "roster"}
    return Prefill(form=form, lines=payees.lines({found.person_id: found.amount_fen}))
