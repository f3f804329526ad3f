"""Refusals of the room: what is absent or out of scope, wrong codes, missing second factor."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class NotFound(Refusal):
    """Absent and forbidden look alike."""

    code = "orgs.not_found"
    sentence = "没有找到这一页。"
    next_step = "请核对地址，或回到待办重新进入。"


class SecondFactorNeeded(Refusal):
    """Approval and release of money ask for the second factor again."""

    code = "orgs.second_factor_needed"
    sentence = "动钱之前要再输一次动态码。"
    next_step = "请输入手机上的6位动态码，再点一次。"


class ReasonNeeded(Refusal):
    """A full view of a personal field needs a reason."""

    code = "orgs.reason_needed"
    sentence = "看完整的{field}要写理由，至少4个字。"
    next_step = "请写明为什么要看，这次查看会记下来。"
