"""What the documents claim is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.benchmarks.growth import PICTURE as GROWTH
from tests.project.cli_reference import COMMANDS, DOCUMENT, help_of, reference
from tests.project.page_pictures import SHOTS, digest, page_in
from tests.project.pictures import PICTURES, drawn, renderings
from tracker.registry import choices

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_of_commands_is_what_they_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == reference(), "run `make docs`"


def test_the_help_lists_the_commands_in_the_order_in_which_one_meets_them() -> None:
    listed = re.findall(r"^  ([a-z]+)  ", help_of().partition("Commands:")[2], re.MULTILINE)
    assert listed == [command for command in COMMANDS if " " not in command]


def test_the_help_tells_each_command_in_a_line_that_is_not_cut() -> None:
    lines = [line for line in help_of().partition("Commands:")[2].splitlines() if line.strip()]
    assert len(lines) >= 20
    assert [line for line in lines if not line.endswith(".") or line.endswith("...")] == []


def test_every_command_that_a_document_names_exists() -> None:
    texts = [ROOT / "README.md", ROOT / "config.example.toml", *(ROOT / "docs").rglob("*.md")]
    named = {
        (word, relative.name)
        for relative in texts
        for word in re.findall(r"(?:`|^\s*|\$ )tracker ([a-z]+)", relative.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named
    assert not [(word, name) for word, name in named if word not in COMMANDS]


def test_every_file_that_a_document_links_to_exists() -> None:
    for text in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text.read_text(encoding="utf-8")):
            assert (text.parent / target).exists(), f"{text.name} links to {target}"


def slug(heading: str) -> str:
    """What a heading is called in a link to it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_every_heading_that_a_document_links_to_exists() -> None:
    counted = 0
    for text in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for file, heading in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", text.read_text(encoding="utf-8")):
            target = (text.parent / file) if file else text
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in map(slug, headings), f"{text.name} links to {file}#{heading}"
            counted += 1
    assert counted > 10


def test_the_pictures_show_what_the_program_prints() -> None:
    made = renderings()
    page = digest(made.pop("page"))
    expected = {f"{name}.svg": drawn(name, text) for name, text in made.items()}
    drawn_files = {path.name: path.read_text(encoding="utf-8") for path in PICTURES.glob("*.svg") if path != GROWTH}
    assert drawn_files == expected, "look at the difference, then run `make pictures`"
    shown = {path.name: page_in(path) for path in PICTURES.glob("*.png")}
    assert shown == {f"{name}.png": page for name in SHOTS}, "run `make pictures` and look at them"
    assert [path.name for path in PICTURES.iterdir() if path.stat().st_size > 200_000] == []


def test_every_path_that_a_document_names_exists() -> None:
    """`tracker/formats/NAME.py` stands for a file that somebody is going to write."""
    for text in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for path in re.findall(r"`((?:tracker|tests|docs|systemd)/[\w./-]+)`", text.read_text(encoding="utf-8")):
            place = ROOT / path
            assert (place.parent if "NAME" in path else place).exists(), f"{text.name} names {path}"


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def modules_in(folder: str) -> set[str]:
    """What a folder of the program holds and shows to others."""
    inside = (ROOT / "tracker" / folder).iterdir()
    return {path.stem for path in inside if not path.name.startswith((".", "_"))}


@pytest.mark.parametrize("folder", ["domain", "service"])
def test_the_architecture_names_every_room(folder: str) -> None:
    line = re.search(rf"^{folder} +([^─]*?)(?=\n\w|\n─)", ARCHITECTURE, re.MULTILINE)
    assert line is not None
    assert set(re.findall(r"[a-z]+", line[1].partition(": values")[0].removeprefix("the deeds:"))) == modules_in(folder)


@pytest.mark.parametrize("folder", ["sources", "importers", "formats"])
def test_the_architecture_names_every_kind(folder: str) -> None:
    line = re.search(rf"^{folder} .*?: ([a-z, ]+?)  ", ARCHITECTURE, re.MULTILINE)
    assert line is not None
    assert sorted(line[1].split(", ")) == sorted(choices(f"tracker.{folder}"))


def rows_of_quirks() -> list[list[str]]:
    """The cells of each row."""
    lines = (ROOT / "docs" / "provider-quirks.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if row[0] not in {"who", "---"}]


def test_every_quirk_of_a_server_has_a_test() -> None:
    tests = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    rows = rows_of_quirks()
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(\w+)`", row[3])
        assert named, row
        assert len(row) == 4
        assert not [name for name in named if name not in tests], row
