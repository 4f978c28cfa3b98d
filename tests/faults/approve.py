"""Approve tickets from a process of its own: `python -m tests.faults.approve 30`."""

import os
import sys


def main(tickets: int) -> None:
    """Open and approve tickets; the wake-up calls go out as they do from a page."""
    import django  # noqa: PLC0415

    django.setup()
    from tests.faults.shop import Shop  # noqa: PLC0415 - models load after django.setup()

    shop = Shop()
    for _ in range(tickets):
        shop.approved()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(int(sys.argv[1]))
