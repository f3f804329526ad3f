"""XML papers of every kind on the list, as invoices; and where XML hides in OFD. No Django."""

from __future__ import annotations

from lxml import etree

from sanzi.evidence import errors, invoice_types, papers
from sanzi.evidence.invoices import InvoiceFields, sources_of
from sanzi.evidence.reading import amounts, xml


def read_xml(data: bytes, name: str, source: str = "xml") -> InvoiceFields:
    """Return the fields of one XML invoice of any kind.

    Raises: FileUnsafe, FileBroken, SeveralInvoices, KindNotTaken when it is no invoice.
    """
    return read_root(xml.parse_xml(data, name), name, source)


def read_root(root: etree._Element, name: str, source: str) -> InvoiceFields:
    """Return the fields of an invoice whose XML is already parsed. Raises: as `read_xml`."""
    if xml.root_name(root) == xml.ROOT:
        return xml.read_einvoice(root, name, source)
    values = papers.values_of(root)
    reading = papers.reading_of(root, values)
    if reading is None or not reading.invoice:
        raise errors.KindNotTaken(name=name, why="XML里不是电子发票")
    marks = [one for one in root.iter(etree.Element) if etree.QName(one).localname in reading.marks]
    if len(marks) > 1 and len({(one.text or "").strip() for one in marks}) > 1:
        raise errors.SeveralInvoices(name=name, count=len(marks))
    return _by_names(reading, values, name, source)


def _by_names(
    reading: papers.Reading, values: dict[str, str], name: str, source: str
) -> InvoiceFields:
    gross_text = reading.first(values, "amount")
    parts = [values[one] for one in reading.fields.get("parts", ()) if one in values]
    gross = amounts.signed_fen(gross_text) if gross_text else None
    read = [amounts.tax_fen(one) for one in parts]
    if (gross_text and gross is None) or None in read:
        raise errors.FileBroken(name=name, why="发票金额读不懂")
    total = sum(one or 0 for one in read)
    doubts: tuple[str, ...] = ()
    if gross is None and parts:
        gross = total
    elif parts and total != gross:
        doubts = ("各项费用加起来和合计不一样",)
    net_text, tax_text = reading.first(values, "net"), reading.first(values, "tax")
    net = amounts.signed_fen(net_text) if net_text else None
    tax = amounts.tax_fen(tax_text) if tax_text else None
    if not parts:
        doubts += amounts.disagreements(net, tax, gross)
    code, number = reading.first(values, "code"), reading.first(values, "number")
    kind = invoice_types.types()[reading.invoice].kind
    fits = invoice_types.guess(kind, code, number) if reading.kind in {"inv", "efi"} else ""
    told = {
        "kind": kind,
        "type_code": fits or reading.invoice,
        "code": code,
        "number": number,
        "check_code": reading.first(values, "check"),
        "issue_date": amounts.any_day(reading.first(values, "date")),
        "seller_name": reading.first(values, "seller_name"),
        "seller_tax_no": reading.first(values, "seller_no"),
        "buyer_name": reading.first(values, "buyer_name"),
        "buyer_tax_no": reading.first(values, "buyer_no"),
        "net_fen": net,
        "tax_fen": tax,
        "amount_fen": gross,
        "item_text": reading.first(values, "title")[:200],
    }
    is_red = gross is not None and gross < 0
    sources = sources_of(told, source)
    return InvoiceFields(**told, is_red=is_red, sources=sources, doubts=doubts)  # type: ignore[arg-type]
