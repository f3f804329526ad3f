"""Refusals of the room: what is absent or out of scope, wrong codes, missing second factor."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class NotFound(Refusal):
    """Absent and forbidden look alike."""

    code = "orgs.not_found"
    sentence = "没有找到这一页。"
    next_step = "请核对地址，或回到待办重新进入。"


class SecondFactorNeeded(Refusal):
    """Approval and release of money ask for the second factor again."""

    code = "orgs.second_factor_needed"
    sentence = "动钱之前要再输一次动态码。"
    next_step = "请输入手机上的6位动态码，再点一次。"


class ReasonNeeded(Refusal):
    """A full view of a personal field needs a reason."""

    code = "orgs.reason_needed"
    sentence = "看完整的{field}要写理由，至少4个字。"
    next_step = "请写明为什么要看，这次查看会记下来。"


class PurposeNeeded(Refusal):
    """Plain personal data leave only for a stated purpose."""

    code = "orgs.purpose_needed"
    sentence = "导出个人信息要写清用途和接收方，用途至少{length}个字。"
    next_step = "请写明给谁、拿去做什么。"


class SamePerson(Refusal):
    """Who asks does not approve."""

    code = "orgs.same_person"
    sentence = "导出是您申请的，不能由您批准。"
    next_step = "请交给县纪委监委的另一个人批准。"


class ExportNotNow(Refusal):
    """The request is not in the state that this needs."""

    code = "orgs.export_not_now"
    sentence = "这份导出申请{why}。"
    next_step = "需要的话，请重新申请一次。"


class FolderNotEmpty(Refusal):
    """An export goes into a new folder or file only."""

    code = "orgs.folder_not_empty"
    sentence = "{path} 已经有内容，没有导出。"
    next_step = "请换一个新的文件夹或文件名。"


class BadToken(Refusal):
    """No such token, or one that has run out or been revoked: all look alike."""

    code = "orgs.bad_token"
    sentence = "这个令牌不能用。"
    next_step = "请向平台管理员要一个新的令牌。"


class TokenDays(Refusal):
    """A token lives for a bounded time."""

    code = "orgs.token_days"
    sentence = "令牌的有效期是 1 到 {days} 天。"
    next_step = "请改一个天数；到期可以再发。"


class KeyReused(Refusal):
    """An idempotency key came again with another request."""

    code = "orgs.key_reused"
    sentence = "这个防重键已经用在另一个请求上。"
    next_step = "请换一个新的 Idempotency-Key。"


class OutsideAccountTaken(Refusal):
    """One outside account stands for one officer, and one officer has one of a kind."""

    code = "orgs.outside_account_taken"
    sentence = "{why}。"
    next_step = "要换一个，请先解开原来的绑定。"


class BindingDecided(Refusal):
    """A binding is decided once."""

    code = "orgs.binding_decided"
    sentence = "这条绑定是“{state}”，不能再{verb}。"
    next_step = "请刷新页面看最新的情况。"


class NoPost(Refusal):
    """Who holds no post today has nobody to approve for him."""

    code = "orgs.no_post"
    sentence = "您现在没有在任的职务，不能绑定。"
    next_step = "请先由镇里办好任职，再来绑定。"


class OwnBinding(Refusal):
    """Nobody approves his own binding."""

    code = "orgs.own_binding"
    sentence = "这是您自己的绑定，不能由您批准。"
    next_step = "请镇里另一位负责人来批。"


class BindingReasonNeeded(Refusal):
    """A binding is refused with a reason."""

    code = "orgs.binding_reason_needed"
    sentence = "退回绑定要写理由，至少4个字。"
    next_step = "请写明为什么不同意，他会看到。"


class AppointmentWrong(Refusal):
    """A post cannot begin or end like this."""

    code = "orgs.appointment_wrong"
    sentence = "{name}的任职不能这样登记：{why}。"
    next_step = "请核对人、职务和日期。"
