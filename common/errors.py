"""The one way to say no: a type with a code, a wording and the facts."""

from typing import ClassVar


def gettext_noop(text: str) -> str:
    """Mark `text` for translation; pages translate it where the reader's language is known."""
    return text


class Refused(Exception):
    """A request the rules do not allow. Nothing was changed.

    Subclasses stand beside what raises them and set `code` (stable, for programs),
    `wording` (English, with %(named)s places for the facts) and, if not 409, `status`.
    """

    code: ClassVar[str] = "refused"
    wording: ClassVar[str] = gettext_noop("This is not possible.")
    status: ClassVar[int] = 409

    def __init__(self, **facts: str | int) -> None:
        super().__init__(self.code)
        self.facts: dict[str, str | int] = facts

    def __str__(self) -> str:
        return self.wording % self.facts if self.facts else self.wording
