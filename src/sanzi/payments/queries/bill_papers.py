"""A bill on paper: what it says and the code on it. The picture of the code is drawn as squares."""

from __future__ import annotations

import segno

from sanzi.kernel import clock, money, papers
from sanzi.payments.queries.bills import BillView


def bill_pdf(bill: BillView) -> bytes:
    """Return a bill as PDF/A, with its code when there is still something to pay."""
    return papers.pdf("bill", paper_data(bill))


def paper_data(bill: BillView) -> dict[str, object]:
    """Return what the paper of a bill is filled with."""
    return {
        "title": "缴款单",
        "number": f"{bill.organisation_name} {bill.number}号",
        "state": "" if bill.text_to_pay else bill.state_label,
        "rows": [
            ["交款人", bill.payer_name],
            ["什么钱", bill.purpose],
            ["金额", f"{money.format_yuan(bill.left_fen or bill.amount_fen)}元"],
            ["大写", f"人民币{money.capital(bill.left_fen or bill.amount_fen)}"],
            ["哪天前交", clock.date_said(bill.due_date)],
            ["户名", bill.holder_name],
            ["账号", bill.account_number],
            ["开户行联行号", bill.bank_code],
        ],
        "reference": bill.reference_words,
        "code": code_rows(bill.text_to_pay) if bill.text_to_pay else [],
        "notes": [
            "用手机银行或到柜台转账，附言里写上面的编号，钱到了自动销账。",
            "不收现金。不要转给个人。",
        ],
    }


def code_rows(text: str) -> list[str]:
    """Return a QR code as rows of 0 and 1, without its quiet zone."""
    drawn = segno.make(text, error="m", micro=False)
    return ["".join("1" if dark else "0" for dark in row) for row in drawn.matrix]
