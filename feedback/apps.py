"""Wire the feedback."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    """What buyers thought of it."""

    name = "feedback"
    verbose_name = _("Feedback")

    def ready(self) -> None:
        """Listen to resolved requests and ask on the buyer's status page."""
        from common import events, slots  # noqa: PLC0415
        from feedback import subscribers  # noqa: PLC0415
        from feedback.web import rating  # noqa: PLC0415
        from tickets.domain.events import TicketEvent  # noqa: PLC0415

        events.subscribe(
            TicketEvent.REQUEST_RESOLVED,
            key="feedback.invite",
            handler=subscribers.invite_after_refund,
        )
        slots.register("request.after", rating.render_slot)
