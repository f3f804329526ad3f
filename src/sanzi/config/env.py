"""Settings from the environment: names, defaults and what production refuses.

Holds no Django; `settings.py` turns the answer into Django's names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from sanzi.kernel import cipher

DEMO_SECRET_KEY = "demo-only-" + "0" * 54
DEMO_DATA_KEY = "00" * 16
DEMO_INDEX_KEY = "11" * 32
CONTRACTING_PREFIX = "ocds-sanzi0"
QUIET_HOURS = "21:00-07:30"
ENVIRONMENTS = ("demo", "test", "production")
DEMO_COSIGNERS = "town=镇里,county=县里"
TAX_MODES = ("off", "manual", "simulator", "vendor")
TAX_DEFAULTS = {"demo": "simulator", "test": "off", "production": "manual"}


class BadEnvironment(Exception):
    """A setting is missing or unsafe; the program must not start."""


@dataclass(frozen=True)
class Environment:
    """What the process was told about its surroundings.

    Units: keys are hex strings (data key 16 bytes, `k2:` before it names its version, older
        ones as `k1:…,k2:…`; index key 32 bytes); paths are absolute;
        `quiet_hours` are local, no text goes between them; `bank_news_seconds` is how often the
        worker reads the bank's notices; `full_night_days` how often the night asks every model of
        everything; `statements` is the folder of a county's own statements,
        `matters` that of its own matter files, `items` the file of its own items to publish;
        `tax` says how invoices are verified, `tax_vendor` is the file of a provider;
        `bank_connections` is the file of the county's banks, None where one bank at `bank_url`
        keeps all accounts; `notice_channels` is the file of channels, None where texts go to the
        gateway beside the bank; `login_providers` is the file of outside log-ins, None where there
        are none; `seal_url` is the platform of the seal machines, empty where no seal is in one;
        `log_origin` names the public log for ever, `log_keys` is the folder of its keys,
        `log_witnesses` a file with the keys of its witnesses, one a line, None where it has none;
        `log_cosigners` the levels that cosign it here, as (name of the key, what it is called);
        `log_quorum` how many of those who cosign must have signed a head that a paper shows;
        `site_dir` is the folder of published pages; `lake_keys` that of the keys which sign what
        the county publishes to a lake, `lake` where that is, empty where it does not publish;
        `lake_counties` is the list of counties that a city reads from it, None in a county;
        `lake_changes` tells merges and splits of villages; `matching` is the file that says where
        the matching service is and which counties take part, None where the county does not.
    """

    name: str
    var: Path
    database_url: str
    secret_key: str
    public_url: str
    data_key: str
    old_data_keys: str
    index_key: str
    bank_url: str
    bank_keys: Path
    bank_connections: Path | None
    notice_channels: Path | None
    login_providers: Path | None
    schemas: Path
    quiet_hours: tuple[time, time]
    bank_news_seconds: int
    full_night_days: int
    statements: Path | None
    items: Path | None
    matters: Path | None
    confirmations: Path | None
    contracting_prefix: str
    tax: str
    tax_url: str
    tax_vendor: Path | None
    tax_token: str
    seal_url: str
    seal_keys: Path
    site_dir: Path
    lake_keys: Path
    lake: str
    lake_counties: Path | None
    lake_changes: Path | None
    matching: Path | None
    log_origin: str
    log_keys: Path
    log_witnesses: Path | None
    log_cosigners: tuple[tuple[str, str], ...]
    log_quorum: int

    @property
    def is_production(self) -> bool:
        """True where real money moves."""
        return self.name == "production"


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Read the environment, with safe defaults for the demo.

    Raises: BadEnvironment, when the name is unknown or production would run with demo secrets,
    without its own database, or with a public address that is not https.
    """
    name = environ.get("SANZI_ENV", "demo")
    if name not in ENVIRONMENTS:
        raise BadEnvironment(f"SANZI_ENV is {name!r}; expected one of {', '.join(ENVIRONMENTS)}")
    var = Path(environ.get("SANZI_VAR", "var")).resolve()
    found = Environment(
        name=name,
        var=var,
        database_url=environ.get("SANZI_DATABASE_URL", f"sqlite:///{var / 'sanzi.sqlite3'}"),
        secret_key=environ.get("SANZI_SECRET_KEY", DEMO_SECRET_KEY),
        public_url=environ.get("SANZI_PUBLIC_URL", "http://localhost:8000").rstrip("/"),
        data_key=environ.get("SANZI_DATA_KEY", DEMO_DATA_KEY),
        old_data_keys=environ.get("SANZI_OLD_DATA_KEYS", ""),
        index_key=environ.get("SANZI_INDEX_KEY", DEMO_INDEX_KEY),
        bank_url=environ.get("SANZI_BANK_URL", "http://127.0.0.1:8800").rstrip("/"),
        bank_keys=Path(environ.get("SANZI_BANK_KEYS", str(var / "bank-keys"))).resolve(),
        bank_connections=_path(environ.get("SANZI_BANK_CONNECTIONS", "")),
        notice_channels=_path(environ.get("SANZI_NOTICE_CHANNELS", "")),
        login_providers=_path(environ.get("SANZI_LOGIN_PROVIDERS", "")),
        schemas=Path(environ.get("SANZI_SCHEMAS", "build/iso20022")).resolve(),
        quiet_hours=_hours(environ.get("SANZI_QUIET_HOURS", QUIET_HOURS)),
        bank_news_seconds=_whole(environ, "SANZI_BANK_NEWS_SECONDS", "300", "seconds"),
        full_night_days=_whole(environ, "SANZI_FULL_NIGHT_DAYS", "1", "days"),
        statements=_path(environ.get("SANZI_STATEMENTS", "")),
        items=_path(environ.get("SANZI_ITEMS", "")),
        matters=_path(environ.get("SANZI_MATTERS", "")),
        confirmations=_path(environ.get("SANZI_CONFIRMATIONS", "")),
        contracting_prefix=environ.get("SANZI_CONTRACTING_PREFIX", CONTRACTING_PREFIX),
        seal_url=environ.get("SANZI_SEAL_URL", "").rstrip("/"),
        seal_keys=Path(environ.get("SANZI_SEAL_KEYS", str(var / "seal-keys"))).resolve(),
        site_dir=Path(environ.get("SANZI_SITE_DIR", str(var / "site"))).resolve(),
        lake_keys=Path(environ.get("SANZI_LAKE_KEYS", str(var / "lake-keys"))).resolve(),
        lake=environ.get("SANZI_LAKE", ""),
        lake_counties=_path(environ.get("SANZI_LAKE_COUNTIES", "")),
        lake_changes=_path(environ.get("SANZI_LAKE_CHANGES", "")),
        matching=_path(environ.get("SANZI_MATCHING", "")),
        log_origin=environ.get("SANZI_LOG_ORIGIN", "") or _origin(environ),
        log_keys=Path(environ.get("SANZI_LOG_KEYS", str(var / "log-keys"))).resolve(),
        log_witnesses=_path(environ.get("SANZI_LOG_WITNESSES", "")),
        **_cosigning(environ, name),
        **_tax(environ, name),
    )
    _check_keys(found)
    if found.is_production:
        _refuse_demo_secrets(found)
    return found


def _cosigning(environ: Mapping[str, str], name: str) -> dict[str, Any]:
    """Return who cosigns the log here and how many must. Raises: BadEnvironment."""
    text = environ.get("SANZI_LOG_COSIGNERS", DEMO_COSIGNERS if name == "demo" else "")
    pairs = [one.partition("=") for one in text.split(",") if one.strip()]
    found = tuple((key.strip(), title.strip()) for key, _, title in pairs)
    if any(not re.fullmatch(r"[a-z0-9-]+", key) or not title for key, title in found):
        raise BadEnvironment(f"SANZI_LOG_COSIGNERS is {text!r}; expected town=镇里,county=县里")
    quorum = environ.get("SANZI_LOG_QUORUM", str(len(found)))
    if not (quorum.isascii() and quorum.isdigit()):
        raise BadEnvironment(f"SANZI_LOG_QUORUM is {quorum!r}; expected a number")
    return {"log_cosigners": found, "log_quorum": int(quorum)}


def _tax(environ: Mapping[str, str], name: str) -> dict[str, Any]:
    """Return how invoices are verified. Raises: BadEnvironment."""
    mode = environ.get("SANZI_TAX", TAX_DEFAULTS[name])
    if mode not in TAX_MODES:
        raise BadEnvironment(f"SANZI_TAX is {mode!r}; expected one of {', '.join(TAX_MODES)}")
    if mode in {"off", "simulator"} and name == "production":
        raise BadEnvironment(f"SANZI_TAX is {mode!r}; production verifies: manual or vendor")
    bank = environ.get("SANZI_BANK_URL", "http://127.0.0.1:8800").rstrip("/")
    url = environ.get("SANZI_TAX_URL", f"{bank}/tax/verify" if mode == "simulator" else "")
    vendor = _path(environ.get("SANZI_TAX_VENDOR", ""))
    if mode == "vendor" and (not url or vendor is None):
        raise BadEnvironment("SANZI_TAX is 'vendor'; SANZI_TAX_URL and SANZI_TAX_VENDOR are needed")
    token = environ.get("SANZI_TAX_TOKEN", "")
    return {"tax": mode, "tax_url": url, "tax_vendor": vendor, "tax_token": token}


def _origin(environ: Mapping[str, str]) -> str:
    """Return the name of the log: where it is published, without the scheme (c2sp.org)."""
    public = environ.get("SANZI_PUBLIC_URL", "http://localhost:8000").rstrip("/")
    return f"{public.split('//', 1)[-1]}/log"


def _check_keys(found: Environment) -> None:
    try:
        cipher.ring(found.data_key, found.old_data_keys)
    except ValueError as wrong:
        raise BadEnvironment(f"SANZI_DATA_KEY, SANZI_OLD_DATA_KEYS: {wrong}") from wrong


def _path(text: str) -> Path | None:
    return Path(text).resolve() if text else None


def _hours(text: str) -> tuple[time, time]:
    """Return the hours of `21:00-07:30`; equal hours mean never. Raises: BadEnvironment."""
    first, _, last = text.partition("-")
    try:
        return time.fromisoformat(first), time.fromisoformat(last)
    except ValueError as wrong:
        raise BadEnvironment(f"SANZI_QUIET_HOURS is {text!r}; expected 21:00-07:30") from wrong


def _whole(environ: Mapping[str, str], name: str, default: str, unit: str) -> int:
    """Return a positive whole number. Raises: BadEnvironment."""
    text = environ.get(name, default)
    if not text.isdecimal() or not int(text):
        raise BadEnvironment(f"{name} is {text!r}; expected {unit}, 1 or more")
    return int(text)


def _refuse_demo_secrets(found: Environment) -> None:
    wrong = [
        variable
        for variable, is_unsafe in (
            (
                "SANZI_SECRET_KEY",
                len(found.secret_key) < 50 or found.secret_key == DEMO_SECRET_KEY,
            ),
            ("SANZI_DATA_KEY", found.data_key.endswith(DEMO_DATA_KEY)),
            ("SANZI_INDEX_KEY", found.index_key == DEMO_INDEX_KEY),
            ("SANZI_DATABASE_URL", not found.database_url.startswith("postgres")),
            ("SANZI_PUBLIC_URL", not found.public_url.startswith("https://")),
        )
        if is_unsafe
    ]
    if wrong:
        raise BadEnvironment(
            "production does not start with demo values; set " + ", ".join(wrong),
        )
