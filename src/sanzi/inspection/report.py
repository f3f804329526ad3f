"""The report of an inspection: overview, villages, how was drawn, problems, what came of them.

Leads are told as numbers alone. The same rows make the PDF and the workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sanzi.inspection import queries, rules
from sanzi.inspection.models import Answer, Finding, Inspection, Lead, Outcome, Sample, Task
from sanzi.kernel import clock
from sanzi.kernel.money import format_yuan
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.orgs.roles import title as role_title
from sanzi.record import sheets
from sanzi.record.sheets import Column, Row, Sheet

MOST: Final = 5_000
NOTE: Final = "线索只计数，内容由纪委保管。"


def sheets_of(found: Inspection, by: Actor) -> list[Sheet]:
    """Return the report, cut to the actor's scope, as tables."""
    tasks = queries.tasks_of(found, by)
    names = orgs.division_names(one.division_code for one in tasks)
    problems = list(
        Finding.objects.filter(task__in=tasks)
        .select_related("task__inspection", "found_by", "sample")
        .order_by("division_code", "found_at", "pk")
    )
    return [
        _overview(found, tasks, problems),
        _villages(tasks, names),
        _samples(tasks, names),
        _problems(problems, names),
        _answers(problems, names),
        _outcomes(found, problems, names),
    ]


def pdf(found: Inspection, by: Actor) -> bytes:
    """Return the report as a PDF/A."""
    return sheets.pdf(f"{found.title}检查报告", sheets_of(found, by))


def workbook(found: Inspection, by: Actor) -> bytes:
    """Return the report as an Excel workbook."""
    return sheets.workbook(sheets_of(found, by))


def findings_workbook(problems: Sequence[Finding]) -> bytes:
    """Return problems of many inspections with what was done about them as an Excel workbook."""
    names = orgs.division_names(one.division_code for one in problems)
    return sheets.workbook([_problems(problems, names), _answers(problems, names)])


def _sheet(title: str, columns: Sequence[Column], rows: Sequence[Row], *notes: str) -> Sheet:
    right = sheets.UNIT if any(one.kind == "money" for one in columns) else ""
    return Sheet(title=title, name=title, columns=columns, rows=rows, notes=notes, right=right)


def _when(at: datetime | None) -> str:
    return clock.minute_text(at) if at else ""


def _term(first: date, last: date) -> str:
    return f"{clock.date_said(first)}到{clock.date_said(last)}"


def _states(problems: Sequence[Finding]) -> str:
    states = Counter(str(one.get_state_display()) for one in problems)
    told = "、".join(f"{words}{count}个" for words, count in sorted(states.items()))
    return f"{len(problems)}个：{told}" if problems else "没有"


def _overview(found: Inspection, tasks: Sequence[Task], problems: Sequence[Finding]) -> Sheet:
    checklist, figures = queries.lists_of(found)
    fields = [one.title for one in checklist.fields if one.code in found.fields]
    back = sum(
        Answer.objects.filter(finding__in=problems, is_accepted=True).values_list(
            "money_back_fen", flat=True
        )
    )
    pairs = (
        ("名称", found.title),
        ("依据", found.basis),
        ("方式", figures.methods.get(found.method, found.method)),
        ("谁发起的", f"{role_title(found.role_code)} {found.ordered_by.name}"),
        ("检查时间", _term(found.starts_date, found.ends_date)),
        ("查哪段业务", _term(found.period_from_date, found.period_until_date)),
        ("检查领域", "、".join(fields)),
        ("抽件办法", f"每村{found.sample_size}件，{found.risk_percent}%按风险分，其余随机"),
        ("清单", f"{checklist.source_ref}，{clock.date_said(checklist.valid_from_date)}起"),
        ("村", f"{len(tasks)}个，查完{sum(one.state == Task.State.FINISHED for one in tasks)}个"),
        ("问题", _states(problems)),
        ("涉及金额", f"{format_yuan(sum(one.amount_fen for one in problems))}元"),
        ("退回集体", f"{format_yuan(back)}元"),
        ("移交线索", f"{Lead.objects.filter(task__in=tasks).count()}条"),
        ("现在", found.get_state_display()),
        ("总的情况", found.summary or "还没有办结"),
    )  # fmt: skip
    rows = [Row(pair) for pair in pairs]
    return _sheet("总的情况", [Column("项目", width=16), Column("内容", width=80)], rows, NOTE)


def _villages(tasks: Sequence[Task], names: dict[str, str]) -> Sheet:
    counts = queries.progress([one.pk for one in tasks])
    rows = [
        Row(
            (
                names.get(one.division_code, one.division_code),
                "、".join(each.person.name for each in one.inspectors.all()),
                one.population_count,
                counts[one.pk].drawn,
                counts[one.pk].findings,
                counts[one.pk].open,
                one.words or one.get_state_display(),
                one.seed,
            )
        )
        for one in tasks
    ]
    columns = [
        Column("村", width=14), Column("检查人", width=18), Column("能抽的", "count"),
        Column("抽到的", "count"), Column("问题", "count"), Column("没改好", "count"),
        Column("情况", width=30), Column("抽件的种子", width=34),
    ]  # fmt: skip
    return _sheet("各村", columns, rows, "种子和能抽的全部一起留着，可以照样再抽一遍核对。")


def _samples(tasks: Sequence[Task], names: dict[str, str]) -> Sheet:
    found = Sample.objects.filter(task__in=tasks).select_related("task")
    rows = [
        Row(
            (
                names.get(one.task.division_code, ""),
                one.number,
                one.ref,
                one.title,
                one.amount_fen,
                one.get_how_display(),
                "、".join(one.reasons),
                one.get_verdict_display() or "还没看",
            )
        )
        for one in found.order_by("task__division_code", "number")
    ]
    columns = [
        Column("村", width=14), Column("第几件", "count"), Column("办件号", width=24),
        Column("事项", width=24), Column("金额", "money"), Column("怎么抽的", width=10),
        Column("为什么", width=24), Column("看的结果", width=10),
    ]  # fmt: skip
    return _sheet("抽到的件", columns, rows)


def _problems(problems: Sequence[Finding], names: dict[str, str]) -> Sheet:
    rows = []
    for one in problems:
        form = queries.form_of(one)
        rows.append(
            Row(
                (
                    names.get(one.division_code, ""),
                    f"{one.form} {form.title if form else ''}",
                    rules.LEVELS.get(one.level, one.level),
                    one.facts,
                    one.amount_fen,
                    one.demand,
                    _when(one.due_at),
                    str(one.get_state_display()),
                )
            )
        )
    columns = [
        Column("村", width=12), Column("哪种问题", width=22), Column("轻重", "mid"),
        Column("查到的情况", width=36), Column("涉及金额", "money"), Column("要求", width=26),
        Column("期限", width=17), Column("现在", width=8),
    ]  # fmt: skip
    return _sheet("问题", columns, rows)


def _answers(problems: Sequence[Finding], names: dict[str, str]) -> Sheet:
    found = Answer.objects.filter(finding__in=problems).select_related(
        "finding", "person", "verified_by"
    )
    rows = [
        Row(
            (
                names.get(one.finding.division_code, ""),
                one.finding.form,
                f"{role_title(one.role_code)} {one.person.name}",
                _when(one.done_at),
                one.words,
                one.money_back_fen,
                one.verified_by.name if one.verified_by else "还没核对",
                {True: "改好了", False: "没改好", None: ""}[one.is_accepted],
            )
        )
        for one in found.order_by("finding__division_code", "done_at", "pk")
    ]
    columns = [
        Column("村", width=12), Column("问题", "mid"), Column("谁改的", width=22),
        Column("哪天", width=17), Column("怎么改的", width=36), Column("退回", "money"),
        Column("谁核对的", width=12), Column("核对", width=8),
    ]  # fmt: skip
    return _sheet("整改", columns, rows)


def _outcomes(found: Inspection, problems: Sequence[Finding], names: dict[str, str]) -> Sheet:
    kinds = rules.figures(found.list_date).outcomes
    rows = [
        Row(
            (
                names.get(one.division_code, ""),
                one.finding.form if one.finding else "",
                kinds[one.kind].title if one.kind in kinds else one.kind,
                one.amount_fen,
                one.document_ref,
                clock.date_said(one.decided_date),
                one.words,
            )
        )
        for one in Outcome.objects.filter(finding__in=problems)
        .select_related("finding")
        .order_by("division_code", "decided_date", "pk")
    ]
    columns = [
        Column("村", width=12), Column("问题", "mid"), Column("处理", width=16),
        Column("金额", "money"), Column("文号", width=20), Column("哪天定的", width=16),
        Column("说明", width=36),
    ]  # fmt: skip
    return _sheet("处理结果", columns, rows)
