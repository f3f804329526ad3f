"""Which banks the platform is connected with, read from one file; see docs/how-to/add-a-bank.md.

The file is named by SANZI_BANK_CONNECTIONS. Every mistake in it is told with its line, what is
wrong and what to write instead; with a single mistake no bank is spoken to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import time
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from sanzi.bank.errors import ConnectionsWrong
from sanzi.bank.port import Caps

ALL_OTHERS: Final = "*"
ADAPTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "iso20022": ("order", "check", "cancel", "request", "balances", "notices", "statement"),
    "direct": ("charset",),
}
"""Adapter name to the options it takes; `adapters.py` builds them."""
CHARSETS: Final = ("gbk", "gb18030")
NEEDED: Final = (
    "name", "title", "adapter", "url", "customer", "customer_key", "bank_key", "bank_codes",
)  # fmt: skip
OPTIONAL: Final = ("timeout_seconds", "options", "caps")
MESSAGE: Final = re.compile(r"[a-z]{4}\.\d{3}\.\d{3}\.\d{2}")
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,23}")
CODE: Final = re.compile(r"\d{3,12}")
HOURS: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
TIMEOUT_MAX: Final = 110
"""Seconds; shorter than the time for which a sender holds its message."""


@dataclass(frozen=True)
class Connection:
    """One bank: who it is, how it is spoken to, and for which accounts.

    `bank_codes` are the first figures of payment system codes (CNAPS), or "*" for all others.
    `caps` holds only what differs from the adapter's own.
    """

    name: str
    title: str
    adapter: str
    url: str
    customer: str
    customer_key: Path
    bank_key: Path
    bank_codes: tuple[str, ...]
    timeout_seconds: float = 30.0
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    caps: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def capabilities(self, of_adapter: Caps) -> Caps:
        """Return the adapter's capabilities with this bank's own."""
        return replace(of_adapter, **self.caps)


def single(url: str, keys: Path) -> tuple[Connection, ...]:
    """Return the one bank of a county without a file: ISO 20022, for every account."""
    key, bank_key = keys / "sanzi.key", keys / "bank.pub"
    return (Connection("bank", "银行", "iso20022", url, "sanzi", key, bank_key, (ALL_OTHERS,)),)


def find(connections: tuple[Connection, ...], bank_code: str) -> Connection | None:
    """Return the connection whose figures fit a bank code best (the longest), or None."""
    best: tuple[int, Connection] | None = None
    for one in connections:
        for prefix in one.bank_codes:
            length = 0 if prefix == ALL_OTHERS else len(prefix)
            if length and not bank_code.startswith(prefix):
                continue
            if best is None or length > best[0]:
                best = (length, one)
    return best[1] if best else None


def read(path: Path) -> tuple[Connection, ...]:
    """Read the file. Raises ConnectionsWrong with every mistake in it."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError:
        raise ConnectionsWrong(why=f"读不到 {path}，请核对 SANZI_BANK_CONNECTIONS") from None
    except UnicodeDecodeError:
        raise ConnectionsWrong(why=f"{path.name} 不是 UTF-8，请另存为 UTF-8") from None
    except yaml.MarkedYAMLError as wrong:
        is_open_text = (wrong.context or "").startswith("while scanning")
        mark = wrong.context_mark if is_open_text else wrong.problem_mark
        line = mark.line + 1 if mark else 1
        why = f"{path.name} 第{line}行：不是 YAML，请看缩进、冒号和引号"
        raise ConnectionsWrong(why=why) from wrong
    reading = _Reading(path.parent)
    connections = reading.all_of(node)
    if reading.mistakes:
        raise ConnectionsWrong(why=f"{path.name} " + "；".join(reading.mistakes))
    return connections


class _Reading:
    """One pass over the file, collecting mistakes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.mistakes: list[str] = []
        self._seen: dict[str, int] = {}

    def _say(self, node: yaml.Node, text: str) -> None:
        self.mistakes.append(f"第{node.start_mark.line + 1}行：{text}")

    def all_of(self, node: yaml.Node | None) -> tuple[Connection, ...]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.mistakes.append("第1行：要写成一个列表，每家银行以“- name:”开头")
            return ()
        return tuple(one for item in node.value if (one := self._one(item)) is not None)

    def _one(self, node: yaml.Node) -> Connection | None:
        before = len(self.mistakes)
        parts = self._parts(node, NEEDED, (*NEEDED, *OPTIONAL))
        told: dict[str, Any] = {}
        for name, check in self._checks().items():
            if name in parts:
                told[name] = check(parts[name])
        if "options" in parts and told.get("adapter"):
            told["options"] = self._options(parts["options"], told["adapter"])
        return Connection(**told) if len(self.mistakes) == before else None

    def _checks(self) -> dict[str, Callable[[yaml.Node], Any]]:
        return {
            "name": self._name,
            "title": self._title,
            "adapter": self._adapter,
            "url": self._url,
            "customer": self._customer,
            "customer_key": self._file,
            "bank_key": self._file,
            "bank_codes": self._codes,
            "timeout_seconds": self._seconds,
            "caps": self._caps,
        }

    def _parts(
        self, node: yaml.Node, needed: tuple[str, ...], known: tuple[str, ...]
    ) -> dict[str, yaml.Node]:
        """Return the values of a mapping by name; says what is missing, unknown or twice."""
        if not isinstance(node, yaml.MappingNode):
            self._say(node, "这里要写“名称: 值”，一行一项")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value in found:
                self._say(key, f"{key.value} 写了两遍，请删掉一个")
            elif key.value not in known:
                self._say(key, f"没有 {key.value} 这一项，可以写的是 {'、'.join(known)}")
            found[key.value] = value
        missing = [name for name in needed if name not in found]
        if missing:
            self._say(node, f"这一家少了 {'、'.join(missing)}，请补上")
        return {name: value for name, value in found.items() if name in known}

    def _text(self, node: yaml.Node) -> str:
        return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""

    def _name(self, node: yaml.Node) -> str:
        text = self._text(node)
        if not NAME.fullmatch(text):
            self._say(node, f"name 是“{text}”，请用小写字母、数字和横线，字母开头，24个以内")
        self._once(node, f"name {text}")
        return text

    def _once(self, node: yaml.Node, what: str) -> None:
        line = node.start_mark.line + 1
        if what in self._seen:
            self._say(node, f"{what} 在第{self._seen[what]}行已经有了，请改一处")
        self._seen.setdefault(what, line)

    def _title(self, node: yaml.Node) -> str:
        text = self._text(node)
        if not text:
            self._say(node, "title 是空的，请写银行的名字，页面上要用")
        return text

    def _adapter(self, node: yaml.Node) -> str:
        text = self._text(node)
        if text not in ADAPTERS:
            self._say(node, f"没有“{text}”这种接法，可以写的是 {'、'.join(ADAPTERS)}")
            return ""
        return text

    def _url(self, node: yaml.Node) -> str:
        text = self._text(node).rstrip("/")
        url = urlsplit(text)
        if url.scheme not in ("http", "https") or not url.hostname:
            self._say(node, f"url 是“{text}”，请写银行前置机的地址，以 http:// 或 https:// 开头")
        return text

    def _customer(self, node: yaml.Node) -> str:
        text = self._text(node)
        if not text.isascii() or not text.isalnum() or len(text) > 20:
            self._say(node, f"customer 是“{text}”，请写银行给的客户号，20个以内的字母和数字")
        return text

    def _file(self, node: yaml.Node) -> Path:
        path = self._folder / self._text(node)
        if not path.is_file():
            self._say(node, f"找不到密钥文件 {path}，请核对；相对的路径从这个文件所在的文件夹算起")
        return path

    def _items(self, node: yaml.Node) -> Iterator[tuple[yaml.Node, str]]:
        if not isinstance(node, yaml.SequenceNode):
            self._say(node, "这里要写成列表，外面加方括号")
            return
        for item in node.value:
            yield item, self._text(item)

    def _codes(self, node: yaml.Node) -> tuple[str, ...]:
        found = []
        for item, text in self._items(node):
            if text != ALL_OTHERS and not CODE.fullmatch(text):
                self._say(item, f'“{text}”不是行号，请写联行号的前3到12位数字，或者 "*" 表示其余')
            self._once(item, f"行号 {text}")
            found.append(text)
        return tuple(found)

    def _seconds(self, node: yaml.Node) -> float:
        text = self._text(node)
        if not text.isdecimal() or not 1 <= int(text) <= TIMEOUT_MAX:
            self._say(node, f"timeout_seconds 是“{text}”，请写1到{TIMEOUT_MAX}之间的秒数")
            return 0.0
        return float(text)

    def _options(self, node: yaml.Node, adapter: str) -> Mapping[str, str]:
        known = ADAPTERS[adapter]
        parts = self._parts(node, (), known)
        found = {name: self._text(value).lower() for name, value in parts.items()}
        charset = found.get("charset", "gbk")
        if charset not in CHARSETS:
            self._say(parts["charset"], f"charset 是“{charset}”，可以写的是 {'、'.join(CHARSETS)}")
        for name, text in found.items():
            if name != "charset" and not MESSAGE.fullmatch(text):
                self._say(parts[name], f"{name} 是“{text}”，请写报文版本，例如 pain.001.001.09")
        return MappingProxyType(found)

    def _caps(self, node: yaml.Node) -> Mapping[str, Any]:
        kinds = {one.name: str(one.type) for one in fields(Caps)}
        parts = self._parts(node, (), tuple(kinds))
        return MappingProxyType(
            {name: self._cap(name, kinds[name], value) for name, value in parts.items()}
        )

    def _cap(self, name: str, kind: str, node: yaml.Node) -> object:
        text = self._text(node)
        if "tuple" in kind:
            return self._hours(node)
        if "bool" in kind:
            if text not in ("true", "false"):
                self._say(node, f"{name} 是“{text}”，请写 true 或 false")
            return text == "true"
        if not text.isdecimal():
            self._say(node, f"{name} 是“{text}”，请写一个不带小数的数")
            return 0
        return int(text)

    def _hours(self, node: yaml.Node) -> tuple[tuple[time, time], ...]:
        found = []
        for item, text in self._items(node):
            if not HOURS.fullmatch(text):
                self._say(item, f"“{text}”不是时段，请写成 00:00-01:00")
                continue
            first, _, last = text.partition("-")
            found.append((time.fromisoformat(first), time.fromisoformat(last)))
        return tuple(found)
