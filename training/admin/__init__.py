"""The admin's pages of training: courses, assignments, and everybody's own training."""

from training.admin.assignments import AssignmentAdmin
from training.admin.courses import CourseVersionAdmin
from training.admin.learning import MyAssignmentAdmin

__all__ = ["AssignmentAdmin", "CourseVersionAdmin", "MyAssignmentAdmin"]
