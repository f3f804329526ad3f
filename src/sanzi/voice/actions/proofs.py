"""When many letters of a kind come in a day: a code by text, or work of the device. Either will do.

Neither is tied to the letter: a code is used up without saying for what, a challenge counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow

from django.core import signing
from django.db import transaction

from sanzi.disclosure.actions.households import index
from sanzi.kernel import clock, ids
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import secrets
from sanzi.voice import rules
from sanzi.voice.errors import ProofNeeded, TextCodeWrong, TooManyTexts
from sanzi.voice.models import Complaint, TextCode, UsedProof

CODE_LASTS = timedelta(minutes=30)
WRONG_MAX = 5
CHALLENGE_SECONDS = 2 * 3600
SALT = "voice-proof"


@dataclass(frozen=True)
class Proof:
    """What came with a form: a challenge with its answer, or a phone with the code sent to it."""

    challenge: str = ""
    answer: str = ""
    phone: str = ""
    code: str = ""


NO_PROOF = Proof()


def new_challenge(division_code: str, kind: str) -> str:
    """Return a signed challenge for a device to work on; nothing is stored."""
    return signing.dumps([ids.new_token(60), division_code, kind], salt=SALT)


def is_crowded(*, division_code: str, kind: str, at: datetime) -> bool:
    """Tell whether more letters of this kind came today than go without a proof."""
    midnight = clock.midnight(clock.local_date(at))
    came = Complaint.objects.filter(
        division_code=division_code, kind=kind, received_at__gte=midnight
    )
    return came.count() >= rules.on(clock.local_date(at)).free_per_day


def require(*, division_code: str, kind: str, proof: Proof, at: datetime) -> None:
    """Use a proof up when one is needed. Raises: ProofNeeded, TextCodeWrong."""
    if not is_crowded(division_code=division_code, kind=kind, at=at):
        return
    if proof.code:
        _use_code(division_code, proof, at)
    elif not _use_work(division_code, kind, proof, at):
        raise ProofNeeded(field="proof")


def _use_work(division_code: str, kind: str, proof: Proof, at: datetime) -> bool:
    try:
        _, place, meant = signing.loads(proof.challenge, salt=SALT, max_age=CHALLENGE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    bits = rules.on(clock.local_date(at)).proof_bits
    if (place, meant) != (division_code, kind):
        return False
    if not rules.is_proof(proof.challenge, proof.answer, bits):
        return False
    expires_at = at + timedelta(seconds=CHALLENGE_SECONDS)
    mark = index("voice-proof", proof.challenge)
    _, is_new = UsedProof.objects.get_or_create(mark=mark, defaults={"expires_at": expires_at})
    return is_new


def _use_code(division_code: str, proof: Proof, at: datetime) -> None:
    found = (
        TextCode.objects.select_for_update()
        .filter(
            division_code=division_code,
            phone_mark=_phone_mark(proof.phone, at),
            expires_at__gt=at,
            used_at__isnull=True,
            wrong_count__lt=WRONG_MAX,
        )
        .order_by("-sent_at", "-pk")
        .first()
    )
    if found is None or found.code_hash != _code_hash(proof.code):
        raise TextCodeWrong(field="code", row=found.pk if found else 0)
    found.used_at = rules.hour_of(at)
    found.save(update_fields=["used_at"])


def note_wrong(refusal: TextCodeWrong) -> None:
    """Count a wrong code, after the transaction that it broke."""
    with transaction.atomic():
        for one in TextCode.objects.select_for_update().filter(pk=str(refusal.data["row"])):
            one.wrong_count += 1
            one.save(update_fields=["wrong_count"])


def send_code(*, division_code: str, phone: str, at: datetime) -> None:
    """Send a code by text. Raises: TooManyTexts; nothing is sent then."""
    edition = rules.on(clock.local_date(at))
    day = at - timedelta(days=1)
    sent = TextCode.objects.filter(division_code=division_code, sent_at__gt=day)
    mark = _phone_mark(phone, at)
    of_phone = TextCode.objects.filter(phone_mark=mark, sent_at__gt=day).count()
    if of_phone >= edition.codes_per_phone or sent.count() >= edition.codes_per_village:
        raise TooManyTexts(field="phone")
    code = f"{randbelow(1_000_000):06d}"
    with transaction.atomic():
        row = TextCode.objects.create(
            division_code=division_code,
            phone_mark=mark,
            code_hash=_code_hash(code),
            sent_at=at,
            expires_at=at + CODE_LASTS,
        )
        outbox.enqueue(
            [
                outbox.NewNotice(
                    dedup_key=f"voice_code/{row.pk}",
                    channel=Channel.SMS,
                    template="voice_code",
                    params={"code": code},
                    sealed_phone=secrets.seal("phone", phone),
                    expires_at=at + CODE_LASTS,
                )
            ],
            at=at,
        )


def forget(at: datetime) -> int:
    """Drop codes and challenges whose time is over; return how many."""
    old = TextCode.objects.filter(sent_at__lt=at - timedelta(days=2)).delete()[0]
    return old + UsedProof.objects.filter(expires_at__lt=at).delete()[0]


def _phone_mark(phone: str, at: datetime) -> str:
    return index("voice-phone", f"{clock.local_date(at)}:{secrets.normalise(phone)}")


def _code_hash(code: str) -> str:
    return index("voice-code", code.strip())
