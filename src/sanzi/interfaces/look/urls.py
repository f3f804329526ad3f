"""Addresses of the two galleries; included only in demo and test."""

from django.urls import path

from sanzi.interfaces.look import views

app_name = "look"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("portal/", views.gallery_portal, name="gallery_portal"),
]
