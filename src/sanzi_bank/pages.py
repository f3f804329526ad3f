"""The inbox of texts."""

from html import escape

from sanzi_bank.look import field, page
from sanzi_bank.store import iso_time


def inbox_page(texts: list[dict[str, object]], phone: str) -> bytes:
    """The texts that were sent, newest first."""
    cards = "".join(
        f"<section><p>{escape(str(text['phone']))} · {_when(text)} · {escape(str(text['sign']))}"
        f'</p><p class="msg">{escape(str(text["text"]))}</p></section>'
        for text in texts
    )
    search = (
        '<form method="get" action="/sms/inbox" role="search">'
        f"{field('phone', '手机号', phone)}<button>只看这个号</button></form>"
    )
    lead = "发给各户的短信都在这里，没有真的发出去。"
    return page("短信", lead, search + (cards or "<p>还没有短信。</p>"))


def _when(text: dict[str, object]) -> str:
    return iso_time(int(str(text["at"])))[:16].replace("T", " ")
