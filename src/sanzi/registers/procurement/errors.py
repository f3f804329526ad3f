"""Refusals of the room: what a purchase lacks, and what to do about it."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class PurchaseWrong(Refusal):
    """A field of a purchase cannot be right."""

    code = "procurement.wrong"
    sentence = "采购的{what}不对：{why}。"
    next_step = "请改好这一格再交。"


class MethodTooWeak(Refusal):
    """The sum asks for a stronger way to find the seller."""

    code = "procurement.method_too_weak"
    sentence = "{fen}元的采购要用“{method}”。"
    next_step = "请改采购方式；急用的选应急采购，写清原因。"


class PurchaseSplit(Refusal):
    """Several small purchases of one kind come to the next tier."""

    code = "procurement.split"
    sentence = "{days}天里买过{count}次同类东西，加上这次共{fen}元，要用“{method}”。"
    next_step = "请合在一起，按合计的金额选采购方式。"


class TooFewQuotes(Refusal):
    """Fewer prices than the way of buying asks for."""

    code = "procurement.too_few_quotes"
    sentence = "只有{count}家报价，这种买法要{least}家。"
    next_step = "请再问几家，或换一种买法重新报。"


class QuotesAlike(Refusal):
    """Two prices come from one hand."""

    code = "procurement.quotes_alike"
    sentence = "{one}和{other}{why}，这样的报价不能算两家。"
    next_step = "请换一家没有关联的来报价。"


class SellerIsKin(Refusal):
    """An officer of the village or his near kin stands behind the seller."""

    code = "procurement.seller_is_kin"
    sentence = "{name}和村干部有关系，村里不能向它买。"
    next_step = "请换一家；认为登记有错，请向镇纪委核对。"


class ReasonNeeded(Refusal):
    """The dearer of several offers was taken without words."""

    code = "procurement.reason_needed"
    sentence = "选的{name}不是最低价，要写明理由，至少6个字。"
    next_step = "请写清楚为什么，或改选最低价。"


class ContractNeeded(Refusal):
    """From 5 000 yuan a purchase has a written contract."""

    code = "procurement.contract_needed"
    sentence = "{fen}元的采购要有书面合同，{why}。"
    next_step = "请先在合同里登记，再回来订货。"


class PurchaseNotNow(Refusal):
    """The purchase is not where this needs it."""

    code = "procurement.not_now"
    sentence = "“{title}”现在是“{status}”，不能{verb}。"
    next_step = "请按顺序办：批准、订货、验收、付款。"


class AcceptorsWrong(Refusal):
    """Goods are taken in by two persons other than the buyer."""

    code = "procurement.acceptors_wrong"
    sentence = "验收人{why}。"
    next_step = "请两个没有经手这次采购的人一起验收。"


class NotAccepted(Refusal):
    """Nothing is paid before the goods were taken in."""

    code = "procurement.not_accepted"
    sentence = "“{title}”还没有验收，不能付款。"
    next_step = "请先两个人验收，再申请付款。"


class PurchaseOverpaid(Refusal):
    """More than was agreed."""

    code = "procurement.overpaid"
    sentence = "“{title}”定的是{award}元，付过和在付的{paid}元，再付{more}元就超了。"
    next_step = "请把金额改到{left}元以内。"
