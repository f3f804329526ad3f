"""Refusals of this room."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class BadWebhook(Refusal):
    """The address or the wish of a webhook can't be taken."""

    code = "notices.bad_webhook"
    sentence = "这个推送地址不能用：{why}。"
    next_step = "请改正后再存。"


class NoticeGone(Refusal):
    """Only a notice that failed can be sent again."""

    code = "notices.not_failed"
    sentence = "这条通知是“{state}”，不用再发。"
    next_step = "请刷新页面看最新的情况。"
