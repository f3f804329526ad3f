"""Refusals of the kernel: values that people type and that cannot be right.

No refusal here repeats a resident id or an account number: it would end up in logs.
"""

from sanzi.kernel.refusals import Refusal


class BadAmount(Refusal):
    """The text is not an amount of money that can be paid or booked."""

    code = "kernel.bad_amount"
    sentence = "金额“{value}”不对：{why}。"
    next_step = "请填像 365,591.00 这样的数，最多两位小数。"


class BadResidentId(Refusal):
    """The text is not a resident identity number."""

    code = "kernel.bad_resident_id"
    sentence = "身份证号不对：{why}。"
    next_step = "请对着身份证再填一遍，一共18位。"


class BadUscc(Refusal):
    """The text is not a unified social credit code."""

    code = "kernel.bad_uscc"
    sentence = "统一社会信用代码不对：{why}。"
    next_step = "请对着登记证或营业执照再填一遍，一共18位。"


class BadCnaps(Refusal):
    """The text is not a bank's CNAPS number."""

    code = "kernel.bad_cnaps"
    sentence = "联行号不对：{why}。"
    next_step = "请向开户银行问清12位联行号。"


class BadPhone(Refusal):
    """The text is not a Chinese mobile or landline number."""

    code = "kernel.bad_phone"
    sentence = "电话号码不对：{why}。"
    next_step = "请填11位手机号，或带区号的座机号。"


class BadAccount(Refusal):
    """The text is not a bank account number."""

    code = "kernel.bad_account"
    sentence = "银行账号不对：{why}。"
    next_step = "请对着银行卡或存折再填一遍。"


class BadDivisionCode(Refusal):
    """The text is not a 12-digit division code."""

    code = "kernel.bad_division_code"
    sentence = "区划代码“{value}”不对：{why}。"
    next_step = "请填12位统计用区划代码。"


class BadDay(Refusal):
    """The text is not a day that papers name."""

    code = "kernel.bad_day"
    sentence = "“{text}”不是能用的日子。"
    next_step = "请填像 2026-11-03 这样的日子，年份要写全四位。"


class SealBroken(Refusal):
    """A sealed field was changed, moved to another place, or sealed with an unknown key."""

    code = "kernel.seal_broken"
    sentence = "这项保密内容打不开：它被改过，或者密钥不对。"
    next_step = "请停下来，告诉系统管理员。"
