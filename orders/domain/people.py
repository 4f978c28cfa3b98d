"""What happened to the people of the desk and to its stores: past facts, by name."""

from enum import StrEnum

from common.errors import Refused, gettext_noop


class StaffEvent(StrEnum):
    """Names of the facts about people and stores."""

    ADDED = "staff.added"
    DEACTIVATED = "staff.deactivated"
    ACTIVATED = "staff.activated"
    ROLE_GIVEN = "staff.role_given"
    ROLE_CHANGED = "staff.role_changed"
    STORE_CHANGED = "store.changed"


class NotOperator(Refused):
    """Only an operator of the store does this."""

    code = "not_operator"
    wording = gettext_noop("Only an operator of the store may do this.")
    status = 403


class NotYourself(Refused):
    """Nobody locks themselves out."""

    code = "not_yourself"
    wording = gettext_noop("You cannot do this to your own account. Ask another operator.")


class RoleHeld(Refused):
    """The person has this role already."""

    code = "role_held"
    wording = gettext_noop("%(name)s has this role in this store already.")


class NameMissing(Refused):
    """A person or store needs a name."""

    code = "name_missing"
    wording = gettext_noop("Please give a name of at most 80 characters.")
    status = 400
