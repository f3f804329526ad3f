"""Cases for tests: a village with money, a decision, a source, and a clerk who fills the form."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from sanzi.evidence.actions import files
from sanzi.matters.actions import cases
from sanzi.matters.actions.cases import Acted, Opinion
from sanzi.matters.models import Case, CaseStep, Decision, SourceMatter
from sanzi.orgs.models import Person
from sanzi.payments.actions import payee_check
from worlds import money as worlds_money
from worlds import village

AT = worlds_money.AT
ROLE_OF = {
    3: "committee_member", 4: "supervision_head", 5: "agency_cashier", 6: "agency_accountant",
    7: "village_secretary", 8: "town_agri_head", 9: "town_leader", 10: "town_head",
    11: "agency_cashier", 12: "agency_reviewer",
}  # fmt: skip
PAPERS = ("handler_statement", "roster")


@dataclass
class Desk:
    """The village, and what its clerk and its approvers do."""

    money: worlds_money.Money
    handler: Person

    @property
    def world(self) -> village.World:
        """The people and bodies."""
        return self.money.world

    def actor(self, role: str, at: datetime = AT) -> Any:
        """Return the actor of a role."""
        return self.world.actor(role, at)

    def form(self, **changed: str) -> dict[str, str]:
        """Return a whole form of an ordinary payment to villagers."""
        return {
            "purpose": "重阳节慰问金", "source_kind": "aid", "source_id": "S-1",
            "subject_code": "51404", "debit_account_id": "A-WILLOW", "budget_line_id": "BL-1",
            "method": "transfer", "handler_person_id": self.handler.ext_id,
            "proof_kind": "roster", **changed,
        }  # fmt: skip

    def lines(self, yuan: str = "286.50") -> list[dict[str, str]]:
        """Return one line for each payee."""
        return [
            {
                "kind": "person", "payee_id": person.ext_id, "name": person.name,
                "account": worlds_money.card(number), "bank_code": worlds_money.BANK_CODE,
                "amount": yuan,
            }
            for number, person in enumerate(self.money.payees, start=1)
        ]  # fmt: skip

    def start(self) -> str:
        """Begin a draft."""
        return cases.start(
            matter_code="M10",
            organisation_ext_id=self.money.organisation.ext_id,
            by=self.actor("cashier_reporter"),
            at=AT,
        )

    def fill(self, number: str, lines: list[dict[str, str]] | None = None, **changed: str) -> None:
        """Fill the form, hang the papers, let the bank check the payees."""
        by = self.actor("cashier_reporter")
        cases.save(
            number=number, by=by, at=AT, form=self.form(**changed),
            lines=self.lines() if lines is None else lines,
        )  # fmt: skip
        for mark, kind in enumerate(PAPERS):
            files.store(
                by=by, at=AT, subject_kind="case", subject_id=number,
                upload=files.Upload("照片.jpg", kind, photo(mark)),
            )  # fmt: skip
        payee_check.check_payees(case_number=number, by=by, at=AT)

    def submitted(self, yuan: str = "286.50", **changed: str) -> str:
        """Return the number of a case that waits for its first review."""
        number = self.start()
        self.fill(number, self.lines(yuan), **changed)
        cases.submit(number=number, by=self.actor("cashier_reporter"), at=AT)
        return number

    def act(self, number: str, role: str, verdict: str = "approve", **said: Any) -> Acted:
        """Let somebody do the open step, having seen the present content."""
        line_no = said.pop("line_no", 0)
        at = said.pop("at", AT)
        seen = said.pop("seen_digest", Case.objects.get(number=number).content_digest)
        return cases.act(
            number=number, by=self.actor(role, at), at=at, line_no=line_no,
            opinion=Opinion(verdict, seen, **said),
        )  # fmt: skip

    def walk(self, number: str, until: int) -> None:
        """Approve every open step of the whole case up to a step number, this one included."""
        while True:
            row = CaseStep.objects.filter(
                case__number=number, state="OPEN", line_no=0, step_no__lte=until
            ).first()
            if row is None:
                return
            self.act(number, ROLE_OF[row.step_no])


def build(payees: int = 4) -> Desk:
    """Build the village with a source, a decision and a handler."""
    money = worlds_money.build(payees)
    handler = _handler(money)
    SourceMatter.objects.create(
        ext_id="S-1", kind="aid", organisation=money.organisation,
        division_code=village.WILLOW, title="重阳慰问", approved_at=AT,
    )  # fmt: skip
    return Desk(money, handler)


def _handler(money: worlds_money.Money) -> Person:
    return Person.objects.create(
        ext_id="P-HANDLER", name="赵经办", division_id=money.organisation.division_id
    )


def decision(desk: Desk, **changed: Any) -> Decision:
    """Make a passed decision with votes and minutes."""
    said: Mapping[str, Any] = {
        "ext_id": "D-1", "organisation": desk.money.organisation, "division_code": village.WILLOW,
        "matter_code": "M10", "title": "发放重阳慰问金", "procedure": "four_two",
        "deciding_body": "villager_reps", "amount_fen": 50_000_000, "eligible_count": 40,
        "present_count": 36, "agree_count": 35, "against_count": 1, "abstain_count": 0,
        "file_digest": "ab" * 32, "status": "passed",
        "passed_at": datetime(2026, 10, 8, 2, 0, tzinfo=UTC), **changed,
    }  # fmt: skip
    return Decision.objects.create(**said)


def photo(mark: int = 0, size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> bytes:
    """Return a small picture; the mark makes it another file."""
    made = io.BytesIO()
    Image.new("RGB", size, (mark % 256, 120, 90)).save(made, kind)
    return made.getvalue()
