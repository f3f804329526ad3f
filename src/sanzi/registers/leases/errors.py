"""Refusals of leases and their rent."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class LeaseWrong(Refusal):
    """A lease says something that does not hold."""

    code = "leases.lease_wrong"
    sentence = "{field}不对：{why}。"
    next_step = "请改好“{field}”再存。"


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
