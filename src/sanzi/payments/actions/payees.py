"""Finding out who a payee line means: by id, resident number or registered account.

Looks up a whole batch with a few queries. Sealing happens here too, so that a plain account number
goes no further than this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sanzi.kernel import identity, money
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import secrets
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.errors import PayeeLineWrong
from sanzi.payments.models import BankAccount

KINDS = ("person", "counterparty", "org")


@dataclass(frozen=True)
class PayeeLine:
    """One payee as typed. Units: fen.

    Shapes: `kind` is person, counterparty or org; `ext_id` names the payee, or is empty when
    `id_no` or `account` tells who it is; an empty `account` means the one registered for him.
    """

    kind: str
    payee_name: str
    amount_fen: int
    ext_id: str = ""
    account: str = ""
    bank_code: str = ""
    id_no: str = ""
    note: str = ""


@dataclass(frozen=True)
class Resolved:
    """One payee as it is stored; ids are primary keys."""

    kind: str
    person_id: int | None
    counterparty_id: int | None
    organisation_id: int | None
    name: str
    sealed_account: str
    account_index: str
    account_tail: str
    bank_code: str
    amount_fen: int
    note: str


def resolve(lines: Sequence[PayeeLine]) -> list[Resolved]:
    """Return the stored form of every line, in order.

    A line without an account stays without one: a draft may be saved before it is known.
    Raises: PayeeLineWrong with the line number and what is wrong. Nothing is written.
    """
    book = _Book(lines)
    return [_resolve(place, line, book) for place, line in enumerate(lines, start=1)]


class _Book:
    """Everything the lines may mean, fetched at once."""

    def __init__(self, lines: Sequence[PayeeLine]) -> None:
        by_kind = {
            kind: {one.ext_id for one in lines if one.kind == kind and one.ext_id} for kind in KINDS
        }
        ids = {secrets.index("id_no", one.id_no) for one in lines if one.id_no}
        self.persons = _ids(Person.objects.filter(ext_id__in=by_kind["person"]), "ext_id")
        self.persons_by_id_no = _ids(Person.objects.filter(id_no_index__in=ids), "id_no_index")
        self.counterparties = _ids(
            Counterparty.objects.filter(ext_id__in=by_kind["counterparty"]), "ext_id"
        )
        self.organisations = _ids(Organisation.objects.filter(ext_id__in=by_kind["org"]), "ext_id")
        numbers = {secrets.index("account", one.account) for one in lines if one.account}
        open_accounts = BankAccount.objects.filter(closed_date__isnull=True)
        self.by_number = {
            one.number_index: one for one in open_accounts.filter(number_index__in=numbers)
        }
        self.by_owner: dict[tuple[str, int], BankAccount] = {}
        self._add_owned(open_accounts.filter(person_id__in=self._person_ids()), "person")
        self._add_owned(
            open_accounts.filter(counterparty_id__in=self.counterparties.values()), "counterparty"
        )
        self._add_owned(
            open_accounts.filter(organisation_id__in=self.organisations.values()), "org"
        )

    def _person_ids(self) -> list[int]:
        return [*self.persons.values(), *self.persons_by_id_no.values()]

    def _add_owned(self, accounts: Iterable[BankAccount], kind: str) -> None:
        for one in sorted(accounts, key=lambda account: (account.kind != "one_card", account.pk)):
            owner = one.person_id or one.counterparty_id or one.organisation_id
            if owner is not None:
                self.by_owner.setdefault((kind, owner), one)

    def owner_of(self, line: PayeeLine) -> int | None:
        """Return the primary key of the payee, by id, resident number or account."""
        if line.ext_id:
            named = {
                "person": self.persons,
                "counterparty": self.counterparties,
                "org": self.organisations,
            }
            return named[line.kind].get(line.ext_id)
        if line.id_no and line.kind == "person":
            found = self.persons_by_id_no.get(secrets.index("id_no", line.id_no))
            if found is not None:
                return found
        account = self.by_number.get(secrets.index("account", line.account))
        if account is None:
            return None
        return {
            "person": account.person_id,
            "counterparty": account.counterparty_id,
            "org": account.organisation_id,
        }[line.kind]


def _ids(found: Iterable[object], field: str) -> dict[str, int]:
    return {getattr(one, field): one.pk for one in found}  # type: ignore[attr-defined]


def _resolve(place: int, line: PayeeLine, book: _Book) -> Resolved:
    if line.kind not in KINDS:
        raise PayeeLineWrong(line_no=place, why="没有说收款的是个人、单位还是组织")
    if not 0 < line.amount_fen <= money.MAX_FEN:
        raise PayeeLineWrong(line_no=place, why="金额要大于零，不超过12位数")
    owner = book.owner_of(line)
    if line.ext_id and owner is None:
        raise PayeeLineWrong(line_no=place, why="收款人不在名册里")
    number, bank_code = _account(place, line, owner, book)
    name = " ".join(line.payee_name.split())
    if not name:
        raise PayeeLineWrong(line_no=place, why="没有填户名")
    return Resolved(
        kind=line.kind,
        person_id=owner if line.kind == "person" else None,
        counterparty_id=owner if line.kind == "counterparty" else None,
        organisation_id=owner if line.kind == "org" else None,
        name=name[:120],
        sealed_account=secrets.seal("account", number),
        account_index=secrets.index("account", number),
        account_tail=number[-4:],
        bank_code=bank_code,
        amount_fen=line.amount_fen,
        note=line.note[:60],
    )


def _account(place: int, line: PayeeLine, owner: int | None, book: _Book) -> tuple[str, str]:
    """Return account number and bank code, as typed or as registered."""
    if not line.account:
        known = book.by_owner.get((line.kind, owner)) if owner is not None else None
        if known is None:
            return "", ""
        return secrets.reveal("account", known.sealed_number), known.bank_code
    try:
        number = identity.check_account(line.account)
        typed = identity.check_cnaps(line.bank_code) if line.bank_code else ""
    except Refusal as refusal:
        raise PayeeLineWrong(line_no=place, why=refusal.text.rstrip("。")) from refusal
    known = book.by_number.get(secrets.index("account", number))
    return number, typed or (known.bank_code if known else "")
