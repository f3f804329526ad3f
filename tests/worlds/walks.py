"""Walking a case of any power from its start to its end, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sanzi.evidence.actions import files
from sanzi.matters.actions import cases, entries
from sanzi.matters.models import Case, CaseStep
from worlds import cases as worlds_cases
from worlds.village import AT, World


@dataclass
class Walk:
    """A case under way; `at` is the time of what is done next."""

    world: World
    number: str
    at: datetime = AT
    photos: int = 0

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return Case.objects.get(number=self.number)

    @property
    def open_step(self) -> CaseStep:
        """The step that waits."""
        return CaseStep.objects.get(case__number=self.number, state="OPEN")

    def submit(self, role: str, form: dict[str, Any], papers: tuple[str, ...] = ()) -> None:
        """Fill the form, hang papers, hand it in."""
        by = self.world.actor(role, self.at)
        cases.save(number=self.number, by=by, at=self.at, form=form)
        for kind in papers:
            self._hang("case", self.number, kind, role)
        cases.submit(number=self.number, by=by, at=self.at)

    def approve(self, *roles: str) -> None:
        """Let these agree, one after the other."""
        for role in roles:
            seen = self.case.content_digest
            cases.act(
                number=self.number, by=self.world.actor(role, self.at), at=self.at,
                opinion=cases.Opinion("approve", seen),
            )  # fmt: skip

    def record(
        self, role: str, form: dict[str, Any], papers: tuple[str, ...] = (), **more: Any
    ) -> None:
        """Write the open step down, with its papers."""
        for kind in papers:
            subject, subject_id = entries.step_subject(self.number, self.open_step.step_no)
            self._hang(subject, subject_id, kind, role)
        by = self.world.actor(role, self.at)
        cases.record(number=self.number, by=by, at=self.at, form=form, **more)

    def _hang(self, subject: str, subject_id: str, kind: str, role: str) -> None:
        self.photos += 1
        files.store(
            by=self.world.actor(role, self.at), at=self.at, subject_kind=subject,
            subject_id=subject_id,
            upload=files.Upload(f"{kind}.jpg", kind, worlds_cases.photo(self.photos * 9)),
        )  # fmt: skip


def start(world: World, matter: str, role: str, body: str = "O-WILLOW") -> Walk:
    """Begin a case."""
    number = cases.start(matter_code=matter, organisation_ext_id=body, by=world.actor(role), at=AT)
    return Walk(world, number)
