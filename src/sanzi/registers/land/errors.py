"""Refusals of the room: what is missing or not allowed, and what to do about it."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class LandWrong(Refusal):
    """A field cannot be right."""

    code = "land.wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好这一格再交。"


class NotNow(Refusal):
    """The matter is not where this needs it."""

    code = "land.not_now"
    sentence = "这一件现在是“{status}”，不能{verb}。"
    next_step = "请按顺序一步一步办。"


class ShownTooShort(Refusal):
    """A publication ran fewer days than it must."""

    code = "land.shown_too_short"
    sentence = "{what}贴了{days}天，要贴满{least}天。"
    next_step = "请贴满了再来记，日期照实填。"


class GroundNotAllowed(Refusal):
    """A ground that the law forbids. Source: LAW-REC 8, 12, 18."""

    code = "land.ground_not_allowed"
    sentence = "不能{why}就{what}，法律不允许（{article}）。"
    next_step = "请按事实重新审；认为有别的理由，写法律写明的那一条。"


class MembershipDiffers(Refusal):
    """Whoever is a member cannot become one, and the other way round."""

    code = "land.membership_differs"
    sentence = "{name}{why}。"
    next_step = "请核对是不是选错了人；花名册错了，先更正花名册。"


class MembershipOpen(Refusal):
    """One application for a person at a time."""

    code = "land.membership_open"
    sentence = "{name}已经有一件成员身份的申请在办。"
    next_step = "请等那一件办完，或先撤回。"


class OneHouseholdOnePlot(Refusal):
    """A household has one plot. Source: LAW-LAND 62."""

    code = "land.one_plot"
    sentence = "这一户{why}，一户只能有一处宅基地。"
    next_step = "愿意退回老宅的，选“批下来后退回”；记错的请先更正土地登记。"


class PlotTooLarge(Refusal):
    """More than the ceiling of the class of land. Source: ZJ-LAND 55."""

    code = "land.plot_too_large"
    sentence = "{area}平方米太大，占这类地最多{most}平方米。"
    next_step = "请把面积改到{most}平方米以内。"


class NotAgreed(Refusal):
    """Those who discussed it did not agree by more than half."""

    code = "land.not_agreed"
    sentence = "到了{present}人，同意{agreed}人，没有过半。"
    next_step = "请再商量；商量不成的，退回这一件。"


class SurveyIrregular(Refusal):
    """A count on the spot lacks what makes it one. Source: REG-LAND 26."""

    code = "land.survey_irregular"
    sentence = "这次清点不能作数：{why}。"
    next_step = "请补齐人、签字和照片，重新清点。"


class NoRight(Refusal):
    """Nobody is compensated for what is not his. Source: REG-LAND 32."""

    code = "land.no_right"
    sentence = "{name}在这块地上{why}，不能领这一项。"
    next_step = "请核对地块和权利人；租种的选“租种”，附上合同。"


class TooMuch(Refusal):
    """More or dearer than the price table allows."""

    code = "land.too_much"
    sentence = "{what}{asked}{unit}，最多{most}{unit}。"
    next_step = "请照实改小；标准变了，先由县里改标准。"


class CompensatedTwice(Refusal):
    """The same thing on the same parcel is compensated once."""

    code = "land.compensated_twice"
    sentence = "这块地的{kind}在“{project}”里已经补过。"
    next_step = "请核对地块编号；真的没有补过的，请镇里查清再办。"


class FundDiffers(Refusal):
    """The money that came is not the sum of the roster."""

    code = "land.fund_differs"
    sentence = "名册一共{total}元，到账填的是{came}元。"
    next_step = "请对一对到账通知和名册，改好再记。"


class NotPayable(Refusal):
    """Nothing is paid before the roster was shown and the money came."""

    code = "land.not_payable"
    sentence = "“{project}”的补偿款还不能付：{why}。"
    next_step = "请先办完名册公示、批准和到账。"


class Overpaid(Refusal):
    """More than the households' lines."""

    code = "land.overpaid"
    sentence = "“{project}”农户的补偿还剩{left}元，这次要付{more}元。"
    next_step = "请照名册改金额。"


class WrongPayee(Refusal):
    """A payee who is not on the roster, or gets more than his lines."""

    code = "land.wrong_payee"
    sentence = "{name}{why}，不能这样付。"
    next_step = "请照名册付；集体的那份留在集体账户里。"


class TermTooLong(Refusal):
    """A term longer than the law gives. Source: LAW-LC 21."""

    code = "land.term_too_long"
    sentence = "{use}最多包{most}年，填的期限超过了。"
    next_step = "请把到期日改早。"


class ParcelTaken(Refusal):
    """A parcel cannot be given to two at a time."""

    code = "land.parcel_taken"
    sentence = "地块{parcel}到{until}还包给{holder}，时间重了。"
    next_step = "请换一块地，或等那份合同到期、收回后再办。"


class TownMustCheck(Refusal):
    """Outsiders need a check of their credit and capacity. Source: LAW-LC 52."""

    code = "land.town_must_check"
    sentence = "包给外面的人，要先查他的资信和经营能力。"
    next_step = "请查过、附上材料，再选“查过了”。"
