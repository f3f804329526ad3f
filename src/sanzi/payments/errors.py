"""Refusals of the room: orders that do not stand, payees that do not fit, money that must wait."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class OrderNotFound(Refusal):
    """No order belongs to this case, or it lies out of scope."""

    code = "orgs.not_found"
    sentence = "没有找到这一页。"
    next_step = "请核对地址，或回到待办重新进入。"


class OrderStands(Refusal):
    """The order is not in a state in which this may be done."""

    code = "payments.order_stands"
    sentence = "这张付款单{now}，现在不能{verb}。"
    next_step = "请刷新页面，看它走到了哪一步。"


class OrderIncomplete(Refusal):
    """Something the bank or the books need is missing."""

    code = "payments.order_incomplete"
    sentence = "这张付款单还缺{what}。"
    next_step = "请补上{what}再提交。"


class WrongField(Refusal):
    """A field names something that is not there or does not belong to this body."""

    code = "payments.wrong_field"
    sentence = "{field}不对：{why}。"
    next_step = "请重新选一个{field}。"


class NoCash(Refusal):
    """Money leaves by transfer or card only."""

    code = "payments.no_cash"
    sentence = "这里只能转账或刷卡付，不能付现金或支票。"
    next_step = "请填收款人本人的账户。"


class PayeeLineWrong(Refusal):
    """One payee of the order does not fit; `line_no` is 1 for the first."""

    code = "payments.payee_line_wrong"
    sentence = "第{line_no}行不能付。{why}。"
    next_step = "请改好第{line_no}行再存。"


class PayeeNotPayable(Refusal):
    """The bank says that name and account do not belong together, or was never asked."""

    code = "payments.payee_not_payable"
    sentence = "第{line_no}行不能付。{why}。"
    next_step = "请把第{line_no}行改成收款人本人的账户，再核一次户名。"


class PayeesNotChecked(Refusal):
    """The bank has not been asked about every payee."""

    code = "payments.payees_not_checked"
    sentence = "还有{count}户没有向银行核过户名。"
    next_step = "请先点“核户名”，全部核过再付。"


class SameHand(Refusal):
    """Who makes the instruction does not release it."""

    code = "payments.same_hand"
    sentence = "付款指令是您做的，不能由您复核付款。"
    next_step = "请交给代理中心另一位审核人员复核。"


class OrderTampered(Refusal):
    """What would be sent is not what was approved. The order is stopped."""

    code = "payments.order_tampered"
    sentence = "这张付款单和批准时不一样，一分钱也没有付，已经停下。"
    next_step = "请不要重做，等镇纪委查清是谁改的。"


class OrderStopped(Refusal):
    """The order was stopped and stays so until the matter is cleared."""

    code = "payments.order_stopped"
    sentence = "这张付款单已经停下：{why}。"
    next_step = "请找镇纪委，查清以后另办一件。"


class LineNotReopenable(Refusal):
    """The fate of the former attempt is open or good; it must not get a new number."""

    code = "payments.line_not_reopenable"
    sentence = "第{line_no}行现在是“{now}”，不能改账户重付。"
    next_step = "只有银行拒付、没有执行或退汇的才能改，请等银行的结果。"


class StillSending(Refusal):
    """Another message of the order has not been answered for; the order can't be changed yet."""

    code = "payments.still_sending"
    sentence = "这张付款单还有一批正在送银行，先不能改。"
    next_step = "请过几分钟再来。"


class BankUnavailable(Refusal):
    """The bank does not answer now; nothing was changed."""

    code = "payments.bank_unavailable"
    sentence = "银行现在连不上，没有办成。"
    next_step = "请过几分钟再点一次。"


class BusyNow(Refusal):
    """Another transaction was in the way; nothing was written, the same request may come again."""

    code = "payments.busy_now"
    sentence = "系统正忙，这条消息还没有收下。"
    next_step = "过一会儿原样再发一次，不会重复记账。"


class PayeeFileRefused(Refusal):
    """The list of payees has wrong cells; nothing of it was taken.

    data["problems"] holds every sentence, in the sheet's own terms.
    """

    code = "payments.payee_file_refused"
    sentence = "名单没有收，有{count}处要改。{first}"
    next_step = "请在表格里改好，再传一次。"


class StatementRefused(Refusal):
    """The bank's statement does not add up or leaves a gap; nothing of it was taken."""

    code = "payments.statement_refused"
    sentence = "{day}的对账单没有收：{why}。"
    next_step = "请向开户银行要一份对的对账单。"


class BankLineTaken(Refusal):
    """The bank line already has a receipt or a payment, or is not income."""

    code = "payments.bank_line_taken"
    sentence = "这笔流水{why}，不能再开收据。"
    next_step = "请回到待认领的流水里另选一笔。"


class ReceiptVoided(Refusal):
    """The receipt is void already."""

    code = "payments.receipt_voided"
    sentence = "{number}号收据已经作废了。"
    next_step = "请核对收据号。"


class AccountNotBody(Refusal):
    """Money of a village is never kept in a personal account (农村集体经济组织法 第44条)."""

    code = "payments.account_not_body"
    sentence = "这个账户不能登记：{why}。村里的钱不存个人账户。"
    next_step = "请用{holder}自己的户名到银行开户。"


class AccountTaken(Refusal):
    """The number is in the register, or in a proposal that waits."""

    code = "payments.account_taken"
    sentence = "尾号{tail}的账户{where}。"
    next_step = "请核对账号；是同一个账户就不用再报。"


class AccountKindTaken(Refusal):
    """A body has one basic account and one for land compensation (浙江条例 第22条)."""

    code = "payments.account_kind_taken"
    sentence = "{holder}已经有一个{kind}，尾号{tail}，不能再开一个。"
    next_step = "要换银行，请先把原来的销掉。"


class DecisionTooWeak(Refusal):
    """Other accounts need more than half of all who may vote (浙江条例 第22条)."""

    code = "payments.decision_too_weak"
    sentence = "{kind}要全体成员过半数同意才能开。应到{eligible}人，同意{agree}人，没有过半。"
    next_step = "请先表决，过半以后再报。"


class DecisionMissing(Refusal):
    """An account is opened or closed by a decision whose number, day and paper are there."""

    code = "payments.decision_missing"
    sentence = "还缺{what}。"
    next_step = "请补上村里决议的{what}再报。"


class AccountNotEmpty(Refusal):
    """Money, payments, bills or bank lines are still open on the account."""

    code = "payments.account_not_empty"
    sentence = "尾号{tail}的账户还不能销：{what}。"
    next_step = "请先办完再报销户。"


class AccountClosed(Refusal):
    """The account is closed already, or a closing of it waits."""

    code = "payments.account_closed"
    sentence = "尾号{tail}的账户{why}。"
    next_step = "请回到账户一览核对。"


class ProposalDone(Refusal):
    """The proposal has been decided."""

    code = "payments.proposal_done"
    sentence = "这件{act}申请已经{state}。"
    next_step = "请回到开户销户一览。"


class ProposerDecides(Refusal):
    """Who proposes an account does not approve it."""

    code = "payments.proposer_decides"
    sentence = "这件{act}申请是您报的，不能由您批。"
    next_step = "请交给镇农经负责人。"


class BillWrong(Refusal):
    """A field of a bill does not hold."""

    code = "payments.bill_wrong"
    sentence = "{field}不对：{why}。"
    next_step = "请改好{field}再开。"


class BillSettled(Refusal):
    """The bill is void, or money has come in for it."""

    code = "payments.bill_settled"
    sentence = "{number}号缴款单{why}，不能{verb}。"
    next_step = "{advice}"


class ClaimUneven(Refusal):
    """The parts of a claim are not the bank line, or a part is more than its bill wants."""

    code = "payments.claim_uneven"
    sentence = "金额对不上：{why}。"
    next_step = "{advice}"


class BulkRefused(Refusal):
    """Lines of different kinds are not claimed in one go."""

    code = "payments.bulk_refused"
    sentence = "这{count}笔不能一起认：{why}。"
    next_step = "请只勾同一类的，别的一笔一笔认。"


class ReceiptBookWrong(Refusal):
    """Number or range of a book of receipts do not hold."""

    code = "payments.receipt_book_wrong"
    sentence = "票据本{number}没有登记：{why}。"
    next_step = "请对着票据本封面核对。"


class ReceiptNumberTaken(Refusal):
    """The number of a paper receipt is not in the book, or is used or spoilt already."""

    code = "payments.receipt_number_taken"
    sentence = "票据本{number}的{serial}号{why}。"
    next_step = "请对着手里那张收据核对号码。"


class ReceiptBookOpen(Refusal):
    """A book with unused numbers, or with cash not banked yet, is not written off."""

    code = "payments.receipt_book_open"
    sentence = "票据本{number}还不能核销：{why}。"
    next_step = "{advice}"


class ReceiptBookClosed(Refusal):
    """The book was written off."""

    code = "payments.receipt_book_closed"
    sentence = "票据本{number}已经核销了。"
    next_step = "请换一本在用的票据本。"


class SharedLine(Refusal):
    """Several receipts share one bank line; they are voided together."""

    code = "payments.shared_line"
    sentence = "这张收据和另外{count}张同在一笔流水里，不能单独作废。"
    next_step = "要作废就勾“一起作废”，再重新认领这笔流水。"


class ReasonNeeded(Refusal):
    """Voiding needs a reason."""

    code = "payments.reason_needed"
    sentence = "{verb}要写理由，至少4个字。"
    next_step = "请写明为什么。"


class AboveBankLimit(Refusal):
    """One payee gets more than the bank takes in one payment."""

    code = "payments.above_bank_limit"
    sentence = "第{line_no}行超过了银行单笔{limit}元的限额，这张单没有付。"
    next_step = "请退回修改，把第{line_no}行分成几笔，或者请银行提高限额。"


class ChannelRuns(Refusal):
    """The way to this bank is not stopped."""

    code = "payments.channel_runs"
    sentence = "这条银行通道没有停。"
    next_step = "不用做什么。"


class NothingToCallBack(Refusal):
    """No line of the order is on its way in a state in which it could be taken back."""

    code = "payments.nothing_to_call_back"
    sentence = "没有能撤回的：{why}。"
    next_step = "请刷新页面，看每一户走到了哪一步。"


class BankTakesNothingBack(Refusal):
    """This bank does not cancel over the direct link."""

    code = "payments.bank_takes_nothing_back"
    sentence = "已经送到银行的，这家银行不办撤回。"
    next_step = "请马上打电话给开户银行，再等对账单来定。"


class NothingChosen(Refusal):
    """A match by hand needs at least two lines."""

    code = "payments.nothing_chosen"
    sentence = "还没有选够：至少选两行才能勾对。"
    next_step = "请在左边选账上的，在右边选银行的，再点“勾对”。"


class LinesTaken(Refusal):
    """A line that was picked is matched already, or is not of this account."""

    code = "payments.lines_taken"
    sentence = "选的行里有已经对上的，或者不是这个账户的，没有勾对。"
    next_step = "请刷新页面，再选一次。"


class SumsDiffer(Refusal):
    """The two sides that were picked do not have the same sum."""

    code = "payments.sums_differ"
    sentence = "两边合计不一样：账上{book}元，银行{bank}元，差{difference}元。"
    next_step = "请再选一选，两边合计一样才能勾对。"


class MatchUndone(Refusal):
    """The match was taken apart already."""

    code = "payments.match_undone"
    sentence = "这一组已经拆开了。"
    next_step = "请刷新页面。"


class SignedAlready(Refusal):
    """The month's statement is signed; what it rests on does not change."""

    code = "payments.signed_already"
    sentence = "{period}的余额调节表已经签字，不能再动。"
    next_step = "记错了的，请在下个月用凭证更正。"


class CashierReconciles(Refusal):
    """Who moves an account's money does not reconcile it."""

    code = "payments.cashier_reconciles"
    sentence = "{why}，余额调节表不能由您来办。"
    next_step = "请交给没有经手这个账户资金的会计。"


class OwnStatement(Refusal):
    """Who prepared the statement does not sign it."""

    code = "payments.own_statement"
    sentence = "这张余额调节表是您编的，不能由您签字。"
    next_step = "请交给代理中心另一位审核人员签字。"


class MonthRuns(Refusal):
    """The month is not over."""

    code = "payments.month_runs"
    sentence = "{period}还没过完，不能编余额调节表。"
    next_step = "请到月底那天再编，平时可以先勾对。"


class StatementMissing(Refusal):
    """The bank's balance at the month's end is not known yet."""

    code = "payments.statement_missing"
    sentence = "{what}，不能编余额调节表。"
    next_step = "请到“对账单检查”看缺哪一天，向开户银行要。"


class NotReconciled(Refusal):
    """Both sides still differ with all items told."""

    code = "payments.not_reconciled"
    sentence = "调节后还差{difference}元：账上{book}元，银行{bank}元。"
    next_step = "请核对期初余额和漏掉的流水，对平了再编。"


class FiguresMoved(Refusal):
    """The statement is not what was seen, or the month has moved since it was made."""

    code = "payments.figures_moved"
    sentence = "{period}的余额调节表编好以后，账或流水又动了，没有签。"
    next_step = "请重新编一张，再签字。"


class HasItems(Refusal):
    """A batch leaves alone what a person has to look at."""

    code = "payments.has_items"
    sentence = "有{count}笔未达账项，没有一起编。"
    next_step = "请打开这个账户，逐笔看过再编。"
