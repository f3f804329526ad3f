"""Sheets of budgets, party, aid, powers and supervision: a quarter or a year from the registers.

What the registers do not know stays by hand: the item names it (`by_hand`). Those who hold a post
are named; who is helped is masked, and a child is not named at all.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, Sum

from sanzi.disclosure import people_queries, uses
from sanzi.disclosure.sheet_parts import YUAN, Asked, Made, day, table, tables
from sanzi.kernel import masking
from sanzi.matters import catalogue
from sanzi.matters.catalogue import Limit, Matter, Online
from sanzi.matters.models import CaseStep, StepState
from sanzi.orgs.models import Organisation, OrganisationKind
from sanzi.orgs.roles import roles
from sanzi.registers.party.models import PartyDues, PartyFund, Progress
from sanzi.registers.subsidies.models.aid import AidCase, AidKind, AidStatus
from sanzi.registers.works import inspection_queries
from sanzi.registers.works.models import Inspection, Risk, RiskState
from sanzi.registers.yearly import queries as yearly
from sanzi.registers.yearly.models import Budget, BudgetItem, BudgetKind, Step
from sanzi.supervision.models import Alert

ON_REGISTER: Final = (AidKind.LOW_INCOME, AidKind.DESTITUTE)
WATCHERS: Final = ("supervision_head", "supervision_member")
GROWN_UP: Final = 18
CHILD: Final = "一个孩子"
HANDLER, HANDLER_WORD, SYSTEM_ROLE = "handler", "经办人", "system"


def budgets(asked: Asked) -> Made | None:
    """F03: the year's voted lines against what payments took of them, and accounts of a year."""
    year = asked.last_day.year
    bodies = list(Organisation.objects.filter(division_id=asked.village).order_by("pk"))
    unproductive = set(
        BudgetItem.objects.filter(
            budget__organisation__in=bodies,
            budget__year=year,
            budget__kind__in=(BudgetKind.BUDGET, BudgetKind.ADJUST),
            budget__status=Step.APPROVED,
            is_nonproductive=True,
        ).values_list("budget__organisation_id", "subject_code", "name")
    )
    rows, sums = [], {"": [0, 0], "是": [0, 0]}
    for body in bodies:
        for one in yearly.spent(body.pk, year):
            key = (body.pk, one.subject_code, one.name)
            mark = "是" if key in unproductive else ""
            sums[mark][0] += one.amount_fen
            sums[mark][1] += one.spent_fen
            name = one.name or uses.word("out", one.subject_code)
            rows.append([body.name, name, mark, YUAN(one.amount_fen), YUAN(one.spent_fen)])
    final = _final(asked)
    if not rows and not final:
        return None
    facts = [
        ["预算一共（元）", YUAN(sums[""][0] + sums["是"][0])],
        ["用了（元）", YUAN(sums[""][1] + sums["是"][1])],
        ["非生产性预算（元）", YUAN(sums["是"][0])],
        ["非生产性用了（元）", YUAN(sums["是"][1])],
    ]
    columns = ["哪个单位", "做什么", "非生产性", "预算（元）", "用了（元）"]
    closed = table("决算", ["哪年", "做什么", "预算（元）", "用了（元）"], final)
    return Made(
        facts if rows else [],
        tables(table(f"{year}年预算做到哪了", columns, rows), closed),
        sums[""][1] + sums["是"][1],
    )


def _final(asked: Asked) -> list[list[str]]:
    """Return the lines of the accounts of a year that were passed in the period."""
    found = BudgetItem.objects.filter(
        budget__division_code=asked.village,
        budget__kind=BudgetKind.FINAL,
        budget__status=Step.APPROVED,
        budget__in=Budget.objects.filter(approved_at__gte=asked.start, approved_at__lt=asked.end),
    ).select_related("budget")
    return [
        [f"{one.budget.year}年", one.name or uses.word("out", one.subject_code),
         YUAN(one.amount_fen), YUAN(one.spent_fen or 0)]
        for one in found.order_by("budget__year", "budget_id", "place")
    ]  # fmt: skip


def party_posts(asked: Asked) -> Made | None:
    """P01: the party's bodies of the village and who holds which post on the last day."""
    kind = OrganisationKind.PARTY_BRANCH
    names = set(
        Organisation.objects.filter(division_id=asked.village, kind=kind)
        .order_by("pk")
        .values_list("name", flat=True)
    )
    rows = [
        [body.name, one.post, one.name, f"{one.since_date:%Y-%m-%d}"]
        for body in people_queries.bodies(asked.village, asked.last_day)
        if body.name in names
        for one in body.holders
    ]
    if not rows:
        return None
    return Made(tables=[table("党组织和分工", ["组织", "岗位", "姓名", "哪天起"], rows)])


def party_money(asked: Asked) -> Made | None:
    """P03: a month's dues as sums, and what funds were granted; nobody is named."""
    months = sorted({_month(asked, back) for back in range(3)})
    paid = PartyDues.objects.filter(
        division_code=asked.village, period__in=months, status=Progress.APPROVED
    )
    lines = list(
        paid.order_by("period")
        .values_list("period")
        .annotate(Count("pk"), Sum("due_fen"), Sum("paid_fen"))
    )
    funds = PartyFund.objects.filter(
        division_code=asked.village,
        status=Progress.APPROVED,
        submitted_at__gte=asked.start,
        submitted_at__lt=asked.end,
    )
    granted = [[one.reason, YUAN(one.amount_fen)] for one in funds.order_by("submitted_at", "pk")]
    if not lines and not granted:
        return None
    facts = [
        ["应收党费（元）", YUAN(sum(due for _, _, due, _ in lines))],
        ["收了党费（元）", YUAN(sum(got for _, _, _, got in lines))],
        ["批了党建经费（元）", YUAN(sum(one.amount_fen for one in funds))],
    ]
    rows = [[month, str(count), YUAN(due), YUAN(got)] for month, count, due, got in lines]
    dues = table("党费", ["哪个月", "几个人", "应收（元）", "收了（元）"], rows)
    return Made(facts, tables(dues, table("党建经费", ["做什么", "批了（元）"], granted)))


def _month(asked: Asked, back: int) -> str:
    """Return the month so many before the last of a period."""
    year, month = int(asked.period[:4]), int(asked.period[5:7]) - back
    return f"{year:04d}-{month:02d}"


def aid(asked: Asked) -> Made | None:
    """S03: who is on the register of low income and destitution on the last day, masked."""
    last = asked.last_day
    found = AidCase.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gt=last),
        division_code=asked.village,
        kind__in=ON_REGISTER,
        status=AidStatus.APPROVED,
        start_date__lte=last,
    )
    newer = AidCase.objects.filter(renews__in=found, status=AidStatus.APPROVED)
    standing = found.exclude(pk__in=newer.values_list("renews_id"))
    lines = list(
        standing.select_related("applicant")
        .annotate(heads=Count("members"))
        .order_by("kind", "ext_id")
    )
    if not lines:
        return None
    rows = [
        [_masked(one.applicant.name, one.applicant.birth_date, last), str(one.heads or 1),
         str(one.get_kind_display()), YUAN(one.monthly_fen or 0)]
        for one in lines
    ]  # fmt: skip
    facts = [["一共几户", str(len(rows))]]
    total = sum(one.monthly_fen or 0 for one in lines)
    columns = ["谁家", "几口人", "哪一种", "每月（元）"]
    return Made([*facts, ["每月一共（元）", YUAN(total)]], [table("在册的", columns, rows)], total)


def _masked(name: str, born: date | None, on: date) -> str:
    if born is not None and (on.year - born.year, on.month, on.day) < (
        GROWN_UP, born.month, born.day
    ):  # fmt: skip
        return CHILD
    return masking.name(name)


def powers(_asked: Asked) -> Made | None:
    """V05: every power with its way through the offices, and what is done for villagers."""
    known = catalogue.matters().values()
    ways = [[one.title, _roles(one.starts), _way(one)] for one in known]
    done = [
        [one.online.word, _limit(one.online.limit), _papers(one, one.online)]
        for one in known
        if one.online is not None
    ]
    return Made(
        [["一共几项", str(len(ways))]],
        tables(
            table("权力清单", ["什么事", "谁提出来", "一步一步谁办"], ways),
            table("替村民代办的", ["什么事", "多久受理", "要带什么"], done),
        ),
    )


def _roles(codes: tuple[str, ...]) -> str:
    held = roles()
    return "、".join(held[code].title for code in codes if code in held)


def _way(one: Matter) -> str:
    """Return the steps in their order: which office does what."""
    held = {code: role.title for code, role in roles().items()} | {HANDLER: HANDLER_WORD}
    steps = sorted(one.steps, key=lambda step: step.no)
    return " → ".join(
        f"{step.word}（{held[step.role]}）" for step in steps if step.role != SYSTEM_ROLE
    )


def _papers(one: Matter, online: Online) -> str:
    found = [paper.title for paper in one.evidence if paper.kind in online.papers]
    return "、".join(found) or "不用带"


def _limit(limit: Limit) -> str:
    if limit.workdays is not None:
        return f"{limit.workdays}个工作日"
    return f"{limit.hours}小时" if limit.hours is not None else "当天"


def supervision(asked: Asked) -> Made | None:
    """V06: what was looked at, what was found, how it was put right; the accused not named."""
    within = {"division_code": asked.village}
    seen = Inspection.objects.filter(
        **within, inspected_at__gte=asked.start, inspected_at__lt=asked.end
    )
    found = Risk.objects.filter(inspection__in=seen)
    signed = CaseStep.objects.filter(
        **within,
        role_code__in=WATCHERS,
        acted_at__gte=asked.start,
        acted_at__lt=asked.end,
        state__in=(StepState.APPROVED, StepState.RETURNED),
    )
    alerts = _alerts(asked)
    counts = {
        "审了几件事": signed.count(), "退回几件": signed.filter(state=StepState.RETURNED).count(),
        "到工地看了几次": seen.count(), "查出几个问题": found.count(),
        "整改好了几个": found.filter(state=RiskState.CLOSED).count(), **alerts,
    }  # fmt: skip
    if not any(counts.values()):
        return None
    visits = [
        [day(one.inspected_at), one.works.name, roles()[one.role_code].title,
         str(one.get_result_display())]
        for one in seen.select_related("works").order_by("inspected_at", "pk")
    ]  # fmt: skip
    return Made(
        [[words, str(count)] for words, count in counts.items()],
        tables(
            table("查了什么", ["哪天", "哪个工程", "谁去看的", "结果"], visits),
            table("查出什么、怎么改", ["工程", "什么问题", "多重", "哪天前改", "怎么样了"],
                  [_risk(one) for one in found.select_related("works").order_by("due_date", "pk")]),
        ),
    )  # fmt: skip


def _risk(one: Risk) -> list[str]:
    kind = inspection_queries.kind_title(one.kind, one.due_date)
    state = str(one.get_state_display())
    return [one.works.name, kind, str(one.get_level_display()), f"{one.due_date}", state]


def _alerts(asked: Asked) -> dict[str, Any]:
    here = Alert.objects.filter(division_code=asked.village)
    came = here.filter(opened_at__gte=asked.start, opened_at__lt=asked.end)
    gone = here.filter(disposed_at__gte=asked.start, disposed_at__lt=asked.end)
    return {"来了几条预警": came.count(), "处置了几条预警": gone.count()}
