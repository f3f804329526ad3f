"""The register of inquiries, as every face shows it."""

from __future__ import annotations

from sanzi.disclosure.models import Inquiry
from sanzi.matters.shelf import Column, Register, put


def register() -> None:
    """Put the register on the shelf; called once from `apps.ready`."""
    put(
        Register(
            key="inquiries",
            title="质询",
            sub="谁问的、什么时候答、大家满不满意",
            group="便民服务",
            rows=lambda: Inquiry.objects.order_by("-asked_at", "-pk"),
            head="title",
            columns=(
                Column("askers", "谁提的", lambda one: one.get_askers_display()),
                Column("asker_count", "几人", "asker_count", "number"),
                Column("asked_at", "哪天提的", "asked_at", "moment"),
                Column("level", "归谁答", lambda one: one.get_level_display()),
                Column("due_at", "最迟答复", "due_at", "moment"),
                Column("answered_at", "哪天答的", "answered_at", "moment"),
                Column("satisfied", "满意", "satisfied_count", "number"),
                Column("unsatisfied", "不满意", "unsatisfied_count", "number"),
            ),
            line=("askers", "due_at"),
            search=("title__icontains",),
            states=tuple(Inquiry.Status.choices),
        )
    )
