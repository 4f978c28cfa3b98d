"""compose.yaml, the Dockerfile and the Procfile agree, and none of them holds a secret."""

import re
from pathlib import Path

import pytest
import yaml
from honcho import environ

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: each for name, each in COMPOSE["services"].items() if "build" in each}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY")
FROM_OUTSIDE = re.compile(r"\$\{\w+:\?[^}]+\}")


def procfile():
    return environ.parse_procfile((ROOT / "Procfile").read_text()).processes


def secrets_in(environment):
    """Return the names whose value, or the password in whose address, is written out."""
    found = [
        name
        for name, value in environment.items()
        if SECRET.search(name) and not FROM_OUTSIDE.fullmatch(value)
    ]
    addresses = [
        name
        for name, value in environment.items()
        if (match := re.search(r"//[^/:]+:(.+)@", value))
        and not FROM_OUTSIDE.fullmatch(match.group(1))
    ]
    return found + addresses


@pytest.mark.parametrize("bad", [
    {"SECRET_KEY": "abc"},
    {"POSTGRES_PASSWORD": "${POSTGRES_PASSWORD:-desk}"},
    {"DATABASE_URL": "postgres://desk:desk@database/desk"},
])  # fmt: skip
def test_secrets_in_finds_a_value_written_out(bad):
    assert secrets_in(bad) == list(bad)


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_service_gets_its_secrets_from_outside(name):
    assert secrets_in(COMPOSE["services"][name].get("environment", {})) == []


def test_every_process_of_the_procfile_is_a_service():
    commands = [each["command"] for each in OURS.values()]
    assert [c[-1] for c in commands if c[:3] == ["python", "-m", "config.procfile"]] == list(
        procfile()
    )


@pytest.mark.parametrize("name", OURS)
def test_service_of_ours_runs_without_rights_and_after_the_migration(name):
    service = OURS[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    needed = {other: how["condition"] for other, how in service["depends_on"].items()}
    assert needed["database"] == "service_healthy"
    if name != "migrate":
        assert needed["migrate"] == "service_completed_successfully"


@pytest.mark.parametrize("name", ["database", "redis", "web"])
def test_service_that_others_ask_has_a_health_check(name):
    assert COMPOSE["services"][name]["healthcheck"]["test"]


def test_image_runs_without_rights_and_installs_with_hashes_only():
    lines = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", lines, re.MULTILINE)
    assert lines.count("pip install") == lines.count("pip install --require-hashes") == 2


def test_image_leaves_secrets_data_and_tests_out():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    assert not kept & {".env", "var", "tests", ".git", "docs"}
    assert {"common", "orders", "tickets", "feedback", "training", "config"} <= kept


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-prod.txt"])
def test_lock_names_a_hash_for_every_package(name):
    text = (ROOT / name).read_text()
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [each.split("==")[0] for each in packages if "--hash=sha256:" not in each] == []
