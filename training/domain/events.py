"""What happened to training: past facts, by name."""

from enum import StrEnum


class TrainingEvent(StrEnum):
    """Names of the facts that training records."""

    COURSE_BEGUN = "course.begun"
    COURSE_EDITED = "course.edited"
    COURSE_PUBLISHED = "course.published"
    ASSIGNED = "course.assigned"
    ATTEMPT_BEGUN = "attempt.begun"
    ATTEMPT_SUBMITTED = "attempt.submitted"
    PASSED = "course.passed"
