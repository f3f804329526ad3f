"""Refusals of the record: what is wrong with a data package, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sanzi.kernel.refusals import Refusal


@dataclass(frozen=True)
class CellError:
    """One thing wrong. `row` counts like a spreadsheet: the header is row 1, 0 is no row.

    `value` is masked already when the column is personal.
    """

    file: str
    row: int
    column: str
    value: str
    expected: str

    @property
    def text(self) -> str:
        """The whole in one Chinese sentence."""
        place = self.file
        if self.row:
            place += f" 第 {self.row} 行"
        if self.column:
            place += f" {self.column} 列"
        found = f"写的是“{self.value}”，" if self.value else ""
        return f"{place}：{found}{self.expected}。"

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        return asdict(self)


class PackageRefused(Refusal):
    """A data package (or a filled-in workbook) has errors; nothing was taken from it."""

    code = "record.package_refused"
    sentence = "数据包有 {count} 处不对，一行也没有导入。{first}"
    next_step = "按列出的文件、行和列改好后重新导入。"

    def __init__(self, errors: Sequence[CellError]) -> None:
        first = errors[0].text if errors else ""
        super().__init__(count=len(errors), first=first)
        self.errors = tuple(errors)

    def __reduce__(self) -> tuple[object, ...]:
        """Let it travel between processes with its list."""
        return (type(self), (self.errors,))

    def as_dict(self) -> dict[str, object]:
        """The refusal with every cell."""
        cells = [error.as_dict() for error in self.errors]
        return {**super().as_dict(), "errors": cells, "data": {**self.data, "errors": cells}}


class RowProblem(Exception):
    """A loader found that a row does not fit what is stored already.

    Raised inside a load; `row` counts from 1 for the header, so the first data row is 2.
    """

    def __init__(self, *, row: int, column: str, value: str, expected: str) -> None:
        super().__init__(expected)
        self.row = row
        self.column = column
        self.value = value
        self.expected = expected


class BadRecipientKey(Refusal):
    """Not an SM2 key."""

    code = "record.bad_recipient_key"
    sentence = "这不是一个 SM2 公钥（128 位十六进制）或密钥文件。"
    next_step = "请接收方重新给一份公钥，或用 sanzi open-export --new-key 生成一对。"


class NotTheRecipient(Refusal):
    """The archive was made for another key."""

    code = "record.not_the_recipient"
    sentence = "这个文件不是给这把密钥的，打不开。"
    next_step = "请换成申请导出时登记的那一把密钥。"


class EnvelopeBroken(Refusal):
    """The archive was cut or changed; nothing was unpacked."""

    code = "record.envelope_broken"
    sentence = "这个文件不完整或被改过，没有解开。"
    next_step = "请重新取一份，不要用这一份。"


class NotEmpty(Refusal):
    """A backup or a restore needs a place where nothing lies."""

    code = "record.not_empty"
    sentence = "{place}里已经有东西，没有动它。"
    next_step = "备份请给一个新文件夹；恢复请给空的数据库和空的文件夹。"


class BackupBroken(Refusal):
    """A backup is damaged, incomplete, altered, or made by another installation."""

    code = "record.backup_broken"
    sentence = "这份备份不能用：{why}。"
    next_step = "什么也没有写。请换一份备份，或核对口令和密钥。"


class ToolMissing(Refusal):
    """A program that the work needs is not on this machine, or it failed."""

    code = "record.tool_missing"
    sentence = "{tool} 没有做成：{why}。"
    next_step = "请装好与数据库同版本的 PostgreSQL 客户端程序，核对数据库的地址和权限。"


class RestoreDiffers(Refusal):
    """What was restored is not what was backed up."""

    code = "record.restore_differs"
    sentence = "恢复出来的和备份不一样：{why}。"
    next_step = "不要用这个库。请换一份备份，在空的地方重新恢复。"
