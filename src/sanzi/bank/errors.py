"""What can go wrong with a bank, sorted by what we then know about the money.

GatewayUnavailable      nothing was sent: the money did not move, send later
GatewayTimeout          something was sent, the answer did not come: UNKNOWN
ProtocolError           an answer came that cannot be trusted: UNKNOWN, and an alarm
GatewayRejected         the bank refused the whole message: final
DuplicateMessage        the bank knows this number: ask what became of it, send nothing
AuthError               the bank does not accept our signature: stop the channel
LimitExceeded           refused for its size: split
CutOffPassed            refused for the hour: send in the next window
NotOffered              this bank does not do that: nothing was asked
EventRefused            a message that came unasked is not to be believed
"""

from sanzi.kernel.refusals import Refusal


class GatewayError(Refusal):
    """Any trouble with a bank. `is_fate_known` is False when money may have moved."""

    code = "bank.gateway_error"
    sentence = "银行那边没办成：{why}。"
    next_step = "请稍后再看，系统会接着办。"
    is_fate_known = True


class GatewayUnavailable(GatewayError):
    """The connection failed before the first byte: nothing was sent."""

    code = "bank.unavailable"
    sentence = "现在连不上银行，这一批还没有发出去。"
    next_step = "不用重做，系统过一会儿自己再发。"


class NotConnected(GatewayUnavailable):
    """No connection is set up for the bank that keeps this account: nothing was sent."""

    code = "bank.not_connected"
    sentence = "行号{bank_code}的银行还没有接通，这一批还没有发出去。"
    next_step = "请县里的系统管理员在银行接入文件里加上这家银行。"


class ConnectionsWrong(GatewayUnavailable):
    """The file of bank connections has mistakes; until they are put right nothing is sent."""

    code = "bank.connections_wrong"
    sentence = "银行接入文件写得不对：{why}。"
    next_step = "请县里的系统管理员改好这个文件，再重启；没有发出去的不用重做。"


class GatewayTimeout(GatewayError):
    """Bytes were sent and no usable answer came: the result is unknown."""

    code = "bank.timeout"
    sentence = "银行还没有回话。"
    next_step = "没有再付一次，系统会接着查，等今晚对账单来定。"
    is_fate_known = False


class AskLater(GatewayTimeout):
    """The bank answered that it does not know yet, and when it wants to be asked again."""

    code = "bank.ask_later"
    sentence = "银行说结果还不清楚，请过{minutes}分钟再查。"
    next_step = "没有再付一次，到时候系统自己再查。"


class ProtocolError(GatewayError):
    """The answer is not what a bank signs and sends: not trusted, result unknown."""

    code = "bank.protocol"
    sentence = "银行的回话验不过：{why}。"
    next_step = "没有再付一次。请县里的系统管理员联系银行。"
    is_fate_known = False


class GatewayRejected(GatewayError):
    """The bank refused the whole message; nothing in it was or will be paid."""

    code = "bank.rejected"
    sentence = "银行没有收这一批：{reason_text}（{reason_code}）。"
    next_step = "请按原因改正后重新提交。"


class DuplicateMessage(GatewayError):
    """The bank already has a message of this number. What became of it must be asked."""

    code = "bank.duplicate_message"
    sentence = "银行说这个批号来过了。"
    next_step = "没有再付一次，系统去查原来那一批的结果。"
    is_fate_known = False


class AuthError(GatewayError):
    """The bank does not accept our signature or does not know us; nothing was paid by this call."""

    code = "bank.auth"
    sentence = "银行不认我们的签名，这条通道先停了。"
    next_step = "请县里的系统管理员检查签名证书，再联系银行。"


class LimitExceeded(GatewayRejected):
    """The message is above a limit of the bank."""

    code = "bank.limit_exceeded"
    sentence = "超过银行的限额，银行没有收：{reason_text}（{reason_code}）。"
    next_step = "请分成几笔，或者换一种付法。"


class CutOffPassed(GatewayRejected):
    """The bank does not take payments at this hour."""

    code = "bank.cut_off_passed"
    sentence = "银行现在不受理，这一批没有付。"
    next_step = "不用重做，到了受理时间系统自己再发。"


class StatementNotReady(GatewayError):
    """The bank has no statement of this day yet."""

    code = "bank.statement_not_ready"
    sentence = "{day}的对账单，银行还没有出。"
    next_step = "请明天再看。"


class BatchNotValid(GatewayError):
    """The batch cannot be written as a message that the bank's schema allows. Nothing was sent."""

    code = "bank.batch_not_valid"
    sentence = "这一批写不成银行要的报文：{why}。"
    next_step = "请改正后重新提交。"


class ReceiptNotReady(GatewayError):
    """The bank has no e-receipt of this line yet."""

    code = "bank.receipt_not_ready"
    sentence = "这一笔的电子回单，银行还没有出。"
    next_step = "不用管它，系统隔一阵自己再取。"


class NotOffered(GatewayError):
    """This bank does not do what was asked; see its Caps. Nothing was sent."""

    code = "bank.not_offered"
    sentence = "这家银行没有开通{what}。"
    next_step = "请照旧到柜面或者网上银行办。"


class AccountOff(GatewayError):
    """The bank has switched this account off for direct links. Nothing was done."""

    code = "bank.account_off"
    sentence = "银行停了这个账户的直连，查不了也付不了。"
    next_step = "请会计联系开户银行。"


class EventRefused(GatewayError):
    """A message that came unasked is not believed. The money is where it was."""

    code = "bank.event_refused"
    sentence = "银行推来的一条消息没有收：{why}。"
    next_step = "不用管它，系统自己会去银行查。"


class EventForged(EventRefused):
    """The signature is missing or wrong, or what it signs is no message of a bank."""

    code = "bank.event_forged"
    sentence = "有一条冒充银行的消息，没有收：{why}。"
    next_step = "请县里的系统管理员看一看是谁发来的。"


class EventTooOld(EventRefused):
    """The event was signed outside the replay window, before or after our clock."""

    code = "bank.event_too_old"
    sentence = "银行推来的消息时间不对，没有收。"
    next_step = "请县里的系统管理员对一对两边的钟。系统自己会去银行查。"


class EventSeen(EventRefused):
    """The event came before and has been dealt with. A bank may be told that all is well."""

    code = "bank.event_seen"
    sentence = "银行的这条消息已经收过了。"
    next_step = "不用管它。"


class EventOfAnother(EventRefused):
    """The event is for another customer of the bank."""

    code = "bank.event_of_another"
    sentence = "银行推来的是别家的消息，没有收。"
    next_step = "请县里的系统管理员联系银行。"
