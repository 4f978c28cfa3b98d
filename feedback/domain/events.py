"""What happened to feedback: past facts, by name."""

from enum import StrEnum


class FeedbackEvent(StrEnum):
    """Names of the facts that feedback records."""

    INVITED = "survey.invited"
    ANSWERED = "survey.answered"
