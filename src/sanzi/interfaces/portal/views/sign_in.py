"""Signing in at a meeting: the code from the room, a name and one's own number. No log-in."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from sanzi.interfaces.look import words
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.matters import decision_queries as queries
from sanzi.matters.actions import sign_in
from sanzi.orgs.errors import NotFound


class SignInForm(forms.Form):
    """What an attendee types."""

    code = forms.CharField(
        label="会场码", max_length=8, help_text="屏幕上的6位数字",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label="姓名", max_length=30)
    phone = forms.CharField(
        label="手机号", max_length=20, help_text="村里登记过的那个号",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip


@never_cache
@public
def page(request: HttpRequest, ext_id: str) -> HttpResponse:
    """Sign in while the roll is open; otherwise the page is not there."""
    meeting = queries.open_meeting(ext_id)
    form = SignInForm(request.POST or None)
    signed = ""
    if request.method == "POST" and form.is_valid():
        try:
            signed = sign_in.sign_in(
                meeting_ext_id=ext_id, typed=sign_in.Typed(**form.cleaned_data), at=clock.now()
            )
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error(None, f"{refusal.text}{refusal.advice}")
    for name in form.errors:
        if name in form.fields:
            form.fields[name].widget.attrs["aria-invalid"] = "true"
    return show(
        request,
        "sign_in",
        None,
        {
            "form": form,
            "signed": signed,
            "body": queries.body_words(meeting.body),
            "when": words.local_time(meeting.held_at, today=today()),
            "place": meeting.place,
        },
    )
