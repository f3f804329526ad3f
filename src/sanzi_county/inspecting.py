"""One inspection of the first village by its township: drawn, looked at, three problems found.

Two are put right and verified by the other inspector; the third waits to be verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sanzi.kernel.digest import sm3
from sanzi_county.days import DAY, at
from sanzi_county.world import Org, Village
from sanzi_county.write import Sink

DISCIPLINE: Final = "town_discipline_office"
AGRI: Final = "town_agri_head"
BEFORE_DAYS: Final = 90
PERIOD_DAYS: Final = 120
SAMPLES: Final = 6
RISK_PERCENT: Final = 60
# form, level, place of the sample (None: none), facts, sum in yuan, demand, days, answer, closed
_FOUND: Final = (
    ("D3", "serious", 1, "发票品目只写了一类，没有附清单，数量单价看不出来", 1_860,
     "让开票方补一份盖章的清单，附在凭证后面", 10, "清单补来了，和送货单对过，数量一样", True),
    ("K3", "minor", None, "公示栏上月的收支公示单晚贴了六天，没有照片", 0,
     "补拍照片，写明晚贴的原因，下月按时贴", 15, "照片补了，公示改由文书和监督委员一起贴", True),
    ("C6", "minor", 3, "同一事由分两次报，经办人没有写两次的区别", 640,
     "写明两次各是什么，重复的退回", 15, "核对是两处的活，补了说明和照片，没有重复", False),
)  # fmt: skip

Case = tuple[str, str, int]
"""Number, title, fen."""


def write(sink: Sink, village: Village, office: Org, cases: Sequence[Case], until: date) -> None:
    """Write the inspection with its village, people, samples, problems and answers."""
    day, key = until - BEFORE_DAYS * DAY, village.key
    orderer, inspector = village.town.staff[DISCIPLINE][:2]
    agri = village.town.staff[AGRI][0]
    plan, task = f"JH{key}1", f"JR{key}1"
    sink.add(
        "inspection", inspection_id=plan, org_id=office.org_id, title="村级支出和公开检查",
        basis="镇纪委年度监督检查计划（样例）", method="regular", role_code=DISCIPLINE,
        ordered_person_id=orderer.person_id, ordered_at=at(day, 9), field_codes="C;D;K",
        list_date=day, starts_date=day, ends_date=day + 30 * DAY,
        period_from_date=day - PERIOD_DAYS * DAY, period_until_date=day - DAY,
        sample_size=SAMPLES, risk_percent=RISK_PERCENT, status="open",
    )  # fmt: skip
    sink.add(
        "inspection_task", task_id=task, inspection_id=plan, org_id=village.collective.org_id,
        village_id=village.code, status="finished", seed=sm3(key.encode())[:32],
        population_count=len(cases), population_digest=sm3("".join(c[0] for c in cases).encode()),
        drawn_person_id=agri.person_id, drawn_at=at(day + 2 * DAY, 9),
        finished_person_id=agri.person_id, finished_at=at(day + 5 * DAY, 16),
        words="账目清楚，票据和公示有三处不规范",
    )  # fmt: skip
    for person, role in ((agri, AGRI), (inspector, DISCIPLINE)):
        sink.add("inspection_member", task_id=task, person_id=person.person_id, role_code=role)
    wrong = {one[2]: one for one in _FOUND}
    drawn = cases[:: max(1, len(cases) // SAMPLES)][:SAMPLES]
    for number, (case, title, fen) in enumerate(drawn, start=1):
        sink.add(
            "inspection_sample", sample_id=f"CJ{key}{number}", task_id=task, number=number,
            kind="case", case_id=case, title=title, amount_fen=fen, how="random", points=0,
            verdict="found" if number in wrong else "fine",
            words="看了单据、回单和审批" if number not in wrong else wrong[number][3],
            looked_person_id=agri.person_id, looked_at=at(day + 3 * DAY, 10, number),
        )  # fmt: skip
    for number, (_, _, sample, *_) in enumerate(_FOUND):
        known = f"CJ{key}{sample}" if sample and sample <= len(drawn) else None
        _found(sink, village, (task, known), number, day + 3 * DAY)


def _found(
    sink: Sink, village: Village, of: tuple[str, str | None], number: int, day: date
) -> None:
    """Write a problem of (task, sample) with its answer."""
    form, level, _, facts, yuan, demand, days, said, is_closed = _FOUND[number]
    task, sample = of
    key = f"{village.key}{number + 1}"
    agri, verifier = village.town.staff[AGRI][0], village.town.staff[DISCIPLINE][1]
    secretary, done = village.officer("village_secretary"), day + (6 + number) * DAY
    closed = at(done + 2 * DAY, 15) if is_closed else None
    sink.add(
        "inspection_finding", finding_id=f"JW{key}", task_id=task,
        sample_id=sample, village_id=village.code,
        form_code=form, level=level, facts=facts, amount_fen=yuan * 100, demand=demand, days=days,
        due_at=at(day + 2 * days * DAY, 17, 30), status="closed" if is_closed else "answered",
        found_person_id=agri.person_id, role_code=AGRI, found_at=at(day, 11, number),
        file_hashes=sm3(f"found {key}".encode()), closed_at=closed,
    )  # fmt: skip
    sink.add(
        "inspection_answer", answer_id=f"JZ{key}", finding_id=f"JW{key}",
        done_person_id=secretary.person_id, role_code="village_secretary", done_at=at(done, 10),
        words=said, money_back_fen=0, file_hashes=sm3(f"answer {key}".encode()),
        verifier_person_id=verifier.person_id if is_closed else None,
        verifier_role=DISCIPLINE if is_closed else None, verified_at=closed,
        is_accepted=True if is_closed else None, verdict="材料看过了" if is_closed else None,
    )  # fmt: skip
    if is_closed:
        sink.add(
            "inspection_outcome", outcome_id=f"JG{key}", finding_id=f"JW{key}", kind="papers",
            amount_fen=0, decided_date=done + 2 * DAY, words="手续补齐",
            recorded_person_id=verifier.person_id, recorded_at=closed,
        )  # fmt: skip
