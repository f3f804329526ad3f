"""What all powers of the treasury do with their rows: find, lock, hold a decision, tell the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model

from sanzi.audit import actions as audit
from sanzi.deals.models import Contract
from sanzi.kernel import money
from sanzi.matters.models import Decision
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Organisation
from sanzi.registers.treasury.errors import ContractMissing, DecisionMissing, NotNow, TreasuryWrong

Row = TypeVar("Row", bound=Model)


def body_of(organisation: str) -> Organisation:
    """Return a body by its ext id. Raises: NotFound."""
    found = Organisation.objects.filter(ext_id=organisation).first()
    if found is None:
        raise NotFound
    return found


def party_of(ext_id: str, what: str) -> Counterparty:
    """Return a firm of the register. Raises: TreasuryWrong."""
    found = Counterparty.objects.filter(ext_id=ext_id).first()
    if found is None:
        raise TreasuryWrong(what=what, why="名册里没有这一家")
    return found


def locked(model: type[Row], case_number: str, states: tuple[str, ...], verb: str) -> Row:
    """Return the row of a case, locked. Raises: NotFound, NotNow."""
    found: Any = (
        model._default_manager.select_for_update(of=("self",))  # noqa: SLF001 - any model's rows
        .select_related("organisation")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    if found.state not in states:
        raise NotNow(state=found.get_state_display(), verb=verb)
    row: Row = found
    return row


def end(model: type[Row], case_number: str) -> Row | None:
    """Note that what a case asked for was given up; None when nothing was asked for yet."""
    found: Any = (
        model._default_manager.select_for_update(of=("self",))  # noqa: SLF001 - any model's rows
        .select_related("organisation")
        .filter(case_number=case_number)
        .exclude(state="ended")
        .first()
    )
    if found is None:
        return None
    found.state = "ended"
    found.save(update_fields=["state"])
    row: Row = found
    return row


def require_decision(decision: str, division_code: str, verb: str) -> None:
    """Refuse without a passed decision of this village. Raises: DecisionMissing."""
    if not decision:
        raise DecisionMissing(verb=verb, why="还没有选", field="decision_id")
    found = Decision.objects.filter(ext_id=decision, division_code=division_code).first()
    if found is None or found.status != "passed" or found.passed_at is None:
        raise DecisionMissing(verb=verb, why="选的没有通过，或者不是本村的", field="decision_id")


def require_contract(contract: str, party: Counterparty) -> Contract:
    """Return the registered contract with a party. Raises: ContractMissing."""
    found = Contract.objects.filter(ext_id=contract).first()
    if found is None:
        raise ContractMissing(why="还没有选")
    if found.counterparty_id != party.pk:
        raise ContractMissing(why=f"选的不是和{party.name}签的")
    return found


def require_amount(fen: int, what: str, field: str) -> None:
    """Refuse a sum that is not above nothing. Raises: TreasuryWrong."""
    if not 0 < fen <= money.MAX_FEN:
        raise TreasuryWrong(what=what, why="要大于0", field=field)


def tell(row: Any, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    """Write an event, such as `debt.asked`, into the chain of the row's body."""
    audit.write(
        chain=row.organisation.ext_id,
        kind=f"treasury.{what}",
        by=by,
        at=at,
        subject=(f"treasury_{what.partition('.')[0]}", row.ext_id),
        after=dict(after),
    )
