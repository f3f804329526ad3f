"""Addresses of letters in the office, of the station, and of asking whether payments arrived."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import confirmations, letters, station

urlpatterns = [
    path("confirmations/", confirmations.counts, name="confirmations"),
    path("confirmations/<str:alert>/", confirmations.page, name="confirmation"),
    path(
        "confirmations/<str:alert>/household/",
        confirmations.household,
        name="confirmation_household",
    ),
    path("letters/", letters.listing, name="letters"),
    path("letters/counts/", letters.counts, name="letter_counts"),
    path("letters/key/", letters.key, name="letter_key"),
    path("letters/key/new/", letters.new_key, name="letter_key_new"),
    path("letters/<str:ext_id>/", letters.page, name="letter"),
    path("letters/<str:ext_id>/writer/", letters.writer, name="letter_writer"),
    path("letters/<str:ext_id>/photo/<int:number>/", letters.photo, name="letter_photo"),
    path("station/", station.listing, name="station"),
    path("station/promise/", station.promise, name="station_promise"),
    path("station/visits/<str:ext_id>/lead/", station.hand, name="station_hand"),
    path("station/<str:ext_id>/", station.page, name="station_report"),
    path("station/<str:ext_id>/photo/<int:number>/", station.photo, name="station_photo"),
    path("station/<str:ext_id>/visit/", station.visit, name="station_visit"),
    path("station/<str:ext_id>/put-right/", station.put_right, name="station_put_right"),
]
