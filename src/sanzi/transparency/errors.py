"""Refusals of the log."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class NotInLog(Refusal):
    """Nothing of this is in the log yet; it takes a minute."""

    code = "transparency.not_in_log"
    sentence = "这一条还没有进公开日志。"
    next_step = "日志一分钟记一次，过一会儿再来看。"


class CosignatureRefused(Refusal):
    """What was handed in is no signature of a known witness under a head of this log."""

    code = "transparency.cosignature_refused"
    sentence = "这不是本县认得的见证人签的名，没有收。"
    next_step = "见证人先把公钥交给县里登记，再对最新的一份签名。"


class KeysNotTurned(Refusal):
    """Nothing was signed since the last turn, or those said to be lost are not a log's keys."""

    code = "transparency.keys_not_turned"
    sentence = "钥匙没有换。"
    next_step = "上次换过以后要先签过一份新的；报失的，请把原来两把钥匙的公钥写全。"
