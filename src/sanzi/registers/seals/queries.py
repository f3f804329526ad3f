"""Reads of seals: lists for forms, who may keep, what is shown of a case, the daily list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sanzi.kernel import clock, masking
from sanzi.matters.registry import PublicRows
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.orgs.roles import title as role_title
from sanzi.registers.seals import rules
from sanzi.registers.seals.models import (
    Seal,
    SealKind,
    SealState,
    SealUse,
    Service,
    UseStatus,
)

SEE = "seals.see"
KEEP = "seals.keep"
REPORT = "seals.report"


@dataclass(frozen=True)
class Told:
    """A term and its words on the page of a case."""

    term: str
    text: str


def seal_choices(_organisation: str, division_code: str) -> list[tuple[str, str]]:
    """Return the usable seals of a village: (ext id, words)."""
    rows = Seal.objects.filter(division_code=division_code, state=SealState.IN_USE)
    return [
        (one.ext_id, f"{one.title}（保管人{one.keeper.name}）")
        for one in rows.select_related("keeper").order_by("kind", "pk")
        if one.keeper is not None
    ]


def item_choices(_organisation: str, _division_code: str) -> list[tuple[str, str]]:
    """Return what may be stamped today; what never may stands there too, and says so."""
    found = rules.seal_list(clock.today()).items.values()
    return [(one.code, f"{one.title}（不能盖）" if _is_banned(one) else one.title) for one in found]


def service_choices(_organisation: str, _division_code: str) -> list[tuple[str, str]]:
    """Return what the desk is asked for today; banned proofs stand there, and say so."""
    today = clock.today()
    known = rules.seal_list(today).items
    return [
        (one.code, f"{one.title}（不用开）" if _is_banned(known[one.seal_item]) else one.title)
        for one in rules.services(today).items.values()
    ]


def _is_banned(item: rules.Item) -> bool:
    return item.seal_class == rules.NEVER


def keeper_fault(person_id: int, division_code: str, on: date) -> str:
    """Return why a person may not keep a seal of a village; empty when he may.

    Source: 国办发〔2001〕52号; the posts are `rules.NOT_KEEPERS`.
    """
    for role in sorted(rules.NOT_KEEPERS):
        if any(one.person_id == person_id for one in orgs.holders(role, division_code, on)):
            return f"是{role_title(role)}，管批准"
    return ""


def access_seal(*, by: Actor, ext_id: str, permission: str = SEE) -> Seal:
    """Return a seal of the actor's scope. Raises: NotFound."""
    found = Seal.objects.filter(scope.within(by, permission), ext_id=ext_id)
    seal = found.select_related("organisation", "keeper").first()
    if seal is None:
        raise NotFound
    return seal


def keeper_candidates(seal: Seal, on: date) -> list[tuple[str, str]]:
    """Return who holds the keepers' post in the village: (ext id, name)."""
    held = orgs.holders("seal_keeper", seal.division_code, on)
    people = Person.objects.filter(pk__in=[one.person_id for one in held]).order_by("name", "pk")
    return [(one.ext_id, one.name) for one in people]


def usable_seal(division_code: str, kind: str) -> Seal | None:
    """Return the seal of a kind that a village can use now."""
    return (
        Seal.objects.filter(
            division_code=division_code, kind=kind, state=SealState.IN_USE, keeper__isnull=False
        )
        .order_by("pk")
        .first()
    )


def kind_title(kind: str) -> str:
    """Return the words of a kind of seal."""
    return str(SealKind(kind).label)


def of_case(case_number: str) -> SealUse | None:
    """Return the use that a case asks for, with all that a page shows of it."""
    found = SealUse.objects.select_related("seal__keeper", "applicant", "approver")
    return found.filter(case_number=case_number).first()


def use_facts(case_number: str) -> list[Told]:
    """Return what the page of a case tells of its use; nothing before it was handed in."""
    use = of_case(case_number)
    if use is None:
        return []
    found = [
        Told("印章", f"{use.seal.title}，保管人{use.keeper.name if use.keeper else '空缺'}"),
        Told("盖什么", f"{use.item_title}（{use.seal_class}类）"),
        Told("批了几个", f"{use.copies_approved}个，盖了{use.copies_stamped}个"),
        Told("到哪一步", use.get_status_display()),
    ]
    if use.not_before_at and use.not_after_at:
        words = f"{clock.minute_text(use.not_before_at)}到{clock.minute_text(use.not_after_at)}"
        found.append(Told("什么时候能盖", words))
    if use.is_offsite:
        found.append(Told("带到哪里", use.offsite_place))
    if use.sending:
        found.append(Told("印控机", use.get_sending_display()))
    return found


def service_facts(case_number: str) -> list[Told]:
    """Return what the page of a case tells of its service; nothing before it was handed in."""
    one = Service.objects.select_related("applicant").filter(case_number=case_number).first()
    if one is None:
        return []
    found = [
        Told("办什么", one.item_title),
        Told("给谁办", one.applicant.name),
        Told("写了什么", one.paper_text),
        Told("最迟", clock.minute_text(one.due_at)),
        Told("到哪一步", one.get_status_display()),
    ]
    if one.seal_case_number:
        found.append(Told("用印办件", one.seal_case_number))
    return found


def stamped_photos(case_number: str) -> list[str]:
    """Return the digests of the pictures of what was stamped for a case, in their order.

    The case is the use's own, or the service's that the use is for; none before all is stamped.
    """
    service = Service.objects.filter(case_number=case_number).first()
    use = of_case(service.seal_case_number if service else case_number)
    if use is None or use.status != UseStatus.STAMPED:
        return []
    rows = use.impressions.exclude(after_photo_hash="").order_by("place")
    return list(rows.values_list("after_photo_hash", flat=True))


def service_due(case_number: str) -> datetime | None:
    """Return when a service of the desk must be done, None where the case is none."""
    found = Service.objects.filter(case_number=case_number)
    return found.values_list("due_at", flat=True).first()


def used_rows(case_number: str) -> PublicRows:
    """Return what a use publishes: what, for whom (masked), by which class, when, how often.

    Source: list of items G01; the text of the paper is never shown.
    """
    one = of_case(case_number)
    if one is None:
        return PublicRows((), ())
    row = (
        one.item_title,
        f"{one.seal_class}类",
        masking.name(one.applicant.name) if one.applicant else "",
        clock.minute_text(one.stamped_at) if one.stamped_at else "没有盖",
        f"{one.copies_stamped}个",
    )
    return PublicRows(("盖在什么上", "类别", "申请人", "什么时候", "盖了几个"), (row,))


def done_rows(case_number: str) -> PublicRows:
    """Return what a service publishes: what, when asked, when done; nobody's name."""
    one = Service.objects.filter(case_number=case_number).first()
    if one is None or one.done_at is None:
        return PublicRows((), ())
    on_time = "按时" if one.done_at <= one.due_at else "晚了"
    asked, done = clock.minute_text(one.applied_at), clock.minute_text(one.done_at)
    return PublicRows(
        ("办什么", "申请", "办好", "按时没有"), ((one.item_title, asked, done, on_time),)
    )
