"""Refusals of leases and their rent."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class LeaseWrong(Refusal):
    """A lease says something that does not hold."""

    code = "leases.lease_wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好“{what}”再存。"


class LeaseTooLong(Refusal):
    """Beyond twenty years a lease is void. Source: 民法典 第七百零五条."""

    code = "leases.too_long"
    sentence = "租期{years}年，超过二十年的部分没有效力。"
    next_step = "请把租期改到二十年以内，到期再重新发包。"


class LeaseOverlaps(Refusal):
    """The thing is let to somebody else in some of these days."""

    code = "leases.overlaps"
    sentence = "“{asset}”从{start}到{end}已经租给{tenant}，租期重叠。"
    next_step = "请改起止日期，或先把原来的租约收回。"


class NotOurs(Refusal):
    """The thing belongs to another body than the one that lets it."""

    code = "leases.not_ours"
    sentence = "“{asset}”不是{body}的，不能出租。"
    next_step = "请选本单位登记在册的资产。"


class NoAuction(Refusal):
    """Rent and term ask for an open auction, and none is named."""

    code = "leases.no_auction"
    sentence = "年租{rent}元、租期{months}个月，要公开拍租，没有写是哪一场。"
    next_step = "请先办公开拍租，再签租约。"


class RentTooLow(Refusal):
    """The rent is below the floor of the auction or the valuation."""

    code = "leases.rent_too_low"
    sentence = "年租{rent}元，低于底价{floor}元。"
    next_step = "请按底价以上签；确实租不出去，先开会降底价再拍一轮。"


class LeaseStands(Refusal):
    """The lease is not in a state in which this may be done."""

    code = "leases.stands"
    sentence = "这份租约{now}，不能{verb}。"
    next_step = "{advice}"


class RentStands(Refusal):
    """The rent is not in a state in which this may be done."""

    code = "leases.rent_stands"
    sentence = "这一期租金{now}，不能{verb}。"
    next_step = "{advice}"


class FloorTooLow(Refusal):
    """A floor below the valuation or the last rent. Source: 农村集体经济组织法 第三十五条."""

    code = "leases.floor_too_low"
    sentence = "底价年租{rent}元，低于{why}{floor}元。"
    next_step = "请把底价提到{floor}元以上；确实租不出去，流拍后开会降价再拍一轮。"


class DepositTooLow(Refusal):
    """A deposit of less than the local figure asks for."""

    code = "leases.deposit_too_low"
    sentence = "保证金不够，至少{least}元。"
    next_step = "请把保证金改到{least}元以上。"


class MembersDecide(Refusal):
    """A long lease is decided by the meeting of members."""

    code = "leases.members_decide"
    sentence = "租期{months}个月，要成员大会表决，选的这条决议不是。"
    next_step = "请开成员大会，或把租期缩到5年以内。"


class KinTenant(Refusal):
    """An officer of the village or his kin would be let in without open competition."""

    code = "leases.kin_tenant"
    sentence = "{name}和村干部有关系，不能这样租给他。"
    next_step = "近亲属不能租；其他亲戚只能公开拍租。认为登记有错，请向镇纪委核对。"


class RentPrepaid(Refusal):
    """Rent of several years taken at once binds those who come after."""

    code = "leases.rent_prepaid"
    sentence = "一次收{years}年租金，最多先收{most}年。"
    next_step = "请改成按年或按季收。"


class LevelTooLow(Refusal):
    """The rent or the term asks for the county's platform."""

    code = "leases.level_too_low"
    sentence = "这份租约租金高或租期长，要上县平台拍。"
    next_step = "请把拍租的地方改成县平台。"


class NoAward(Refusal):
    """There is no auction of this case, or nobody has won it yet."""

    code = "leases.no_award"
    sentence = "这件的公开拍租{now}，不能{verb}。"
    next_step = "{advice}"
