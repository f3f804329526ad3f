"""The catalogue of the open data as DCAT 3 in JSON-LD: what there is, of which place, where.

Source: W3C, Data Catalog Vocabulary (DCAT) version 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA: Final = "https://www.iana.org/assignments/media-types/"
LANGUAGE: Final = "http://id.loc.gov/vocabulary/iso639-1/zh"
MONTHLY: Final = "http://purl.org/cld/freq/monthly"
RIGHTS: Final = "已经公开的内容，个人的姓名遮住，没有证件号、账号和电话。"


@dataclass(frozen=True)
class Distribution:
    """A file of a dataset: what it is, where it lies, its media type, what it conforms to."""

    title: str
    url: str
    media_type: str
    conforms_to: str = ""


@dataclass(frozen=True)
class Dataset:
    """The data of a place; `page_url` is where people read of them."""

    code: str
    title: str
    description: str
    page_url: str
    distributions: Sequence[Distribution]
    modified_at: datetime | None = None


@dataclass(frozen=True)
class Catalogue:
    """Everything there is; the address is its name for ever."""

    url: str
    title: str
    publisher: str
    service_url: str
    service_document_url: str
    datasets: Sequence[Dataset]


def document(catalogue: Catalogue) -> dict[str, Any]:
    """Return the catalogue as JSON-LD."""
    agent = {"@type": "foaf:Agent", "foaf:name": _zh(catalogue.publisher)}
    return {
        "@context": CONTEXT,
        "@id": catalogue.url,
        "@type": "dcat:Catalog",
        "dcterms:title": _zh(catalogue.title),
        "dcterms:description": _zh("村里的钱和事，谁都可以拿走自己算。"),
        "dcterms:publisher": agent,
        "dcterms:language": {"@id": LANGUAGE},
        "dcat:service": [
            {
                "@id": catalogue.service_url,
                "@type": "dcat:DataService",
                "dcterms:title": _zh("公开接口"),
                "dcat:endpointURL": {"@id": catalogue.service_url},
                "dcat:endpointDescription": {"@id": catalogue.service_document_url},
                "dcat:servesDataset": [{"@id": one.page_url} for one in catalogue.datasets],
            }
        ],
        "dcat:dataset": [_dataset(one, agent) for one in catalogue.datasets],
    }


def _dataset(one: Dataset, publisher: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": one.page_url,
        "@type": "dcat:Dataset",
        "dcterms:identifier": one.code,
        "dcterms:title": _zh(one.title),
        "dcterms:description": _zh(one.description),
        "dcterms:publisher": publisher,
        "dcterms:language": {"@id": LANGUAGE},
        "dcterms:accrualPeriodicity": {"@id": MONTHLY},
        "dcterms:rights": {"@type": "dcterms:RightsStatement", "dcterms:description": _zh(RIGHTS)},
        "dcat:landingPage": {"@id": one.page_url},
        "dcat:distribution": [_distribution(each) for each in one.distributions],
    }
    if one.modified_at is not None:
        moment = {"@type": "xsd:dateTime", "@value": one.modified_at.isoformat()}
        found["dcterms:modified"] = moment
    return found


def _distribution(one: Distribution) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": one.url,
        "@type": "dcat:Distribution",
        "dcterms:title": _zh(one.title),
        "dcat:accessURL": {"@id": one.url},
        "dcat:downloadURL": {"@id": one.url},
        "dcat:mediaType": {"@id": MEDIA + one.media_type},
    }
    if one.conforms_to:
        found["dcterms:conformsTo"] = {"@id": one.conforms_to}
    return found


def _zh(text: str) -> dict[str, str]:
    return {"@language": "zh-CN", "@value": text}
