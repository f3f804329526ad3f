"""The form of an own model: what was typed, what the buttons did, the words of its parts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import queries as orgs
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title
from sanzi.supervision import own_cases, own_queries, own_shape
from sanzi.supervision.actions import own as actions
from sanzi.supervision.own_rights import Desk
from sanzi.supervision.own_shape import Said

WORDS: Final = ("title", "rule", "sentence", "advice", "basis", "severity", "route")
CASE: Final = ("name", "kind", "table", "rows", "hits")
START: Final = """SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.submitted_at, '%Y-%m') AS period,
    CAST(p.submitted_at AS DATE) AS business_date,
    p.amount_fen
FROM stg_payment p
WHERE p.amount_fen >= 5000000
"""
START_CASES: Final = """- name: 五万元，该查出
  kind: hit
  given:
    payment: [{amount_fen: 5000000}]
  hits: [P1]
- name: 空表
  kind: empty
"""
ACTIONS: Final = {
    "handed_in": "交审",
    "approved": "同意试运行",
    "rejected": "退回",
    "activated": "同意转正",
    "replaced": "由新版替换",
    "retired": "停用",
}


@dataclass
class Typed:
    """What stands in the form, and what came of the button that was pressed."""

    words: dict[str, str] = field(default_factory=dict)
    columns: str = ""
    sql: str = START
    examples: str = START_CASES
    case: dict[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    tried: actions.Tried | None = None
    outcomes: Sequence[own_cases.Outcome] = ()

    def said(self) -> Said:
        """Return the words. Raises: OwnWords."""
        return Said(**self.words, columns=own_shape.read_columns(self.columns))


def of_version(version: own_queries.VersionView) -> Typed:
    """Return the form of a version that is kept."""
    said = version.said
    return Typed(
        words={name: getattr(said, name) for name in WORDS},
        columns=own_shape.columns_text(said.columns or {}),
        sql=version.sql,
        examples=version.examples,
    )


def of_post(request: OfficeRequest) -> Typed:
    """Return the form as it was sent."""
    given = request.POST
    return Typed(
        words={name: given.get(name, "") for name in WORDS},
        columns=given.get("columns", ""),
        sql=given.get("sql", "").replace("\r\n", "\n"),
        examples=given.get("examples", "").replace("\r\n", "\n"),
        case={name: given.get(f"case_{name}", "") for name in CASE},
    )


def press(request: OfficeRequest, typed: Typed, desk: Desk, code: str) -> str:
    """Do what the pressed button says; return the code when the draft was kept, else nothing."""
    pressed = request.POST.get("do", "")
    try:
        if pressed == "try":
            typed.tried = actions.try_out(
                sql=typed.sql, desk=desk, by=request.actor, at=request.at, code=code
            )
        elif pressed == "cases":
            cases = own_cases.read(typed.examples, desk.view)
            typed.outcomes = own_cases.run(typed.sql, cases, desk.view)
        elif pressed == "add_case":
            case = own_cases.TypedCase(**typed.case)
            typed.examples = own_cases.added(typed.examples, case, desk.view)
            typed.case = {}
        elif pressed == "save":
            return actions.save(
                said=typed.said(), sql=typed.sql, examples=typed.examples, desk=desk,
                by=request.actor, at=request.at, code=code,
            )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        typed.refusal = refusal
    return ""


def context(typed: Typed, desk: Desk) -> dict[str, Any]:
    """Return what the form shows."""
    tables = own_queries.tables(desk)
    refusal = typed.refusal
    return {
        "typed": typed,
        "desk": desk,
        "desk_words": desk_words(desk),
        "tables": tables,
        "words": names(tables),
        "refusal": {"text": refusal.text, "next_step": refusal.advice} if refusal else None,
        "tried": answer_ledger(typed.tried) if typed.tried else None,
        "tried_words": tried_words(typed.tried) if typed.tried else "",
        "outcomes": outcome_ledger(typed.outcomes) if typed.outcomes else None,
        "types": own_shape.TYPES.items(),
        "severities": own_shape.SEVERITIES.items(),
        "routes": own_shape.ROUTES.items(),
        "kinds": own_cases.KINDS.items(),
        "line": refusal.data.get("line", 0) if refusal else 0,
        "column": refusal.data.get("column", 0) if refusal else 0,
    }


def desk_words(desk: Desk) -> str:
    """Return whose rows and which columns are there."""
    place = orgs.village_name(desk.division_code)
    names = "姓名能用，显示时打星" if "personal" in desk.view.classes else "没有姓名、证件号、账号"
    closed = "；有来信、外部名单" if desk.is_closed else ""
    return f"{place}，{role_title(desk.role_code)}：只有这里的行；{names}{closed}。"


def names(tables: Sequence[own_queries.TableView]) -> str:
    """Return the names to be offered, as the page's script reads them."""
    return json.dumps(complete(tables), ensure_ascii=False, separators=(",", ":"))


def complete(tables: Sequence[own_queries.TableView]) -> list[list[str]]:
    """Return the names to be offered while somebody types, each with what it means."""
    found: dict[str, str] = {one.view: one.title for one in tables}
    for one in tables:
        for column in one.columns:
            found.setdefault(column.name, column.meaning[:30])
    return [[name, meaning] for name, meaning in found.items()]


def answer_ledger(tried: actions.Tried) -> Ledger:
    """Return the rows of a try as a table."""
    return table_ledger("试跑的结果", tried.columns, tried.rows)


def table_ledger(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Ledger:
    """Return rows of text as a table."""
    return Ledger(
        caption=f"{caption}，{len(rows)}行",
        columns=[Column(name) for name in columns],
        rows=[Row([Cell(one) for one in row]) for row in rows],
    )


def tried_words(tried: actions.Tried) -> str:
    """Return what is to be said of a try."""
    said = f"用了{tried.milliseconds}毫秒。"
    if tried.is_cut:
        said += f"还有更多，这里只看前{len(tried.rows)}行。"
    if tried.cut:
        said += f"试跑只取了{'、'.join(tried.cut)}的前面一部分行，夜里跑全部。"
    return f"{said}只是试跑，什么都没有改动。"


def outcome_ledger(outcomes: Sequence[own_cases.Outcome]) -> Ledger:
    """Return how the cases went as a table."""
    return Ledger(
        caption="样例",
        columns=[Column("样例"), Column("应当查出"), Column("实际查出"), Column("对不对")],
        rows=[
            Row(
                [
                    Cell(one.name, sub=own_cases.KINDS[one.kind]),
                    Cell("、".join(one.expected) or "没有"),
                    Cell("、".join(one.found[:5]) or "没有"),
                    Cell("对", tone="done") if one.is_right else Cell("不对", tone="alarm"),
                ]
            )
            for one in outcomes
        ],
    )


def facts_of(version: own_queries.VersionView) -> list[tuple[str, str]]:
    """Return the words of a version as term and text."""
    said = version.said
    routes: Mapping[str, str] = own_shape.ROUTES
    return [
        ("规则", said.rule),
        ("提醒的话", said.sentence),
        ("怎么办", said.advice),
        ("依据", said.basis),
        ("强弱", own_shape.SEVERITIES.get(said.severity, said.severity)),
        ("交给谁", routes.get(said.route, said.route)),
        ("要显示的数", "；".join(one["title"] for one in (said.columns or {}).values())),
    ]
