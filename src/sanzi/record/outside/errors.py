"""Refusals of files from outside: what cannot be opened, read as a table, or understood."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class FileUnknown(Refusal):
    """The bytes are neither a workbook of today nor a text table."""

    code = "record.outside_unknown"
    sentence = "“{name}”不是能读的表：{why}。"
    next_step = "请用Excel打开，另存为xlsx或CSV再上传，什么都没有导入。"


class FileLocked(Refusal):
    """The workbook is encrypted: without its password nobody can read it, and none is asked for."""

    code = "record.outside_locked"
    sentence = "“{name}”加了密码，打不开。"
    next_step = "请去掉打开密码另存一份再上传，什么都没有导入。"


class FileOld(Refusal):
    """A workbook of the old kind, whatever its name says."""

    code = "record.outside_old"
    sentence = "“{name}”里面是老的xls表，不是xlsx。只改文件名没有用。"
    next_step = "请用Excel打开，另存为xlsx再上传，什么都没有导入。"


class FileTooBig(Refusal):
    """More bytes, rows or columns than one file may have, packed or unpacked."""

    code = "record.outside_too_big"
    sentence = "“{name}”太大：{why}。"
    next_step = "请按乡镇或按月分成几个文件，什么都没有导入。"


class SheetEmpty(Refusal):
    """Nothing stands on the sheet."""

    code = "record.outside_empty"
    sentence = "“{name}”的“{sheet}”里没有内容。"
    next_step = "请选有内容的工作表，或者换一个文件。"


class SheetUnknown(Refusal):
    """There is no such sheet, or it is hidden."""

    code = "record.outside_no_sheet"
    sentence = "“{name}”里没有能看见的工作表“{sheet}”。"
    next_step = "请从列出的工作表里选一张。"


class HeaderMissing(Refusal):
    """The row that should hold the headings holds none, or nothing follows it."""

    code = "record.outside_no_header"
    sentence = "“{sheet}”第{row}行不像表头：{why}。"
    next_step = "请改表头在第几行，再看一遍。"


class HeaderRepeated(Refusal):
    """Two columns have the same heading, so none of them is known by it."""

    code = "record.outside_header_repeated"
    sentence = "表头“{heading}”在{columns}列写了不止一次，分不清是哪一列。"
    next_step = "请在文件里把表头改得不一样再上传，什么都没有导入。"


class CellsMerged(Refusal):
    """Cells of the header or of rows are merged: what stands in the others is not there."""

    code = "record.outside_merged"
    sentence = "“{sheet}”的{cells}是合并的单元格，看不出每格写了什么。"
    next_step = "请取消合并，每一格都填上再上传，什么都没有导入。"


class RowsHidden(Refusal):
    """Rows are hidden or filtered away; nobody says whether they count."""

    code = "record.outside_hidden"
    sentence = "“{sheet}”里藏起来{count}行（{rows}），不知道算不算数。"
    next_step = "请取消筛选和隐藏，或删掉这些行再上传，什么都没有导入。"


class MappedTwice(Refusal):
    """Two columns of the file were given to one field, or one column to two fields."""

    code = "record.outside_mapped_twice"
    sentence = "{what}选了不止一次：{both}。"
    next_step = "一项只对一列，一列只对一项。请改好再看一遍。"


class NotMapped(Refusal):
    """A field that must be there has no column."""

    code = "record.outside_not_mapped"
    sentence = "必须有的没有对上：{fields}。"
    next_step = "请给每一项选一列；文件里没有的，请来源部门补上。"


class ColumnUnknown(Refusal):
    """A mapping names a heading or a field that is not there."""

    code = "record.outside_no_column"
    sentence = "文件里没有“{column}”这一列。"
    next_step = "请重新对一遍列。"
