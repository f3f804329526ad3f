"""Alerts that go to the discipline office at once: what is known of them, and the move itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM
from sanzi.record import extraction
from sanzi.record.extraction import Only
from sanzi.supervision import known, review_rules, rules, trigger_rules
from sanzi.supervision.actions import routing, telling
from sanzi.supervision.actions.stepping import Step, keep, set_limit, tell_handler, turn
from sanzi.supervision.models import Alert, AlertState, Disposal, Verdict
from sanzi.supervision.shapes import Sign
from sanzi.supervision.trigger_rules import Facts, Limits, Trigger

Row = Mapping[str, Any]
LETTERS = ("D", "C")
WARNINGS = ("talk", "notice")


def _rows(table: str, column: str, wanted: Iterable[str]) -> list[dict[str, Any]]:
    names = extraction.arrow_schema(table).names
    found = extraction.fetch(table, Only(column, sorted(set(wanted))))
    return [dict(zip(names, one, strict=True)) for one in found]


class Known:
    """What the record and earlier alerts say of some findings, read once for all of them."""

    def __init__(
        self,
        findings: Sequence[rules.Finding],
        rows: Sequence[dict[str, list[dict[str, Any]]]],
        at: datetime,
    ) -> None:
        """Read who benefits, who holds which post, who is kin, and what was found before."""
        self.rows = {one.key: kept for one, kept in zip(findings, rows, strict=True)}
        self._day = clock.local_date(at)
        named = {one.key: self._named(one) for one in findings}
        firms = {firm for _, found in named.values() for firm in found}
        owners = _owners(firms)
        self._people = {
            key: people.union(*(owners[one] for one in found))
            for key, (people, found) in named.items()
        }
        everybody = {one for found in self._people.values() for one in found}
        everybody |= {str(one.figures["person_id"]) for one in findings if _named(one)}
        self._kin = _kin(everybody)
        near = everybody.union(*self._kin.values())
        self._posts: dict[str, list[Row]] = defaultdict(list)
        for row in _rows("appointment", "person_id", near):
            self._posts[str(row["person_id"])].append(row)
        self._earlier = _earlier(findings)
        self._verdicts = _verdicts(findings)

    def _row(self, finding: rules.Finding) -> Row:
        """Return the frozen row that a finding is about, empty when there is none."""
        kept = self.rows[finding.key].get(finding.finding_kind)
        return kept[0] if kept else {}

    def _named(self, finding: rules.Finding) -> tuple[set[str], set[str]]:
        """Return the persons and the firms who benefit from the row of a finding."""
        limits = trigger_rules.limits_for(finding.village_id, self._day)
        columns = limits.beneficiaries.get(finding.finding_kind, [])
        first = self._row(finding)
        found = {one: str(first[one]) for one in columns if first.get(one)}
        firms = {value for name, value in found.items() if name.endswith("counterparty_id")}
        return set(found.values()) - firms, firms

    def triggers(self, finding: rules.Finding) -> tuple[Trigger, ...]:
        """Return the triggers that hold of a finding as it opens; of a clue none ever do."""
        if finding.model.is_clue:
            return ()
        limits = trigger_rules.limits_for(finding.village_id, self._day)
        return trigger_rules.triggers(self._facts(finding, limits), limits)

    def _facts(self, finding: rules.Finding, limits: Limits) -> Facts:
        gains = self._people[finding.key]
        near = gains.union(*(self._kin.get(one, set()) for one in gains))
        in_it = gains | ({str(finding.figures["person_id"])} if _named(finding) else set())
        first = self._row(finding)
        return Facts(
            severity=finding.model.severity,
            category=finding.model.category,
            model_code=finding.model.code,
            ground=str(finding.figures.get("ground") or ""),
            is_cadre_benefiting=any(
                self._held(one, limits.cadre_roles, finding.business_date, finding.village_id)
                for one in near
            ),
            is_staff_in=any(
                self._held(one, limits.staff_roles, finding.business_date) for one in in_it
            ),
            is_warned=self._is_warned(finding, first, limits),
            earlier_count=self._earlier_count(finding, limits),
        )

    def _held(self, person: str, roles: Sequence[str], day: date, village: str = "") -> bool:
        return any(
            row["role_code"] in roles
            and (not village or row["village_id"] == village)
            and str(row["start_date"]) <= day.isoformat()
            and (not row["end_date"] or day.isoformat() <= str(row["end_date"]))
            for row in self._posts.get(person, [])
        )

    def _of_model(self, finding: rules.Finding, months: int) -> list[Alert]:
        first = review_rules.since(self._day, months)
        return [
            one
            for one in self._earlier.get((finding.model.code, finding.village_id), [])
            if first <= clock.local_date(one.opened_at) < self._day
        ]

    def _earlier_count(self, finding: rules.Finding, limits: Limits) -> int:
        """Return on how many earlier days the same was found in the village, and confirmed."""
        earlier = self._of_model(finding, limits.repeat_months)
        return len({clock.local_date(one.opened_at) for one in earlier})

    def _is_warned(self, finding: rules.Finding, first: Row, limits: Limits) -> bool:
        """Whether a talk or a notice came before, or the gate's no before the money went."""
        for one in self._of_model(finding, limits.warned_months):
            if any(
                set(step.data.get("rectifications", ())) & set(WARNINGS)
                for step in one.disposals.all()
            ):
                return True
        paid_at = first.get("paid_at")
        refused_at = self._verdicts.get((finding.model.code, finding.finding_id))
        if not paid_at or refused_at is None:
            return False
        return refused_at < extraction.moment(str(paid_at))


def _named(finding: rules.Finding) -> bool:
    return bool(finding.figures.get("person_id"))


def _owners(firms: set[str]) -> dict[str, set[str]]:
    """Return who stands behind each firm."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in _rows("counterparty", "counterparty_id", firms):
        named = (row["person_id"], row["legal_rep_person_id"])
        found[row["counterparty_id"]] |= {str(one) for one in named if one}
    for row in _rows("counterparty_owner", "counterparty_id", firms):
        found[row["counterparty_id"]].add(str(row["person_id"]))
    return found


def _kin(people: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    pairs = [("person_id", "relative_person_id"), ("relative_person_id", "person_id")]
    for column, other in pairs:
        for row in _rows("kinship", column, people):
            found[row[column]].add(row[other])
    return found


def _earlier(findings: Sequence[rules.Finding]) -> dict[tuple[str, str], list[Alert]]:
    """Return the confirmed alerts of the same models in the same villages."""
    found: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for one in Alert.objects.filter(
        model_code__in={one.model.code for one in findings},
        division_code__in={one.village_id for one in findings},
        state=AlertState.DISPOSED,
        conclusion="confirmed",
    ).prefetch_related("disposals"):
        found[one.model_code, one.division_code].append(one)
    return found


def _verdicts(findings: Sequence[rules.Finding]) -> dict[tuple[str, str], datetime]:
    """Return when the gates first found the same on the same thing."""
    found: dict[tuple[str, str], datetime] = {}
    for code, finding_id, at in (
        Verdict.objects.filter(
            model_code__in={one.model.code for one in findings if one.model.severity == "block"},
            finding_id__in={one.finding_id for one in findings if one.model.severity == "block"},
        )
        .order_by("-gate_check__at")
        .values_list("model_code", "finding_id", "gate_check__at")
    ):
        found[code, finding_id] = at
    return found


def first_step(route: Sequence[Sign], found: Sequence[Trigger]) -> int:
    """Return the first step of a route with an office as high as triggers ask for."""
    wanted = LETTERS[LETTERS.index(trigger_rules.letter_of(found)) :]
    return next(place for place, sign in enumerate(route) if sign.letter in wanted)


def told(alert: Alert, found: Sequence[Trigger], was: Mapping[str, Any], at: datetime) -> None:
    """Write into the history and the log of a new alert why it went where it went."""
    step = _step(found, was)
    Disposal.objects.create(
        alert=alert, at=at, actor_name=SYSTEM.name, action=step.action, text=step.text,
        data=dict(step.data),
    )  # fmt: skip
    audit.write(
        chain=known.chain_of(alert.model_code, alert.org_ext_id),
        kind="supervision.alert.triggered",
        by=SYSTEM,
        at=at,
        subject=("alert", alert.ext_id),
        after={"triggers": [one.code for one in found], "route_role": alert.route_role},
    )


def _step(found: Sequence[Trigger], was: Mapping[str, Any]) -> Step:
    words = "；".join(one.words for one in found)
    codes = [one.code for one in found]
    return Step("triggered", "直接转纪委", words[:1000], {"triggers": codes, "from": dict(was)})


def move(alert: Alert, facts: Facts, at: datetime) -> bool:
    """Move an alert in hand to the discipline office when a trigger holds; say whether it did.

    Who had it is told; what he fed back stays in the history, his conclusion is open again.
    """
    day = clock.local_date(at)
    found = trigger_rules.triggers(facts, trigger_rules.limits_for(alert.division_code, day))
    if not found:
        return False
    route = routing.signs_of(alert)
    first = first_step(route, found)
    if alert.route_step >= first:
        return False
    target = routing.choose(
        route,
        village_id=alert.division_code,
        conflicted=routing.with_kin(alert.subject_person_ext_ids),
        at=at,
        from_step=first,
    )
    was = {"role": alert.route_role, "handler": alert.handler_name}
    tell_handler(alert, "alert_taken_over", at)
    alert.state = AlertState.PENDING
    alert.conclusion = ""
    alert.handler_id, alert.handler_name = None, ""
    alert.route_step, alert.route_role = target.step, target.role
    alert.route_division = target.division_code
    set_limit(alert, at, target.days)
    keep(alert, _step(found, was), SYSTEM, at)
    telling.tell(
        alert=alert, user_ids=target.user_ids, template="alert_triggered", at=at,
        turn=turn(alert),
    )  # fmt: skip
    return True


def circumstances_of(alert: Alert) -> tuple[frozenset[str], int]:
    """Return what handlers told of the matter so far: its circumstances, the most persons named."""
    told_of: set[str] = set()
    people = 0
    for data in alert.disposals.filter(action__in=("fed_back", "concluded")).values_list(
        "data", flat=True
    ):
        told_of |= set(data.get("circumstances", ()))
        people = max(people, int(data.get("person_count", 0)))
    return frozenset(told_of), people
