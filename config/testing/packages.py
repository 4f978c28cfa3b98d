"""Install the system's programs that tests use; only a machine for tests (CI=true) asks for it."""

import os
import shutil
import subprocess

from config.console import complain, say
from config.testing import services

BROWSERS = ["chromium", "chromium-browser", "google-chrome"]


def install_missing() -> None:
    """Install what is missing with apt-get; say so when this system has none."""
    missing = list(missing_packages())
    if not missing:
        return
    if shutil.which("apt-get") is None:
        complain(f"Missing, and there is no apt-get to install it: {', '.join(missing)}")
        return
    say(f"Installing {', '.join(missing)}")
    rights = ["sudo", "-n"] if os.geteuid() and shutil.which("sudo") else []
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        command = [*rights, *quiet, "apt-get", "-qq", "-o", "Acquire::Retries=3", *arguments]
        done = subprocess.run(  # noqa: S603  our own command line, no shell
            command, capture_output=True, text=True, check=False
        )
        if done.returncode:
            complain(done.stdout + done.stderr)


def missing_packages() -> list[str]:
    """Return the Debian packages of the programs that are not here."""
    here = {
        "chromium": any(shutil.which(name) for name in BROWSERS),
        "fonts-noto-cjk": _has_korean_font(),
        "gettext": shutil.which("msgfmt") is not None,
        "postgresql": _has_postgres(),
        "redis-server": shutil.which("redis-server") is not None,
    }
    return [package for package, present in here.items() if not present]


def _has_postgres() -> bool:
    try:
        services.postgres_program("initdb")
    except services.Missing:
        return False
    return True


def _has_korean_font() -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return False
    listed = subprocess.run(  # noqa: S603
        [program, ":lang=ko"], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip())
