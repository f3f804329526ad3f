"""What the room asks of cases: a payment stays within what came of its fund."""

from __future__ import annotations

from sanzi.kernel import money
from sanzi.matters import registry
from sanzi.matters.registry import Turn
from sanzi.orgs import queries as orgs
from sanzi.payments.models import Fund
from sanzi.registers.funds import queries
from sanzi.registers.funds.errors import FundNotReceived, FundOverspent


def register() -> None:
    """Bind the check; called once from `apps.ready`."""
    registry.check("funds.within", require_within)


def require_within(turn: Turn) -> None:
    """Refuse a payment above what came of its fund. Raises: FundNotReceived, FundOverspent."""
    code = turn.form.get("fund_code", "")
    fund = Fund.objects.filter(code=code).first() if code else None
    if fund is None:
        return
    name = fund.name or fund.code
    come = queries.come_fen(fund, turn.division_code)
    if come == 0:
        village = orgs.village_name(turn.division_code)
        raise FundNotReceived(fund=name, village=village, field="fund_code")
    used = queries.used_fen(fund.code, turn.division_code, but_case=turn.number)
    if used + turn.amount_fen > come:
        raise FundOverspent(
            fund=name,
            come=money.format_yuan(come),
            used=money.format_yuan(used),
            more=money.format_yuan(turn.amount_fen),
            left=money.format_yuan(max(come - used, 0)),
            field="fund_code",
        )
