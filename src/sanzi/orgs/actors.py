"""Who acts: the value that every action takes as `by`. No Django, no tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sanzi.kernel import divisions
from sanzi.orgs.errors import SecondFactorNeeded

SECOND_FACTOR_LASTS = timedelta(minutes=5)


@dataclass(frozen=True)
class Post:
    """One open appointment: a role at an organisation, with its days."""

    role_code: str
    org_id: int
    org_ext_id: str
    division_code: str
    start_date: date
    end_date: date | None


@dataclass(frozen=True)
class Actor:
    """A person acting now, with the posts he holds now.

    Shapes: `user_id` and `person_id` are None for the system. `second_factor_at` is the aware
    time at which he last showed his second factor in this session. `household_id` is set for a
    villager at the public door alone: he has no posts there, whatever he is in office, and
    reaches nothing but the cases of his household. `device` is the index of the device that he
    acts from, empty where none is known.
    """

    user_id: int | None
    person_id: int | None
    person_ext_id: str
    name: str
    posts: tuple[Post, ...] = field(default_factory=tuple)
    origin: str = ""
    second_factor_at: datetime | None = None
    household_id: int | None = None
    device: str = ""

    def roles_at(self, division_code: str) -> set[str]:
        """Return the roles whose post covers this place (its own node or one above)."""
        return {
            post.role_code
            for post in self.posts
            if divisions.is_within(division_code, post.division_code)
        }

    def require_second_factor(self, at: datetime) -> None:
        """Refuse when the second factor is older than five minutes.

        Raises: SecondFactorNeeded.
        """
        shown = self.second_factor_at
        if self.user_id is None or (shown is not None and at - shown <= SECOND_FACTOR_LASTS):
            return
        raise SecondFactorNeeded


SYSTEM = Actor(user_id=None, person_id=None, person_ext_id="", name="系统")
