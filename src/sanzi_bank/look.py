"""The look of the sandbox's pages: style, frame, tables and forms. No JavaScript anywhere.

The visual language is the platform's, written down again: this program imports nothing of it.
"""

from collections.abc import Iterable, Mapping
from html import escape

CSS = """
:root{--paper:#F2F5EE;--sheet:#FDFEFB;--wash:#E4EDE3;--wash-2:#EFF4EC;--ink:#15201B;--ink-2:#414E47;
--ink-3:#5C6962;--rule:#D3DBD0;--rule-2:#A9B5AC;--ctl:#7C8A82;--pine:#15513B;--pine-deep:#0C3325;
--celadon:#679779;--celadon-l:#B9D2C0;--verm:#B5311A;--ochre:#7D5200;--ochre-wash:#FAF0D3;
--ochre-edge:#9A6A00;--indigo:#2B4C7E;--r2:6px;
--font:"PingFang SC","HarmonyOS Sans SC","MiSans","Noto Sans CJK SC","Source Han Sans SC",
"Microsoft YaHei",sans-serif}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:16px}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 var(--font);
font-variant-numeric:tabular-nums}
h1,h2,h3,p,ul,dl,dd{margin:0;padding:0}ul{list-style:none}
a{color:var(--pine);text-underline-offset:.22em}
:focus-visible{outline:3px solid var(--indigo);outline-offset:2px;border-radius:3px}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px}.skip:focus{left:16px;top:8px;background:var(--sheet);
padding:8px 16px;z-index:2}
header{background:var(--pine-deep);color:#fff}
header>div{max-width:1360px;margin:0 auto;padding:16px 24px;display:flex;gap:16px;
align-items:center;flex-wrap:wrap}
header svg{width:36px;height:36px;flex:none}
header b{font-size:17px}header small{display:block;font-size:14px;color:#C9DDCF}
header nav{margin-left:auto;display:flex;flex-wrap:wrap;gap:4px 20px}
header nav a{color:#fff;display:inline-block;padding:10px 0}
.pg{max-width:1360px;margin:0 auto;padding:24px}
h1{font-size:26px;line-height:1.35}
h2{font-size:17px;line-height:1.4}h3{font-size:15px}
.lead{color:var(--ink-2);margin:6px 0 24px;max-width:56em}
.cols{display:grid;gap:32px}
.cols>*,.main>*{min-width:0}
section{border-top:2px solid var(--ink);padding:12px 0 0;margin:0 0 32px;min-width:0}
section>.say{color:var(--ink-2);margin:2px 0 10px}
section.on{border-top-color:var(--ochre-edge);background:var(--ochre-wash);padding:12px 16px}
section.on .say{color:var(--ochre)}
.scroll{overflow-x:auto;position:relative}
table{border-collapse:collapse;width:100%;background:var(--sheet)}
caption{text-align:left;color:var(--ink-2);font-size:14px;padding:0 0 6px}
th,td{text-align:left;padding:8px 12px;border-bottom:1px solid var(--rule);vertical-align:middle}
thead th{color:var(--ink-2);font-weight:600;font-size:14px;white-space:nowrap;
border-bottom:1px solid var(--ink)}
tbody tr:last-child td{border-bottom:1px solid var(--ink)}
tbody tr:nth-child(5n) td{border-bottom-color:var(--celadon)}
td.m,th.m{text-align:right;white-space:nowrap;border-left:1px solid var(--rule-2);
border-right:1px solid var(--rule-2)}
td.nw{white-space:nowrap}td.code,.code{overflow-wrap:anywhere}
td form{margin:0}
form{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:end;margin:8px 0}
form.line{flex-wrap:nowrap}
label{display:grid;gap:3px;color:var(--ink-2);font-size:14px;min-width:0}
input,select{font:inherit;font-size:15px;color:var(--ink);background:#fff;
border:1px solid var(--ctl);border-radius:var(--r2);padding:0 10px;height:42px;width:10em;
max-width:100%}
select{width:13em}input.short{width:6.5em}input.long{width:16em}
button,.btn{font:600 15px/1.2 var(--font);min-height:42px;padding:0 16px;border-radius:var(--r2);
border:1px solid var(--ctl);background:#fff;color:var(--ink);cursor:pointer;white-space:nowrap;
text-decoration:none;display:inline-flex;align-items:center;justify-content:center}
button.p{background:var(--pine);border-color:var(--pine);color:#fff}
td button{min-height:36px;padding:0 12px;font-size:14px}
.steps{display:flex;flex-wrap:wrap;gap:8px}.steps form{margin:0}
details{border-bottom:1px solid var(--rule);background:var(--sheet)}
details>summary{cursor:pointer;padding:10px 12px;display:flex;flex-wrap:wrap;gap:2px 12px;
align-items:baseline;list-style:none}
details>summary::-webkit-details-marker{display:none}
details>summary::before{content:"";flex:none;width:7px;height:7px;border-right:2px solid var(--ctl);
border-bottom:2px solid var(--ctl);transform:rotate(-45deg);margin-right:2px;align-self:center}
details[open]>summary::before{transform:rotate(45deg)}
details>summary span{color:var(--ink-2);flex:1 1 16em}
details>summary .name{font-weight:600;flex:0 0 auto;color:var(--ink);min-width:8em}
details>summary em{color:var(--ochre);font-style:normal;margin-left:8px}
.acts{display:flex;gap:8px}
details>div{padding:0 12px 12px 30px}
.group{border-top:1px solid var(--ink)}
.group>h3{padding:8px 0 6px;display:flex;gap:12px;align-items:baseline}
.group>h3 small{font-weight:400;color:var(--ink-2);font-size:14px}
dl.kv{display:grid;grid-template-columns:auto 1fr;gap:2px 16px}dl.kv dt{color:var(--ink-2)}
pre{background:var(--sheet);border:1px solid var(--rule);border-radius:var(--r2);padding:12px;
margin:8px 0;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}
.msg{font-size:17px}
.alarm{border:2px solid var(--ink);background:var(--sheet);padding:12px 16px;margin:0 0 24px}
.groups{columns:2 25em;column-gap:32px}.group{break-inside:avoid;margin:0 0 20px}
.rows li{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:center;padding:8px 0;
border-bottom:1px solid var(--rule)}.rows li>div{flex:1 1 12em;min-width:0}
.rows li p{color:var(--ink-2);font-size:14px;overflow-wrap:anywhere}.rows form{margin:0}
.on .rows li{border-bottom-color:#E5D7A8}.on .rows{margin-bottom:8px}
@media(min-width:1080px){.cols{grid-template-columns:minmax(0,1fr) 404px}
.cols>aside{grid-column:2;grid-row:1}.cols>.main{grid-column:1;grid-row:1}}
@media(max-width:760px){body{font-size:16px}header>div,.pg{padding:16px}
header nav{margin-left:0;width:100%}h1{font-size:24px}
button,.btn,input,select{min-height:56px}td button{min-height:56px}
form{align-items:stretch}form>label,form>button{flex:1 1 100%}
input,select,input.short,input.long{width:100%}
.steps form{flex:1 1 40%}.steps button{width:100%;justify-content:center}
td form button{width:auto}details>div{padding-left:12px}th,td{padding:8px}}
"""
SHORT_TEXT = 20
MARK = (
    '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="5" '
    'fill="#15513B"/><g fill="#fff"><rect x="8" y="8" width="16" height="2.6"/>'
    '<rect x="10" y="14.7" width="12" height="2.6"/><rect x="6" y="21.4" width="20" height="2.6"/>'
    "</g></svg>"
)
LINKS = (("/_ctl/", "控制台"), ("/sms/inbox", "短信"), ("/_ctl/ledger.json", "真账（JSON）"))


def page(title: str, lead: str, body: str) -> bytes:
    """Put a whole page together; `title` is plain text, `lead` and `body` are HTML."""
    links = "".join(f'<a href="{address}">{words}</a>' for address, words in LINKS)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(title)} · 沙箱银行</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<style>{CSS}</style></head><body><a class="skip" href="#main">跳到正文</a>'
        f"<header><div>{MARK}<div><b>沙箱银行</b><small>练习用的，没有真钱</small></div>"
        f'<nav aria-label="页面">{links}</nav></div></header>'
        f'<main id="main" class="pg"><h1>{escape(title)}</h1><p class="lead">{lead}</p>'
        f"{body}</main></body></html>"
    ).encode()


def section(name: str, title: str, say: str, body: str, *, look: str = "") -> str:
    """A part of a page with a heading, one sentence, and what follows."""
    css = f' class="{look}"' if look else ""
    words = f'<p class="say">{say}</p>' if say else ""
    return (
        f'<section id="{name}"{css} aria-labelledby="h-{name}">'
        f'<h2 id="h-{name}">{escape(title)}</h2>{words}{body}</section>'
    )


class Html(str):
    """Text of a cell that is HTML already."""

    __slots__ = ()


class Figure(str):
    """Text of a cell that is a number and sits on the right."""

    __slots__ = ()


def money(fen: int) -> Figure:
    """An amount as the office writes it; nothing for what was not there."""
    return Figure(f"{fen // 100:,}.{fen % 100:02d}" if fen else "0")


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[object]], empty: str) -> str:
    """A ledger table. Heads of figures begin with `#`; an empty head is that of buttons."""
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    if not body:
        return f"<p>{escape(empty)}</p>"
    head = "".join(_head(text) for text in heads)
    name = f"{escape(caption)}（表）"
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _head(text: str) -> str:
    look = ' class="m"' if text.startswith("#") else ""
    words = escape(text.lstrip("#")) or '<span class="vh">操作</span>'
    return f'<th scope="col"{look}>{words}</th>'


def _cell(value: object) -> str:
    text = str(value)
    if isinstance(value, Html):
        return f'<td class="nw">{text}</td>'
    if isinstance(value, Figure):
        return f'<td class="m">{escape(text)}</td>'
    look = "nw" if len(text) <= SHORT_TEXT else "code"
    return f'<td class="{look}">{escape(text)}</td>'


def form(action: str, fields: str, button: str, *, is_main: bool = False, look: str = "") -> Html:
    """A form that posts to the control door and comes back to the page."""
    css = f' class="{look}"' if look else ""
    main = ' class="p"' if is_main else ""
    return Html(
        f'<form method="post" action="/_ctl/{action}"{css}>{fields}'
        f"<button{main}>{escape(button)}</button></form>"
    )


def field(name: str, label: str, value: str = "", *, look: str = "", kind: str = "text") -> str:
    """A labelled input."""
    css = f' class="{look}"' if look else ""
    return (
        f'<label>{escape(label)}<input name="{name}" type="{kind}" value="{escape(value)}"{css}'
        ' autocomplete="off"></label>'
    )


def choice(name: str, label: str, options: Mapping[str, str], chosen: str = "") -> str:
    """A labelled list to choose from."""
    items = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(words)}</option>"
        for value, words in options.items()
    )
    return f'<label>{escape(label)}<select name="{name}">{items}</select></label>'


def rows(items: Iterable[tuple[str, str, str]]) -> str:
    """A short list: a bold name, words under it, and buttons (HTML) beside it."""
    body = "".join(
        f"<li><div><b>{escape(name)}</b><p>{escape(words)}</p></div>"
        f'<span class="acts">{buttons}</span></li>'
        for name, words, buttons in items
    )
    return f'<ul class="rows">{body}</ul>'


def hidden(**values: str) -> str:
    """Fields that are sent along unseen."""
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in values.items()
    )


def fold(title: str, say: str, body: str, mark: str = "") -> str:
    """A line that opens."""
    told = f"<em>{escape(mark)}</em>" if mark else ""
    return (
        f'<details><summary><span class="name">{escape(title)}{told}</span>'
        f"<span>{escape(say)}</span></summary><div>{body}</div></details>"
    )
