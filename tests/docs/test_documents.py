"""The documents say what the code says, and every link in them leads somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tools import reference

DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def _text(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", reference.PAGES)
def test_generated_pages_are_current(name: str) -> None:
    assert _text(f"docs/reference/{name}") == reference.PAGES[name](), "run make docs"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_links_lead_somewhere(path: Path) -> None:
    targets = [t.partition("#")[0] for t in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in t]
    assert [t for t in targets if t and not (path.parent / t).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_documents_are_reached_from_the_readme(path: Path) -> None:
    reached, ahead = set(), [REPOSITORY / "README.md"]
    while ahead:
        page = ahead.pop().resolve()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        found = LINK.findall(page.read_text(encoding="utf-8"))
        ahead += [page.parent / t.partition("#")[0] for t in found if "://" not in t]
    assert path.resolve() in reached


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(_text("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=~ ]", line)[0] for line in wanted}
    documented = set(re.findall(r"^\| `([\w.-]+)` \| .+ \|$", _text("docs/dependencies.md"), re.MULTILINE))
    assert documented == names


def test_every_setting_is_explained() -> None:
    from regulars.config.environment import VARIABLES

    page = _text("docs/reference/settings.md")
    assert [v.name for v in VARIABLES if f"| `{v.name}` |" not in page or not v.help] == []


def test_every_metric_is_explained() -> None:
    from regulars.insight.catalogue import CATALOGUE

    page = _text("docs/reference/metrics.md")
    assert [name for name in CATALOGUE if name not in page] == []


def test_every_kind_of_activity_says_what_it_is() -> None:
    from regulars.stream.kinds import KINDS

    page = _text("docs/reference/kinds.md")
    assert [name for name, kind in KINDS.items() if f"## {name}\n\n{kind.help}" not in page or not kind.help] == []


def test_commands_of_the_documents_exist() -> None:
    from regulars.cli.main import find_commands

    names = {module.NAME for module in find_commands()}
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"^(?:\.venv/bin/)?regulars ([a-z]+)", text, re.MULTILINE))
        used |= set(re.findall(r"`regulars ([a-z]+)[^`]*`", text))
        assert used <= names, path.name


def test_every_command_is_in_the_readme() -> None:
    from regulars.cli.main import find_commands

    page = _text("README.md")
    assert [m.NAME for m in find_commands() if f"`regulars {m.NAME}`" not in page] == []


def test_make_targets_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)) | set(re.findall(r"`make ([a-z-]+)`", text))
        assert used <= targets, path.name


def test_every_decision_is_listed_in_order() -> None:
    files = sorted(p.name for p in (REPOSITORY / "docs" / "adr").glob("0*.md"))
    assert [name[:4] for name in files] == [f"{n:04d}" for n in range(1, len(files) + 1)]
    assert re.findall(r"\((\d{4}[\w-]+\.md)\)", _text("docs/adr/README.md")) == files
