"""The page as people meet it: in a real browser, by mouse and keyboard, light and dark, wide and narrow, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page, expect

from tests.page.crowd import crowd
from tests.page.visiting import Scheme, Site, column, is_too_wide, names
from tests.page.writing import HARMFUL, SIZE
from tracker.domain.verdict import Verdict
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

SUMMARY: Mapping[Verdict, int] = crowd(SIZE).report.summary
ASKED = SIZE - SUMMARY[Verdict.UNTESTED]

# A tree of what an element shows, whatever the order of its attributes.
_TREES = """rows => {
  const tree = node => node.nodeType === Node.TEXT_NODE ? node.data : [
    node.localName, node.getAttributeNames().sort().map(name => [name, node.getAttribute(name)]),
    [...node.childNodes].filter(child => child.data !== "").map(tree)];
  return rows.slice(0, 100).map(tree);
}"""


def test_asked_people_are_listed_a_hundred_at_a_time(site: Site) -> None:
    assert 100 < ASKED < 200
    with site.visit("crowd") as page:
        expect(page.get_by_role("status")).to_have_text(f"{ASKED} people, 100 shown")
        assert len(names(page)) == 100
        page.get_by_role("button", name="Show more").press("Enter")
        expect(page.get_by_role("status")).to_have_text(f"{ASKED} people")
        assert len(set(page.locator("#people tbody tr").all_inner_texts())) > 0.9 * ASKED
        expect(page.get_by_role("button", name="Show more")).to_be_hidden()


def test_the_script_shows_what_stands_without_it(site: Site) -> None:
    for name in ("crowd", "harmful"):
        with site.visit(name, script=False) as page:
            standing = page.locator("#people tbody tr").evaluate_all(_TREES)
        with site.visit(name) as page:
            shown = page.locator("#people tbody tr").evaluate_all(_TREES)
        assert len(shown) > 40
        assert shown == standing[: len(shown)]


def test_without_script_the_first_three_hundred_stand(site: Site) -> None:
    with site.visit("crowd", script=False) as page:
        assert len(names(page)) == 300
        expect(page.locator("noscript p")).to_contain_text(f"The first 300 of {SIZE} people.")
        expect(page.get_by_label("Find")).to_be_hidden()
        assert page.get_by_role("button", name="Verdict").is_disabled()
        assert page.locator(".plot").count() == 3
        page.locator("summary").first.click()
        expect(page.locator(".numbers").first).to_be_visible()


def test_people_are_found_by_any_of_their_words_without_accents(site: Site) -> None:
    with site.visit("crowd") as page:
        find = page.get_by_label("Find")
        find.focus()
        page.keyboard.type("GARCIA chlo")
        assert names(page)
        assert set(names(page)) == {"Chloé García"}
        find.fill("albrecht")
        assert "untested" in {text.split()[-1] for text in column(page, "verdict")}, "who is looked for is shown"
        find.fill("nobody at all")
        expect(page.get_by_role("status")).to_have_text("0 people")
        find.fill("helix bio")
        assert all("Helix Bio" in text for text in page.locator("#people tbody .job").all_inner_texts())


def test_chips_choose_verdicts_by_mouse_and_by_keyboard(site: Site) -> None:
    silent, unproven = SUMMARY[Verdict.UNRESPONSIVE], SUMMARY[Verdict.UNPROVEN]
    with site.visit("crowd") as page:
        chip = page.get_by_role("button", name="unresponsive")
        chip.click()
        expect(page.get_by_role("status")).to_have_text(f"{silent} people")
        assert {text.split()[-1] for text in column(page, "verdict")} == {"unresponsive"}
        assert chip.get_attribute("aria-pressed") == "true"
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(page.get_by_role("status")).to_have_text(f"{silent + unproven} people")
        chip.press("Enter")
        expect(page.get_by_role("status")).to_have_text(f"{unproven} people")
        page.get_by_role("button", name="untested").click()
        expect(page.get_by_role("status")).to_have_text(f"{unproven + SUMMARY[Verdict.UNTESTED]} people, 100 shown")


def test_columns_sort_both_ways_and_what_is_empty_comes_last(site: Site) -> None:
    with site.visit("crowd") as page:
        person = page.get_by_role("button", name="Person")
        person.click()
        listed = names(page)
        assert listed == sorted(listed, key=lambda name: name.lower())
        assert page.get_by_role("columnheader", name="Person").get_attribute("aria-sort") == "ascending"
        person.press("Enter")
        assert names(page)[0] > "a"  # beyond the Latin letters
        assert page.locator("[aria-sort]").count() == 1
        page.get_by_role("button", name="Usually after").press("Space")
        page.get_by_role("button", name="Show more").click()
        quick = column(page, "usually")
        page.get_by_role("button", name="Usually after").press("Space")
        page.get_by_role("button", name="Show more").click()
        slow = column(page, "usually")
        assert quick[0].endswith(("min", "h"))
        assert slow[0].endswith("days")
        assert quick[-1] == slow[-1] == ""
        page.get_by_role("button", name="Last asked").click()
        assert column(page, "last")[0].endswith("d ago")


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [
        *(("crowd", scheme, width) for scheme in ("light", "dark") for width in (1280, 390)),
        *(("tune", scheme, width) for scheme in ("light", "dark") for width in (1280, 390)),
        ("harmful", "light", 390),
        ("harmful", "dark", 1280),
        ("empty", "light", 1280),
    ],
)
def test_nothing_stands_in_the_way_of_anyone(site: Site, name: str, scheme: Scheme, width: int) -> None:
    with site.visit(name, width=width, scheme=scheme) as page:
        for summary in page.locator("summary").all():
            summary.click()
        if name == "crowd":
            page.locator(".chip").first.click()
        assert violations(page) == []


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe-core finds: the rule and the first place. It runs as the browser's own code, which no page forbids."""
    found: dict[str, Any] = Axe().run(page).response
    assert len(found["passes"]) > 10, "nothing was looked at"
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]]


@pytest.mark.parametrize("name", ["crowd", "harmful", "empty", "tune"])
def test_no_page_is_wider_than_its_window(site: Site, name: str) -> None:
    with site.visit(name, width=320) as page:
        for width in (320, 360, 500, 700, 900, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert not is_too_wide(page), width


def test_on_paper_it_is_black_on_white_and_has_no_tools(site: Site) -> None:
    with site.visit("crowd", scheme="dark") as page:
        background = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(background) == "rgb(13, 17, 23)"
        page.emulate_media(media="print")
        assert page.evaluate(background) == "rgb(255, 255, 255)"
        expect(page.locator(".tools")).to_be_hidden()
        expect(page.locator("#more")).to_be_hidden()
        expect(page.locator(".bar")).to_be_visible()
        sheets = page.pdf(format="A4")
        assert sheets.startswith(b"%PDF")
        assert 1 < sheets.count(b"/Type /Page\n") < 12


def test_harmful_names_stay_names_in_their_cells(site: Site) -> None:
    with site.visit("harmful") as page:
        shown = names(page)
        assert [name for name in map(one_line, HARMFUL) if name and name not in shown] == []
        assert page.locator("script").count() == 2
        assert page.locator("tbody img, tbody b, tbody script").count() == 0
        assert page.evaluate("window.harmed") is None
        links = [link.get_attribute("href") or "" for link in page.locator("tbody a").all()]
        assert len(links) > 20
        assert all(link.startswith("https://www.linkedin.com/in/") for link in links)
        assert "https://www.linkedin.com/in/a%22b%3Cc%3E%2Fd" in links
        spilled = page.evaluate(
            "[...document.querySelectorAll('#people th, #people td')]"
            ".filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent)"
        )
        assert spilled == []


def test_a_name_written_from_the_right_moves_nothing_beside_it(site: Site) -> None:
    with site.visit("harmful") as page:
        name = page.locator("tbody bdi", has_text="נועה לוי (2)").first
        assert page.evaluate("cell => getComputedStyle(cell).unicodeBidi", name.element_handle()) == "isolate"
        assert name.evaluate("node => getComputedStyle(node).direction") == "rtl"
        assert name.evaluate("node => getComputedStyle(node.closest('tr')).direction") == "ltr"


def test_the_page_lets_no_other_script_or_style_in(site: Site) -> None:
    with site.visit("crowd", quiet=False) as page:
        with pytest.raises(Error, match="TrustedHTML"):
            page.evaluate("document.body.innerHTML = '<b>new</b>'")
        with pytest.raises(Error, match="TrustedScript"):
            page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'harmed = 1'}))")
        page.evaluate("document.querySelector('h1').setAttribute('style', 'color: rgb(1, 2, 3)')")
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") != "rgb(1, 2, 3)"
        assert page.evaluate("window.harmed") is None
