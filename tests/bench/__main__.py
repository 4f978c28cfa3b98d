"""Measure on SQLite and, where DATABASE_URL names one, on PostgreSQL: `python -m tests.bench`.

Prints one JSON object. Each figure stands beside a baseline of the same run, so that figures of a
busy machine are not mistaken for those of a slow desk.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Measure each database in a process of its own."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        databases = {"sqlite": f"sqlite:///{folder}/bench.sqlite3"}
        given = os.environ.get("DATABASE_URL", "")
        if given.startswith("postgres"):
            databases["postgresql"] = given
        for name, url in databases.items():
            own = {"DATABASE_URL": url, "VAR_DIR": folder, "SECRET_KEY": "b" * 64}
            own["DEBUG"] = "False"  # else Django keeps every statement
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench.measure", *sys.argv[1:]],
                cwd=ROOT, env=os.environ | own, stdout=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                return done.returncode
            figures[name] = json.loads(done.stdout)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
