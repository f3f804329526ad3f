"""Refusals of the room: files that came before, lie elsewhere, are wrong, or no longer wait."""

from __future__ import annotations

from collections.abc import Sequence

from sanzi.kernel.refusals import Refusal


class SameFile(Refusal):
    """The same bytes were loaded before."""

    code = "exchange.same_file"
    sentence = "这个文件已经在{when}由{who}导入过了，是{title}的第{ext_id}号。"
    next_step = "请换成新的文件。那一次的情况在这个来源的列表里看。"


class FileWrong(Refusal):
    """Cells or rows of the file are wrong; not one row of it was loaded."""

    code = "exchange.file_wrong"
    sentence = "文件里有{count}处不对，一行也没有导入。{first}"
    next_step = "请按列出的行和列改好文件再上传，或者改列的对应。"

    def __init__(self, count: int, first: str, wrong: Sequence[dict[str, object]] = ()) -> None:
        """Keep the first wrong cells for programs, personal values masked."""
        super().__init__(count=count, first=first, wrong=list(wrong))

    def __reduce__(self) -> tuple[object, ...]:
        """Let it travel between processes with its cells."""
        data = self.data
        return (type(self), (data["count"], data["first"], data["wrong"]))


class NothingToLoad(Refusal):
    """No row stands under the header."""

    code = "exchange.nothing_to_load"
    sentence = "表头下面一行也没有，没有什么可以导入。"
    next_step = "请核对表头在第几行，或者换一个文件。"


class AllLeftOut(Refusal):
    """Of no row anything can be made."""

    code = "exchange.all_left_out"
    sentence = "{count}行都要留下，没有一行能导入。{first}"
    next_step = "请按列出的原因改好文件或先补登记，再导入。"


class NothingLeft(Refusal):
    """The file was loaded whole."""

    code = "exchange.nothing_left"
    sentence = "这个文件没有留下的行。"
    next_step = "有新的文件请另外上传。"


class NotNow(Refusal):
    """The file was loaded or put away already, or is being loaded."""

    code = "exchange.not_now"
    sentence = "这个文件{state}，不能再改。"
    next_step = "请上传新的文件。"


class ChangedMeanwhile(Refusal):
    """What was shown is not what would be loaded now."""

    code = "exchange.changed_meanwhile"
    sentence = "看过以后，对应关系或登记的人变了，没有导入。"
    next_step = "请再看一遍，没有问题再确定。"


class NameNeeded(Refusal):
    """A mapping is kept under a name."""

    code = "exchange.name_needed"
    sentence = "保存对应关系要起一个名字，2到40个字。"
    next_step = "写上来源和用处，如“民政死亡名单”。"


class FormatWrong(Refusal):
    """A way of writing days or amounts, or one of our codes, that is not there."""

    code = "exchange.format_wrong"
    sentence = "“{field}”没有“{value}”这种写法或代码。"
    next_step = "请从列出的里面选。"


class ProposalDecided(Refusal):
    """Somebody decided on this difference already, or a newer directory came."""

    code = "exchange.proposal_decided"
    sentence = "这一处已经有人定过了，或者有了新的通讯录。"
    next_step = "请回到列表，看现在等定的。"


class OwnProposal(Refusal):
    """Nobody decides on himself."""

    code = "exchange.own_proposal"
    sentence = "这一处说的是您自己，要由别人来定。"
    next_step = "请单位里另一位管任职的人来定。"


class ReasonNeeded(Refusal):
    """A proposal is declined with a reason."""

    code = "exchange.reason_needed"
    sentence = "不采纳要写为什么，至少4个字。"
    next_step = "比如“借调在外，仍任原职”。"
