"""Refusals of the books: what cannot be posted, corrected or loaded, and what to do instead."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class Unbalanced(Refusal):
    """Debits and credits differ."""

    code = "ledger.unbalanced"
    sentence = "借贷不平：借方{debit}元，贷方{credit}元。"
    next_step = "请核对各行金额，两边一样才能记账。"


class BadLine(Refusal):
    """A line has no amount, or both sides, or there are too few lines."""

    code = "ledger.bad_line"
    sentence = "第{line_no}行不对：{why}。"
    next_step = "请改好这一行再记账。"


class AccountNotOpen(Refusal):
    """The book's standard has no such account, or it takes no lines."""

    code = "ledger.account_not_open"
    sentence = "科目{account_code}不能用：{why}。"
    next_step = "请从科目表里选一个最末级科目。"


class AuxiliaryMissing(Refusal):
    """The account wants to know who or which."""

    code = "ledger.auxiliary_missing"
    sentence = "科目{account_code}要写明是哪一个{kinds}。"
    next_step = "请补上往来对象或账户再记账。"


class WrongSide(Refusal):
    """Income stands on the credit side and expenses on the debit side; a decrease is red."""

    code = "ledger.wrong_side"
    sentence = "第{line_no}行的{account}平时只记{side}。"
    next_step = "要冲减，就在{side}填负数（红字）；年末结转由系统做。"


class CashOverLimit(Refusal):
    """The posting would leave more cash in hand than the place allows."""

    code = "ledger.cash_over_limit"
    sentence = "记了这张凭证，库存现金有{balance}元，超过限额{limit}元。"
    next_step = "请把多的现金存进银行，再记账。"


class OfficialAccount(Refusal):
    """What the regulation names stays as it is."""

    code = "ledger.official_account"
    sentence = "{account}是会计制度里的科目，县里不能改、不能停用，也不能挪作别用。"
    next_step = "请在它下面加明细，或换一个没用过的编码。"


class CodeTaken(Refusal):
    """A code has one meaning for ever."""

    code = "ledger.code_taken"
    sentence = "编码{account_code}已经给了“{name}”，不能再作别用。"
    next_step = "请换一个没用过的编码。"


class BadAddition(Refusal):
    """The account cannot stand in the chart like this."""

    code = "ledger.bad_addition"
    sentence = "科目{account_code}加不进去：{why}。"
    next_step = "请对照科目表改好再提。"


class ParentInUse(Refusal):
    """An account that is booked on directly gets no details."""

    code = "ledger.parent_in_use"
    sentence = "{parent}不能再分明细：{why}。"
    next_step = "{advice}"


class FirstDayPast(Refusal):
    """What is new counts from today on at the earliest."""

    code = "ledger.first_day_past"
    sentence = "生效日{day}已经过了，不能倒着生效。"
    next_step = "请把生效日改成今天或以后，重新提。"


class BadEntryVersion(Refusal):
    """The template cannot be read, or does not book what it should."""

    code = "ledger.bad_entry_version"
    sentence = "这条规则的“{key}”写得不对，没有收下。"
    next_step = "{problem}。请对照原来那一版改好。"


class VersionTaken(Refusal):
    """A version of a rule is never written twice."""

    code = "ledger.version_taken"
    sentence = "规则{rule_code}的第{version}版已经有了。"
    next_step = "请换一个新的版次。"


class BadCashPolicy(Refusal):
    """A limit goes with limited use only."""

    code = "ledger.bad_cash_policy"
    sentence = "现金规定填得不对：{why}。"
    next_step = "请改好再提。"


class MakerApproves(Refusal):
    """Nobody approves what he drew up."""

    code = "ledger.maker_approves"
    sentence = "自己提的不能自己核准。"
    next_step = "请换一位有核准权的人。"


class ProposalDecided(Refusal):
    """Somebody has decided already."""

    code = "ledger.proposal_decided"
    sentence = "这一条已经有人定过了。"
    next_step = "要改，请重新提一条。"


class PeriodClosed(Refusal):
    """The month is closed."""

    code = "ledger.period_closed"
    sentence = "{period}已经结账，不能再记账。"
    next_step = "请记在还没结账的月份，或先办理反结账。"


class BeforeFirstPeriod(Refusal):
    """The date lies before the book begins."""

    code = "ledger.before_first_period"
    sentence = "这本账从{first_period}开始，{period}的凭证记不进来。"
    next_step = "请核对凭证日期；更早的余额放在期初余额里。"


class ClockSetBack(Refusal):
    """The clock is behind the last voucher of the month."""

    code = "ledger.clock_set_back"
    sentence = "服务器时间是{at}，比上一张{number}凭证的记账时间{last}还早，没有记账。"
    next_step = "请系统管理员先把服务器时间对准，再记账。"


class NoBook(Refusal):
    """The organisation keeps no book yet."""

    code = "ledger.no_book"
    sentence = "“{organisation}”还没有建账。"
    next_step = "请先给它建账，录好期初余额。"


class UnknownForm(Refusal):
    """Books do not go out in this form."""

    code = "ledger.unknown_form"
    sentence = "不能导出成“{form}”。"
    next_step = "请从这些里选：{known}。"


class YearNotClosed(Refusal):
    """A year is filed when all its months are closed."""

    code = "ledger.year_not_closed"
    sentence = "{year}年还不能归档，这些月份没结账：{months}。"
    next_step = "请把全年12个月都结完账，再来归档。"


class ArchiveTwice(Refusal):
    """A year is filed once."""

    code = "ledger.archive_twice"
    sentence = "{year}年的会计档案已经归过档了。"
    next_step = "在电子档案里可以直接查。"


class CashierKeeps(Refusal):
    """A cashier keeps no archives."""

    code = "ledger.cashier_keeps"
    sentence = "出纳不能管会计档案。"
    next_step = "请交给代理中心的档案管理人员办。"


class NoStandard(Refusal):
    """No accounting standard is known for this kind of body."""

    code = "ledger.no_standard"
    sentence = "没有“{standard}”这套会计制度。"
    next_step = "请从已有的会计制度里选：{known}。"


class BookDiffers(Refusal):
    """The book exists with other terms."""

    code = "ledger.book_differs"
    sentence = "“{organisation}”已经建账：{standard}，从{first_period}开始，不能再改。"
    next_step = "请照原来的账套填写。"


class OriginalBooked(Refusal):
    """An electronic original is booked once, here or anywhere in the county."""

    code = "ledger.original_booked"
    sentence = "这张{kind}（{number}）已经入过账了。"
    next_step = "请核对是不是重复报销；同一张原件只能入账一次。"


class OriginalNotOurs(Refusal):
    """The original names another body than the one that books it."""

    code = "ledger.original_not_ours"
    sentence = "这张{kind}上写的是“{named}”，不是“{organisation}”。"
    next_step = "请让对方按本单位的名称和信用代码重开。"


class UnknownRule(Refusal):
    """The standard has no entry template of this code."""

    code = "ledger.unknown_rule"
    sentence = "“{standard}”里没有记账规则{rule_code}。"
    next_step = "请告诉系统管理员补上这条规则。"


class EventIncomplete(Refusal):
    """The event lacks what its template needs."""

    code = "ledger.event_incomplete"
    sentence = "按规则{rule_code}记账，少了{field}。"
    next_step = "请补全这笔业务的资料。"


class SubjectNotAllowed(Refusal):
    """The template does not book to this account."""

    code = "ledger.subject_not_allowed"
    sentence = "这类业务不能记到科目{account_code}。"
    next_step = "请换一个科目；不清楚就问代理会计。"


class VoucherAlreadyReversed(Refusal):
    """A voucher is struck out at most once."""

    code = "ledger.voucher_already_reversed"
    sentence = "{number}凭证已经冲销过了。"
    next_step = "要再改，请更正后来的那张凭证。"


class CorrectionWaiting(Refusal):
    """Somebody has already drafted a correction."""

    code = "ledger.correction_waiting"
    sentence = "{number}凭证已有一张更正单在等审核。"
    next_step = "请等审核结果，或请制单人改那张更正单。"


class PriorYear(Refusal):
    """Last year's vouchers are not struck out; the difference goes through this year."""

    code = "ledger.prior_year"
    sentence = "{number}凭证是{year}年的，不能在今年红字冲销。"
    next_step = "请填一张蓝字凭证，差额记入今年的收支或32202。"


class MakerReviews(Refusal):
    """Nobody reviews his own voucher."""

    code = "ledger.maker_reviews"
    sentence = "自己制的单不能自己审核。"
    next_step = "请换一位审核人员。"


class CashierReviews(Refusal):
    """A cashier does not review."""

    code = "ledger.cashier_reviews"
    sentence = "出纳不能审核凭证。"
    next_step = "请交给代理中心审核。"


class CashierMakes(Refusal):
    """A cashier books neither income nor spending nor debts."""

    code = "ledger.cashier_makes"
    sentence = "出纳不能填记账凭证。"
    next_step = "请交给代理会计填。"


class ApproverBooks(Refusal):
    """Who approved a payment does not book it."""

    code = "ledger.approver_books"
    sentence = "这笔付款是您批的，它的凭证不能由您来填或审。"
    next_step = "请交给没有批过这笔付款的人。"


class CorrectionOfCorrection(Refusal):
    """A red voucher is not struck out in its turn."""

    code = "ledger.correction_of_correction"
    sentence = "{number}是冲销凭证，不能再冲销或调整。"
    next_step = "原来的业务要恢复，请照它填一张新的凭证。"


class VoucherAlreadyAdjusted(Refusal):
    """A voucher is adjusted at most once; the later one is corrected next."""

    code = "ledger.voucher_already_adjusted"
    sentence = "{number}凭证已经有{later}凭证更正过了。"
    next_step = "要再改，请更正{later}凭证。"


class NothingDiffers(Refusal):
    """An adjustment needs a difference, line by line."""

    code = "ledger.nothing_differs"
    sentence = "和{number}凭证比，没有一行金额要调。"
    next_step = "请逐行填对的金额；科目错了，用红字冲销再记。"


class SameYear(Refusal):
    """Only errors of an earlier year are put right by one blue voucher."""

    code = "ledger.same_year"
    sentence = "{number}凭证就是今年的。"
    next_step = "请用红字冲销，或调整金额。"


class NotMaker(Refusal):
    """Only the maker changes his draft."""

    code = "ledger.not_maker"
    sentence = "这张单是别人制的，您不能改。"
    next_step = "请退回给制单人，写明原因。"


class DraftReturned(Refusal):
    """A returned draft waits for its maker."""

    code = "ledger.draft_returned"
    sentence = "这张单已经退回：{reason}"
    next_step = "请等制单人改好再审核。"


class ReasonMissing(Refusal):
    """A return needs its reason."""

    code = "ledger.reason_missing"
    sentence = "退回要写明原因。"
    next_step = "请写清楚哪里不对、怎么改。"


class BadLedgerRow(Refusal):
    """A row of a data package does not fit the books."""

    code = "ledger.bad_row"
    sentence = "{table}里编号“{row}”的{column}不对：现在是“{value}”，应当是{expected}。"
    next_step = "请改好这一行，再导入整个数据包。"


class AlreadyClosed(Refusal):
    """The month was closed before."""

    code = "ledger.already_closed"
    sentence = "{period}已经结过账了。"
    next_step = "不用再结；要改，请先办理反结账。"


class MonthNotOver(Refusal):
    """A month is closed on its last day at the earliest."""

    code = "ledger.month_not_over"
    sentence = "{period}还没过完，不能结账。"
    next_step = "请到{last_day}再结。"


class CloseHindered(Refusal):
    """Something of the month is not done; the data list it all."""

    code = "ledger.close_hindered"
    sentence = "{period}还不能结账，有{count}类事没办完：{what}。"
    next_step = "请一件件办完，再来结账。"


class NoFigures(Refusal):
    """A statement is asked for a period in which the book holds nothing."""

    code = "ledger.no_figures"
    sentence = "“{organisation}”{period}没有账，出不了报表。"
    next_step = "请换一个有账的月份。"


class PaperUnknown(Refusal):
    """A paper was asked for in a form that is not made."""

    code = "ledger.paper_unknown"
    sentence = "没有“{form}”这种格式。"
    next_step = "请选 pdf、xlsx 或 csv；一个单位的报表还可以选 xbrl。"


class OpeningFixed(Refusal):
    """The book has vouchers; its openings stand for good."""

    code = "ledger.opening_fixed"
    sentence = "{organisation}的账上已经有凭证，期初余额不能再导入。"
    next_step = "期初错了，请在开着的月份做一张调整凭证，写明原因。"


class OpeningNotPreviewed(Refusal):
    """What is confirmed is not what was shown."""

    code = "ledger.opening_not_previewed"
    sentence = "要导入的和刚才看过的不一样，什么也没有写。"
    next_step = "请重新看一遍，再确定导入。"


class OpeningUnbalanced(Refusal):
    """The opening balances do not balance."""

    code = "ledger.opening_unbalanced"
    sentence = "期初借贷不平：借方合计{debit}元，贷方合计{credit}元。"
    next_step = "请对照原来的科目余额表核对，两边一样才能导入；什么也没有写。"
