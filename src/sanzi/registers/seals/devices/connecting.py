"""The one platform of machines that the settings name, opened when the program starts.

`SANZI_SEAL_URL` is its address; `SANZI_SEAL_KEYS` the folder with our key pair `sanzi.key` and its
public key `machines.pub`. Without an address no seal is locked in a machine.
"""

from __future__ import annotations

from django.conf import settings

from sanzi.registers.seals.devices.http import HttpSealDevice
from sanzi.registers.seals.devices.port import wire

CUSTOMER = "sanzi"


def connect() -> None:
    """Open the platform that the settings name. Raises: OSError, ValueError for broken keys."""
    url, keys = settings.SANZI.seal_url, settings.SANZI.seal_keys
    if not url:
        return
    wire.public_key = (keys / "machines.pub").read_text().strip()
    wire.customer = CUSTOMER
    wire.device = HttpSealDevice(url, CUSTOMER, keys / "sanzi.key", wire.public_key)
