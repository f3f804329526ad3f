"""Addresses of inspections in the office."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import inspection_findings as findings
from sanzi.interfaces.office.views import inspection_plans as plans
from sanzi.interfaces.office.views import inspection_tasks as tasks

urlpatterns = [
    path("inspections/", plans.listing, name="inspections"),
    path("inspections/new/", plans.new, name="inspection_new"),
    path("inspections/checklist/", plans.checklist, name="inspection_checklist"),
    path("inspections/findings/", findings.listing, name="inspection_findings"),
    path("inspections/findings/<str:ext_id>/", findings.page, name="inspection_finding"),
    path("inspections/leads/", findings.leads, name="inspection_leads"),
    path("inspections/leads/<str:ext_id>/", findings.lead, name="inspection_lead"),
    path("inspections/tasks/<str:ext_id>/", tasks.page, name="inspection_task"),
    path("inspections/tasks/<str:ext_id>/find/", tasks.find, name="inspection_find"),
    path("inspections/tasks/<str:ext_id>/hand-over/", tasks.hand, name="inspection_hand"),
    path("inspections/<str:ext_id>/", plans.page, name="inspection"),
    path("inspections/<str:ext_id>/report.<str:form>", plans.report_file, name="inspection_report"),
]
