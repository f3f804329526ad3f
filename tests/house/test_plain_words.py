"""What villagers read is short and made of the characters that everybody knows."""

from __future__ import annotations

from house import plain_words
from house.plain_words import LENGTH_MAX, Sentence

COMMON_SHARE_MIN = 98


def test_the_common_characters_are_the_3500() -> None:
    assert len(plain_words.common()) == 3500
    assert {"一", "村", "账", "矗"} <= plain_words.common()
    assert "夒" not in plain_words.common()


def test_a_long_sentence_and_a_rare_character_are_found() -> None:
    said = "这句话写得太长了没有人能一口气把它从头到尾读完读懂的"
    assert Sentence(said, "").length > LENGTH_MAX
    assert plain_words.rare("夒来了") == ["夒"]
    template = "{% if x %}<p>先写<b>姓名</b>，再写{{ code }}。</p>{% endif %}<h2>没有码</h2>"
    found = [one.text for one in plain_words.split(plain_words.template_text(template), "")]
    assert found == ["先写姓名，再写…", "没有码"]
    assert list(plain_words.strings('f"{day}公布，晚了"')) == ["…公布，晚了"]


def test_every_sentence_of_the_portal_can_be_read_in_one_breath() -> None:
    found = plain_words.all_sentences()
    assert len(found) > 700
    long = [f"{one.where}: {one.text}" for one in found if one.length > LENGTH_MAX]
    assert long == []


def test_the_portal_is_written_in_common_characters() -> None:
    text = "".join(one.text for one in plain_words.all_sentences())
    count = len(plain_words.HAN.findall(text))
    rare = plain_words.rare(text)
    assert (count - len(rare)) * 100 >= count * COMMON_SHARE_MIN, sorted(set(rare))
