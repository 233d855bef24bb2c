"""Which part of the code may import which: data flows one way (docs/architecture.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("reviews.pages", "reviews.inbox", "reviews.public", "reviews.imports", "responses.desk")
# A module or package → what it may not import.
FORBIDDEN = {
    "reviews": ("responses",),
    "reviews/models": ("reviews.moderation", "reviews.importing", "reviews.translation", *PAGES),
    "reviews/importing": ("reviews.moderation", *PAGES),
    "reviews/translation": ("reviews.moderation", "reviews.importing", *PAGES),
    "reviews/audit": ("reviews.moderation", *PAGES),
    "reviews/moderation": PAGES,
    "reviews/api": PAGES,
    "responses/models": PAGES,
    "responses/api": PAGES,
    "responses/cases.py": PAGES,
    "responses/reply_rules.py": PAGES,
    "responses/filters.py": PAGES,
}


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, at its head or inside its functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def modules(place: str) -> list[Path]:
    path = ROOT / place
    found = [path] if path.suffix else sorted(path.rglob("*.py"))
    assert found, f"{place} has no module"
    return found


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("place", FORBIDDEN)
def test_data_flows_one_way(place):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(place)
        for name in imports(path)
        if any(is_within(name, package) for package in FORBIDDEN[place])
    ]
    assert wrong == []


@pytest.mark.parametrize("package", ["reviews.inbox", "reviews.public"])
def test_pages_share_through_reviews_pages_alone(package):
    own = ROOT / package.replace(".", "/")
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in ("config", "reviews", "responses")
        for path in modules(folder)
        if not path.is_relative_to(own)
        for name in imports(path)
        if is_within(name, package)
    ]
    assert wrong == []


def test_templates_of_reviews_include_none_of_responses():
    templates = sorted((ROOT / "templates" / "reviews").rglob("*.html"))
    assert templates
    wrong = [
        str(path.relative_to(ROOT))
        for path in templates
        if re.search(r"""\{%\s*(?:include|extends)\s+["']responses/""", path.read_text())
    ]
    assert wrong == []


def test_a_class_name_stands_for_one_thing():
    names: dict[str, list[str]] = {}
    for folder in ("config", "reviews", "responses"):
        for path in modules(folder):
            if "migrations" in path.parts or "commands" in path.parts:
                continue
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef):
                    names.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: places for name, places in names.items() if len(places) > 1} == {}
