"""Villages side by side, each with its own people, account and budget, that pay at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sanzi.evidence.actions import files
from sanzi.ledger.actions.books import ensure_book
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, CaseStep, SourceMatter
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Division, Organisation, Person
from sanzi.payments.actions import dispatch, payee_check
from sanzi.payments.models import BankAccount, BudgetLine, Payment
from worlds import cases as worlds_cases
from worlds import village
from worlds.money import BANK_CODE
from worlds.village import TOWN, World

SUBJECT = "51404"
YEARS = (2026, 2027, 2028)


@dataclass
class Neighbour:
    """A village and who handles its payments; `world` has its own people in the village's posts."""

    world: World
    body: Organisation
    handler: Person

    def pay(self, *lines: tuple[Person, str], at: datetime, kind: str = "other") -> str:
        """Pay persons these sums of yuan, from the form to the bank's answer; return the case."""
        by, key = self.world.actor("cashier_reporter", at), self.body.ext_id
        number = cases.start(matter_code="M10", organisation_ext_id=key, by=by, at=at)
        form = {
            "purpose": "村道保洁服务费", "source_kind": kind, "source_id": f"S-{kind}-{key}",
            "subject_code": SUBJECT, "debit_account_id": f"A-{key}", "method": "transfer",
            "budget_line_id": f"BL-{at.year}-{key}", "handler_person_id": self.handler.ext_id,
            "proof_kind": "roster",
        }  # fmt: skip
        said = [
            {
                "kind": "person", "payee_id": one.ext_id, "name": one.name, "amount": yuan,
                "account": f"622848{one.pk:013d}", "bank_code": BANK_CODE,
            }
            for one, yuan in lines
        ]  # fmt: skip
        cases.save(number=number, by=by, at=at, form=form, lines=said)
        for mark, paper in enumerate(worlds_cases.PAPERS, 300 + 2 * Case.objects.count()):
            photo = worlds_cases.photo(mark, size=(64, mark))
            files.store(
                by=by, at=at, subject_kind="case", subject_id=number,
                upload=files.Upload("照片.jpg", paper, photo),
            )  # fmt: skip
        payee_check.check_payees(case_number=number, by=by, at=at)
        cases.submit(number=number, by=by, at=at)
        self._agree(number, at)
        dispatch.work(at)
        assert not Payment.objects.filter(order__case_number=number).exclude(status="SETTLED")
        return number

    def _agree(self, number: str, at: datetime) -> None:
        while row := CaseStep.objects.filter(case__number=number, state="OPEN").first():
            seen = Case.objects.get(number=number).content_digest
            cases.act(
                number=number, by=self.world.actor(row.role_code, at), at=at,
                opinion=cases.Opinion("approve", seen),
            )  # fmt: skip


def beside(world: World, number: int, population: int) -> Neighbour:
    """Found the n-th village beside the small one, and let it pay."""
    code, key = f"99990110121{number}", f"near{number}"
    Division.objects.create(code=code, name=f"邻村{number}", level="village", parent_code=TOWN)
    body = Organisation.objects.create(
        ext_id=f"O-NEAR-{number}", division_id=code, kind="collective",
        name=f"邻村{number}股份经济合作社", population=population,
    )  # fmt: skip
    made = World(dict(world.people), dict(world.users), {**world.bodies, key: body})
    village.fill_posts(made, key)
    return paying(made, body)


def paying(world: World, body: Organisation) -> Neighbour:
    """Give a village an account, a book, a budget, matters to pay for and a handler."""
    key, digits = body.ext_id, f"2010000888{body.pk:05d}"
    handler = Person.objects.create(
        ext_id=f"P-HANDLER-{key}", name=f"{body.name[:3]}经办", division_id=body.division_id
    )
    BankAccount.objects.create(
        ext_id=f"A-{key}", organisation=body, holder_name=body.name, kind="basic",
        sealed_number=secrets.seal("account", digits), bank_code=BANK_CODE,
        number_index=secrets.index("account", digits), tail=digits[-4:],
        opened_date=date(2020, 1, 1),
    )  # fmt: skip
    for year in YEARS:
        BudgetLine.objects.create(
            ext_id=f"BL-{year}-{key}", organisation=body, year=year, subject_code=SUBJECT,
            name="公共服务", amount_fen=100_000_000,
        )  # fmt: skip
    for kind in ("other", "subsidy"):
        SourceMatter.objects.create(
            ext_id=f"S-{kind}-{key}", kind=kind, organisation=body,
            division_code=body.division_id, title="公共服务", approved_at=village.AT,
        )  # fmt: skip
    ensure_book(org_ext_id=key, first_period="2026-01", by=SYSTEM, at=village.AT)
    return Neighbour(world, body, handler)
