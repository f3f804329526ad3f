"""Measure published pages: how fast nginx gives a file, the application a page, and a day's files.

One county of villages with a year of publications in PostgreSQL. A day's changes are published;
then the same publication is asked for as a file, as a plain file beside it, and from the
application, all through Debian's nginx by the same client over kept connections.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from measure import ROOT, RUNS, Figure, free_port, middle, postgres, report, scratch, written

VILLAGES = int(os.environ.get("BENCH_VILLAGES", "417"))
PER_VILLAGE, PER_DAY = int(os.environ.get("BENCH_PER_VILLAGE", "60")), 4
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
CONNECTIONS = 4
START_MAX = 300.0
X_DYNAMIC_MIN, DYNAMIC_MIN, X_STATIC_MIN, DAY_MAX = 50.0, 100.0, 0.9, 60.0
BESIDE = ("verifier", "lighthouse", "log")
JOINED = {
    "verify_ms": (200.0, "ms", None),
    "lighthouse_performance": (None, "", 95.0),
    "lighthouse_accessibility": (None, "", 100.0),
    "append_per_s": (None, "/s", 5_000.0),
    "proof_ms": (5.0, "ms", None),
}
"""Figures of other measures that stand in the table of the portal: limit, unit, floor."""
VILLAGE = "999901101001"
LINES = 20

CONF = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; keepalive_requests 10000000;
  types {{ text/html html; text/css css; application/json json; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  upstream app {{ server 127.0.0.1:{app}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port};
    location /site/ {{
      alias {folder}/site/; charset utf-8;
      add_header Content-Security-Policy "default-src 'none'; style-src 'self'; img-src data:";
      add_header X-Content-Type-Options nosniff;
    }}
    location /plain/ {{ alias {folder}/plain/; }}
    location / {{
      proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host localhost;
    }}
  }}
}}
"""


def main() -> int:
    """Publish in a process of its own, serve, ask, report; 2 where nginx is not installed."""
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(_published()))
        return 0
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        print("missing: nginx (apt-get install nginx-light)")
        return 2
    load = os.getloadavg()[0]
    with scratch() as folder, postgres(folder / "pg") as url:
        around = _around(url, folder)
        done = subprocess.run(
            [sys.executable, __file__, "inside"],
            env=around, check=True, stdout=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        found = json.loads(done.stdout)
        with _served(nginx, folder, around) as port:
            rates = _rates(port, found["page"], folder)
    figures = {
        "x_dynamic": Figure(round(rates["file"] / rates["app"], 1), unit="x", floor=X_DYNAMIC_MIN),
        "dynamic_rps": Figure(round(rates["app"], 1), unit="/s", floor=DYNAMIC_MIN),
        "x_static": Figure(round(rates["file"] / rates["plain"], 3), unit="x", floor=X_STATIC_MIN),
        "publish_day_s": Figure(round(found["day_s"], 2), DAY_MAX, "s"),
    }
    notes = {
        "villages": VILLAGES, "pages": found["pages"], "day": VILLAGES * PER_DAY,
        "load": round(load, 1),
    }  # fmt: skip
    return report("portal", figures | _joined(), notes)


def _joined() -> dict[str, Figure]:
    """Return what the other measures of the portal wrote, where they ran."""
    found = {key: one for name in BESIDE for key, one in written(name).items()}
    return {
        key: Figure(found[key], limit, unit, floor)
        for key, (limit, unit, floor) in JOINED.items()
        if key in found
    }


def _around(url: str, folder: Path) -> dict[str, str]:
    (folder / "static").mkdir(exist_ok=True)
    return {
        **os.environ, "SANZI_ENV": "demo", "SANZI_DATABASE_URL": url, "SANZI_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "bench"))),
    }  # fmt: skip


def _published() -> dict[str, Any]:
    """Publish a year, then a day more; return how long the day took and the page to ask for."""
    import django

    django.setup()
    from django.core.management import call_command

    from sanzi.disclosure.actions import pages
    from sanzi.disclosure.models import PageFile
    from sanzi.kernel import clock

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    at = clock.now()
    _villages()
    _publications(PER_VILLAGE, at - timedelta(days=30))
    pages.publish_due(at)
    _publications(PER_DAY, at)
    start = time.perf_counter()
    pages.publish_due(at)
    seconds = time.perf_counter() - start
    page = PageFile.objects.filter(publication__division_id=VILLAGE).order_by("path").last()
    if page is None:
        raise LookupError
    return {"day_s": seconds, "page": page.path, "pages": PageFile.objects.count()}


def _villages() -> None:
    from sanzi.orgs.models import Division

    rows = [("999901000000", "云川县", "county", "")]
    rows += [("999901101000", "清河镇", "town", "999901000000")]
    rows += [
        (f"999901101{number:03d}", f"第{number}村", "village", "999901101000")
        for number in range(1, VILLAGES + 1)
    ]
    Division.objects.bulk_create(
        Division(code=code, name=name, level=level, parent_code=parent)
        for code, name, level, parent in rows
    )


def _publications(count: int, at: Any) -> None:
    """Write so many publications of a page of twenty lines in every village."""
    from sanzi.disclosure import log_queries
    from sanzi.disclosure.models import Publication
    from sanzi.kernel import ids

    made = []
    for village in range(1, VILLAGES + 1):
        for number in range(count):
            rows = [["10-03", f"第{line}笔", "青山公司", "365.00"] for line in range(LINES)]
            columns = ["日期", "事由", "和谁", "金额（元）"]
            one = Publication(
                ext_id=ids.new_id("G", at), division_id=f"999901101{village:03d}",
                org_ext_id=f"O{village}", item_code="F04", title=f"村道维修{number}",
                body={"kind": "大额支出", "facts": [["用途", "修路"]],
                      "tables": [{"title": "逐笔", "columns": columns, "rows": rows}]},
                total_fen=730_000, min_days=7, published_at=at,
            )  # fmt: skip
            one.content_digest = log_queries.digest_of(one)
            made.append(one)
    Publication.objects.bulk_create(made, batch_size=1_000)


@contextmanager
def _served(nginx: str, folder: Path, around: dict[str, str]) -> Iterator[int]:
    """Run the application and nginx before it; give nginx's port."""
    app, port = free_port(), free_port()
    (folder / "nginx.conf").write_text(CONF.format(folder=folder, app=app, port=port))
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "sanzi.config.wsgi:application", "--preload",
         "--bind", f"127.0.0.1:{app}", "--worker-class", "gthread", "--workers", "2",
         "--threads", "4", "--keep-alive", "75", "--no-control-socket"],
        env=around, cwd=ROOT,
    )  # fmt: skip
    front = subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        _wait(app, web)
        _wait(port, front)
        yield port
    finally:
        for one in (front, web):
            one.terminate()
            one.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens. Raises: TimeoutError; ChildProcessError where it ended."""
    end = time.monotonic() + START_MAX
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ChildProcessError(process.args)
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)


def _rates(port: int, page: str, folder: Path) -> dict[str, float]:
    """Return requests per second of the file, a plain file of the same bytes, and the application.

    The three take turns, so that a change of the machine meets all of them.
    """
    (folder / "plain").mkdir()
    shutil.copy(folder / "site" / f"{page}.html", folder / "plain" / "page.html")
    village, ext_id = page.split("/")
    paths = {
        "file": f"/site/{page}.html",
        "plain": "/plain/page.html",
        "app": f"/village/{village}/bulletin/{ext_id}/",
    }
    taken: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(RUNS):
        for name, path in paths.items():
            taken[name].append(_rate(port, path))
    return {name: middle(rows) for name, rows in taken.items()}


def _rate(port: int, path: str) -> float:
    with ProcessPoolExecutor(CONNECTIONS) as pool:
        counts = list(pool.map(_ask, [port] * CONNECTIONS, [path] * CONNECTIONS))
    return sum(counts) / SECONDS


def _ask(port: int, path: str) -> int:
    """Ask over one kept connection until the time is over; return how many answers came whole.

    All answers to one path have one length; the first tells it. A client that reads headers each
    time would measure itself. Raises: ValueError for any answer but 200.
    """
    wanted = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(wanted)
        size = _first(line)
        answer, count = bytearray(size), 0
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            line.sendall(wanted)
            got = 0
            while got < size:
                got += line.recv_into(memoryview(answer)[got:])
            if not answer.startswith(b"HTTP/1.1 200 "):
                raise ValueError(bytes(answer[:60]))
            count += 1
    return count


def _first(line: socket.socket) -> int:
    """Read one answer and return how many bytes it has, head and body."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += line.recv(65_536)
    head, _, body = read.partition(b"\r\n\r\n")
    lengths = [one for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:")]
    length = int(lengths[0].partition(b":")[2])
    while len(body) < length:
        body += line.recv(65_536)
    return len(head) + 4 + length


if __name__ == "__main__":
    raise SystemExit(main())
