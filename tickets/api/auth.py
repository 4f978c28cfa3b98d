"""Who calls the API: staff and integrations by knox token, buyers by BuyerToken."""

from knox.auth import TokenAuthentication


class StaffTokenAuthentication(TokenAuthentication):
    """A knox token of an active member of staff."""
