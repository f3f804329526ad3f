"""The console script `sanzi-seal`: start the simulator and serve until told to stop."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from sanzi_seal.platform import Platform
from sanzi_seal.server import SealServer
from sanzi_seal.signing import KeyRing


def main(arguments: list[str] | None = None) -> int:
    """Run the simulator until it is told to stop."""
    parser = argparse.ArgumentParser(prog="sanzi-seal", description="Seal machines with faults.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8900, help="port; 0 takes a free one")
    parser.add_argument("--keys", default="var/seal-keys", help="folder with the SM2 keys")
    parser.add_argument("--push", default="", help="where records of machines are sent")
    options = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    platform = Platform(KeyRing(Path(options.keys)))
    platform.push_url = options.push
    server = SealServer((options.host, options.port), platform)
    signal.signal(
        signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start()
    )
    print(f"seal machines ready http://{options.host}:{server.server_port}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
