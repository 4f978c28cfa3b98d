"""Locks have one home and one order: course, version, assignment."""

from training.models import Assignment, Course, CourseVersion


def lock_course(pk: int) -> Course:
    """Return the course, held until the transaction ends: one new version or cycle at a time."""
    return Course.objects.select_for_update(of=("self",)).get(pk=pk)


def lock_version(pk: int) -> CourseVersion:
    """Return the version as it is now; nobody adds a lesson or question meanwhile."""
    return CourseVersion.objects.select_for_update(of=("self",)).get(pk=pk)


def lock_assignment(pk: int) -> Assignment:
    """Return the assignment as it is now; its attempts are begun and handed in under this."""
    return Assignment.objects.select_for_update(of=("self",)).get(pk=pk)
