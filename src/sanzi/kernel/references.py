"""References that payers write into a bank's memo: short, not to be guessed, and hard to mistype.

`JK7K3FQZDM`: the letters JK, seven random figures in Crockford's base 32, one check figure. A memo
is read with spaces, hyphens, case and full-width forms forgiven, and O for 0 and I or L for 1.
"""

import unicodedata
from dataclasses import dataclass

from sanzi.kernel import ids, money

PREFIX = "JK"
LENGTH = 10
_RANDOM_BITS = 35
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PRIME = 31


def new_reference() -> str:
    """Return a new reference; the caller sees to it that no other bill has it."""
    return of_figures(ids.new_token(_RANDOM_BITS).replace("-", ""))


def of_figures(figures: str) -> str:
    """Return the reference of seven given figures: prefix, figures, check figure."""
    return f"{PREFIX}{figures}{_check(figures)}"


def is_reference(text: str) -> bool:
    """Tell whether a text is a reference as `new_reference` makes them."""
    figures = text[len(PREFIX) : -1]
    return (
        len(text) == LENGTH
        and text.startswith(PREFIX)
        and all(one in _ALPHABET for one in figures)
        and text[-1] == _check(figures)
    )


def found_in(memo: str) -> tuple[str, ...]:
    """Return the references that a memo holds, in its order, each once."""
    plain = unicodedata.normalize("NFKC", memo).upper()
    bare = ids.read_token("".join(one for one in plain if one.isascii() and one.isalnum()))
    found = (bare[start : start + LENGTH] for start in range(len(bare) - LENGTH + 1))
    return tuple(dict.fromkeys(one for one in found if is_reference(one)))


def grouped(reference: str) -> str:
    """Return a reference as paper shows it: `JK 7K3F QZDM`."""
    rest = reference[len(PREFIX) :]
    return f"{PREFIX} {rest[:4]} {rest[4:]}"


@dataclass(frozen=True)
class ToPay:
    """What a payer needs to pay a bill. Units: fen."""

    holder: str
    account: str
    bank: str
    amount_fen: int
    reference: str


def text_to_pay(one: ToPay) -> str:
    """Return what the code on a bill says: five lines `名：值`, for people and programs."""
    return "\n".join(
        (
            f"户名：{one.holder}",
            f"账号：{one.account}",
            f"开户行：{one.bank}",
            f"金额：{money.format_yuan(one.amount_fen).replace(',', '')}",
            f"附言：{one.reference}",
        )
    )


def read_to_pay(text: str) -> ToPay:
    """Return what `text_to_pay` wrote. Raises: ValueError for anything else."""
    lines = dict(line.split("：", 1) for line in text.splitlines() if "：" in line)
    try:
        return ToPay(
            lines["户名"],
            lines["账号"],
            lines["开户行"],
            money.parse_yuan(lines["金额"]),
            lines["附言"],
        )
    except KeyError as missing:
        message = f"no line {missing}"
        raise ValueError(message) from missing


def _check(figures: str) -> str:
    """Return the check figure: positions weighted, so that a swap of neighbours is seen."""
    total = sum(place * _ALPHABET.index(one) for place, one in enumerate(figures, start=1))
    return _ALPHABET[total % _PRIME]
