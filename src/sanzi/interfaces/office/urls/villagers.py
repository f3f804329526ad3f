"""Addresses about villagers: people and households, their comments, what is due to them."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import comments, doors, due, people, publications

urlpatterns = [
    path("people/<str:ext_id>/", people.page, name="person"),
    path("people/<str:ext_id>/unmask/", people.unmask, name="unmask"),
    path("comments/", comments.listing, name="comments"),
    path("comments/<str:ext_id>/", comments.answer, name="comment_answer"),
    path("due/", due.listing, name="due"),
    path("due/<str:code>/", due.village, name="due_village"),
    path("publications/", publications.listing, name="publications"),
    path("publications/<str:ext_id>/", publications.page, name="publication"),
    path(
        "publications/<str:ext_id>/withdraw/",
        publications.withdraw,
        name="publication_withdraw",
    ),
    path("doors/", doors.listing, name="doors"),
    path("doors/<str:code>/", doors.notice, name="door"),
    path("doors/<str:code>/poster/<str:size>/", doors.poster, name="poster"),
    path("doors/<str:code>/sheet/<str:size>/", doors.door_sheet, name="door_sheet"),
    path("households/<str:ext_id>/", people.household, name="household"),
    path("households/<str:ext_id>/code/", people.issue_code, name="issue_code"),
    path("households/<str:ext_id>/revoke/", people.revoke_code, name="revoke_code"),
]
