"""The base of every refusal: a planned "no" that a face can show as it stands.

A refusal has a stable code for programs, a Chinese sentence for people, and a next step. Rooms
define theirs in `errors.py`. A bug is not a refusal: it raises ValueError or TypeError.
"""

from typing import ClassVar


def _rebuild(kind: type["Refusal"], data: dict[str, object]) -> "Refusal":
    return kind(**data)


class Refusal(Exception):
    """Say no to a request, with the reason and what to do instead.

    Subclasses set `code`, `sentence` and `next_step`; both texts are format strings over the
    keyword data. A field missing from the data raises KeyError where the refusal is made.
    """

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = "这一步现在不能做。"
    next_step: ClassVar[str] = "请核对后再试。"

    def __init__(self, **data: object) -> None:
        """Keep the data and render the texts."""
        self.data = data
        self.text = self.sentence.format_map(data)
        self.advice = self.next_step.format_map(data)
        super().__init__(self.text)

    def __reduce__(self) -> tuple[object, ...]:
        """Let a refusal travel between processes."""
        return (_rebuild, (type(self), self.data))

    def __str__(self) -> str:
        """Return the sentence."""
        return self.text

    def as_dict(self) -> dict[str, object]:
        """Return the refusal for an API: code, sentence, next_step and data."""
        return {
            "code": self.code,
            "sentence": self.text,
            "next_step": self.advice,
            "data": dict(self.data),
        }
