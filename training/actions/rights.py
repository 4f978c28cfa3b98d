"""Who may do what with courses."""

from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from common.models import User
from training.querysets import is_trainer


class NotATrainer(Refused):
    """Courses are made and given out by trainers."""

    code = "not_a_trainer"
    wording = gettext_noop("Only a trainer may do this.")
    status = 403


def trainer(by: Actor) -> User:
    """Return the trainer who acts; refuse everybody else."""
    person = User.objects.filter(pk=by.user_id or 0).first()
    if person is None or not is_trainer(person):
        raise NotATrainer()
    return person
