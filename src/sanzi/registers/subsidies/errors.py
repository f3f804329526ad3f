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


class WrongPayee(Refusal):
    """A payee who is not on the list, or gets more than it says."""

    code = "subsidies.wrong_payee"
    sentence = "{name}在“{title}”里{why}，不能这样付。"
    next_step = "请照批下来的人和金额付；有人退了款，改好账户再付给本人。"


class AidKinUnfiled(Refusal):
    """Kin of staff apply and nobody says so."""

    code = "aid.kin_unfiled"
    sentence = "{name}是村干部或经办人员的近亲属，要先备案。"
    next_step = "请把“有没有亲属”改成“是”再交；县里会派人到家里看。"


class AidTwice(Refusal):
    """The household has aid that does not go with this one."""

    code = "aid.duplicate"
    sentence = "这户已经在享受{other}，不能再报{kind}。"
    next_step = "要改的，请在“复核哪一件”里选原来那件。"


class AidTooOften(Refusal):
    """Temporary aid too often, or too much of it."""

    code = "aid.temporary_repeat"
    sentence = "这户12个月里已经有{count}次临时救助，共{fen}元，再来就超了。"
    next_step = "长期困难的，请按低保或特困申请。"


class AidMemberWrong(Refusal):
    """Somebody is named who does not belong to the household, or has died."""

    code = "aid.member_wrong"
    sentence = "{name}{why}。"
    next_step = "请只写这户现在的人；登记不对的，先改人员登记。"


class AidMeans(Refusal):
    """Outside lists show more than the line allows, and nobody explains it."""

    code = "aid.property_mismatch"
    sentence = "{name}名下有{what}，和申请对不上。"
    next_step = "请核实后改成“不同意”，或在“财产说明”里写清楚，至少6个字。"


class AidVisitorsWrong(Refusal):
    """Two persons visit a home, neither of them kin of the household."""

    code = "aid.visitors_wrong"
    sentence = "入户调查的人{why}。"
    next_step = "请两个和这户没有亲属关系的工作人员一起去。"


class AidReasonNeeded(Refusal):
    """A refusal has its reason, in writing."""

    code = "aid.reason_needed"
    sentence = "不批要写明理由，至少6个字。"
    next_step = "请写清不符合哪一条；书面决定上会印出来。"


class AidSumNeeded(Refusal):
    """Aid has its sum and its first month."""

    code = "aid.sum_needed"
    sentence = "批准的要写{what}。"
    next_step = "请填好再定。"


class AidNotVisited(Refusal):
    """Where kin of staff apply, the county looks for itself."""

    code = "aid.not_visited"
    sentence = "这户有经办人员的近亲属，县里要先入户看过。"
    next_step = "请派人入户，再来决定。"


class AidDeceased(Refusal):
    """Nobody is left who may have it."""

    code = "aid.deceased"
    sentence = "{name}已经去世，这户没有别的保障对象，不能再发。"
    next_step = "请停发，并报镇社会事务办。"


class AidMonthPaid(Refusal):
    """The month's aid was paid, or is on its way."""

    code = "aid.month_paid"
    sentence = "{month}核定{total}元，付过和在付的{paid}元，再付{more}元就超了。"
    next_step = "请核对是不是重复付款。"


class BatchShort(Refusal):
    """More is asked for, or given, than came in."""

    code = "relief.balance_negative"
    sentence = "这批{item}只有{have}{unit}，{verb}{asked}{unit}，不够。"
    next_step = "请改少，或另开一批。"


class OverNeed(Refusal):
    """Somebody would get more than the list gives him, or is not on it."""

    code = "relief.over_need"
    sentence = "{name}在名单上还有{left}{unit}没领，不能发{asked}{unit}。"
    next_step = "请照公示的名单发；要改，先改名单再公示。"


class TwoHands(Refusal):
    """Two persons hand goods out, and none of them to himself."""

    code = "relief.two_hands"
    sentence = "发东西的人{why}。"
    next_step = "请两个人一起发，自己不给自己发。"


class CountDiffers(Refusal):
    """What is left differs from what the book says."""

    code = "relief.count_differs"
    sentence = "账上还剩{book}{unit}，点出来{count}{unit}，对不上。"
    next_step = "请查清楚：漏记了谁领的先补记，再来盘。"


class LevyOverCap(Refusal):
    """More a head than the province allows."""

    code = "levy.over_cap"
    sentence = "每人{asked}{unit}，超过了上限{cap}{unit}。"
    next_step = "请改到上限以内；不够的钱另想办法。"


class LevyNotDue(Refusal):
    """Somebody is asked who is exempt, or more than his household owes."""

    code = "levy.not_due"
    sentence = "{name}{why}。"
    next_step = "请照批准的方案收，多收的当场退。"


class LevyOverspent(Refusal):
    """More is used than was collected."""

    code = "levy.overspent"
    sentence = "筹了{collected}元，用掉{used}元，再用{more}元就超了。"
    next_step = "请先收齐，或改少。"
