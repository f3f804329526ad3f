"""Which accounts elsewhere may stand for a password, read from the file of SANZI_LOGIN_PROVIDERS.

Holds no Django. A secret is written `env:NAME`. A mistake stops the program: a log-in that is
half open is worse than none.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from sanzi.config.env import BadEnvironment
from sanzi.kernel import yamls

NEEDED = {
    "dingtalk": ("client_id", "secret"),
    "weixin": ("client_id", "secret"),
    "openid_connect": ("client_id", "secret", "provider_id", "name", "server_url"),
}


def read(path: Path | None) -> dict[str, dict[str, Any]]:
    """Return allauth's providers, empty without a file. Raises: BadEnvironment."""
    if path is None:
        return {}
    try:
        found = yamls.read(path) or {}
    except (OSError, yaml.YAMLError) as problem:
        raise BadEnvironment(f"{path}: {problem}") from problem
    if not isinstance(found, dict):
        raise BadEnvironment(f"{path}: expected a mapping of providers")
    return {name: _provider(path, name, given) for name, given in found.items()}


def _provider(path: Path, name: str, given: Any) -> dict[str, Any]:
    if name not in NEEDED:
        raise BadEnvironment(f"{path}: {name!r} is no provider; known: {', '.join(NEEDED)}")
    missing = [key for key in NEEDED[name] if not isinstance(given, dict) or not given.get(key)]
    if missing:
        raise BadEnvironment(f"{path}: {name}: {missing[0]} is missing")
    app = {"client_id": given["client_id"], "secret": _secret(path, name, given["secret"])}
    if name == "openid_connect":
        app |= {
            "provider_id": given["provider_id"],
            "name": given["name"],
            "settings": {"server_url": given["server_url"]},
        }
    return {"APPS": [app]}


def _secret(path: Path, name: str, value: str) -> str:
    variable = value.removeprefix("env:")
    if variable == value:
        return value
    if variable not in os.environ:
        raise BadEnvironment(f"{path}: {name}: the variable {variable} is not set")
    return os.environ[variable]
