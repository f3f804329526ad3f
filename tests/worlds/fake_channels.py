"""Fakes of the messaging providers over HTTP, written from their documented calls and limits."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Call:
    """One request as it came; names of headers in lower case."""

    method: str
    path: str
    asked: dict[str, str]
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> dict[str, Any]:
        """The body as an object."""
        return json.loads(self.body or b"{}")


Answer = tuple[int, dict[str, Any]]


@dataclass
class Provider:
    """Answers calls as the provider's documents say; keeps them. `url` is set while it runs."""

    calls: list[Call] = field(default_factory=list)
    url: str = ""

    def answer(self, call: Call) -> Answer:
        """Return status and object for a call."""
        raise NotImplementedError

    def named(self, path: str) -> list[Call]:
        """Return the calls of one path."""
        return [one for one in self.calls if one.path == path]


@dataclass
class DingTalkServer(Provider):
    """Work notices: tokens that end, a repetition of the same words on one day is refused."""

    tokens: list[str] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    told: dict[int, tuple[str, str]] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> Answer:
        """Answer the four documented calls."""
        if call.path == "/v1.0/oauth2/accessToken":
            if call.json.get("appSecret") != "s3cret":
                return 400, {"code": "invalidClientSecret"}
            self.tokens.append(f"T{len(self.tokens) + 1}")
            return 200, {"accessToken": self.tokens[-1], "expireIn": 7200}
        if not self.tokens or call.asked.get("access_token") != self.tokens[-1]:
            return 200, {"errcode": 40014, "errmsg": "不合法的access_token"}
        return 200, self._inside(call)

    def _inside(self, call: Call) -> dict[str, Any]:
        body = call.json
        if call.path.endswith("/user/getbymobile"):
            found = self.users.get(body["mobile"])
            if found is None:
                return {"errcode": 60121, "errmsg": "找不到该用户"}
            return {"errcode": 0, "result": {"userid": found}}
        if call.path.endswith("/asyncsend_v2"):
            said = (body["userid_list"], json.dumps(body["msg"], sort_keys=True))
            if said in self.told.values():
                return {"errcode": 143106, "errmsg": "同一内容一天只能发一次"}
            self.told[len(self.told) + 1] = said
            return {"errcode": 0, "task_id": len(self.told)}
        user, _ = self.told[body["task_id"]]
        key = "forbidden_list" if user in self.unreachable else "unread_user_id_list"
        return {"errcode": 0, "send_result": {key: [user]}}


@dataclass
class WeComServer(Provider):
    """App messages: unknown members are named in `invaliduser`."""

    members: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> Answer:
        """Answer the two documented calls."""
        if call.path == "/cgi-bin/gettoken":
            is_right = call.asked.get("corpsecret") == "s3cret"
            right = {"errcode": 0, "access_token": "T1", "expires_in": 7200}
            return 200, right if is_right else {"errcode": 40001, "errmsg": "bad secret"}
        body = call.json
        if body["touser"] not in self.members:
            return 200, {"errcode": 0, "errmsg": "ok", "invaliduser": body["touser"]}
        return 200, {"errcode": 0, "errmsg": "ok", "msgid": f"M{len(self.calls)}"}


@dataclass
class WeChatServer(Provider):
    """Subscription notices: who has not subscribed is refused with 43101."""

    subscribed: set[str] = field(default_factory=set)

    def answer(self, call: Call) -> Answer:
        """Answer the two documented calls."""
        if call.path == "/cgi-bin/token":
            return 200, {"access_token": "T1", "expires_in": 7200}
        if call.json["touser"] not in self.subscribed:
            return 200, {"errcode": 43101, "errmsg": "user refuse to accept the msg"}
        return 200, {"errcode": 0, "errmsg": "ok", "msgid": 301}


@dataclass
class Listener(Provider):
    """A program that hears of events; `status` is what it answers."""

    status: int = 200
    before: Callable[[Call], None] | None = None

    def answer(self, call: Call) -> Answer:
        """Take everything, with the status it is told."""
        if self.before is not None:
            self.before(call)
        return self.status, {}


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """Serve a provider on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._take(b"")

        def do_POST(self) -> None:
            self._take(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def _take(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            asked = dict(parse_qsl(parts.query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, parts.path, asked, body, headers)
            provider.calls.append(call)
            status, answer = provider.answer(call)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
