"""The fixtures of the sandbox bank, for the tests in this folder."""

from fixtures_bank import bank_process, gateway, sandbox

__all__ = ["bank_process", "gateway", "sandbox"]
