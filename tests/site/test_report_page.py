"""`cnncalc report`'s page, opened from disk in a browser. `make site-test` runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import run

playwright = pytest.importorskip("playwright.sync_api", reason="make site-test installs Playwright")
Page = playwright.Page

NETS: Final = ("lenet5", "resnet50", "inception_v3", "mask_rcnn")
WIDTHS: Final = (1280, 390)
WRONG: Final = """\
name: "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
input: 28x28x1
layers:
  - Conv2D: {filters: 8, kernel_size: 3}
  - MaxPooling2D: 20
  - Conv2D: {filters: 8, kernel_size: 5}
  - Dense: 10
"""

OVERLAPS: Final = """
(selector) => {
  const panes = ".picture, .view .scrolled";
  const seen = [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  const boxes = seen.map((each) => [each, each.getBoundingClientRect()]).filter(([, box]) => box.width && box.height);
  boxes.sort(([, one], [, other]) => one.top - other.top);
  const found = [];
  boxes.forEach(([one, box], place) => {
    for (const [other, next] of boxes.slice(place + 1)) {
      if (next.top >= box.bottom - 0.5) break;
      const elsewhere = one.closest(panes) !== other.closest(panes);  // what is scrolled away has a rectangle, too
      const apart = elsewhere || next.left >= box.right - 0.5 || box.left >= next.right - 0.5;
      if (!apart && !one.contains(other) && !other.contains(one)) {
        found.push([one, other].map((each) => each.outerHTML.slice(0, 90)));
      }
    }
  });
  return found;
}
"""
"""The pairs of elements that a selector finds whose rectangles overlap, none of them inside the other."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports of `NETS`, and of a net that is wrong."""
    folder = tmp_path_factory.mktemp("reports")
    for net in NETS:
        assert run(f"cnncalc report {net} -o {net}.html", folder).code == 0
    assert run("cnncalc report resnet18 resnet34 -o two.html", folder).code == 0
    (folder / "wrong.yaml").write_text(WRONG)
    assert run("cnncalc report wrong.yaml -o wrong.html", folder).code == 2
    return folder


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: playwright.Browser, folder: Path) -> Iterator[Open]:
    """Opens the report of a net; a message on the console, a request or a dialog is a mistake."""
    problems: list[str] = []
    pages: list[Page] = []

    def open_report(net: str, width: int = 1280, **settings: object) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900}, **settings)
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.on("request", lambda request: problems.append(request.url) if "file:" not in request.url else None)
        page.goto((folder / f"{net}.html").as_uri())
        pages.append(page)
        return page

    yield open_report
    for page in pages:
        page.close()
    assert not problems


def row(page: Page, name: str) -> playwright.Locator:
    return page.locator(f'tr[data-layer="{name}"]')


def box(page: Page, name: str) -> playwright.Locator:
    return page.locator(f'.picture g[data-layer="{name}"]')


def shown_layers(page: Page) -> list[str]:
    """The names of the layers whose rows are shown, from top to bottom."""
    names: list[str] = page.evaluate(
        "[...document.querySelectorAll('tr.layer')].filter(row => !row.hidden).map(row => row.dataset.layer)"
    )
    return names


def formulas(net: str, layer: str, folder: Path) -> list[tuple[str, str]]:
    """What `cnncalc explain` prints of a layer: each formula in symbols and with its numbers."""
    explained = json.loads(run(f"cnncalc explain {net} {layer} --format json", folder).stdout)["layers"][0]
    lines = [line for section in explained["sections"] for part in section["parts"] for line in part["lines"]]
    return [(line["formula"], line["numbers"]) for line in lines if line["formula"] != line["numbers"]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("net", [*NETS, "two"])
def test_nothing_overlaps(net: str, width: int, opened: Open) -> None:
    page = opened(net, width)
    page.locator("tr.layer:visible").nth(1).click()  # its formulas are open
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for parts in (
        "h1, nav, article > section > *, footer",
        ".picture, .field, .tools, .view .scrolled",
        ".field svg, .field figcaption",
        ".tools > *",
        ".layers > * > tr > *, .explanation section > *",
        ".picture .layer",
        ".plot svg text:not([transform])",
    ):
        assert page.evaluate(OVERLAPS, parts) == []


@pytest.mark.parametrize(("net", "layer"), [("lenet5", "conv2d_1"), ("resnet50", "conv4_2/conv2d_1")])
def test_a_click_on_a_box_opens_the_formulas_of_its_row(net: str, layer: str, opened: Open, folder: Path) -> None:
    page = opened(net)
    box(page, layer).click()
    assert "chosen" in (row(page, layer).get_attribute("class") or "")
    explanation = row(page, layer).locator("xpath=following-sibling::tr[1]")
    playwright.expect(explanation).to_be_in_viewport()
    text = explanation.inner_text()
    assert formulas(net, layer, folder)
    for formula, numbers in formulas(net, layer, folder):
        assert f"{formula} = {numbers}" in text
    assert "What profilers count" in text


def test_the_formula_is_the_one_of_the_book(opened: Open) -> None:
    """LeNet-5's second convolution: 16 kernels of 5x5x6 and 16 biases are 2,416 parameters (LeCun et al. 1998)."""
    page = opened("lenet5")
    box(page, "conv2d_1").click()
    text = page.locator("tr.details").inner_text()
    assert "in all = F*k_h*k_w*C + F = 16*5*5*6 + 16 = 2,416" in text
    assert "Receptive field: notes 15x15; exact 14x14" in text


def test_a_click_on_a_row_marks_its_box_and_scrolls_to_it(opened: Open) -> None:
    page = opened("resnet50")
    page.get_by_role("button", name="Open all blocks").click()
    row(page, "conv5_3/conv2d_1").click()
    copies = page.locator(".picture .chosen")
    assert copies.count() == 1
    assert "conv5_3/conv2d_1" in (copies.get_attribute("data-copies") or "")
    pane, chosen = page.locator(".picture").bounding_box(), copies.bounding_box()
    assert pane
    assert chosen
    assert pane["y"] <= chosen["y"] < chosen["y"] + chosen["height"] <= pane["y"] + pane["height"]


def test_the_picture_of_two_nets_leads_to_the_table_of_each(opened: Open) -> None:
    page = opened("two")
    for number, graph in enumerate(page.locator(".compared > svg > g").all(), 1):
        graph.locator("[data-layer='conv5_1/conv2d_1']").click()
        article = page.locator(f"#net{number}")
        playwright.expect(article.locator("tr.chosen")).to_have_attribute("data-layer", "conv5_1/conv2d_1")
        assert article.locator("tr.details:visible").count() == 1


def test_a_second_click_closes_the_formulas(opened: Open) -> None:
    page = opened("lenet5")
    row(page, "dense").click()
    assert page.locator("tr.details:visible").count() == 1
    row(page, "dense").click()
    assert page.locator("tr.details:visible").count() == 0


def test_blocks_open_and_close(opened: Open) -> None:
    page = opened("resnet50")
    assert "conv2_1/conv2d" not in shown_layers(page)
    row(page, "conv2_1").click()
    assert "conv2_1/conv2d" in shown_layers(page)
    page.get_by_role("button", name="Open all blocks").click()
    assert len(shown_layers(page)) == 175
    page.get_by_role("button", name="Close them").click()
    assert shown_layers(page)[-1] == "dense"
    assert len(shown_layers(page)) == 7


def test_the_filter_leaves_what_matches(opened: Open) -> None:
    page = opened("resnet50")
    page.get_by_label("Filter").fill("conv4_2/")
    assert shown_layers(page)[0] == "conv4_2/conv2d"
    assert all(name.startswith("conv4_2/") for name in shown_layers(page))
    page.get_by_label("Filter").fill("maxpooling2d")
    assert shown_layers(page) == ["max_pooling2d"]
    assert page.locator("output").inner_text() == "1 layer"
    page.get_by_label("Filter").fill("")
    assert len(shown_layers(page)) == 7


def test_a_heading_sorts_down_and_up_and_back(opened: Open, folder: Path) -> None:
    page = opened("lenet5")
    layers = json.loads(run("cnncalc summary lenet5 --format json", folder).stdout)["layers"]
    names = [layer["name"] for layer in layers]
    params = {layer["name"]: layer["params"] for layer in layers}
    heading = page.get_by_role("columnheader", name="Param #")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert shown_layers(page) == sorted(names, key=lambda name: -params[name])
    heading.get_by_role("button").click()
    assert shown_layers(page) == sorted(names, key=lambda name: params[name])
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "none"
    assert shown_layers(page) == names


def test_sorting_leaves_blocks_out(opened: Open) -> None:
    page = opened("resnet50")
    page.get_by_role("columnheader", name="MACs").get_by_role("button").click()
    assert len(shown_layers(page)) == 175
    assert page.locator("tr.block:visible").count() == 0


def test_the_receptive_field_follows_the_pointer(opened: Open) -> None:
    """LeNet-5: the second convolution sees 14x14 of 32x32, the dense layers all of it; the notes say 15x15."""
    page = opened("lenet5")
    row(page, "conv2d_1").hover()
    caption = page.locator(".field figcaption")
    assert caption.inner_text() == "conv2d_1 at position 4,4 sees 14x14 of 32x32; notes: 15x15."
    widths = {name: page.locator(f".field rect.{name}").get_attribute("width") for name in ("input", "exact", "notes")}
    assert widths == {"input": "32", "exact": "14", "notes": "15"}
    box(page, "dense").hover()
    assert caption.inner_text() == "dense sees 32x32 of 32x32."


def test_what_lies_outside_the_input_is_said(opened: Open) -> None:
    page = opened("resnet50")
    row(page, "conv5_3").hover()
    assert re.search(r"sees 483x483 of 224x224, \d+x\d+ of it inside", page.locator(".field figcaption").inner_text())


def test_all_is_reached_by_keyboard(opened: Open) -> None:
    page = opened("resnet50")
    page.get_by_role("button", name="Close them").focus()
    for _ in range(9):  # eight headings, then the first row
        page.keyboard.press("Tab")
    focused = "document.activeElement.dataset.layer"
    assert page.evaluate(focused) == "input"
    for key in ["ArrowDown"] * 5 + ["ArrowRight", "ArrowDown"]:  # into the block conv2_1
        page.keyboard.press(key)
    assert page.evaluate(focused) == "conv2_1/conv2d"
    assert "conv2_1/conv2d" in page.locator(".field figcaption").inner_text()
    page.keyboard.press("Enter")
    assert page.locator("tr.details:visible").count() == 1
    page.keyboard.press("ArrowLeft")
    assert page.locator("tr.details:visible").count() == 0
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "conv2_1"
    page.keyboard.press("End")
    assert page.evaluate(focused) == "dense"


def test_the_boxes_of_the_picture_are_reached_by_keyboard(opened: Open) -> None:
    page = opened("lenet5")
    box(page, "input").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "conv2d" in (page.locator("tr.chosen").get_attribute("data-layer") or "")
    assert page.locator("tr.details:visible").count() == 1


def test_a_screen_reader_finds_names_and_levels(opened: Open) -> None:
    page = opened("resnet50")
    assert page.get_by_role("treegrid").count() == 1
    assert page.get_by_role("heading", level=1).inner_text() == "ResNet-50"
    assert page.get_by_role("navigation", name="Parts of this page").get_by_role("link").count() >= 5
    assert row(page, "conv2_1").get_attribute("aria-expanded") == "false"
    assert row(page, "conv2_1/conv2d").get_attribute("aria-level") == "2"
    assert page.get_by_role("button", name="conv2d").count() > 0  # boxes of the picture


def test_light_and_dark_differ(opened: Open) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    box_fill = "getComputedStyle(document.querySelector('.picture .convolution .box')).fill"
    light, dark = opened("lenet5", color_scheme="light"), opened("lenet5", color_scheme="dark")
    assert light.evaluate(ground) == "rgb(255, 255, 255)"
    assert dark.evaluate(ground) == "rgb(22, 25, 29)"
    assert light.evaluate(box_fill) != dark.evaluate(box_fill)


def test_paper_has_all_open_on_white(opened: Open) -> None:
    page = opened("resnet50", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(shown_layers(page)) == 175
    assert page.locator("tr.details:visible").count() == 175
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".tools").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(shown_layers(page)) == 7


def test_without_scripts_totals_picture_and_table_are_there(opened: Open) -> None:
    page = opened("resnet50", java_script_enabled=False)
    assert row(page, "conv2_1/conv2d").is_visible()
    assert page.get_by_role("cell", name="25,636,712 (97.80 MB)").is_visible()
    assert box(page, "dense").count() == 1


def test_the_culprit_of_a_shape_error_is_red(opened: Open) -> None:
    page = opened("wrong")
    assert page.get_by_role("alert").inner_text().startswith('error: "conv2d_1"')
    assert page.evaluate("getComputedStyle(document.querySelector('tr.culprit')).color") == "rgb(192, 28, 40)"
    fill = page.evaluate("getComputedStyle(document.querySelector('.picture .culprit > .box')).stroke")
    assert fill == "rgb(214, 36, 47)"
    assert box(page, "dense").get_attribute("class") == "layer dense unknown"


def test_a_name_with_markup_is_text(opened: Open) -> None:
    page = opened("wrong")
    assert page.locator("h1").inner_text().startswith("</script><script>alert(1)</script><img src=x")
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
