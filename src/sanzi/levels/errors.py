"""Refusals of the room."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class NoLake(Refusal):
    """This installation was not told where the lake is."""

    code = "levels.no_lake"
    sentence = "这里没有设数据湖的地方。"
    next_step = "请管理员设好 SANZI_LAKE。"
