"""Refusals of the room: why a roster, an aid case, a hand-out or a levy can't go on."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class SubsidyWrong(Refusal):
    """A field cannot be right."""

    code = "subsidies.wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好这一格再交。"


class NotNow(Refusal):
    """The step comes too early or too late."""

    code = "subsidies.not_now"
    sentence = "“{title}”现在是“{status}”，不能{verb}。"
    next_step = "请按顺序办，先把前一步办完。"


class RosterEmpty(Refusal):
    """Nobody is on the list."""

    code = "subsidies.roster_empty"
    sentence = "名单上一个人也没有。"
    next_step = "请一行一行填人，或选“照抄上一期”。"


class RosterTwice(Refusal):
    """The village has a roster of this programme and period."""

    code = "subsidies.roster_twice"
    sentence = "{period}的“{program}”已经报过了，办件号{number}。"
    next_step = "请接着办那一件；漏了人的，作废那一件重报。"


class OverRate(Refusal):
    """More than the programme allows one person."""

    code = "subsidies.over_rate"
    sentence = "{name}报了{quantity}{unit}，一个人最多{cap}{unit}。"
    next_step = "请把数量改到{cap}{unit}以内。"


class BeneficiaryDead(Refusal):
    """Somebody on the list had died before the period began."""

    code = "subsidies.deceased"
    sentence = "{name}{day}已经去世，{period}不能再领。"
    next_step = "请去掉这一行；登记有错的，先找镇里改人员登记。"


class BeneficiaryBarred(Refusal):
    """An outside list says what the programme excludes."""

    code = "subsidies.status_conflict"
    sentence = "{name}{why}，“{program}”不发给这样的人。"
    next_step = "请去掉这一行；名单有错的，请报镇里核对。"


class AwardTwice(Refusal):
    """The same programme and period, for the same person or household, in any village."""

    code = "subsidies.duplicate"
    sentence = "{name}在{village}已经报过{period}的“{program}”。"
    next_step = "请去掉这一行；搬过家的，只在一个村领。"


class AwardExclusive(Refusal):
    """Two programmes that exclude each other."""

    code = "subsidies.exclusive"
    sentence = "{name}{period}已经领“{other}”，不能同时领“{program}”。"
    next_step = "请问清他选哪一样，另一样先停。"


class OverArea(Refusal):
    """More land than the household has a right to."""

    code = "subsidies.over_area"
    sentence = "{name}家报了{asked}亩，登记的承包地只有{right}亩。"
    next_step = "请改面积；多种的地，请先登记流转合同。"


class NoCard(Refusal):
    """Nobody is paid but to a card of his own."""

    code = "subsidies.account_mismatch"
    sentence = "{name}{why}。"
    next_step = "请登记他本人的一卡通账户再报。"


class KinNotDeclared(Refusal):
    """A cadre or his kin is on the list and nobody says so."""

    code = "subsidies.kin_undeclared"
    sentence = "{name}是村干部或村干部的亲属，还没有说明。"
    next_step = "请在“干部和亲属”里写上，写清是谁家的、凭什么领。"


class TooFewSampled(Refusal):
    """Fewer households were visited than the county asks for."""

    code = "subsidies.too_few_sampled"
    sentence = "名单有{lines}人，至少要入户核{least}人，只核了{count}人。"
    next_step = "请再走访几户，把核过的人都写上。"


class NotShownEnough(Refusal):
    """The list has not hung for its days."""

    code = "subsidies.no_publicity"
    sentence = "公示要满{days}天，到{until}为止，现在还不能{verb}。"
    next_step = "请等公示满了再来；这几天有人提意见，先记下来。"


class NotOnRoster(Refusal):
    """A correction names somebody who is not on the list."""

    code = "subsidies.not_on_roster"
    sentence = "{name}不在名单上。"
    next_step = "请只写名单上的人。"


class NotPayable(Refusal):
    """Nothing is paid before the county has fixed the list."""

    code = "subsidies.not_payable"
    sentence = "“{title}”还没有核定，不能付款。"
    next_step = "请等公示满、镇和县都审过再付。"


class Overpaid(Refusal):
    """More than was fixed."""

    code = "subsidies.overpaid"
    sentence = "“{title}”核定{total}元，付过和在付的{paid}元，再付{more}元就超了。"
    next_step = "请只付还没有付到的人，合计不超过{left}元。"
