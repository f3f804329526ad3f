"""Delegations: give one, take it back. Dated, bounded, first-hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.matters import errors, rules
from sanzi.matters.models import Delegation
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.orgs.roles import roles
from sanzi.orgs.roles import title as role_title

DELEGATION_DAYS_MAX = 15


@dataclass(frozen=True)
class Terms:
    """What is delegated, to whom, when, up to what sum. Units: fen; both days included."""

    to_person_ext_id: str
    organisation_ext_id: str
    role_code: str
    start_date: date
    end_date: date
    limit_fen: int
    reason: str = ""


def give(*, by: Actor, at: datetime, terms: Terms) -> str:
    """Let somebody of equal rank stand in for the actor's own post; return the delegation's id.

    Raises: NotFound, DelegationPost, DelegationDates, DelegationLimit, DelegationToSelf,
        Redelegated, DelegatedTwice.
    """
    with transaction.atomic():
        body = (
            Organisation.objects.select_for_update()
            .filter(ext_id=terms.organisation_ext_id)
            .first()
        )
        taker = Person.objects.filter(ext_id=terms.to_person_ext_id).first()
        if body is None or taker is None or by.person_id is None:
            raise NotFound
        scope.require(by, "matters.see", body.division_id)
        _require_posts(by, taker, body, terms)
        stand = rules.Stand(
            from_person=by.person_id,
            to_person=taker.pk,
            role_code=terms.role_code,
            org_id=body.pk,
            start_date=terms.start_date,
            end_date=terms.end_date,
            limit_fen=terms.limit_fen,
        )
        rules.check_delegation(
            stand,
            _standing(body, terms.role_code),
            max_days=DELEGATION_DAYS_MAX,
            today=clock.local_date(at),
        )
        made = Delegation.objects.create(
            ext_id=ids.new_id("DG", at),
            from_person_id=by.person_id,
            to_person=taker,
            organisation=body,
            role_code=terms.role_code,
            start_date=terms.start_date,
            end_date=terms.end_date,
            limit_fen=terms.limit_fen,
            reason=terms.reason[:120],
            created_at=at,
        )
        audit.write(
            chain=body.ext_id,
            kind="matters.delegation.given",
            by=by,
            at=at,
            subject=("delegation", made.ext_id),
            after={
                "role": terms.role_code,
                "to": taker.ext_id,
                "limit_fen": terms.limit_fen,
                "from_date": terms.start_date,
                "to_date": terms.end_date,
            },
        )
    return made.ext_id


def revoke(*, by: Actor, at: datetime, ext_id: str) -> None:
    """Take a delegation back at once; what was done under it stands.

    Raises: NotFound, also for somebody else's.
    """
    with transaction.atomic():
        found = (
            Delegation.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .filter(ext_id=ext_id, from_person_id=by.person_id, revoked_at__isnull=True)
            .first()
        )
        if found is None:
            raise NotFound
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
        audit.write(
            chain=found.organisation.ext_id,
            kind="matters.delegation.revoked",
            by=by,
            at=at,
            subject=("delegation", ext_id),
        )


def _require_posts(by: Actor, taker: Person, body: Organisation, terms: Terms) -> None:
    """The giver holds the post at that very place; the taker holds one of equal rank there."""
    own = [
        post
        for post in by.posts
        if post.role_code == terms.role_code and post.division_code == body.division_id
    ]
    if not own:
        title = role_title(terms.role_code)
        raise errors.DelegationPost(why=f"您在{body.name}没有“{title}”这个职务")
    level = roles()[terms.role_code].level
    ranks = {
        roles()[post.role_code].level
        for post in orgs.posts_of(taker.pk, terms.start_date)
        if post.role_code in roles() and post.division_code == body.division_id
    }
    if level not in ranks:
        raise errors.DelegationPost(why=f"{taker.name}在这里没有职级相当的职务")


def _standing(body: Organisation, role_code: str) -> list[rules.Stand]:
    rows = Delegation.objects.filter(
        organisation=body, role_code=role_code, revoked_at__isnull=True
    )
    return [
        rules.Stand(
            one.from_person_id,
            one.to_person_id,
            one.role_code,
            one.organisation_id,
            one.start_date,
            one.end_date,
            one.limit_fen,
        )
        for one in rows
    ]
