"""A course about the law of withdrawal with its quiz, and how the demo people are doing."""
# ruff: noqa: E501 - a Korean letter counts for two

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.domain.actors import Actor
from common.models import User
from config.demo.past import Past
from tickets.actions.calendars import seoul_day
from training.actions import assignments, attempts, courses
from training.models import Assignment, Choice, Course, CourseVersion, Lesson, Question

TITLE = "청약철회와 환불 기한"
LESSONS = (
    (
        "언제까지 취소할 수 있나요?",
        "소비자는 계약내용에 관한 서면을 받은 날부터 7일 안에 청약을 철회할 수 있습니다. 서면을 받은 때보다 "
        "상품이 늦게 공급되었다면 공급받은 날부터 셉니다(전자상거래법 제17조 제1항).\n\n상품의 내용이 표시·광고와 "
        "다르거나 계약과 다르게 이행되었다면 공급받은 날부터 3개월, 그 사실을 안 날 또는 알 수 있었던 날부터 "
        "30일 안에 철회할 수 있습니다(같은 조 제3항).",
    ),
    (
        "돈은 언제 돌려주나요?",
        "재화를 공급하지 않은 상태에서 청약철회가 있으면 그날부터 3영업일 안에, 이미 공급했다면 반환받은 날부터 "
        "3영업일 안에 대금을 환급합니다(제18조 제2항). 늦으면 지연기간에 대해 연 15%의 지연배상금을 더합니다.\n\n"
        "구매자의 답을 기다리는 동안에도 법정 기한은 멈추지 않습니다.",
    ),
)
# Question, its choices (the right one first), and what the result explains.
QUIZ = (
    ("출고 전 취소 요청을 오늘 받았습니다. 환급은 언제까지 해야 하나요?",
     ("오늘부터 3영업일 안", "오늘부터 7영업일 안", "상품을 받은 날부터 14일 안"),
     "공급 전 철회는 철회한 날부터 3영업일 안에 환급합니다(제18조 제2항)."),
    ("구매자에게 질문을 보내고 답을 기다리는 동안 멈추지 않는 시계는 무엇인가요?",
     ("법정 환불 기한", "첫 응답 시간", "처리 결정 시간"),
     "응대 약속은 멈추지만 법정 기한은 멈추지 않습니다."),
    ("다음 가운데 청약철회를 거절할 수 있는 사유는 무엇인가요?",
     ("사전에 고지하고 동의받은 주문 제작 상품", "가게 규정에 환불 불가라고 적힌 상품", "할인 행사로 판매한 상품"),
     "법에 정한 사유만 가능하며, 소비자에게 불리한 약정은 효력이 없습니다(제35조)."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Learner:
    """Who was sent to the course, when, and how each attempt went (the number of right answers)."""

    key: str
    sent: timedelta
    due_after: timedelta
    right: tuple[int, ...] = ()


LEARNERS = (
    Learner("agent", timedelta(days=3), timedelta(days=10)),
    Learner("agent2", timedelta(days=16), timedelta(days=7), (1,)),
    Learner("lead", timedelta(days=16), timedelta(days=7), (2, 3)),
    Learner("lead2", timedelta(days=16), timedelta(days=7), (3,)),
)


def teach(past: Past, people: Mapping[str, User]) -> None:
    """Write and publish the course, send people to it and let some of them take the quiz."""
    trainer = Actor.staff(people["trainer"].pk)
    began = past.now - timedelta(days=20)
    course = courses.begin(title=TITLE, by=trainer, at=began)
    version = _write(course, people["trainer"])
    courses.publish(version_id=version.pk, by=trainer, at=began + timedelta(hours=2))
    for learner in LEARNERS:
        at = past.now - learner.sent
        due_on = seoul_day(at + learner.due_after)
        [assignment] = assignments.assign(
            course_id=course.pk, user_ids=[people[learner.key].pk], due_on=due_on, by=trainer, at=at
        )
        _try(assignment, learner.right, begins=at + timedelta(days=2))


def _write(course: Course, author: User) -> CourseVersion:
    version = CourseVersion.objects.create(course=course, title=TITLE, pass_mark=80, author=author)
    Lesson.objects.bulk_create(
        Lesson(version=version, position=n, title=title, body=body)
        for n, (title, body) in enumerate(LESSONS, start=1)
    )
    for n, (text, choices, explanation) in enumerate(QUIZ, start=1):
        question = Question.objects.create(
            version=version, position=n, text=text, explanation=explanation
        )
        # The right choice is not always the first one.
        turned = [*choices[n - 1 :], *choices[: n - 1]]
        Choice.objects.bulk_create(
            Choice(question=question, position=m, text=choice, is_right=choice == choices[0])
            for m, choice in enumerate(turned, start=1)
        )
    return version


def _try(assignment: Assignment, right: Sequence[int], *, begins: datetime) -> None:
    learner = Actor.staff(assignment.user_id)
    for n, count in enumerate(right):
        at = begins + timedelta(hours=n)
        attempt = attempts.begin(assignment_id=assignment.pk, by=learner, at=at)
        keys = attempts.keys_of(attempt.course_version)
        answers = {
            key.question: key.right
            if place < count
            else frozenset(sorted(key.offered - key.right)[:1])
            for place, key in enumerate(keys)
        }
        attempts.submit(
            assignment_id=assignment.pk, n=attempt.n, answers=answers, by=learner,
            at=at + timedelta(minutes=12),
        )  # fmt: skip
