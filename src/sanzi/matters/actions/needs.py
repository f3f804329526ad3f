"""What must be there before a case goes on: confirmed payees, slips, a decision, papers."""

from __future__ import annotations

from collections.abc import Collection

from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import slips
from sanzi.matters import decision_queries, effects, errors, registry, rules, statutes
from sanzi.matters.catalogue import Matter
from sanzi.matters.models import Case, Decision


def require_papers(case: Case, matter: Matter) -> None:
    """Refuse while a paper that the form asks for is not hung on the case.

    Raises: PapersMissing.
    """
    kinds = {one.kind for one in evidence.attachments("case", case.number)}
    papers = rules.missing_papers(matter.evidence, case.form, case.amount_fen, kinds)
    if papers:
        raise errors.PapersMissing(titles="、".join(paper.title for paper in papers))


def require_payees_checked(number: str, line_no: int = 0) -> None:
    """Refuse unless the bank has confirmed the payees.

    Raises: PayeesUnchecked, PayeeMismatch with the line.
    """
    problems = effects.payee_problems(number, line_no)
    wrong = next((one for one in problems if one.found), None)
    if wrong is not None:
        raise errors.PayeeMismatch(line=wrong.line_no, found=wrong.found)
    if problems:
        raise errors.PayeesUnchecked(count=len(problems))


def require_payable(case: Case) -> None:
    """Refuse a payment that the register of its source does not stand for.

    Raises: what the register refuses.
    """
    kind, source = case.form.get("source_kind", ""), case.form.get("source_id", "")
    registry.require_payable(kind, source, case.amount_fen, case.number)


def require_slips(case: Case) -> None:
    """Refuse a case on slips unless each payee has his own, whole and within the limits.

    Raises: SlipMissing, SlipMismatch, SlipPapersMissing, SlipOverLimit.
    """
    if case.form.get("proof_kind") == "white_slip":
        slips.require(case_number=case.number, lines=effects.paid_lines(case.number))


def require_decision(case: Case) -> None:
    """Refuse unless the case names a passed decision of its own village that covers the amount.

    Raises: DecisionNeeded.
    """
    require_passed(
        ext_id=case.decision_ext_id,
        division_code=case.division_code,
        matter_code=case.matter_code,
        amount_fen=case.amount_fen,
    )


def require_passed(
    *, ext_id: str, division_code: str, matter_code: str, amount_fen: int = 0
) -> Decision:
    """Return a passed decision of a village that may carry a case of this power and sum.

    One that was planned here must also be valid by the statute table, article by article.
    Units: fen. Raises: DecisionNeeded.
    """
    found = Decision.objects.filter(ext_id=ext_id, division_code=division_code).first()
    if found is None:
        raise errors.DecisionNeeded(why="还没有选，或者不是本村的")
    if found.status != "passed" or found.passed_at is None:
        raise errors.DecisionNeeded(why=f"“{found.title}”没有通过")
    if not found.agree_count or not found.file_digest:
        raise errors.DecisionNeeded(why=f"“{found.title}”缺票数或会议记录")
    if found.amount_fen is not None and found.amount_fen < amount_fen:
        raise errors.DecisionNeeded(why=f"“{found.title}”通过的金额不够")
    decision_queries.require_valid(found, matter_code, amount_fen)
    return found


def require_two_thirds(found: Decision, bodies: Collection[str]) -> None:
    """Refuse a decision of another body than these, or with less than two thirds of all due.

    For what the law keeps to the members themselves; it also judges decisions from elsewhere,
    whose steps are not known here. Source: LAW-REC 27, 28. Raises: DecisionNeeded.
    """
    if found.deciding_body not in bodies:
        known = statutes.frame().bodies
        told = "或".join(known[one].title for one in sorted(bodies, reverse=True))
        raise errors.DecisionNeeded(
            why=f"“{found.title}”是{decision_queries.body_words(found.deciding_body)}定的，"
            f"这件事要由{told}定"
        )
    due, agreed = found.eligible_count or 0, found.agree_count or 0
    if not due or agreed * 3 < due * 2:
        raise errors.DecisionNeeded(
            why=f"“{found.title}”应到{due}人，同意{agreed}票，不到全体的三分之二"
        )
