"""The app that makes the look's template tags known to Django. No models, no start-up work."""

from django.apps import AppConfig


class LookConfig(AppConfig):
    """Register `{% load look %}`."""

    name = "sanzi.interfaces.look"
    label = "look"
    verbose_name = "界面"
