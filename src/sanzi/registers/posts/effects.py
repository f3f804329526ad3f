"""From the steps of M16, M29 and M30 to the actions of the room, and what a payment begins with."""

from __future__ import annotations

from collections.abc import Callable

from sanzi.kernel import clock, masking, money
from sanzi.matters import registry
from sanzi.matters.actions import sources
from sanzi.matters.registry import Panel, Prefill, PublicRows, Turn
from sanzi.payments.queries import payees
from sanzi.registers.posts import rules
from sanzi.registers.posts.actions import handover, hiring, pay
from sanzi.registers.posts.models import Pay
from sanzi.registers.posts.queries import handover as handover_queries
from sanzi.registers.posts.queries import pay as pay_queries

STANDARD = "standard"


def register() -> None:
    """Bind the powers' names; called once from `apps.ready`."""
    registry.check("posts.pay_check", check_pay)
    registry.effect("posts.pay_hand_in", hand_in_pay)
    registry.effect("posts.pay_approve", approve_pay)
    registry.effect("posts.pay_end", end_pay)
    registry.choices("village_posts", lambda _body, _place: pay_queries.village_posts())
    registry.payable(pay.SOURCE_KIND, pay.require_payable)
    registry.prefill(pay.SOURCE_KIND, prefill)
    registry.panel("M16", panel)
    registry.check("posts.hire_check", check_hire)
    registry.effect("posts.hire_request", request_hire)
    for name, run in (
        ("end", hiring.end), ("notice", hiring.notice), ("show", hiring.show),
        ("begin", hiring.begin),
    ):  # fmt: skip
        registry.effect(f"posts.hire_{name}", _plain(run))
    registry.effect("posts.hire_choose", choose)
    registry.effect("posts.hire_sign", sign)
    registry.sheet("posts.pay_sums", pay_sums)
    registry.check("posts.leave_check", check_leaving)
    registry.effect("posts.leave_open", open_leaving)
    registry.effect("posts.leave_end", lambda turn: handover.end_leaving(case_number=turn.number))
    registry.effect("posts.leave_hand_over", hand_over)
    registry.effect("posts.leave_audit", keep_audit)
    registry.effect("posts.leave_rectify", rectify)
    for name, run in (
        ("accept", handover.accept), ("publish", handover.publish), ("close", handover.close),
    ):  # fmt: skip
        registry.effect(f"posts.leave_{name}", _plain(run))
    registry.panel("M30", leaving_panel)


def _plain(run: Callable[..., None]) -> registry.Effect:
    """Return an effect that only says which case it is."""
    return lambda turn: run(case_number=turn.number, by=turn.by, at=turn.at)


def _standards(turn: Turn) -> list[pay.StandardFields]:
    return [
        pay.StandardFields(row["post"], row["kind"], row["value"])
        for row in turn.form.get("standards", ())
        if {"post", "kind", "value"} <= set(row)
    ]


def _days(turn: Turn) -> list[pay.DayFields]:
    return [
        pay.DayFields(row["person"], row["kind"], row["work_date"], row.get("reason", ""))
        for row in turn.form.get("days", ())
        if {"person", "kind", "work_date"} <= set(row)
    ]


def check_pay(turn: Turn) -> None:
    """Hold a sheet or a table of standards against the rules, once its month is typed."""
    if {"what", "period"} - set(turn.form):
        return
    if turn.form["what"] == STANDARD:
        pay.check_standards(standards=_standards(turn), period=turn.form["period"], at=turn.at)
    else:
        pay.check_sheet(
            organisation=turn.organisation, period=turn.form["period"], days=_days(turn),
            at=turn.at, case_number=turn.number,
        )  # fmt: skip


def hand_in_pay(turn: Turn) -> None:
    """Keep the lines of a sheet; standards wait for their approval."""
    if turn.form["what"] != STANDARD:
        pay.hand_in(
            organisation=turn.organisation, period=turn.form["period"], days=_days(turn),
            case_number=turn.number, by=turn.by, at=turn.at,
        )  # fmt: skip


def approve_pay(turn: Turn) -> None:
    """Let standards hold, or the sheet be paid."""
    period = turn.form["period"]
    if turn.form["what"] == STANDARD:
        pay.set_standards(
            standards=_standards(turn), organisation=turn.organisation, period=period,
            decision=turn.decision_ext_id, case_number=turn.number, by=turn.by, at=turn.at,
        )  # fmt: skip
        return
    total = pay.approve(case_number=turn.number, by=turn.by, at=turn.at)
    sources.tell(turn.number, amount_fen=total, title=f"{period}报酬误工补贴")


def end_pay(turn: Turn) -> None:
    """Note that it was given up."""
    pay.end(case_number=turn.number, by=turn.by, at=turn.at)


def panel(case_number: str) -> Panel | None:
    """Return the sheet that the system made, for those who look at the case."""
    sheet = pay_queries.sheet(case_number)
    return Panel("office/panels/pay.html", {"sheet": sheet}) if sheet else None


def prefill(case_number: str) -> Prefill:
    """Return the form and the payees of the payment of a sheet."""
    amounts = pay_queries.amounts(case_number)
    first = Pay.objects.filter(case_number=case_number).first()
    if first is None or not amounts:
        return Prefill(form={})
    return Prefill(
        form={
            "purpose": f"{first.period}村干部报酬和误工补贴",
            "source_kind": pay.SOURCE_KIND,
            "source_id": case_number,
            "proof_kind": "roster",
            "method": "transfer",
        },
        lines=payees.lines(amounts),
    )


def _wish(turn: Turn) -> hiring.Wish:
    form = turn.form
    return hiring.Wish(
        role_code=form["post"], duties=form["duties"], monthly_fen=form["monthly"],
        start_date=form["start_date"], end_date=form["end_date"],
    )  # fmt: skip


def check_hire(turn: Turn) -> None:
    """Hold the post against the register, once it is typed whole."""
    if {"post", "duties", "monthly", "start_date", "end_date"} <= set(turn.form):
        hiring.check(
            wish=_wish(turn), organisation=turn.organisation, at=turn.at, case_number=turn.number
        )


def request_hire(turn: Turn) -> None:
    """Enter the post that is to be filled."""
    hiring.request(
        wish=_wish(turn), organisation=turn.organisation, decision=turn.decision_ext_id,
        case_number=turn.number, by=turn.by, at=turn.at,
    )  # fmt: skip


def choose(turn: Turn) -> None:
    """Keep what the panel decided."""
    entry = turn.entry
    choice = hiring.Choice(
        candidates=[hiring.Candidate(row["person"], row["points"]) for row in entry["candidates"]],
        panel=[row["person"] for row in entry["panel"]],
        chosen=entry["chosen"],
        reason=entry.get("reason", ""),
    )
    hiring.choose(case_number=turn.number, choice=choice, by=turn.by, at=turn.at)


def sign(turn: Turn) -> None:
    """Keep the day of the contract."""
    hiring.sign(case_number=turn.number, sign_date=turn.entry["sign_date"], by=turn.by, at=turn.at)


def pay_sums(case_number: str) -> PublicRows:
    """Return what the sheet of a case comes to, by person and kind, names masked."""
    sheet = pay_queries.sheet(case_number)
    sums: dict[tuple[str, str, str], int] = {}
    for row in sheet.rows if sheet else ():
        key = (masking.name(row.name), row.post, row.kind)
        sums[key] = sums.get(key, 0) + row.amount_fen
    rows = ((*key, money.format_yuan(fen)) for key, fen in sorted(sums.items()))
    return PublicRows(columns=("谁", "职务", "哪种", "多少元"), rows=tuple(rows))


def check_leaving(turn: Turn) -> None:
    """Hold a leaving against the register of posts, once it is typed."""
    if {"person", "left_date"} <= set(turn.form):
        handover.check(
            organisation=turn.organisation, person=turn.form["person"],
            left_date=turn.form["left_date"], at=turn.at,
        )  # fmt: skip


def open_leaving(turn: Turn) -> None:
    """Enter the leaving."""
    handover.open_leaving(
        organisation=turn.organisation, person=turn.form["person"],
        left_date=turn.form["left_date"], case_number=turn.number, by=turn.by, at=turn.at,
    )  # fmt: skip


def hand_over(turn: Turn) -> None:
    """Keep what was handed over."""
    entry = turn.entry
    said = handover.HandedOver(
        receiver=entry["receiver"],
        cash_fen=entry.get("cash"),
        added=[
            handover.Added(row["kind"], row["title"], row.get("amount"))
            for row in entry.get("added", ())
        ],
        missing=entry.get("missing", ""),
        late_reason=entry.get("late_reason", ""),
    )
    handover.hand_over(case_number=turn.number, said=said, by=turn.by, at=turn.at)


def keep_audit(turn: Turn) -> None:
    """Keep what the audit says."""
    entry = turn.entry
    said = handover.Audit(
        auditor=entry["auditor"],
        audited_date=entry["audited_date"],
        problem_count=entry["problem_count"],
        problem_fen=entry.get("problem_fen"),
        late_reason=entry.get("late_reason", ""),
    )
    handover.audited(case_number=turn.number, said=said, by=turn.by, at=turn.at)


def rectify(turn: Turn) -> None:
    """Count what was put right."""
    handover.rectify(case_number=turn.number, count=turn.entry["count"], by=turn.by, at=turn.at)


def leaving_panel(case_number: str) -> Panel | None:
    """Return the list that the system made, for those who hand over and look on."""
    days = rules.figures(clock.today()).handover_days
    found = handover_queries.listed(case_number, days)
    return Panel("office/panels/handover.html", {"leavings": found}) if found else None
