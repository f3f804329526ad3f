"""Refusals about village cards: holders, lines that may not be settled, proofs that fall short."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class CardTaken(Refusal):
    """The number is registered already, or the holder has a card."""

    code = "payments.card_taken"
    sentence = "这张卡登记不了：{why}。"
    next_step = "请核对卡号和持卡人；换卡的，先销旧卡。"


class CardHolderWrong(Refusal):
    """The person may not hold a card of this body, or the bank names another holder."""

    code = "payments.card_holder_wrong"
    sentence = "持卡人不对：{why}。"
    next_step = "村务卡一人一卡、实名。请选书记、村委会成员或经合社董事长，再和银行核对姓名。"


class CardTermsWrong(Refusal):
    """Limit or days are not what the county allows or the bank has."""

    code = "payments.card_terms_wrong"
    sentence = "{field}不对：{why}。"
    next_step = "请和开卡银行核对，再填一次。"


class CardClosed(Refusal):
    """The card is closed already."""

    code = "payments.card_closed"
    sentence = "尾号{tail}的村务卡已经销了。"
    next_step = "请刷新页面。"


class CardOwes(Refusal):
    """A card with lines that are not repaid is not closed."""

    code = "payments.card_owes"
    sentence = "尾号{tail}的村务卡还有{count}笔没有还清，不能销。"
    next_step = "请先把这几笔结清，再来销卡。"


class CardStands(Refusal):
    """The card is suspended already, or is not."""

    code = "payments.card_stands"
    sentence = "尾号{tail}的村务卡{state}，不用再{verb}。"
    next_step = "请刷新页面。"


class CardLinesWrong(Refusal):
    """The lines that were picked cannot be settled together."""

    code = "payments.card_lines_wrong"
    sentence = "选的几笔不能一起结：{why}。"
    next_step = "请刷新页面，只选这一件事的几笔。"


class CardLineNotOurs(Refusal):
    """Cash and fees of a card are the holder's own."""

    code = "payments.card_line_not_ours"
    sentence = "{day}这笔是{kind}，村里不报，由持卡人自己还。"
    next_step = "请不要选这一笔；已经在查的，等查清楚。"


class CardLineSuspended(Refusal):
    """What was spent while the card was suspended is the holder's own."""

    code = "payments.card_line_suspended"
    sentence = "{day}这笔是卡停用以后刷的，村里不报。"
    next_step = "请不要选这一笔，由持卡人自己还；确是公家的事，请镇里先说明。"


class CardLineTaken(Refusal):
    """The line is in a settlement, or somebody has said before who bears it."""

    code = "payments.card_line_taken"
    sentence = "这笔{why}，不能再定由持卡人自己还。"
    next_step = "请刷新页面，看这笔走到了哪一步。"


class CardProofMissing(Refusal):
    """A settlement without evidence is not taken."""

    code = "payments.card_proof_missing"
    sentence = "还没有{what}，交不上去。"
    next_step = "请拍一张发票或收条的照片挂上来。"


class CardProofShort(Refusal):
    """The proofs are less than what was spent."""

    code = "payments.card_proof_short"
    sentence = "凭据合起来{proof}元，刷了{spent}元，还差{short}元。"
    next_step = "请补上发票；没有发票的小额，填收条金额。"


class SlipTooLarge(Refusal):
    """Above this sum a white slip proves nothing."""

    code = "payments.slip_too_large"
    sentence = "收条写了{slip}元，一件事最多{limit}元。"
    next_step = "请向店家要发票。"


class SettlementStands(Refusal):
    """The settlement is not in a state in which this may be done."""

    code = "payments.settlement_stands"
    sentence = "这件结算{state}，现在不能{verb}。"
    next_step = "请刷新页面，看它走到了哪一步。"


class HolderDecides(Refusal):
    """Neither the holder nor who asked decides on a settlement."""

    code = "payments.holder_decides"
    sentence = "{why}，这件结算不能由您批。"
    next_step = "请交给另一位有权审批的人。"
