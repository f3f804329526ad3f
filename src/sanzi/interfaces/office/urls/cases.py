"""Addresses of cases and of what they need: papers, decisions, meetings, who stands in."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import (
    again,
    cases,
    decisions,
    delegations,
    entries,
    files,
    form,
    meetings,
    preview,
    slips,
)

urlpatterns = [
    path("start/", form.start, name="start"),
    path("payees.xlsx", form.template, name="template"),
    path("cases/", cases.listing, name="cases"),
    path("cases/<str:number>/", cases.page, name="case"),
    path("cases/<str:number>/form/", form.form, name="form"),
    path("cases/<str:number>/payee/", form.payee, name="payee"),
    path("cases/<str:number>/line/", form.line, name="line"),
    path("cases/<str:number>/sheet/", form.sheet, name="sheet"),
    path("cases/<str:number>/check/", form.check, name="check"),
    path("cases/<str:number>/papers/add/", form.add_paper, name="add_paper"),
    path("cases/<str:number>/papers/remove/", form.remove_paper, name="remove_paper"),
    path("cases/<str:number>/invoices/add/", form.add_invoice, name="add_invoice"),
    path("cases/<str:number>/invoices/remove/", form.remove_invoice, name="remove_invoice"),
    path("cases/<str:number>/slips/add/", slips.add_slip, name="add_slip"),
    path("cases/<str:number>/slips/remove/", slips.remove_slip, name="remove_slip"),
    path("cases/<str:number>/act/", cases.act, name="act"),
    path("cases/<str:number>/record/", entries.record, name="record"),
    path("cases/<str:number>/repeat/", again.repeat, name="repeat"),
    path("cases/<str:number>/record/remove/", entries.remove_file, name="remove_step_file"),
    path("cases/<str:number>/pass-on/", cases.pass_on, name="pass_on"),
    path("cases/<str:number>/withdraw/", cases.withdraw, name="withdraw"),
    path("cases/<str:number>/correct-line/", cases.correct_line, name="correct_line"),
    path("cases/<str:number>/check-payees/", cases.check_payees, name="check_payees"),
    path("cases/<str:number>/release-hold/", cases.release_hold, name="release_hold"),
    path("papers/<str:ext_id>/", files.paper, name="paper"),
    path("papers/<str:ext_id>/original/", files.original, name="original"),
    path("papers/<str:ext_id>/<int:page>/", files.preview, name="preview"),
    path("decisions/", decisions.listing, name="decisions"),
    path("decisions/new/", decisions.new, name="decision_new"),
    path("decisions/<str:ext_id>/", decisions.page, name="decision"),
    path("decisions/<str:ext_id>/act/", decisions.act, name="decision_act"),
    path("meetings/<str:ext_id>/", meetings.page, name="meeting"),
    path("meetings/<str:ext_id>/act/", meetings.act, name="meeting_act"),
    path("meetings/<str:ext_id>/minutes.pdf", meetings.minutes, name="meeting_minutes"),
    path("delegations/", delegations.listing, name="delegations"),
    path("delegations/<str:ext_id>/revoke/", delegations.revoke, name="revoke"),
    path("powers/", preview.powers, name="matter_preview"),
    path("powers/<str:code>/", preview.power, name="matter_preview_of"),
]
