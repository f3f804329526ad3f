"""Refusals of open auctions."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class AuctionWrong(Refusal):
    """An auction says something that does not hold."""

    code = "deals.auction_wrong"
    sentence = "{field}不对：{why}。"
    next_step = "请改好“{field}”再发公告。"


class AuctionNotNow(Refusal):
    """The auction is not in a state, or not at an hour, in which this may be done."""

    code = "deals.auction_not_now"
    sentence = "这场拍租{now}，不能{verb}。"
    next_step = "{advice}"


class AuctionBidTooLow(Refusal):
    """Another bid stands higher, or the floor does."""

    code = "deals.auction_bid_too_low"
    sentence = "出价{price}元不够，现在至少要出{least}元。"
    next_step = "请看最新的价，再出一次。"


class NoPaddle(Refusal):
    """Who bids has not registered with a deposit."""

    code = "deals.no_paddle"
    sentence = "这个号牌没有登记，不能出价。"
    next_step = "请先交保证金、登记号牌。"


class KinWinnerHeld(Refusal):
    """Distant kin of an officer would win against fewer than two others."""

    code = "deals.kin_winner_held"
    sentence = "出价最高的{name}是村干部的亲属，出价的只有{count}家，先不成交。"
    next_step = "请报镇纪委看过，或再拍一轮。"
