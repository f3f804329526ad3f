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


class QueryIncomplete(Refusal):
    """The tax office wants fields that the invoice lacks here."""

    code = "evidence.query_incomplete"
    sentence = "这张票还不能查验，缺{missing}。"
    next_step = "请对着原票补上，再查。"


class TooManyChecks(Refusal):
    """The office answers so many times a day and no more."""

    code = "evidence.too_many_checks"
    sentence = "这张票今天查过{count}次了，税务局一天最多答{count}次。"
    next_step = "请明天再查。"


class NoVerifier(Refusal):
    """This county has no machine that asks the tax office."""

    code = "evidence.no_verifier"
    sentence = "这里没有接查验系统，要两个人在税务局网页上查。"
    next_step = "请在税务局网页查，把结果和截图填到这一页，再请另一位填一次。"


class EntryNeedsPicture(Refusal):
    """A result read by hand needs the picture of the page."""

    code = "evidence.entry_needs_picture"
    sentence = "手工查验要有网页截图。"
    next_step = "请先把截图传上来，再填结果。"


class SecondPersonNeeded(Refusal):
    """The second reading must be another person's."""

    code = "evidence.second_person_needed"
    sentence = "第一次是您填的，第二次要换一个人。"
    next_step = "请代理中心另一位同事再查一次。"


class EntriesDiffer(Refusal):
    """Two persons read different results; nothing was kept of the second."""

    code = "evidence.entries_differ"
    sentence = "两次填的不一样：{first_name}填的是“{first}”，您填的是“{second}”。"
    next_step = "请两个人一起再看一遍网页；填错的那位先撤回。"


class InvoiceNotPayable(Refusal):
    """The tax office says that this invoice does not hold: no money goes out on it."""

    code = "evidence.invoice_not_payable"
    sentence = "这笔不能付。发票{number}：{words}。"
    next_step = "请退回村里，换成查得到、没作废、没红冲的发票。"


class InvoiceUnverified(Refusal):
    """Nobody could say whether the invoice holds; the checker must write why he pays."""

    code = "evidence.invoice_unverified"
    sentence = "发票{number}没有查到结果（{words}），还不能付。"
    next_step = "请等能查了再付；一定要现在付，请在意见里写明理由，至少6个字。"


class InvoiceOverused(Refusal):
    """The parts taken from one invoice are more than it says."""

    code = "evidence.invoice_overused"
    sentence = "发票{number}一共{gross}元，已经用了{used}元，这次再用{asked}元就超了。"
    next_step = "请核对前几次付款；多的部分要对方另开发票。"


class SlipKindNotAllowed(Refusal):
    """A slip may stand for some purposes only."""

    code = "evidence.slip_kind_not_allowed"
    sentence = "这种开支不能用收条，要有发票。"
    next_step = "请向店家要发票；农户劳务、零星收购、慰问、分红、租金、青苗补偿才可以用收条。"


class BadSlip(Refusal):
    """A field of a slip is missing or does not fit."""

    code = "evidence.bad_slip"
    sentence = "收条的{field}不对：{why}。"
    next_step = "请对着收条再填一遍。"


class SlipSamePeople(Refusal):
    """Payee, handler and witness are three people."""

    code = "evidence.slip_same_people"
    sentence = "收款人、经办人、证明人要是三个不同的人。"
    next_step = "请找一位没有经手的人作证明。"


class SlipMissing(Refusal):
    """A payee of a case on slips has none."""

    code = "evidence.slip_missing"
    sentence = "第{line_no}行{name}还没有填收条。"
    next_step = "请填好收条再提交。"


class SlipMismatch(Refusal):
    """The slip names another payee or sum than the line that is paid."""

    code = "evidence.slip_mismatch"
    sentence = "第{line_no}行和收条不一样：{why}。"
    next_step = "请付给收条上的人本人，金额照收条。"


class SlipPapersMissing(Refusal):
    """A slip needs papers beside it."""

    code = "evidence.slip_papers_missing"
    sentence = "用收条付款还缺：{titles}。"
    next_step = "请拍照传上来，再提交。"


class SlipOverLimit(Refusal):
    """A slip, a person's slips of a year, or those of a village are more than allowed."""

    code = "evidence.slip_over_limit"
    sentence = "{whose}用收条付的到{total}元，最多{limit}元。"
    next_step = "超过的部分要有发票，或到税务局代开。"
