"""Taking a publication off the web by hand: with a reason, which stands in public in its place.

What goes by itself after its days is no matter of this module (`case_publishing.take_down_due`).
Payments and months follow the books: what stands is corrected; only their old versions can go.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.disclosure import publication_queries
from sanzi.disclosure.errors import AlreadyWithdrawn, NotWithdrawable, NumberInText, ReasonTooShort
from sanzi.disclosure.models import Publication, SearchLine
from sanzi.kernel import clock, leaks
from sanzi.matters.items import items
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor

REASON_LEAST: Final = 8
REASON_MOST: Final = 200
TEMPLATE: Final = "publication_withdrawn"
TOLD: Final = ("village_clerk", "village_secretary", "supervision_head")
"""Who of the village is told: whoever writes it anew, whoever signs it, whoever watches."""


def register() -> None:
    """Make the wording known; called once from `apps.ready`."""
    outbox.register_text(
        TEMPLATE,
        "{village}公布的一份“{item}”从网上撤下了：{reason}。该公布的还要公布，请改好再公布一份。",
        title="公布的撤下了一份",
    )


@transaction.atomic()
def withdraw(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Take a publication off the web for good; its page goes with the next run of the pages.

    The row stays in the archive, its digest in the public log, the reason on the bulletin. Search
    forgets it at once. What was withdrawn before its days were over is found by the night.
    Raises: NotFound, AlreadyWithdrawn, NotWithdrawable, ReasonTooShort, NumberInText.
    """
    seen = publication_queries.access_publication(by=by, ext_id=ext_id)
    scope.require(by, publication_queries.WITHDRAW, seen.division_id)
    one = Publication.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    said = " ".join(reason.split())[:REASON_MOST]
    if one.unpublished_at is not None:
        raise AlreadyWithdrawn
    if not publication_queries.is_withdrawable(one):
        raise NotWithdrawable
    if len(said) < REASON_LEAST:
        raise ReasonTooShort(least=REASON_LEAST)
    if leaks.kinds([said]):
        raise NumberInText(label="理由", field="reason")
    one.unpublished_at, one.withdrawn_reason, one.page_settled_at = at, said, None
    one.save(update_fields=["unpublished_at", "withdrawn_reason", "page_settled_at"])
    SearchLine.objects.filter(publication=one).delete()
    audit.write(
        chain=one.org_ext_id,
        kind="disclosure.sheet.withdrawn",
        by=by,
        at=at,
        subject=("publication", one.ext_id),
        after={"item": one.item_code, "reason": said},
    )
    outbox.enqueue(_notices(one, at), at=at)


def _notices(one: Publication, at: datetime) -> list[outbox.NewNotice]:
    """Return what the village is told; the title is left out, it may be what leaks."""
    params = {
        "village": one.division.name,
        "item": items()[one.item_code].title,
        "reason": one.withdrawn_reason,
    }
    day = clock.local_date(at)
    users = {
        holder.user_id
        for role in TOLD
        for holder in orgs.holders(role, one.division_id, day)
        if holder.user_id is not None
    }
    return [
        outbox.NewNotice(
            dedup_key=f"{TEMPLATE}:{one.ext_id}:{user}"[:80],
            channel=Channel.INBOX,
            template=TEMPLATE,
            user_id=user,
            params=params,
            subject_kind="publication",
            subject_id=one.ext_id,
        )
        for user in sorted(users)
    ]
