"""A case taken out of the hands that let its time run out: its remaining steps are chosen anew.

What says which steps it needs now is the matter's own `skips`; who is in line for them is found as
when it was handed in. What was done stays done.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.matters import rules
from sanzi.matters.actions import moments, standing, steps
from sanzi.matters.models import Case, CaseStep, StepState
from sanzi.orgs.actors import SYSTEM


@transaction.atomic
def take_up(*, number: str, at: datetime) -> bool:
    """Close the open step of a case and open the first that its `skips` now leaves.

    Returns False, and changes nothing, when it is in nobody's hands or nothing is left to do.
    Raises: NobodyLeft. Nothing is written then.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("organisation").get(
        number=number
    )  # fmt: skip
    if case.state != "SUBMITTED":
        return False
    matter = steps.matter_of(case)
    skipped = set(moments.skipped(case, matter, SYSTEM, at))
    done = CaseStep.objects.filter(case=case, round=case.round, state=StepState.APPROVED)
    begun = [step.no for step in matter.steps if step.kind == "starter"]
    last = max([*begun, *done.values_list("step_no", flat=True)])
    passed = {step.key for step in matter.steps if step.no <= last}
    ahead = standing.route(case, matter, clock.local_date(at), skipped | passed)
    route = {**case.route, "skipped": sorted(skipped)}
    route["detours"] = {**case.route.get("detours", {}), **ahead.get("detours", {})}
    following = rules.next_step(
        rules.chain(matter, case.tier, is_concurrent=False, skipped=skipped), last
    )
    if following is None:
        return False
    steps.close_open(case, at)
    case.route = route
    case.save(update_fields=["route"])
    opened = steps.open_step(case, following, at)
    audit.write(
        chain=case.organisation.ext_id,
        kind="matters.case.taken_up",
        by=SYSTEM,
        at=at,
        subject=("case", number),
        after={"step": opened.step_no, "role": opened.role_code},
    )
    return True
