"""Seal machines behind a platform that speaks JSON over HTTP, both sides signing with SM2."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from sanzi.bank.sign import Sm2KeyFile
from sanzi.kernel import signatures
from sanzi.registers.seals.devices.port import (
    DeviceStatus,
    MachineRefuses,
    MachineSilent,
    SealAuth,
)

OK, REFUSED = 200, 409
TIMEOUT_SECONDS = 5.0


class HttpSealDevice:
    """One platform at one address: it knows us by `customer`, we know it by its public key."""

    def __init__(self, url: str, customer: str, key_file: Path, public_key: str) -> None:
        """Keep address and keys; the key file is read at once. Raises: OSError, ValueError."""
        self._url, self._customer = url.rstrip("/"), customer
        self._signer = Sm2KeyFile(key_file)
        self._key = signatures.read_key(public_key)
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)

    def authorise(self, auth: SealAuth) -> None:
        """Let the machine make impressions."""
        self._ask(
            "authorise",
            {
                "auth_id": auth.auth_id,
                "device": auth.device,
                "seal": auth.seal,
                "operator": auth.operator,
                "impressions": auth.impressions,
                "not_before": _iso(auth.not_before),
                "not_after": _iso(auth.not_after),
                "is_offsite": auth.is_offsite,
            },
        )

    def revoke(self, device: str, auth_id: str) -> int:
        """Take leave back; return how many impressions were left."""
        return int(self._ask("revoke", {"device": device, "auth_id": auth_id})["left"])

    def status(self, device: str) -> DeviceStatus:
        """Ask how the machine is."""
        told = self._ask("status", {"device": device})
        return DeviceStatus(
            device, int(told["counter"]), int(told["waiting"]), bool(told["is_online"])
        )

    def _ask(self, door: str, body: dict[str, object]) -> dict[str, Any]:
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Seal-Customer": self._customer,
            "X-Seal-Signature": self._signer.sign(self._customer.encode() + b"\n" + raw),
        }
        try:
            answer = self._client.post(f"{self._url}/seal/{door}", content=raw, headers=headers)
        except httpx.HTTPError as problem:
            raise MachineSilent(type(problem).__name__) from problem
        signature = answer.headers.get("X-Seal-Signature", "")
        if not signatures.is_valid(self._key, answer.content, signature):
            raise MachineSilent("the answer is not signed by the platform")
        try:
            told = answer.json()
        except ValueError as problem:
            raise MachineSilent("the answer is no JSON") from problem
        if answer.status_code == REFUSED:
            raise MachineRefuses(str(told.get("why", "")))
        if answer.status_code != OK:
            raise MachineSilent(f"status {answer.status_code}")
        return dict(told)


def _iso(at: datetime) -> str:
    return at.isoformat()
