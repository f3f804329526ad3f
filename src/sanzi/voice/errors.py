"""Refusals of the room; none tells whether a letter or a code exists."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class ReceiptNotOpened(Refusal):
    """The code opens no letter: wrong, or of nothing. The same words for both."""

    code = "voice.receipt_not_opened"
    sentence = "这个码没有打开信。"
    next_step = "请对照记下的16位码再输一次。码丢了找不回来，可以重新写一封。"


class NothingSaid(Refusal):
    """A letter without words."""

    code = "voice.nothing_said"
    sentence = "还没有写是什么事。"
    next_step = "请写清什么时候、什么地方、什么事。"


class TooLong(Refusal):
    """A letter that is longer than the county takes."""

    code = "voice.too_long"
    sentence = "写得太长了，最多{limit}个字。"
    next_step = "请先写最要紧的，别的等回话时再补。"


class NoSuchKind(Refusal):
    """The county knows no such kind."""

    code = "voice.no_such_kind"
    sentence = "还没有选是哪一类事。"
    next_step = "请选一类，选不准就选“别的诉求”。"


class NameMissing(Refusal):
    """With a name means name and phone."""

    code = "voice.name_missing"
    sentence = "选了留姓名，姓名和手机号要写上。"
    next_step = "请写上；不想写，就选“不留姓名”。"


class TooManyPhotos(Refusal):
    """More photos than the county takes."""

    code = "voice.too_many_photos"
    sentence = "照片太多了，最多{limit}张。"
    next_step = "请挑最要紧的几张。"


class NoPhoto(Refusal):
    """What came is no photo."""

    code = "voice.no_photo"
    sentence = "“{name}”不是照片，没有收。"
    next_step = "请拍照片交上来，录像请当面交给纪委。"


class NoKeyYet(Refusal):
    """The office that may read it has no key yet."""

    code = "voice.no_key_yet"
    sentence = "{office}还没有备好收信的钥匙，网上交不了。"
    next_step = "请当面交，或者打电话12388。"


class ProofNeeded(Refusal):
    """Many letters of this kind came today: a code by text, or work of the device, is asked for."""

    code = "voice.proof_needed"
    sentence = "今天这一类信来得很多，要多走一步。"
    next_step = "请输短信里的码，或者等手机算好再交；写好的字都还在。"


class TextCodeWrong(Refusal):
    """The code by text is wrong, old or used."""

    code = "voice.text_code_wrong"
    sentence = "短信里的码不对，或者过了时间。"
    next_step = "请再要一个码。"


class TooManyTexts(Refusal):
    """Too many codes went out today."""

    code = "voice.too_many_texts"
    sentence = "今天要码的次数太多了。"
    next_step = "请让手机自己算，或者明天再来。"


class NotNow(Refusal):
    """The letter is not in the state that this needs."""

    code = "voice.not_now"
    sentence = "这封信现在是“{state}”，不能{action}。"
    next_step = "请刷新再看看它办到哪一步。"


class NotYours(Refusal):
    """Another has it in hand."""

    code = "voice.not_yours"
    sentence = "这封信已经有人在办。"
    next_step = "请等他办，或者让他转给您。"


class ReasonTooShort(Refusal):
    """Words that a writer waits for say something."""

    code = "voice.reason_too_short"
    sentence = "写得太短，至少{least}个字。"
    next_step = "请写清怎么办的、凭什么。"


class NoMoreTime(Refusal):
    """A letter is given more time twice at most."""

    code = "voice.no_more_time"
    sentence = "已经延过{limit}次，不能再延。"
    next_step = "请按时答复；办不完的，先说清办到哪一步。"


class SameOffice(Refusal):
    """Who answered does not decide that the answer was good."""

    code = "voice.same_office"
    sentence = "您办的信，不能由您来定办结。"
    next_step = "请等写信人回话，或者由上一级来定。"


class StillWaiting(Refusal):
    """The writer still has time to say whether he is content."""

    code = "voice.still_waiting"
    sentence = "写信人还有时间回话，到{day}。"
    next_step = "请到那天以后再定。"


class KeyMissing(Refusal):
    """A sealed letter opens with the office's key alone."""

    code = "voice.key_missing"
    sentence = "这封信是封着的，要先用钥匙打开。"
    next_step = "请选钥匙文件，输口令。"


class KeyNotOpened(Refusal):
    """File and passphrase do not belong together, or the file is no key of this office."""

    code = "voice.key_not_opened"
    sentence = "钥匙没有打开。"
    next_step = "请核对钥匙文件和口令；口令忘了，谁也帮不了。"


class PassphraseWeak(Refusal):
    """A passphrase that is guessed guards nothing."""

    code = "voice.passphrase_weak"
    sentence = "口令太短，至少{least}个字，两次要一样。"
    next_step = "请用一句自己记得住的话。"


class KindHandled(Refusal):
    """A letter goes over to another kind only."""

    code = "voice.kind_handled"
    sentence = "这封信已经是这一类。"
    next_step = "请选另一类。"


class ConfirmationNotOpened(Refusal):
    """The code of a text opens no question."""

    code = "voice.confirmation_not_opened"
    sentence = "这个码没有打开。"
    next_step = "请对照短信里的码再输一次。"


class ConfirmationOver(Refusal):
    """The days for the answer have run."""

    code = "voice.confirmation_over"
    sentence = "回答的日子过了，这条短信不能用了。"
    next_step = "钱没收到的，请点“反映问题”写信，村里看不到。"


class ConfirmationAnswered(Refusal):
    """A question is answered once."""

    code = "voice.confirmation_answered"
    sentence = "这一笔已经回答过了，只能答一次。"
    next_step = "答错了，请点“反映问题”写信，村里看不到。"


class AnswerMissing(Refusal):
    """No button was pressed that the page has."""

    code = "voice.answer_missing"
    sentence = "还没有选收到了没有。"
    next_step = "请按一个按钮。"


class SumUnclear(Refusal):
    """The sum that arrived is no sum, or is the one that was paid."""

    code = "voice.sum_unclear"
    sentence = "收到多少钱没有写清：{why}。"
    next_step = "请写数字，比如265或265.50；一分没收到，请按“没收到”。"


class NoSuchOffice(Refusal):
    """A letter goes to an office of its kinds that has no part in it, and is not there already."""

    code = "voice.no_such_office"
    sentence = "信不能转到那里。"
    next_step = "请从名单里选一个单位。"


class VisitPhotoWrong(Refusal):
    """A visit and what was put right are shown by a photo of these days."""

    code = "voice.visit_photo_wrong"
    sentence = "现场照片{why}。"
    next_step = "请在现场用手机拍一张交上来。"


class VisitWrong(Refusal):
    """A field of a visit or of what was put right does not fit."""

    code = "voice.visit_wrong"
    sentence = "“{what}”填得不对：{why}。"
    next_step = "请改好再交。"


class VisitOwn(Refusal):
    """Whoever handles a letter, or put it right, does not verify it; nor do his kin."""

    code = "voice.visit_own"
    sentence = "这件事{why}，不能由您去核实。"
    next_step = "请让站里的另一个人去。"


class PromiseSigned(Refusal):
    """It was signed before."""

    code = "voice.promise_signed"
    sentence = "这份承诺您签过了。"
    next_step = "不用再签。换了新的承诺，会再请您签。"


class NothingToPutRight(Refusal):
    """Nobody found on the spot that something is wrong."""

    code = "voice.nothing_to_put_right"
    sentence = "还没有人到现场看到问题，或者已经记过整改。"
    next_step = "请先到场核实，拍照记下来。"
