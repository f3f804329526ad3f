"""Alerts: the list by colour and severity, one alert whole, and each step of its disposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from sanzi.evidence import queries as evidence
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
)
from sanzi.interfaces.office.pages import (
    day,
    due,
    moment,
    place,
    show,
)
from sanzi.interfaces.office.parts import legal_words
from sanzi.interfaces.office.parts.notes import COLOUR_STATES
from sanzi.interfaces.office.parts.papers import pieces
from sanzi.interfaces.office.pictures import alerts as alert_pictures
from sanzi.interfaces.office.pictures import clues as clue_pictures
from sanzi.interfaces.office.requests import OfficeRequest, officer, typed_before
from sanzi.orgs import scope
from sanzi.orgs.roles import title as role_title
from sanzi.supervision import (
    category_words,
    explaining,
    loop_rules,
    matter_queries,
    row_tables,
    step_words,
    trigger_rules,
)
from sanzi.supervision import queries as supervision
from sanzi.supervision.actions.papers import KINDS

ABOUT_ASKED = ("confirmation", "confirmation_round")
CONCLUSIONS = (
    Choice("confirmed", "属实，已整改", "先写整改、传凭据、反馈，才能定"),
    Choice("explained", "合规说明", "事出有因，手续补齐了"),
    Choice("false_positive", "误报", "规则没看准，要写记到哪天；红线的由镇纪委定"),
    Choice("data_error", "数据错", "填错或录错，改好、再查没有了才能办结"),
    Choice("transferred", "移送", "纪委收下，另案办理"),
)
VILLAGE_POSTS = {"village_secretary", "cashier_reporter"}
IN_HAND = ("pending", "explaining", "rectifying")


def alert_row(request: OfficeRequest, one: supervision.AlertRow) -> ItemRow:
    """Return one alert of a list as its row."""
    limit, is_late = due(request, one.due_at)
    is_open = one.colour != "green"
    return ItemRow(
        title=one.sentence,
        url=reverse("office:alert", args=[one.ext_id]),
        sub=f"{_clue_said(one)}{place(request, one.division_code)} · {one.model_title} · 现在归"
        f"{one.handler_name or role_title(one.route_role)}",
        due=limit if is_open else day(request, one.opened_at),
        is_late=is_late and is_open,
        severity=one.severity,
        state=COLOUR_STATES[one.colour],
    )


def _clue_said(one: supervision.AlertRow) -> str:
    return f"{category_words.WORDS[one.category]} · " if one.is_clue else ""


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show one alert: what was found, by which rule, its rows, its course, what to do now."""
    alert = supervision.alert(by=request.actor, ext_id=ext_id)
    told = explaining.explained(by=request.actor, ext_id=ext_id)
    row, kept = alert.row, typed_before(request)
    limit, is_late = due(request, row.due_at)
    is_open = row.colour != "green"
    return show(
        request,
        "alert",
        {
            "alert": alert,
            "state": COLOUR_STATES[row.colour],
            "severity": row.severity,
            "facts": f"{_clue_said(row)}{place(request, row.division_code)} · {row.model_number} "
            f"{row.model_title} · {row.state_title}",
            "title": row.model_title,
            "sentence": row.sentence,
            "figures": [Fact(title, text) for title, text in alert.figures],
            "tables": _tables(request, alert),
            "case_link": _more(alert),
            "model_link": None
            if row.category == "own"
            else Link("看这条规则", reverse("office:alert_model", args=[row.model_code])),
            "laws": [
                Fact(one, legal_words.text_of(one, row.division_code, row.opened_at))
                for one in alert.basis
            ],
            "events": _events(request, alert, told),
            **_explained(request, alert, told),
            "track": _track(request, alert),
            "due": limit,
            "due_text": _due_text(request, alert),
            "sent_words": next(
                (one.text for one in reversed(alert.history) if one.action == "triggered"), ""
            ),
            "is_late": is_late,
            "is_open": is_open,
            "conclusion": _conclusion(row.conclusion),
            "kept": kept,
            **_rights(request, alert, kept),
        },
        current="alerts",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("预警", reverse("office:alerts")),
            Link(row.model_title, ""),
        ],
    )


def _due_text(request: OfficeRequest, alert: supervision.AlertDetail) -> str:
    """Say whose turn it is and what the limit stands on."""
    row = alert.row
    if row.state == "suspended":
        until = day(request, alert.suspended_until_date)
        return f"先挂起，到{until}自动接着办，期限不走。"
    until = "最多转到镇里，不自动转纪委" if row.is_clue else "自动转上一级"
    text = f"现在归{row.handler_name or role_title(row.route_role)}办，过了期限{until}。"
    if alert.is_limit_provisional:
        text += "期限跨到放假安排还没公布的年份，先按周一到周五算，公布后自动重算。"
    return text


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


def chosen_before(kept: Mapping[str, Any]) -> list[Choice]:
    """Return the conclusions; the one that was chosen in a refused form is chosen again."""
    before = kept.get("conclusion", [])
    return [replace(one, is_chosen=one.value in before) for one in CONCLUSIONS]


def _rights(
    request: OfficeRequest, alert: supervision.AlertDetail, kept: Mapping[str, Any]
) -> dict[str, Any]:
    """Return which forms stand open: the loop's state, the actor's rights, whose it is."""
    row, at = alert.row, alert.row.division_code
    may = {
        one: scope.can(request.actor, f"supervision.{one}", at)
        for one in ("handle", "verify", "extend", "red_line")
    }
    is_mine = bool(row.handler_name) and row.handler_name == request.actor.name
    is_routed, in_hand = _is_routed_to(request, row), row.state in IN_HAND
    return {
        "may_take": is_routed and row.state in ("new", "pending") and not row.handler_name,
        "may_ask": is_mine and in_hand,
        "may_explain": may["handle"]
        and row.state == "explaining"
        and bool(VILLAGE_POSTS & request.actor.roles_at(at)),
        "may_conclude": is_mine and (in_hand or row.state == "verifying"),
        "may_verify": may["verify"] and row.state == "verifying" and not is_mine,
        "may_reopen": may["verify"] and row.state == "disposed",
        "may_hang": may["handle"] and (in_hand or row.state == "suspended"),
        "may_snooze": is_mine and in_hand and row.severity == "warn",
        "may_extend": may["extend"] and (in_hand or row.state == "new"),
        "may_resume": may["extend"] and row.state == "suspended",
        "may_hand_over": is_mine and in_hand and "discipline" not in row.route_role,
        "may_accept": is_routed and row.state == "transferred",
        "may_dossier": is_mine or may["verify"] or may["red_line"],
        "may_recheck": row.state != "disposed",
        "choices": chosen_before(kept),
        "scopes": list(loop_rules.SCOPES.items()),
        "grounds": list(loop_rules.GROUNDS.items()),
        "rectifications": list(loop_rules.RECTIFICATIONS.items()),
        "kinds": list(KINDS.items()),
        "circumstances": list(trigger_rules.CIRCUMSTANCES.items()),
        "papers": pieces(evidence.attachments("alert", row.ext_id), KINDS),
    }


def _is_routed_to(request: OfficeRequest, row: supervision.AlertRow) -> bool:
    """Return whether the actor holds a post that the alert now lies with."""
    meant = VILLAGE_POSTS if row.route_role in VILLAGE_POSTS else {row.route_role}
    return bool(meant & request.actor.roles_at(row.division_code))


def _tables(request: OfficeRequest, alert: supervision.AlertDetail) -> list[Ledger]:
    """Return the frozen rows, and those that joined when the facts changed."""
    year = request.at.year
    found = [rows_of(one) for one in row_tables.tables_of(alert.rows, year=year)]
    for step in alert.history:
        if step.action == "facts_changed" and step.data.get("rows"):
            later = f"{moment(request, step.at)}再查到的："
            found += [
                rows_of(one, later) for one in row_tables.tables_of(step.data["rows"], year=year)
            ]
    return found


def rows_of(table: row_tables.RowTable, said: str = "") -> Ledger:
    """Return frozen evidence rows as a ledger table; a case number leads to its case."""
    return Ledger(
        caption=f"{said}{table.title}，{len(table.cells)}行",
        columns=[
            Column(head, "money" if name.endswith("_fen") else "text")
            for name, head in zip(table.names, table.heads, strict=True)
        ],
        rows=[
            Row([_cell(name, text) for name, text in zip(table.names, row, strict=True)])
            for row in table.cells
        ],
    )


def _cell(name: str, text: str) -> Cell:
    is_case = name in ("case_id", "case_number") and text != "未知"
    return Cell(text, url=reverse("office:case", args=[text]) if is_case else "")


def _explained(
    request: OfficeRequest, alert: supervision.AlertDetail, told: explaining.Explained
) -> dict[str, Any]:
    """Return the pictures, what changed when it vanished, and what became of its like."""
    similar = told.similar
    ended = "，".join(f"{title}{number}条" for title, number in similar.conclusions)
    same = matter_queries.matter(by=request.actor, ext_id=alert.row.ext_id).rows
    return {
        "chart": alert_pictures.chart(told.payments, lambda one: day(request, one))
        if told.payments
        else None,
        "network": alert_pictures.network(told.ties) if told.ties else None,
        "clue": clue_pictures.picture(told.clue) if told.clue else None,
        "vanished": next(
            (one for one in reversed(alert.history) if one.action == "vanished"), None
        ),
        "similar_words": f"同一条规则办完过{similar.total}条：{ended}。"
        if similar.total
        else "同一条规则还没有办完的。",
        "similar": [alert_row(request, one) for one in similar.rows],
        **_in_village(request, alert, told.in_village),
        "matter_link": Link(
            f"同一件事共{len(same)}条预警，一起看",
            reverse("office:alert_matter", args=[alert.row.ext_id]),
        )
        if len(same) > 1
        else None,
    }


def _in_village(
    request: OfficeRequest, alert: supervision.AlertDetail, found: explaining.InVillage
) -> dict[str, Any]:
    """Return the same kind in the other matters of the village, with the lists of all of them."""
    row, title = alert.row, category_words.WORDS.get(found.category, "自建规则")
    here = f"{reverse('office:alerts')}?village={row.division_code}"
    return {
        "village_words": f"{place(request, row.division_code)}别的事里，同一条规则还有"
        f"{found.of_model}条，{title}一类一共{found.of_category}条。"
        if found.of_category
        else f"{place(request, row.division_code)}别的事里没有{title}一类的。",
        "village_rows": [alert_row(request, one) for one in found.rows],
        "village_links": [
            Link(f"逐条看{title}一类的", f"{here}&category={found.category}"),
            *(
                [Link("逐条看同一条规则的", f"{here}&model={row.model_code}")]
                if found.of_model
                else []
            ),
        ]
        if found.of_category
        else [],
    }


def _events(
    request: OfficeRequest, alert: supervision.AlertDetail, told: explaining.Explained
) -> list[Event]:
    row = alert.row
    found = [Event(moment(request, one.at), one.what) for one in told.course]
    found += [Event(moment(request, row.opened_at), "系统发现", f"：{row.sentence}", "new")]
    found += [
        Event(
            moment(request, one.at),
            f"{one.actor_name} {step_words.of(one.action)}".strip(),
            f"：{one.text}" if one.text else "",
            "done",
        )
        for one in alert.history
        if one.action != "opened"
    ]
    if row.colour != "green":
        then = "，过了再催" if row.is_clue else "，过了就转上一级"
        found.append(Event(moment(request, row.due_at), "处置到期", then, "due"))
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
