"""Why an alert says what it says: its payments over time, who is tied to whom, what came before.

Everything is read from the record as it is now; only the frozen rows are as they were.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q

from sanzi.kernel import clock, masking
from sanzi.orgs import people_queries
from sanzi.orgs.actors import Actor
from sanzi.orgs.roles import title as role_title
from sanzi.record import extraction
from sanzi.record.extraction import Only
from sanzi.supervision import clue_queries, known, loop_rules, queries
from sanzi.supervision.clue_queries import Clue
from sanzi.supervision.models import Alert, AlertState
from sanzi.supervision.queries import AlertRow

WINDOW_DAYS: Final = 90
POINTS_MAX: Final = 40
SIMILAR_MAX: Final = 5
LIVE: Final = ("submitted", "approved", "dispatched", "paid")
LINES: Final = ("limit_fen", "cap_fen", "budget_fen", "standard_fen", "tier_1_fen")
RELATIONS: Final = {
    "spouse": "配偶", "parent": "父母", "child": "子女", "sibling": "兄弟姐妹",
    "grandparent": "祖父母", "grandchild": "孙子女", "child_in_law": "儿媳女婿",
    "parent_in_law": "岳父母公婆", "sibling_in_law": "姻亲兄弟姐妹", "uncle_aunt": "叔伯姑姨",
    "nephew_niece": "侄甥", "cousin": "堂表亲", "other": "亲属",
}  # fmt: skip
OUTSIDE: Final = {"handler": "经办人", "system": "系统"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """One payment on a day; `is_this` is the one that the alert is about."""

    day: date
    amount_fen: int
    case_number: str
    is_this: bool


@dataclass(frozen=True)
class Payments:
    """Payments of a village to one payee around a day, with the line that counts."""

    payee: str
    points: tuple[Point, ...]
    line_title: str
    line_fen: int | None

    @property
    def sum_fen(self) -> int:
        """All of them together."""
        return sum(one.amount_fen for one in self.points)


@dataclass(frozen=True)
class Node:
    """Somebody or something in the picture of ties; side is office or payee."""

    key: str
    name: str
    duty: str
    side: str


@dataclass(frozen=True)
class Tie:
    """A tie between two nodes; `is_hot` are kin, ownership and shared accounts."""

    left: str
    right: str
    title: str
    is_hot: bool


@dataclass(frozen=True)
class Ties:
    """Who decided, who was paid, and what ties them."""

    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True)
class Happened:
    """One event of the case behind an alert."""

    at: datetime
    what: str


@dataclass(frozen=True)
class Similar:
    """Earlier alerts of the same model that are done: what they were."""

    total: int
    conclusions: tuple[tuple[str, int], ...]
    rows: tuple[AlertRow, ...]


@dataclass(frozen=True)
class InVillage:
    """The same kind in all matters of the village: how many of the rule and of its category."""

    category: str
    of_model: int
    of_category: int
    rows: tuple[AlertRow, ...]


@dataclass(frozen=True)
class Explained:
    """What explains an alert beside its sentence and rows; None where there is nothing to draw."""

    payments: Payments | None
    ties: Ties | None
    course: tuple[Happened, ...]
    similar: Similar
    in_village: InVillage
    clue: Clue | None = None


def explained(*, by: Actor, ext_id: str) -> Explained:
    """Return what explains one alert.

    Raises: NotFound.
    """
    alert = queries.access_alert(by=by, ext_id=ext_id)
    payment = next(iter(alert.rows.get("payment") or []), None)
    approvals = _rows("approval", "subject_id", [alert.case_number]) if alert.case_number else []
    return Explained(
        payments=_payments(alert, payment) if payment else None,
        ties=_ties(payment, approvals) if payment else None,
        course=_course(payment, approvals),
        similar=_similar(by, alert),
        in_village=_in_village(by, alert),
        clue=clue_queries.clue_of(alert),
    )


def _rows(table: str, column: str, wanted: list[str]) -> list[Row]:
    names = extraction.arrow_schema(table).names
    found = extraction.fetch(table, Only(column, sorted({one for one in wanted if one})))
    return [dict(zip(names, one, strict=True)) for one in found]


def _when(row: Row) -> date | None:
    text = row.get("paid_at") or row.get("submitted_at") or row.get("created_at")
    return clock.local_date(extraction.moment(str(text))) if text else None


def _payments(alert: Alert, payment: Row) -> Payments | None:
    """Return what the same payee had from the village in the model's window around that day."""
    column = next(
        (one for one in ("payee_person_id", "payee_counterparty_id") if payment.get(one)), ""
    )
    middle = _when(payment)
    if not column or middle is None:
        return None
    days = int(alert.parameters.get("window_days") or WINDOW_DAYS)
    reach = timedelta(days=min(max(days, 1), 366))
    points = [
        Point(day, row["amount_fen"], row["case_id"], row["payment_id"] == payment["payment_id"])
        for row in _rows("payment", column, [payment[column]])
        if row["village_id"] == payment["village_id"] and row["status"] in LIVE
        for day in (_when(row),)
        if day is not None and middle - reach <= day <= middle + reach
    ]
    points = sorted(points, key=lambda one: (one.day, not one.is_this))[-POINTS_MAX:]
    title, line = _line(alert)
    if not points or (len(points) < 2 and not line):
        return None
    return Payments(_payee(payment), tuple(points), title, line)


def _line(alert: Alert) -> tuple[str, int | None]:
    """Return the amount that the model compares with: of its figures, else of its parameters."""
    model = known.model_of(alert.model_code, alert.model_version)
    for name in LINES:
        if alert.figures.get(name):
            titles = {one.name: one.title for one in model.columns}
            return titles.get(name, "线").replace("（元）", ""), int(alert.figures[name])
    for one in model.parameters:
        if one.unit == "fen" and alert.parameters.get(one.name):
            return one.meaning, int(alert.parameters[one.name])
    return "", None


def _payee(payment: Row) -> str:
    name = str(payment.get("payee_name") or "收款人")
    return masking.name(name) if payment.get("payee_person_id") else name


def _ties(payment: Row, approvals: list[Row]) -> Ties | None:
    """Return officers and payee with their kin, the payee's owners and his account's others."""
    handler = payment.get("handler_person_id")
    officers = {str(handler): "经办"} if handler else {}
    for one in approvals:
        if one["actor_person_id"]:
            duty = _duty(one["role_code"])
            officers.setdefault(str(one["actor_person_id"]), duty)
    behind = _behind(payment)
    names = people_queries.names_of([*officers, *behind])
    payee_key = "payee"
    nodes = [Node(payee_key, _payee(payment), "收款人", "payee")]
    ties: list[Tie] = []
    for person, role in behind.items():
        if role:
            nodes.append(Node(person, masking.name(names.get(person, "未知")), role, "payee"))
            ties.append(Tie(person, payee_key, role, is_hot=person in officers))
    for left, right, relation in _kin(officers, behind):
        key = right if behind[right] else payee_key
        ties.append(Tie(left, key, relation, is_hot=True))
    for person in officers.keys() & behind.keys():
        key = person if behind[person] else payee_key
        ties.append(Tie(person, key, "同一人", is_hot=True))
    for number, name in enumerate(_same_account(payment)):
        nodes.append(Node(f"account-{number}", name, "同一个账号", "payee"))
        ties.append(Tie(f"account-{number}", payee_key, "同一个账号", is_hot=True))
    if not any(one.is_hot for one in ties):
        return None
    nodes += [
        Node(person, masking.name(names.get(person, "未知")), duty, "office")
        for person, duty in officers.items()
    ]
    ties += [
        Tie(person, payee_key, "经办" if duty == "经办" else "审批", is_hot=False)
        for person, duty in officers.items()
        if not any(one.left == person for one in ties)
    ]
    return Ties(tuple(nodes), tuple(ties))


def _duty(role_code: str) -> str:
    return OUTSIDE.get(role_code) or role_title(role_code)


def _behind(payment: Row) -> dict[str, str]:
    """Return who stands behind the payee: himself, or a firm's owners, with what they are."""
    if payment.get("payee_person_id"):
        return {str(payment["payee_person_id"]): ""}
    firm = payment.get("payee_counterparty_id")
    if not firm:
        return {}
    found: dict[str, str] = {}
    for one in _rows("counterparty", "counterparty_id", [str(firm)]):
        for column, role in (("person_id", "经营者"), ("legal_rep_person_id", "法定代表人")):
            if one[column]:
                found[str(one[column])] = role
    for one in _rows("counterparty_owner", "counterparty_id", [str(firm)]):
        found.setdefault(str(one["person_id"]), "股东")
    return found


def _kin(officers: dict[str, str], behind: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return kin between officers and who stands behind the payee, each pair once."""
    found: dict[tuple[str, str], str] = {}
    for column in ("person_id", "relative_person_id"):
        for row in _rows("kinship", column, list(officers)):
            pair = (str(row["person_id"]), str(row["relative_person_id"]))
            left, right = pair if pair[0] in officers else pair[::-1]
            if left in officers and right in behind:
                found.setdefault((left, right), RELATIONS.get(row["relation"], "亲属"))
    return [(left, right, word) for (left, right), word in found.items()]


def _same_account(payment: Row) -> list[str]:
    """Return other payees whose money went to the same account, masked."""
    account = payment.get("payee_account_hash")
    if not account:
        return []
    others = {
        _payee(row)
        for row in _rows("payment", "payee_account_hash", [str(account)])
        if row["payee_name"] != payment["payee_name"]
    }
    return sorted(others)[:SIMILAR_MAX]


def _course(payment: Row | None, approvals: list[Row]) -> tuple[Happened, ...]:
    """Return the course of the case behind an alert, in time."""
    words = {"submitted_at": "提交", "paid_at": "付款到账", "returned_at": "退款"}
    found = [
        Happened(extraction.moment(str(payment[name])), said)
        for name, said in words.items()
        if payment and payment.get(name)
    ]
    acts = {"approve": "同意", "reject": "不同意", "return": "退回", "skip": "跳过"}
    found += [
        Happened(
            extraction.moment(str(one["acted_at"])),
            f"{_duty(one['role_code'])}{acts.get(one['action'], '办过')}",
        )
        for one in approvals
        if one["acted_at"]
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def _similar(by: Actor, alert: Alert) -> Similar:
    """Return earlier alerts of the model in the actor's scope that are done."""
    done = (
        queries.in_scope(by)
        .filter(model_code=alert.model_code, state=AlertState.DISPOSED)
        .exclude(pk=alert.pk)
    )
    tally = Counter(done.values_list("conclusion", flat=True))
    return Similar(
        total=sum(tally.values()),
        conclusions=tuple(
            (title, tally[code]) for code, title in loop_rules.CONCLUSIONS.items() if tally[code]
        ),
        rows=tuple(queries.rows_of(done.order_by("-disposed_at", "-id")[:SIMILAR_MAX])),
    )


def _in_village(by: Actor, alert: Alert) -> InVillage:
    """Return alerts of the same kind on other matters of the village, those in hand first."""
    category = known.model_of(alert.model_code, alert.model_version).category
    others = (
        queries.in_scope(by)
        .filter(division_code=alert.division_code, model_code__in=known.codes_of_category(category))
        .exclude(pk=alert.pk)
    )
    if alert.matter_key:
        others = others.exclude(matter_key=alert.matter_key)
    same = others.filter(model_code=alert.model_code)
    return InVillage(
        category=category,
        **others.aggregate(
            of_category=Count("id"), of_model=Count("id", filter=Q(model_code=alert.model_code))
        ),
        rows=tuple(
            queries.rows_of(
                same.order_by(F("disposed_at").desc(nulls_first=True), "-id")[:SIMILAR_MAX]
            )
        ),
    )
