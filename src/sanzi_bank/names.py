"""How the bank compares the name on an order with the name of the account.

Alike: spaces, full-width forms, and the many middle dots that stand in names of minorities.
Close (PN02): one character of a longer name, traditional for simplified, a rare character written
as a look-alike, a placeholder or its old private code. Anything else is another name (PN01).
"""

import unicodedata

DOTS = dict.fromkeys(map(ord, "·•・‧∙⋅●.。"), "·")
TRADITIONAL = str.maketrans(
    "劉陳楊趙黃吳孫馬羅鄭謝韓許鄧蕭馮蔣葉蘇呂賈鐘譚盧陸範廖姚鄒龍萬錢湯齊嚴賴龔龐顏"
    "張國華榮蘭鳳麗貴鋒偉軍慶愛寶鵬飛紅學東興強勝傑雲龍義衛輝達遠長順玉蓮鳳連緒應樹勳剛濤潔"
    "鄉縣鎮村經濟聯會樓橋灣陽陰聖滿豐曉時進開關麥買賣熱爾吐魯",
    "刘陈杨赵黄吴孙马罗郑谢韩许邓萧冯蒋叶苏吕贾钟谭卢陆范廖姚邹龙万钱汤齐严赖龚庞颜"
    "张国华荣兰凤丽贵锋伟军庆爱宝鹏飞红学东兴强胜杰云龙义卫辉达远长顺玉莲凤连绪应树勋刚涛洁"
    "乡县镇村经济联会楼桥湾阳阴圣满丰晓时进开关麦买卖热尔吐鲁",
)
# A rare character, and what is written for it where a keyboard or a code page does not have it.
VARIANTS = {
    "䶮": ("龑", "龚", "\ue863"),
    "堃": ("坤",),
    "喆": ("哲",),
    "昇": ("升",),
    "珉": ("岷",),
    "燊": ("焱",),
    "頔": ("迪",),
    "翀": ("冲",),
}
PLACEHOLDERS = "?*□■"


def plain_name(name: str) -> str:
    """A name as the bank compares it: no spaces, full-width forms and dots made alike."""
    folded = unicodedata.normalize("NFKC", name).translate(DOTS)
    return "".join(folded.split())


def compare_names(given: str, registered: str) -> str:
    """An empty string when alike, PN02 when close, else PN01."""
    left, right = plain_name(given), plain_name(registered)
    if left == right:
        return ""
    if left.translate(TRADITIONAL) == right.translate(TRADITIONAL) or _without_dots(left, right):
        return "PN02"
    if len(left) != len(right):
        return "PN01"
    odd = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    if all(_is_variant(a, b) for a, b in odd) and len(odd) < len(right):
        return "PN02"
    return "PN02" if len(right) >= 3 and len(odd) == 1 else "PN01"


def _without_dots(left: str, right: str) -> bool:
    return "·" in left + right and left.replace("·", "") == right.replace("·", "")


def _is_variant(given: str, registered: str) -> bool:
    """Whether one character stands for another that is hard to write."""
    return (
        given in PLACEHOLDERS
        or given in VARIANTS.get(registered, ())
        or registered in VARIANTS.get(given, ())
    )


def masked_name(name: str) -> str:
    """The name as the bank lets others see it: the middle hidden, or the end of a short one."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]
