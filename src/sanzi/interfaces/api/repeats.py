"""One deed for one idempotency key: the face's side of `orgs.actions.answers`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from ninja import Schema

from sanzi.interfaces.api.requests import ApiRequest
from sanzi.kernel import digest
from sanzi.orgs.actions import answers


def once(
    request: ApiRequest, key: str | None, act: Callable[[], Schema], *, status: int
) -> HttpResponse:
    """Act once for a key and answer the same to each repeat; without a key just act."""

    def answer() -> answers.Answer:
        return answers.Answer(status, act().model_dump_json())

    if key is None:
        found = answer()
    else:
        said = f"{request.method} {request.path}\n".encode() + request.body
        found = answers.once(
            key=key, request_digest=digest.sm3(said), by=request.auth, at=request.at, act=answer
        )
    response = HttpResponse(found.body, status=found.status, content_type="application/json")
    if found.is_repeat:
        response["Idempotent-Replayed"] = "true"
    return response
