"""The moments of a case, and what registers do at them.

`saved`, `submitted`, `approved`, `returned`, `ended` (withdrawn or rejected) and `finished`. A
matter file names the effect of each; what it refuses, the moment refuses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sanzi.evidence import queries as evidence
from sanzi.kernel import clock
from sanzi.matters import fields, hooks, registry, rules
from sanzi.matters.actions import sources
from sanzi.matters.catalogue import Matter
from sanzi.matters.models import Case
from sanzi.orgs.actors import Actor


def turn_of(case: Case, matter: Matter, by: Actor, at: datetime, **entry: Any) -> registry.Turn:
    """Return a case as effects and checks see it; `entry` fills what a step adds."""
    form: Mapping[str, Any] = case.form
    return registry.Turn(
        number=case.number,
        organisation=case.organisation.ext_id,
        division_code=case.division_code,
        matter_code=case.matter_code,
        step_key=entry.pop("step_key", ""),
        round=case.round,
        amount_fen=case.amount_fen,
        title=case.title,
        form=fields.typed(matter.fields, form),
        by=by,
        at=at,
        papers=papers_of("case", case.number),
        decision_ext_id=case.decision_ext_id,
        **entry,
    )


def skipped(case: Case, matter: Matter, by: Actor, at: datetime) -> Collection[str]:
    """Return the keys of the steps that a case handed in now does not need."""
    if not matter.skips:
        return ()
    return registry.skipped(matter.skips, turn_of(case, matter, by, at))


def papers_of(subject_kind: str, subject_id: str) -> tuple[tuple[str, str], ...]:
    """Return (kind, digest) of the files that hang on a subject."""
    return tuple((one.kind, one.digest) for one in evidence.attachments(subject_kind, subject_id))


def tier_of(case: Case, matter: Matter, by: Actor, at: datetime) -> str:
    """Return the tier of a case: by its amount, or as the register says.

    Raises: NoTier.
    """
    if matter.tier_from:
        return registry.tier_of(matter.tier_from, turn_of(case, matter, by, at))
    return rules.tier(matter, case.amount_fen, clock.local_date(at), case.form)


def reach(moment: str, *, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    """Let a case come to a moment: its source for payments, its effect, and who listens.

    Runs inside the caller's transaction. Raises: what the effect refuses.
    """
    if matter.pays:
        sources.follow(moment, case=case, kind=matter.pays, at=at)
    name = matter.effects.get(moment)
    if name is not None:
        registry.run_effect(name, turn_of(case, matter, by, at))
    if moment != "saved":
        hooks.tell(hooks.CaseNews(case.number, case.matter_code, moment, by, at))


def require_checks(case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    """Ask every check of the matter. Raises: what the first of them refuses."""
    for name in matter.checks:
        registry.run_check(name, turn_of(case, matter, by, at))
