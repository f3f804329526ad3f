"""A member of a station signs its promise: who, which words, when. Signed once for each text."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.voice import promise_rules
from sanzi.voice import station_queries as stations
from sanzi.voice.errors import PromiseSigned
from sanzi.voice.models import Promise


def sign(*, village: str, by: Actor, at: datetime) -> str:
    """Sign the promise in force for a village; return its ext id.

    Raises: NotFound, PromiseSigned.
    """
    post = next((one for one in stations.own_posts(by) if one.division_code == village), None)
    if post is None or by.person_id is None:
        raise NotFound
    text = promise_rules.text_on(clock.local_date(at))
    try:
        with transaction.atomic():
            made = Promise.objects.create(
                ext_id=ids.new_id("CN", at),
                person_id=by.person_id,
                role_code=post.role_code,
                division_code=village,
                text_date=text.valid_from_date,
                text_digest=text.text_digest,
                signed_at=at,
            )
            audit.write(
                chain=post.org_ext_id,
                kind="voice.promise.signed",
                by=by,
                at=at,
                subject=("station_promise", made.ext_id),
                after={"text": text.text_digest, "village": village},
            )
    except IntegrityError as error:
        raise PromiseSigned from error
    return made.ext_id
