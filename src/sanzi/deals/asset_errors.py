"""Refusals about assets, their counting and their disposal."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class AssetWrong(Refusal):
    """A card says something that does not hold."""

    code = "deals.asset_wrong"
    sentence = "{field}不对：{why}。"
    next_step = "请改好“{field}”再存。"


class AssetGone(Refusal):
    """The thing is sold or scrapped: nothing more is done with it."""

    code = "deals.asset_gone"
    sentence = "“{name}”已经{state}，不能再{verb}。"
    next_step = "请核对编号；还在用的，请另建一张卡片。"


class AssetTaken(Refusal):
    """The thing is let, and what is asked would cut across the lease."""

    code = "deals.asset_taken"
    sentence = "“{name}”正在出租，不能{verb}。"
    next_step = "请先办收回，再改。"


class PlanTaken(Refusal):
    """Another card is written off by this plan already, or the plan is another body's."""

    code = "deals.plan_taken"
    sentence = "这个折旧计划不能用：{why}。"
    next_step = "请在本单位的定期计划里另选一个，或先去拟一个。"


class CountStands(Refusal):
    """The stock-taking is not in a state in which this may be done."""

    code = "deals.count_stands"
    sentence = "{year}年的盘点{now}，不能{verb}。"
    next_step = "{advice}"


class SameCounter(Refusal):
    """Who counted does not check."""

    code = "deals.same_counter"
    sentence = "“{name}”是您盘的，不能由您复核。"
    next_step = "请村监会或村民代表来复核。"


class CountWrong(Refusal):
    """A line of a count lacks what its result asks for."""

    code = "deals.count_wrong"
    sentence = "“{name}”这一项{why}。"
    next_step = "{advice}"


class CountTeamWrong(Refusal):
    """Who counts and who checks is not what the count asks for."""

    code = "deals.count_team_wrong"
    sentence = "盘点的人不对：{why}。"
    next_step = "请改好“谁来盘”再交。"
