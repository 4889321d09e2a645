"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for folder in ("tracker", "tests") for path in (ROOT / folder).rglob("*.py"))

MAX_LINES = 300
MAX_FUNCTION = 40

_SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma)\b(.*)")
_WITH_CODE_AND_REASON = re.compile(
    r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|:\s*no cover|\[[a-z-]+(?:,\s*[a-z-]+)*\])\s*(?:#|-)\s*\S.{8,}"
)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_file_and_no_function_is_too_long_to_be_read_at_once(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions]
    assert not [(name, length) for name, length in lengths if length > MAX_FUNCTION]


def test_every_suppression_names_its_code_and_its_reason() -> None:
    bare = [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := _SUPPRESSION.search(line)) and path != Path(__file__) and not _WITH_CODE_AND_REASON.match(match[1])
    ]
    assert not bare


def test_the_help_is_shown_without_loading_what_only_the_commands_need() -> None:
    """What is imported for nothing makes every command slow."""
    heavy = (
        "sqlalchemy", "alembic", "pydantic", "mailparser", "imapclient", "holidays", "schedule", "pymap", "rich",
        "anyascii", "jinja2", "nameparser", "rapidfuzz", "dns", "tomlkit",
    )  # fmt: skip
    program = (
        "import sys; sys.argv = ['tracker', '--help']\n"
        "from tracker.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"loaded = [name for name in {heavy!r} if name in sys.modules]\n"
        "print('LOADED', loaded)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "LOADED []"
    assert "report" in result.stdout


def test_the_project_speaks_of_itself_alone() -> None:
    """Nothing here may depend on, or tell of, the place where it was written."""
    texts = [*SOURCES, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    strange = re.compile(r"\.\./" + "shared|/work" + r"/\b", re.IGNORECASE)
    assert not [relative(path) for path in texts if strange.search(path.read_text(encoding="utf-8"))]


def test_continuous_integration_runs_the_readmes_command() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"^\s*make ([a-z]+)", readme, re.MULTILINE))
    assert {"demo", "test"} <= named <= targets
