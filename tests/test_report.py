"""The report of a run, opened and used in a real browser, without a network."""

import json
import re
import shutil

import numpy as np
import pytest
from walk_site import browser_path

import kerasae
from kerasae import runs
from kerasae.metrics import sample_errors

BROWSER = browser_path()
in_browser = pytest.mark.skipif(BROWSER is None, reason="there is no browser here")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Finished runs on images, with labels; and on a table, without."""
    root = tmp_path_factory.mktemp("runs")
    runs.train(root / "images", "deep", options={"latent_dim": 5}, epochs=2)
    x = np.random.default_rng(0).normal(size=(60, 12))
    np.save(root / "table.npy", x)
    runs.train(
        root / "table",
        "vae",
        data=str(root / "table.npy"),
        options={
            "latent_dim": 1,
            "likelihood": "gaussian",
            "output_activation": "linear",
        },
        epochs=1,
    )
    return root


@pytest.fixture(scope="module")
def pages(folders):
    return {name: runs.report(folders / name) for name in ("images", "table")}


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        words = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
        started = playwright.chromium.launch(executable_path=BROWSER, args=list(words))
        yield started
        started.close()


def opened(browser, path, *, width=1180, dark=False):
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        offline=True,
    )
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("request", lambda request: page.problems.append(request.url[:40])
            if request.url.startswith("http") else None)  # fmt: skip
    page.goto(path.as_uri())
    page.wait_for_selector("body[data-ready]", timeout=20_000)
    return page


def test_one_small_file_that_says_what_was_measured(pages, folders):
    text = pages["images"].read_text(encoding="utf-8")
    assert len(text) < 5_000_000
    assert not re.search(r"(src|href)=\"(?!data:)", text)
    for words in ("structural similarity", "linear classifier", "effective rank"):
        assert words in text
    findings = runs.diagnose(folders / "images").names
    assert findings
    for name in findings:
        assert name in text
    assert not re.search(r"\$[a-z]", text)


@in_browser
@pytest.mark.parametrize("name", ["images", "table"])
@pytest.mark.parametrize(("width", "dark"), [(1180, False), (390, True)])
def test_fits_the_screen(name, width, dark, pages, browser):
    page = opened(browser, pages[name], width=width, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") != dark
    assert page.locator("#best canvas").count() == 10
    assert not page.problems


@in_browser
def test_the_map_shows_the_sample_under_the_pointer(pages, browser):
    page = opened(browser, pages["images"])
    shown = page.locator("#map-text")
    before = shown.inner_text()
    page.locator("#map").hover(position={"x": 380, "y": 120})
    under = shown.inner_text()
    assert re.fullmatch(r"sample \d+, class \d, error 0\.\d+", under)
    assert under != before
    page.locator("#map").press("ArrowLeft")
    assert shown.inner_text() != under
    assert page.locator("#legend span").count() == 10


@in_browser
def test_the_plane_and_the_sliders_move(pages, browser):
    page = opened(browser, pages["images"])
    pixels = "id => document.getElementById(id).toDataURL()"
    page.locator("#plane").hover(position={"x": 10, "y": 10})
    corner, text = (
        page.evaluate(pixels, "plane-shown"),
        page.locator("#plane-text").inner_text(),
    )
    for _ in range(10):
        page.locator("#plane").press("ArrowDown")
    assert page.locator("#plane-text").inner_text() != text
    assert page.evaluate(pixels, "plane-shown") != corner

    assert page.locator(".slider").count() == 5
    first = page.locator(".slider").first
    drawn = "canvas => canvas.toDataURL()"
    before = first.locator("canvas").evaluate(drawn)
    for _ in range(5):
        first.locator("input").press("ArrowRight")
    assert first.locator("canvas").evaluate(drawn) != before
    assert first.locator("span").inner_text() == "direction 0: +2.5 sd"


@in_browser
def test_touch_drags_through_the_plane(pages, browser):
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True
    )
    page = context.new_page()
    page.goto(pages["images"].as_uri())
    page.wait_for_selector("body[data-ready]")
    before = page.locator("#plane-text").inner_text()
    page.locator("#plane").scroll_into_view_if_needed()
    box = page.locator("#plane").bounding_box()
    page.touchscreen.tap(box["x"] + 8, box["y"] + 8)
    assert page.locator("#plane-text").inner_text() != before


def test_names_and_data_cannot_break_the_page(tmp_path):
    x = np.random.default_rng(0).random((40, 6))
    y = np.array(["</script><b>", "it's & <i>"] * 20)
    np.savez(tmp_path / "<odd>.npz", x=x, y=y)
    folder = tmp_path / "a<b>&c"
    runs.train(folder, "deep", data=str(tmp_path / "<odd>.npz"), epochs=1)
    text = runs.report(folder).read_text(encoding="utf-8")
    assert text.count("</script>") == 2
    assert "<title>Run a&lt;b&gt;&amp;c</title>" in text


def test_padding_counts_in_no_error(tmp_path):
    x = np.random.default_rng(0).random((30, 5, 2)).astype("float32")
    x[::2, 3:] = -1
    np.save(tmp_path / "x.npy", x)
    options = {"mask_value": -1.0, "output_activation": "linear", "latent_dim": 3}
    data = str(tmp_path / "x.npy")
    runs.train(tmp_path / "run", "lstm", data=data, options=options, epochs=1)
    text = runs.report(tmp_path / "run", data=data).read_text(encoding="utf-8")
    found = json.loads(re.search(r'json">(.*?)</script>', text)[1])
    made = kerasae.load(tmp_path / "run" / "model.keras").predict(x)
    known = sample_errors(x, made, mask_value=-1)
    np.testing.assert_allclose(found["errors"], known, 1e-4)


def test_a_report_goes_without_pictures_that_are_gone(folders, tmp_path):
    shutil.copytree(folders / "images", tmp_path / "run")
    (tmp_path / "run" / "architecture.png").unlink()
    text = runs.report(tmp_path / "run").read_text(encoding="utf-8")
    assert "<h2>Training</h2>" in text
    assert "<h2>Architecture</h2>" not in text


@pytest.mark.parametrize(
    ("name", "path", "error", "message"),
    [
        ("images", "report.pdf", ValueError, "html"),
        ("none", None, FileNotFoundError, "holds no run"),
    ],
)
def test_what_gets_no_report(name, path, error, message, folders):
    with pytest.raises(error, match=message):
        runs.report(folders / name, path=path)
