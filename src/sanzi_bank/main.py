"""The console script `sanzi-bank`: start the sandbox bank and serve until told to stop."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from sanzi_bank import push
from sanzi_bank.control import DEFAULTS
from sanzi_bank.desk import Desk
from sanzi_bank.server import BankServer, start_clock
from sanzi_bank.signing import KeyRing, read_pair
from sanzi_bank.store import Store, get_setting, put_setting
from sanzi_bank.xmlio import Schemas


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="sanzi-bank", description="A sandbox bank with faults.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8800, help="port; 0 takes a free one")
    parser.add_argument("--db", default="var/bank.sqlite3", help="the bank's SQLite file")
    parser.add_argument("--seed", default="1", help="decides which messages a rate strikes")
    parser.add_argument("--schemas", default="build/iso20022", help="folder with the XSD files")
    parser.add_argument("--keys", default="var/bank-keys", help="folder with the SM2 keys")
    parser.add_argument(
        "--durability", choices=("full", "normal"), default="full",
        help="full survives a power cut; normal is quicker and survives a kill",
    )  # fmt: skip
    parser.add_argument(
        "--sign", metavar="KEY", default="",
        help="start nothing: sign what comes on standard input with a key file",
    )  # fmt: skip
    return parser.parse_args(arguments)


def open_desk(options: argparse.Namespace) -> Desk:
    """Open database, keys and schemas, and catch up with what fell due while it was off."""
    store = Store(options.db, options.durability.upper())
    desk = Desk(store, KeyRing(Path(options.keys)), Schemas(Path(options.schemas)))
    with store.transaction() as db:
        put_setting(db, "seed", options.seed)
        for name, value in DEFAULTS.items():
            if not get_setting(db, name):
                put_setting(db, name, value)
        desk.tick(db)
    return desk


def main(arguments: list[str] | None = None) -> int:
    """Run the bank until it is told to stop; returns 2 if the schemas are not there."""
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    if options.sign:
        print(read_pair(Path(options.sign)).sign(sys.stdin.buffer.read()))
        return 0
    if not (Path(options.schemas) / "pain.001.001.09.xsd").exists():
        print(f"no ISO 20022 schemas in {options.schemas}; run: make schemas", file=sys.stderr)
        return 2
    desk = open_desk(options)
    server = BankServer((options.host, options.port), desk)
    stop = start_clock(desk)
    pushing = push.start(desk.store, desk.schemas, desk.keys.bank)
    signal.signal(
        signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start()
    )
    print(f"sandbox bank ready http://{options.host}:{server.server_port}/_ctl/", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        pushing.set()
        server.server_close()
        desk.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
