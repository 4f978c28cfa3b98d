"""What the documents name exists: verbs, commands with their options, settings, files, pictures."""

import importlib
import re
import shlex
from pathlib import Path

import pytest
from django.core.management import CommandError, get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[2]
# For people who run and use the desk; docs/develop.md names places in the code as well.
GUIDES = [
    ROOT / name for name in ("README.md", "README.ko.md", "docs/agents.md", "docs/operate.md")
]
DOCUMENTS = [*GUIDES, ROOT / "docs/develop.md", ROOT / "CHANGELOG.md"]
IMAGES = ROOT / "docs/images"
MAX_IMAGE_BYTES = 200_000

CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|\bsrc=\"([^\"]+)\"")
# Written before a command, or in the first column of a table.
SETTING = re.compile(r"(?<![\w$])([A-Z][A-Z0-9_]{2,})=|^\| `([A-Z_]+)`(?:, `([A-Z_]+)`)? \|", re.M)
FILE = re.compile(r"(?<![\w$/])[\w.-]+(?:/[\w.-]+)+\.(?:py|md|xlsx|json|csv|yaml)|[A-Za-z]+\.yaml")
READ = re.compile(r"(?:text|flag|whole|words)\(\s*\"([A-Z_]+)\"")
MADE_HERE = ("var/",)


def each(pattern, text):
    """Return every group that matched, in order."""
    return [group for found in pattern.findall(text) for group in _groups(found) if group]


def _groups(found):
    return (found,) if isinstance(found, str) else found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (
            CODE,
            "see `make run` and\n```sh\nPORT=1 make start\n```",
            ["make run", "PORT=1 make start\n"],
        ),
        (SETTING, "PORT=8001 make run\nRATE=2", ["PORT", "RATE"]),
        (SETTING, "| `PORT`, `BIND` | `8000` |", ["PORT", "BIND"]),
        (
            FILE,
            "`tests/data/a.xlsx` $PWD/b.xlsx compose.yaml",
            ["tests/data/a.xlsx", "compose.yaml"],
        ),
        (LINK, '[a](b.md#c) <img src="d.png">', ["b.md#c", "d.png"]),
    ],
)
def test_what_is_looked_for_is_found(pattern, text, found):
    assert each(pattern, text) == found


def test_unknown_option_is_not_understood():
    with pytest.raises(CommandError):
        understand("import_orders a.xlsx --store s --format smartstore --no-such")


def code_of(document):
    return "\n".join(each(CODE, document.read_text()))


def named(pattern, documents):
    """Return (document, name) for what the pattern finds in their code."""
    return sorted({(d.name, name) for d in documents for name in each(pattern, code_of(d))})


def command_lines():
    lines = {line for document in GUIDES for line in code_of(document).splitlines()}
    calls = {line.partition("manage.py ")[2].strip() for line in lines if "manage.py " in line}
    return sorted(call for call in calls if not call.startswith("shell"))


def understand(line):
    """Read the arguments as the command would, without running it."""
    name, *arguments = shlex.split(line)
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(arguments)


def settings_read():
    sources = [path.read_text() for path in sorted((ROOT / "config").glob("*.py"))]
    return {name for source in sources for name in READ.findall(source)}


def settings_of_the_example():
    return set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))


def slug(heading):
    """Return the anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(document):
    return {slug(line) for line in re.findall(r"^#+ (.+)$", document.read_text(), re.M)}


@pytest.mark.parametrize(("document", "verb"), named(re.compile(r"\bmake ([a-z]+)\b"), DOCUMENTS))
def test_verb_of_make_exists(document, verb):
    assert re.search(rf"^{verb}:.*## ", (ROOT / "Makefile").read_text(), re.M), document


@pytest.mark.parametrize(
    ("document", "name"), named(re.compile(r"manage\.py ([a-z_]+)"), DOCUMENTS)
)
def test_command_of_manage_py_exists(document, name):
    assert name in get_commands(), document


@pytest.mark.parametrize("line", command_lines())
def test_command_line_is_understood(line):
    understand(line)


@pytest.mark.parametrize(("document", "name"), named(SETTING, GUIDES))
def test_setting_exists(document, name):
    makefile = set(re.findall(r"^([A-Z]+) \?=", (ROOT / "Makefile").read_text(), re.M))
    assert name in settings_read() | settings_of_the_example() | makefile, document


@pytest.mark.parametrize("name", sorted(settings_read() | settings_of_the_example()))
def test_setting_is_explained_to_operators(name):
    assert f"`{name}`" in (ROOT / "docs/operate.md").read_text()


@pytest.mark.parametrize(("document", "path"), named(FILE, GUIDES))
def test_file_exists(document, path):
    assert path.startswith(MADE_HERE) or (ROOT / path).is_file(), document


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for link in each(LINK, document.read_text()):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path) if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize(
    ("document", "line"), named(re.compile(r"^(from \S+ import .+)$", re.M), GUIDES)
)
def test_import_in_a_recipe_works(document, line):
    module, names = re.fullmatch(r"from (\S+) import (.+)", line).groups()
    for name in names.split(", "):
        assert hasattr(importlib.import_module(module), name), document


def test_pictures_are_small_and_shown():
    shown = {link for document in GUIDES for link in each(LINK, document.read_text())}
    names = {Path(link).name for link in shown if "images/" in link}
    found = {path.name: path.read_bytes() for path in IMAGES.iterdir()}
    assert names == set(found)
    for name, content in found.items():
        assert content.startswith(b"\x89PNG"), name
        assert len(content) < MAX_IMAGE_BYTES, name
