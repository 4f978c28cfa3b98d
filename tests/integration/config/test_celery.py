"""The worker as the Procfile starts it."""

import os
import secrets
import subprocess
import sys

from config import celeryconfig
from config.env import ROOT

LIST_TASKS = """
from config.celery import app
app.loader.import_default_modules()
print(*app.tasks)
"""


def test_worker_knows_every_task_that_beat_sends(tmp_path):
    environment = os.environ | {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/desk.sqlite3",
    }
    # In a process of its own: here, other tests have imported the tasks already.
    listed = subprocess.run(
        [sys.executable, "-c", LIST_TASKS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    sent = {entry["task"] for entry in celeryconfig.beat_schedule.values()}
    assert sent
    assert sent - set(listed) == set()
