"""Alerts: the list by colour and severity, one alert whole, and each step of its disposal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import (
    Cell,
    Choice,
    Column,
    Event,
    Fact,
    ItemRow,
    Ledger,
    Link,
    Row,
    Tab,
)
from sanzi.interfaces.office.notes import COLOUR_STATES
from sanzi.interfaces.office.pages import (
    PAGE_ROWS,
    csv_file,
    day,
    due,
    may,
    moment,
    page_in,
    page_number,
    query_without_page,
    show,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel import money
from sanzi.orgs import people_queries, queries, scope
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title
from sanzi.record.schema import load_tables
from sanzi.supervision import queries as supervision
from sanzi.supervision.actions import alerts as actions

ABOUT_ASKED = ("confirmation", "confirmation_round")
COLUMNS_MAX = 8
COLOURS = (("", "全部"), ("red", "新增"), ("yellow", "待处置"), ("green", "已处置"))
SEVERITIES = (("", "强弱不限"), ("block", "阻断"), ("hold", "暂缓"), ("warn", "提醒"))
CONCLUSIONS = (
    Choice("confirmed", "属实，责令整改", "钱要追回，做法要改"),
    Choice("explained", "合规说明", "事出有因，手续补齐了"),
    Choice("false_positive", "误报", "规则没看准；红线的由镇纪委定"),
    Choice("data_error", "数据错", "填错或录错，改好就没事"),
    Choice("transferred", "转纪委", "金额大，或者有人多拿"),
)
ACTION_WORDS = {
    "opened": "发现",
    "taken": "接办",
    "asked": "要求说明",
    "explained": "村里说明",
    "rectifying": "整改",
    "fed_back": "反馈结果",
    "concluded": "定结论",
    "verified": "复核同意，已处置",
    "sent_back": "复核退回",
    "reopened": "重新打开",
    "snoozed": "往后放",
    "escalated": "逾期，转上一级",
    "overdue": "逾期",
    "vanished": "事实已消失",
}
VILLAGE_POSTS = {"village_secretary", "cashier_reporter"}
IN_HAND = ("pending", "explaining", "rectifying")


def alert_row(request: OfficeRequest, one: supervision.AlertRow) -> ItemRow:
    """Return one alert of a list as its row."""
    limit, is_late = due(request, one.due_at)
    is_open = one.colour != "green"
    return ItemRow(
        title=one.sentence,
        url=reverse("office:alert", args=[one.ext_id]),
        sub=f"{queries.village_name(one.division_code)} · {one.model_title} · 现在归"
        f"{one.handler_name or role_title(one.route_role)}",
        due=limit if is_open else day(request, one.opened_at),
        is_late=is_late and is_open,
        severity=one.severity,
        state=COLOUR_STATES[one.colour],
    )


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the alerts of the scope by colour, severity and village."""
    if not may(request, "supervision.see"):
        raise NotFound
    colour, severity = request.GET.get("colour", ""), request.GET.get("severity", "")
    village = request.GET.get("village", "")
    only = supervision.AlertFilter(
        colour=colour if colour in COLOUR_STATES else "",
        severity=severity,
        model_code=request.GET.get("model", ""),
        division_code=village,
        is_overdue="late" in request.GET,
        is_mine="mine" in request.GET,
    )

    def rows(limit: int, offset: int = 0) -> list[supervision.AlertRow]:
        return supervision.alerts(
            by=request.actor, only=only, at=request.at, limit=limit, offset=offset
        )

    total = supervision.alert_count(by=request.actor, only=only, at=request.at)
    if request.GET.get("as") == "csv":
        return _csv(rows(total))
    page = page_in(total, page_number(request), PAGE_ROWS)
    tally = supervision.counts(by=request.actor, division_code=village)
    new = sum(number for (one, _), number in tally.items() if one == "red")
    return show(
        request,
        "alerts",
        {
            "title": f"有{new}条新预警要看" if new else "没有新预警",
            "links": [Link("预警规则", reverse("office:alert_models"), "list-check")],
            "matrix": _matrix(tally),
            "tabs": [
                Tab(
                    title,
                    f"{reverse('office:alerts')}?colour={code}&severity={severity}",
                    str(_sum(tally, code)),
                    is_current=code == colour,
                )
                for code, title in COLOURS
            ],
            "severities": SEVERITIES,
            "severity": severity,
            "colour": colour,
            "villages": people_queries.villages(by=request.actor, permission="supervision.see"),
            "village": village,
            "page": page,
            "rows": [
                alert_row(request, one) for one in rows(PAGE_ROWS, (page.number - 1) * PAGE_ROWS)
            ],
            "query": query_without_page(request),
        },
        current="alerts",
        crumbs=[Link("待办", reverse("office:home")), Link("预警", "")],
    )


def _sum(tally: Mapping[tuple[str, str], int], colour: str) -> int:
    return sum(number for (one, _), number in tally.items() if colour in ("", one))


def _matrix(tally: Mapping[tuple[str, str], int]) -> Ledger:
    """Return severity down, colour across."""
    here = reverse("office:alerts")
    return Ledger(
        caption="预警，强弱乘走到哪",
        columns=[Column("强弱"), *(Column(title, "money") for _, title in COLOURS[1:])],
        rows=[
            Row(
                [
                    Cell(title, severity=severity),
                    *(
                        Cell(
                            str(tally.get((colour, severity), 0)),
                            url=f"{here}?colour={colour}&severity={severity}"
                            if tally.get((colour, severity))
                            else "",
                        )
                        for colour, _ in COLOURS[1:]
                    ),
                ],
            )
            for severity, title in SEVERITIES[1:]
        ],
        is_row_headed=True,
    )


def _csv(rows: list[supervision.AlertRow]) -> HttpResponseBase:
    return csv_file(
        "预警",
        ["编号", "规则", "强弱", "状态", "事情", "区划", "办件号", "期限", "结论"],
        (
            [
                one.ext_id,
                f"{one.model_number} {one.model_title}",
                dict(SEVERITIES)[one.severity],
                one.state_title,
                one.sentence,
                one.division_code,
                one.case_number,
                one.due_at.isoformat(),
                one.conclusion,
            ]
            for one in rows
        ),
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show one alert: what was found, by which rule, its rows, its course, what to do now."""
    alert = supervision.alert(by=request.actor, ext_id=ext_id)
    row = alert.row
    limit, is_late = due(request, row.due_at)
    is_open = row.colour != "green"
    return show(
        request,
        "alert",
        {
            "alert": alert,
            "state": COLOUR_STATES[row.colour],
            "severity": row.severity,
            "facts": f"{queries.village_name(row.division_code)} · {row.model_number} "
            f"{row.model_title} · {row.state_title}",
            "title": row.model_title,
            "sentence": row.sentence,
            "figures": [Fact(title, text) for title, text in alert.figures],
            "tables": [_rows_of(name, rows) for name, rows in alert.rows.items() if rows],
            "case_link": _more(alert),
            "model_link": Link("看这条规则", reverse("office:alert_model", args=[row.model_code])),
            "laws": [Fact(one, "") for one in alert.basis],
            "events": _events(request, alert),
            "track": _track(request, alert),
            "due": limit,
            "due_text": f"现在归{row.handler_name or role_title(row.route_role)}办，"
            "过了期限自动转上一级。",
            "is_late": is_late,
            "is_open": is_open,
            "conclusion": _conclusion(row.conclusion),
            **_rights(request, alert),
        },
        current="alerts",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("预警", reverse("office:alerts")),
            Link(row.ext_id, ""),
        ],
    )


def _more(alert: supervision.AlertDetail) -> Link | None:
    """Return the link to what an alert is about: the asked households, or the case."""
    row = alert.row
    if alert.finding_kind in ABOUT_ASKED:
        return Link("看问的是哪一户", reverse("office:confirmation", args=[row.ext_id]))
    if row.case_number:
        return Link(f"看办件 {row.case_number}", reverse("office:case", args=[row.case_number]))
    return None


def _conclusion(code: str) -> str:
    return next((one.label for one in CONCLUSIONS if one.value == code), code)


def _rights(request: OfficeRequest, alert: supervision.AlertDetail) -> dict[str, Any]:
    """Return which forms stand open: the loop's state, the actor's rights, whose it is."""
    row = alert.row
    may_handle = scope.can(request.actor, "supervision.handle", row.division_code)
    may_verify = scope.can(request.actor, "supervision.verify", row.division_code)
    is_mine = bool(row.handler_name) and row.handler_name == request.actor.name
    return {
        "may_take": _is_routed_to(request, row)
        and row.state in ("new", "pending")
        and not row.handler_name,
        "may_ask": is_mine and row.state in IN_HAND,
        "may_explain": may_handle and row.state == "explaining",
        "may_conclude": is_mine and row.state in (*IN_HAND, "verifying"),
        "may_verify": may_verify and row.state == "verifying" and not is_mine,
        "may_reopen": may_verify and row.state == "disposed",
        "choices": CONCLUSIONS,
    }


def _is_routed_to(request: OfficeRequest, row: supervision.AlertRow) -> bool:
    """Return whether the actor holds a post that the alert now lies with."""
    meant = VILLAGE_POSTS if row.route_role in VILLAGE_POSTS else {row.route_role}
    return bool(meant & request.actor.roles_at(row.division_code))


def _rows_of(name: str, rows: list[dict[str, Any]]) -> Ledger:
    """Return frozen evidence rows as a table; amounts in yuan, at most eight columns."""
    keys = [key for key in rows[0] if not key.endswith("_index")][:COLUMNS_MAX]
    table = load_tables().get(name)
    titles = {one.name: one.meaning for one in table.columns} if table else {}
    return Ledger(
        caption=f"{table.title if table else name}，{len(rows)}行",
        columns=[
            Column(_heading(titles.get(key, key)), "money" if key.endswith("_fen") else "text")
            for key in keys
        ],
        rows=[Row([_cell(key, row.get(key)) for key in keys]) for row in rows[:100]],
    )


def _heading(meaning: str) -> str:
    """Return the first words of a column's meaning, its amounts in yuan."""
    return meaning.replace("（分）", "（元）").split("，", 1)[0].split("；", 1)[0][:12]


def _cell(key: str, value: Any) -> Cell:
    if key.endswith("_fen") and isinstance(value, int):
        return Cell(words.yuan(value))
    text = "未知" if value in (None, "") else str(value)
    url = reverse("office:case", args=[text]) if key in ("case_id", "case_number") else ""
    return Cell(text[:60], url=url)


def _events(request: OfficeRequest, alert: supervision.AlertDetail) -> list[Event]:
    row = alert.row
    found = [Event(moment(request, row.opened_at), "系统发现", f"：{row.sentence}", "new")]
    found += [
        Event(
            moment(request, one.at),
            f"{one.actor_name} {ACTION_WORDS.get(one.action, one.action)}".strip(),
            f"：{one.text}" if one.text else "",
            "done",
        )
        for one in alert.history
        if one.action != "opened"
    ]
    if row.colour != "green":
        found.append(Event(moment(request, row.due_at), "处置到期", "，过了就转上一级", "due"))
    return found


def _track(
    request: OfficeRequest,
    alert: supervision.AlertDetail,
) -> list[tuple[str, str, bool, bool]]:
    row = alert.row
    order = ("red", "yellow", "green")
    place = order.index(row.colour)
    said = (day(request, row.opened_at), row.state_title if place == 1 else "", "")
    return [
        (
            COLOUR_STATES[code],
            ("现在" if at == place else said[at]) or ("办过" if at < place else "还没有"),
            at == place,
            at <= place,
        )
        for at, code in enumerate(order)
    ]


@require_POST
@officer
def step(request: OfficeRequest, ext_id: str, name: str) -> HttpResponse:
    """Do one step of the disposal; the action itself says what may be done now."""
    todo = _steps(request, ext_id).get(name)
    if todo is None:
        raise NotFound
    action, done = todo
    return attempt(request, action, done=done, to=reverse("office:alert", args=[ext_id]))


def _steps(
    request: OfficeRequest,
    ext_id: str,
) -> dict[str, tuple[Callable[[], object], str]]:
    """Return each step by its name: the action, and what is told when it is done."""
    text = request.POST.get("text", "")
    by, at = request.actor, request.at
    return {
        "take": (
            lambda: actions.take(ext_id=ext_id, by=by, at=at),
            "这条归您办了。先看行，再问清楚。",
        ),
        "ask": (
            lambda: actions.ask_explanation(question=text, ext_id=ext_id, by=by, at=at),
            "已请村里说明，村书记和报账员会看到。",
        ),
        "explain": (
            lambda: actions.explain(text=text, ext_id=ext_id, by=by, at=at),
            "说明已交给承办的人。",
        ),
        "rectify": (
            lambda: actions.rectify(
                plan=text,
                amount_fen=_fen(request),
                finish_date=request.POST.get("finish_date", ""),
                ext_id=ext_id,
                by=by,
                at=at,
            ),
            "整改记下了，办好以后再反馈。",
        ),
        "feedback": (
            lambda: actions.feed_back(
                text=text,
                data={"money_back_fen": _fen(request)},
                ext_id=ext_id,
                by=by,
                at=at,
            ),
            "结果已反馈，等复核。",
        ),
        "conclude": (
            lambda: actions.conclude(
                conclusion=request.POST.get("conclusion", ""),
                text=text,
                ext_id=ext_id,
                by=by,
                at=at,
            ),
            "结论已定，交复核的人看。",
        ),
        "verify": (
            lambda: actions.verify(
                agrees="agrees" in request.POST, text=text, ext_id=ext_id, by=by, at=at
            ),
            "复核意见记下了。",
        ),
        "reopen": (
            lambda: actions.reopen(reason=text, ext_id=ext_id, by=by, at=at),
            "重新打开了，回到承办的人手里。",
        ),
    }


def _fen(request: OfficeRequest) -> int:
    """Return the amount that was typed, 0 when none was. Raises: BadAmount."""
    return money.parse_yuan(request.POST.get("amount", "") or "0", allow_zero=True)
