"""What the taxonomies are called: namespaces, versions, schemes, as data; and XBRL's own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sanzi.kernel import yamls

FILE: Final = Path(__file__).resolve().parents[2] / "data" / "exports" / "xbrl.yaml"
COUNTY: Final = "county"
"""The version under which a county's own statements stand."""

XBRLI: Final = "http://www.xbrl.org/2003/instance"
LINK: Final = "http://www.xbrl.org/2003/linkbase"
XLINK: Final = "http://www.w3.org/1999/xlink"
XSD: Final = "http://www.w3.org/2001/XMLSchema"
XML: Final = "http://www.w3.org/XML/1998/namespace"
XBRLDT: Final = "http://xbrl.org/2005/xbrldt"
XBRLDI: Final = "http://xbrl.org/2006/xbrldi"
ISO4217: Final = "http://www.xbrl.org/2003/iso4217"
DIMENSIONS: Final = "http://xbrl.org/int/dim/arcrole/"
ARCROLES: Final = "http://www.xbrl.org/2003/arcrole/"
ROLES: Final = "http://www.xbrl.org/2003/role/"
SCHEMAS: Final[Mapping[str, str]] = {
    XBRLI: "http://www.xbrl.org/2003/xbrl-instance-2003-12-31.xsd",
    XBRLDT: "http://www.xbrl.org/2005/xbrldt-2005.xsd",
}
"""Where XBRL's own schemas are named; every program that reads XBRL carries them."""


@dataclass(frozen=True)
class Names:
    """The file of names. `versions` and `digests` go by standard."""

    namespace: str
    prefix: str
    credit_code_scheme: str
    organisation_scheme: str
    currency: str
    language: str
    versions: Mapping[str, str]
    digests: Mapping[str, str]


@dataclass(frozen=True)
class Taxonomy:
    """The name of one taxonomy: its namespace, and what its files are called."""

    standard_code: str
    version: str
    namespace: str
    prefix: str

    @property
    def stem(self) -> str:
        """The head of its files' names."""
        return f"{self.standard_code}-{self.version}"

    @property
    def schema(self) -> str:
        """The name of its schema."""
        return f"{self.stem}.xsd"

    def role(self, statement: str) -> str:
        """Return the role under which a statement's lines are linked."""
        return f"{self.namespace}:role:{statement}"

    def tag(self, name: str) -> str:
        """Return a name in the taxonomy's namespace."""
        return f"{{{self.namespace}}}{name}"


@cache
def names() -> Names:
    """Return the names of the file."""
    raw = yamls.read(FILE)
    taxonomies = raw["taxonomies"]
    return Names(
        namespace=raw["namespace"],
        prefix=raw["prefix"],
        credit_code_scheme=raw["entity"]["credit_code"],
        organisation_scheme=raw["entity"]["organisation"],
        currency=raw["currency"],
        language=raw["language"],
        versions={code: one["version"] for code, one in taxonomies.items()},
        digests={code: one["digest"] for code, one in taxonomies.items()},
    )


def taxonomy(standard_code: str, *, is_custom: bool = False) -> Taxonomy:
    """Return the name of a standard's taxonomy, or of the county's own statements under it.

    Raises: KeyError for a standard without one.
    """
    found = names()
    version = COUNTY if is_custom else found.versions[standard_code]
    return Taxonomy(
        standard_code,
        version,
        found.namespace.format(standard=standard_code, version=version),
        f"{found.prefix}-{COUNTY}" if is_custom else found.prefix,
    )
