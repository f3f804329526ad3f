"""What carrying balances from one standard to another refuses."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class MapMissing(Refusal):
    """Nobody has written down where the accounts of this standard go."""

    code = "ledger.map_missing"
    sentence = "没有从“{old}”到“{new}”的科目对应表。"
    next_step = "请把余额按账套自己的制度填好再导入。"


class MapAccountUnknown(Refusal):
    """The old standard has no such account."""

    code = "ledger.map_account_unknown"
    sentence = "科目{account_code}不在“{standard}”里，不知道对应哪个新科目。"
    next_step = "请核对科目编号；村里自己加的一级科目，先并到制度的科目里。"


class MapTotalGiven(Refusal):
    """A total and its details are both there; together they would count twice."""

    code = "ledger.map_total_given"
    sentence = "科目{account_code}是合计，下面已有明细{below}，两行都算就重了。"
    next_step = "请只留最末级科目的余额。"


class MapChoiceMissing(Refusal):
    """The old account may go to several new ones, and nobody has said which."""

    code = "ledger.map_choice_missing"
    sentence = "旧科目{account}余额{yuan}元，要人来定放哪里：{question}。"
    next_step = "请从这些科目里选，也可以分开放：{options}。"


class MapChoiceWrong(Refusal):
    """What was chosen is not offered, or does not add up to the balance."""

    code = "ledger.map_choice_wrong"
    sentence = "旧科目{account}选得不对：{why}。"
    next_step = "请改好后再导入。"


class MapChoiceUnreadable(Refusal):
    """The choices a program sent can't be read."""

    code = "ledger.map_choice_unreadable"
    sentence = "老科目的去向读不懂，什么也没有写。"
    next_step = (
        '请写成JSON，如 {{"131": "132"}}，或分开的数：{{"131": {{"131": 100, "132": 200}}}}。'
    )


class MapNoPlace(Refusal):
    """The new standard has nothing for the old account."""

    code = "ledger.map_no_place"
    sentence = "旧科目{account}还有余额{yuan}元：{why}。"
    next_step = "请在旧账里处理完再转。"
