"""App: sanzi.inspection. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig

HOUR = 3600


class InspectionConfig(AppConfig):
    """监督检查."""

    name = "sanzi.inspection"
    label = "inspection"
    verbose_name = "监督检查"

    def ready(self) -> None:
        """Hang files, take tables, press on when a day has passed, give notices their words."""
        from sanzi.inspection import loading
        from sanzi.inspection.actions import answering, keeping, leads
        from sanzi.notices import duties, outbox

        keeping.hang_files()
        loading.register_loaders()
        duties.register("inspection.press", HOUR, answering.press_overdue)
        duties.register("inspection.escalate", HOUR, leads.escalate_overdue)
        for template, title, text in (
            ("inspection_task", "派您去检查", "{village}的检查派了您，{until}前查完。"),
            ("inspection_found", "检查出了问题", "检查出一个问题，{due}前整改并交材料。"),
            ("inspection_answered", "整改等核对", "{village}交了一份整改，请去核对。"),
            ("inspection_back", "整改退回来了", "一份整改没有通过，{due}前再改。"),
            ("inspection_late", "整改过了期限", "检查出的问题过了期限还没有整改，请马上办。"),
            ("inspection_lead", "有一条线索移交来", "有一条线索移交来，请接收。"),
            (
                "inspection_lead_up",
                "镇里过期没有办的线索",
                "一条线索镇里过了期限，转到县纪委，请接收。",
            ),
            ("inspection_lead_late", "线索过了期限", "一条线索过了期限还没有结果，请马上办。"),
        ):
            outbox.register_text(template, text, title=title)
