"""Invented names: places, people and firms. Any likeness to real ones is chance."""

from __future__ import annotations

from random import Random
from typing import Final

PROVINCE: Final = "示例省"
CITY: Final = "示例市"
COUNTY: Final = "澄川县"

FIRST_TOWN: Final = "清河镇"
FIRST_VILLAGE: Final = "柳湾村"

_TOWN_HEADS: Final = (
    "白石", "云岭", "青塘", "松坪", "桃源", "石桥", "双溪", "龙泉", "南山", "金沙",
    "梅林", "竹溪", "高坪", "枫树", "安和", "永兴", "大渡", "红岩", "银杏", "长坪",
    "新河", "东升", "西岭", "北塘", "凤凰", "仙居", "平川", "明月", "古井", "兰田",
)  # fmt: skip
_VILLAGE_FIRST: Final = (
    "柳", "杨", "石", "河", "松", "竹", "梅", "桃", "榆", "槐", "清", "白", "青", "红", "金",
    "银", "龙", "凤", "云", "泉", "花", "上", "下", "东", "西", "南", "北", "新", "古", "高",
)  # fmt: skip
_VILLAGE_LAST: Final = (
    "湾", "坪", "塘", "桥", "岭", "坡", "庄", "堡", "洼", "沟", "井", "渡", "畈", "垄", "源",
    "溪", "林", "园", "台", "岗",
)  # fmt: skip
_SURNAMES: Final = (
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高",
    "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧",
    "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾",
    "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜",
    "欧阳", "司徒",
)  # fmt: skip
_MEN: Final = (
    "建国", "建军", "志强", "志明", "国平", "国庆", "永福", "永强", "德明", "德胜", "海涛",
    "海波", "文斌", "文华", "小军", "大勇", "立新", "立民", "春生", "秋生", "金水", "玉山",
    "长河", "松林", "根生", "福来", "保田", "守义", "忠良", "家旺", "光明", "振华", "学文",
    "成林", "宝山", "水根", "俊杰", "浩然", "子轩", "宇航", "伟", "强", "勇", "军", "涛",
)  # fmt: skip
_WOMEN: Final = (
    "秀英", "桂英", "玉兰", "桂兰", "秀兰", "凤英", "玉梅", "春梅", "冬梅", "雪梅", "丽华",
    "丽萍", "美玲", "小红", "小芳", "晓燕", "海燕", "金凤", "银花", "菊香", "荷花", "彩霞",
    "云霞", "巧珍", "淑珍", "淑芬", "慧敏", "雅琴", "月娥", "翠莲", "梓涵", "欣怡", "芳",
    "敏", "静", "丽", "娟", "霞", "燕", "英",
)  # fmt: skip


def towns(count: int, first: str = FIRST_TOWN, start: int = 0) -> list[str]:
    """Names of the towns; a county's first is always the same."""
    heads = _TOWN_HEADS[start:]
    return [first, *(f"{head}镇" for head in heads)][:count]


def villages(count: int, random: Random, first: str = FIRST_VILLAGE) -> list[str]:
    """Distinct village names; a county's first is always the same."""
    stems = [a + b for a in _VILLAGE_FIRST for b in _VILLAGE_LAST if a + b != first[:2]]
    random.shuffle(stems)
    return [first, *(f"{stem}村" for stem in stems)][:count]


def surname(random: Random) -> str:
    """A family name."""
    return random.choice(_SURNAMES)


def given(random: Random, *, is_man: bool) -> str:
    """A given name."""
    return random.choice(_MEN if is_man else _WOMEN)
