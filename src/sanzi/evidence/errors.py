"""Refusals of the room: files that are too big, not what they seem, or dangerous."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class FileEmpty(Refusal):
    """There is nothing in the file."""

    code = "evidence.file_empty"
    sentence = "“{name}”是空的，里面没有内容。"
    next_step = "请重新拍照或重新导出，再传一次。"


class FileTooBig(Refusal):
    """The file is larger than one file may be."""

    code = "evidence.file_too_big"
    sentence = "“{name}”超过了{limit}MB。"
    next_step = "请拍清楚就行，不用原图；PDF可以分几份传。"


class KindNotTaken(Refusal):
    """The content is of no kind that is taken as evidence."""

    code = "evidence.kind_not_taken"
    sentence = "“{name}”不是能收的文件：{why}。"
    next_step = "可以传照片（JPG、PNG、WebP）、PDF、OFD，或电子发票的XML。"


class FileUnsafe(Refusal):
    """The file holds something that has no place in a proof."""

    code = "evidence.file_unsafe"
    sentence = "“{name}”没有收：{why}。"
    next_step = "请向开票方要原始文件，或打印后拍照再传。"


class FileBroken(Refusal):
    """The file can't be read to the end."""

    code = "evidence.file_broken"
    sentence = "“{name}”打不开：{why}。"
    next_step = "请重新导出或重新拍照，再传一次。"


class TooManyFiles(Refusal):
    """A subject has as many files as it may have."""

    code = "evidence.too_many_files"
    sentence = "一件最多传{limit}个文件。"
    next_step = "请把同一份材料合成一个PDF。"


class BadInvoice(Refusal):
    """An invoice's fields can't be right."""

    code = "evidence.bad_invoice"
    sentence = "这张票据的{field}不对：{why}。"
    next_step = "请对着原票再填一遍。"


class SubjectClosed(Refusal):
    """Evidence of a submitted case stays as it is."""

    code = "evidence.subject_closed"
    sentence = "已经提交的件，凭据不能再增减。"
    next_step = "要改，请让审批人退回，改好再提交。"


class NoOriginal(Refusal):
    """The file is no structured original that we read, or lacks what makes it one."""

    code = "evidence.no_original"
    sentence = "“{name}”不能自动记账：{why}。"
    next_step = "请传开票方或银行给的结构化原件（XML）；纸质的请手工制单。"


class BadSignature(Refusal):
    """The signature does not belong to these bytes and a signer whom we trust."""

    code = "evidence.bad_signature"
    sentence = "“{name}”的电子签名没有通过：{why}。"
    next_step = "请向对方重新要原始文件和签名，没弄清前不要入账。"


class RedInvoice(Refusal):
    """A red-letter invoice takes money back; it proves no payment."""

    code = "evidence.red_invoice"
    sentence = "这是红字发票（{number}），是用来冲回的，不能拿来付款。"
    next_step = "请换成对方开的蓝字发票；要退钱的，走收款。"


class SeveralInvoices(Refusal):
    """One file holds several invoices: nobody could say which one it proves."""

    code = "evidence.several_invoices"
    sentence = "“{name}”里有{count}张发票。"
    next_step = "请把它们分开，一张一个文件，再传。"
