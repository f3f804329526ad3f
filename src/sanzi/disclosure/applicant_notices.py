"""What a villager is told of his case by phone: taken, given back with the reason, decided.

Nothing of the form is in it, and no opinion: a phone lies on the table.
"""

from __future__ import annotations

from sanzi.matters import editions
from sanzi.matters.catalogue import Matter
from sanzi.matters.hooks import CaseNews
from sanzi.matters.models import Case, CaseStep, StepState
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs.models import Person

TAKEN, GIVEN_BACK, DECIDED, REFUSED = "taken", "given_back", "decided", "refused"
TEXTS = {
    TAKEN: "您交的“{matter}”村里收下了，回执号{number}。到哪一步，在村里的公开网页上看。",
    GIVEN_BACK: "您交的“{matter}”退回来了：{reason}。改好再交一次就行，回执号{number}。",
    DECIDED: "您交的“{matter}”有结果了：{step}。回执号{number}，打开村里的公开网页看。",
    REFUSED: "您交的“{matter}”没有办成：{reason}。回执号{number}，不明白的到村里问。",
}


def register() -> None:
    """Make the wordings known; called once from `apps.ready`."""
    for key, text in TEXTS.items():
        outbox.register_text(f"application_{key}", text, title="网上办的事")


def hear(news: CaseNews) -> None:
    """Tell the applicant what happened to his case, in the transaction of the case."""
    if news.moment in ("submitted", "entry"):
        return
    case = Case.objects.select_related("started_by").filter(number=news.number).first()
    if case is None or case.household_id is None or case.started_by is None:
        return
    matter = editions.of(case)
    told = _told(news, matter) if matter and matter.online else ""
    phone = case.started_by.sealed_phone or _phone_of(case.household_id)
    if matter is None or not told or not phone:
        return
    notice = outbox.NewNotice(
        dedup_key=f"online:{case.number}:{told}:{news.step_key or news.moment}:{case.round}",
        channel=Channel.SMS,
        template=f"application_{told}",
        params={
            "matter": matter.title,
            "number": case.number,
            "step": _step_words(news, matter),
            "reason": _reason(case, matter),
        },
        person_id=case.started_by_id,
        sealed_phone=phone,
        subject_kind="case",
        subject_id=case.number,
    )
    outbox.enqueue([notice], at=news.at)


def _told(news: CaseNews, matter: Matter) -> str:
    """Return which of the four this is, empty when he need not hear of it."""
    starters = {step.key for step in matter.steps if step.kind == "starter"}
    if news.moment == "returned":
        return GIVEN_BACK
    if news.moment == "ended":
        return "" if news.by.household_id is not None else REFUSED
    if news.step_key in starters:
        return TAKEN
    decides = matter.online.decides if matter.online else ()
    return DECIDED if (news.step_key or news.moment) in decides else ""


def _step_words(news: CaseNews, matter: Matter) -> str:
    words = {step.key: step.done_word for step in matter.steps}
    return words.get(news.step_key, "批下来了" if news.moment == "approved" else "办完了")


def _reason(case: Case, matter: Matter) -> str:
    said = CaseStep.objects.filter(case=case, state__in=[StepState.RETURNED, StepState.REJECTED])
    last = said.order_by("-acted_at", "-pk").first()
    return matter.reasons.get(last.reason_code, "") if last else ""


def _phone_of(household_id: int) -> str:
    """Return the phone of somebody else of the household, for who has none himself."""
    found = Person.objects.filter(household_id=household_id, death_date__isnull=True)
    return found.exclude(sealed_phone="").order_by("pk").values_list(
        "sealed_phone", flat=True
    ).first() or ""  # fmt: skip
