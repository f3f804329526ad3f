"""Invoices as files for tests, all of our own making: XML, OFD, PDF, photos with codes.

No real invoice was at hand; numbers, names and sums are invented.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import pylopdf_fonts_zh_cn
import segno
import typst
from PIL import Image

NUMBER = "26332000000012345678"
QR = f"01,32,,{NUMBER},1260.00,20261103,,ABCD,"
OLD_QR = "01,10,033001900111,12345678,1188.68,20261103,12345678901234567890,AB12,"
WORDS = f"""电子发票（普通发票）
发票号码：{NUMBER}
开票日期：2026年11月03日
购买方信息 名称：柳湾村股份经济合作社 统一社会信用代码/纳税人识别号：N2330521MF0000005P
销售方信息 名称：柳湾农资店 统一社会信用代码/纳税人识别号：91330000MA0000001X
合 计 ¥1188.68 ¥71.32
价税合计（大写） 壹仟贰佰陆拾元整 （小写）¥1260.00"""
BIG_XML = """<?xml version="1.0" encoding="UTF-8"?>
<EInvoice xmlns="urn:e"><Header><EIid>{number}</EIid><InherentLabel><GeneralOrSpecialVAT>
<LabelCode>{label}</LabelCode></GeneralOrSpecialVAT></InherentLabel></Header>
<EInvoiceData>
<SellerInformation><SellerIdNum>91330000MA0000001X</SellerIdNum><SellerName>柳湾农资店</SellerName>
</SellerInformation>
<BuyerInformation><BuyerIdNum>N2330521MF0000005P</BuyerIdNum>
<BuyerName>柳湾村股份经济合作社</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>{net}</TotalAmWithoutTax><TotalTaxAm>{tax}</TotalTaxAm>
<TotalTax-includedAmount>{gross}</TotalTax-includedAmount>
<TotalTax-includedAmountInChinese>{capital}</TotalTax-includedAmountInChinese>
<RequestTime>2026-11-03</RequestTime></BasicInformation>
<IssuItemInformation><ItemName>*塑料制品*垃圾袋</ItemName><Quantity>12</Quantity>
<Amount>{line}</Amount><ComTaxAm>{tax}</ComTaxAm>
<TotaltaxIncludedAmount>1272.00</TotaltaxIncludedAmount></IssuItemInformation>
<IssuItemInformation><ItemName>*塑料制品*垃圾袋</ItemName><Amount>{discount}</Amount>
<TotaltaxIncludedAmount>-12.00</TotaltaxIncludedAmount></IssuItemInformation>
<SpecificInformation>{specific}</SpecificInformation>
<AdditionalInformation><Remark>{remark}</Remark></AdditionalInformation>
</EInvoiceData>
<SellerAuthentication><AuthenticationMethods>1</AuthenticationMethods></SellerAuthentication>
<TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber>
<IssueTime>2026-11-05 09:00:00</IssueTime>
</TaxSupervisionInfo>{more}</EInvoice>"""
WHOLE = {
    "number": NUMBER, "label": "02", "net": "1188.68", "tax": "71.32", "gross": "1260.00",
    "capital": "壹仟贰佰陆拾圆整", "line": "1200.68", "discount": "-12.00", "specific": "",
    "remark": "", "more": "",
}  # fmt: skip


def xml(**changed: str) -> bytes:
    """Return a fully digital invoice with a discount line."""
    return BIG_XML.format(**WHOLE | changed).encode()


def pack(entries: dict[str, bytes]) -> bytes:
    """Return a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in entries.items():
            found.writestr(name, content)
    return made.getvalue()


def ofd(
    *,
    attached: list[bytes] | None = None,
    tags: dict[str, str] | None = None,
    info: dict[str, str] | None = None,
) -> bytes:
    """Return an OFD with any of the three sources; tags point at texts of the page by number."""
    notes = "".join(
        f'<ofd:CustomData Name="{key}">{text}</ofd:CustomData>'
        for key, text in (info or {}).items()
    )
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    entries = {
        "OFD.xml": (
            f"<ofd:OFD {space}><ofd:DocBody><ofd:DocInfo><ofd:CustomDatas>{notes}"
            "</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
            "</ofd:DocBody></ofd:OFD>"
        ).encode(),
        "Doc_0/Document.xml": f"<ofd:Document {space}/>".encode(),
    }
    for place, content in enumerate(attached or []):
        entries[f"Doc_0/Attachs/original_invoice{place or ''}.xml"] = content
    if tags:
        texts, marks = "", ""
        for place, (key, text) in enumerate(tags.items(), start=70):
            texts += (
                f'<ofd:TextObject ID="{place}"><ofd:TextCode X="0">{text}</ofd:TextCode>'
                "</ofd:TextObject>"
            )
            marks += f'<{key}><ofd:ObjectRef PageRef="1">{place}</ofd:ObjectRef></{key}>'
        layer = f"<ofd:Content><ofd:Layer>{texts}</ofd:Layer></ofd:Content>"
        page = f"<ofd:Page {space}>{layer}</ofd:Page>"
        entries["Doc_0/Pages/Page_0/Content.xml"] = page.encode()
        entries["Doc_0/Tags/CustomTag.xml"] = f"<eInvoice {space}>{marks}</eInvoice>".encode()
    return pack(entries)


def code_png(text: str, scale: int = 5) -> bytes:
    """Return the picture of a QR code."""
    made = io.BytesIO()
    segno.make(text).save(made, kind="png", scale=scale)
    return made.getvalue()


def photo(*texts: str, turn: float = 0, quality: int = 70, kind: str = "JPEG") -> bytes:
    """Return a photo of a sheet with one code for each text beside another, turned a little."""
    sheet = Image.new("RGB", (460 * max(1, len(texts)), 620), (236, 233, 226))
    for place, text in enumerate(texts):
        with Image.open(io.BytesIO(code_png(text))) as code:
            sheet.paste(code.convert("RGB"), (60 + 460 * place, 80))
    sheet = sheet.rotate(turn, expand=True, fillcolor=(120, 110, 100))
    made = io.BytesIO()
    sheet.save(made, kind, quality=quality)
    return made.getvalue()


def pdf(words: str = "", *, attached: dict[str, bytes] | None = None, code: str = "") -> bytes:
    """Return a PDF with Chinese words, files attached to it and a code on it."""
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)],
    )
    with tempfile.TemporaryDirectory() as folder:
        source = ""
        for name, content in (attached or {}).items():
            Path(folder, name).write_bytes(content)
            source += f'#pdf.attach("{name}")\n'
        if code:
            Path(folder, "code.png").write_bytes(code_png(code))
            source += '#image("code.png", width: 25mm)\n'
        source += "\n\n".join(line for line in words.splitlines())
        main = Path(folder, "main.typ")
        main.write_text('#set text(lang: "zh")\n' + source + "\n", encoding="utf-8")
        made = typst.compile(str(main), root=folder, font_paths=fonts, ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made
