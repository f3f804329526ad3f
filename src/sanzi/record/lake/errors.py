"""Refusals of the lake: what a county sent cannot be taken, and why. Others are read all the same.

Each leaves what was taken from the county before as it is.
"""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class LakeRefusal(Refusal):
    """What a county sent, or asked to send, is not taken. `county` is its code of six figures."""


class NothingSent(LakeRefusal):
    """A county that the list names has sent nothing."""

    code = "lake.nothing_sent"
    sentence = "{county} 还没有送来数据。"
    next_step = "请这个县运行 sanzi lake publish。"


class UnknownCounty(LakeRefusal):
    """Rows lie in the lake under a code that the list of counties does not name."""

    code = "lake.unknown_county"
    sentence = "{county} 不在县的名单里，它送来的没有读。"
    next_step = "核对区划代码；确是本地的县，把它和它的公钥写进名单。"


class BadSignature(LakeRefusal):
    """The head is not signed by the county, or by another key than the list names."""

    code = "lake.bad_signature"
    sentence = "{county} 送来的清单签名不对：{why}。"
    next_step = "请这个县用登记过的密钥重新发布；换过密钥的，先改名单。"


class HeadBroken(LakeRefusal):
    """The head or the manifest cannot be read, or is not what the head names."""

    code = "lake.head_broken"
    sentence = "{county} 送来的清单读不了：{why}。"
    next_step = "请这个县重新发布。"


class OtherCounty(LakeRefusal):
    """A head or manifest of one county lies where another's belongs."""

    code = "lake.other_county"
    sentence = "{county} 的位置上放的是 {found} 的清单。"
    next_step = "请核对存放的位置，放回各自的目录。"


class SentTwice(LakeRefusal):
    """The number of a publication that was taken stands over other content now."""

    code = "lake.sent_twice"
    sentence = "{county} 第 {serial} 次送来的内容，和已经收下的第 {serial} 次不一样。"
    next_step = "请这个县核对是否有两台机器同时发布，再发布一次新的。"


class GoneBack(LakeRefusal):
    """An older publication than the one taken: after a restore, or put back by somebody."""

    code = "lake.gone_back"
    sentence = "{county} 送来的是第 {serial} 次，已经收下过第 {taken} 次。"
    next_step = "请这个县核对是否恢复过旧备份，再发布一次新的。"


class ChainBroken(LakeRefusal):
    """The next publication does not follow the one that was taken."""

    code = "lake.chain_broken"
    sentence = "{county} 第 {serial} 次送来的清单接不上已经收下的那一次。"
    next_step = "请和这个县核对：中间可能换过机器，或者清单被人改过。"


class TooLate(LakeRefusal):
    """What a county sent is older than the run allows."""

    code = "lake.too_late"
    sentence = "{county} 的数据停在 {as_of_date}，已经过了 {days} 天，最多 {limit} 天。"
    next_step = "请这个县重新发布；要读旧的，运行时放宽 --max-age-days。"


class FromTheFuture(LakeRefusal):
    """What a county sent tells a moment that has not come."""

    code = "lake.from_the_future"
    sentence = "{county} 的数据写的是 {as_of_date}，还没有到。"
    next_step = "请这个县校准机器的时间，再发布一次。"


class SchemaTooOld(LakeRefusal):
    """Rows of a version that is not read any more."""

    code = "lake.schema_too_old"
    sentence = "{county} 的数据是第 {version} 版的格式，这里最早读第 {oldest} 版。"
    next_step = "请这个县升级后再发布。"


class FileMissing(LakeRefusal):
    """A file that the manifest names is not there: half was sent."""

    code = "lake.file_missing"
    sentence = "{county} 缺文件 {path}，只送来了一部分。"
    next_step = "请这个县重新发布。"


class FileBroken(LakeRefusal):
    """A file is not the one whose digest the manifest names."""

    code = "lake.file_broken"
    sentence = "{county} 的文件 {path} 和清单里的摘要对不上。"
    next_step = "请这个县用 sanzi lake publish --whole 整个重新发布。"


class FileUnreadable(LakeRefusal):
    """A file is whole, but holds other columns or rows than it should."""

    code = "lake.file_unreadable"
    sentence = "{county} 的文件 {path} 读不了：{why}。"
    next_step = "请这个县核对程序的版本后重新发布。"


class OverlappingPeriods(LakeRefusal):
    """A month is there twice, a row lies in another month's file, or a row is in two files."""

    code = "lake.overlapping_periods"
    sentence = "{county} 的 {table} 各月的数据有重叠：{why}。"
    next_step = "请这个县重新发布，不要自己拼文件。"


class ForeignRows(LakeRefusal):
    """Rows of places that are not the county's."""

    code = "lake.foreign_rows"
    sentence = "{county} 的 {table} 里有 {count} 行是别处的（{place}）。"
    next_step = "请这个县只发布自己的数据；区划代码改过的，在名单里写上旧代码。"


class BadDivisionChange(LakeRefusal):
    """A merge, split or new code of villages that cannot be."""

    code = "lake.bad_division_change"
    sentence = "{county} 的区划变动写得不对：{why}。"
    next_step = "照 docs/how-to/join-a-lake.md 改好后再发布。"


class BadCountyList(Refusal):
    """The file of counties that a city keeps cannot be used."""

    code = "lake.bad_county_list"
    sentence = "县的名单不能用：{why}。"
    next_step = "照 docs/how-to/join-a-lake.md 写名单，公钥用 sanzi lake key 打印的。"


class BadPlace(Refusal):
    """The place of the lake cannot be reached or written."""

    code = "lake.bad_place"
    sentence = "数据湖 {place} 打不开：{why}。"
    next_step = "请核对地址、权限和网络。"


class NoCounty(Refusal):
    """Nobody can tell which county this installation is."""

    code = "lake.no_county"
    sentence = "说不出这里是哪个县：找到 {count} 个县的区划。"
    next_step = "用 --county 写明 6 位县代码。"


class JavaMissing(Refusal):
    """Spark needs Java, and there is none."""

    code = "lake.java_missing"
    sentence = "这台机器上没有 Java，Spark 不能运行。"
    next_step = "请管理员安装 openjdk-17-jre-headless，或改用 --engine duckdb。"


class SparkMissing(Refusal):
    """The library of Spark is not installed."""

    code = "lake.spark_missing"
    sentence = "没有装 pyspark，不能用 Spark。"
    next_step = "请管理员运行 pip install 'sanzi[spark]'，或改用 --engine duckdb。"


class BeingTaken(LakeRefusal):
    """The rows of a county cannot be shown just now: a newer publication takes their place."""

    code = "lake.being_taken"
    sentence = "正在收 {county} 的新数据，这几行现在看不了。"
    next_step = "过几分钟再看。"
