"""Builds the site, opens every page in a browser, and says what is broken there.

    python tests/walk_site.py
    python tests/walk_site.py --screenshots FOLDER

Needs the extras `docs` and `test`, and Chromium.
"""

import argparse
import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
)
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
REPORTS = "reports"
SEARCHED, FOUND = "denoising", "tutorials/denoising/"
# What of a page is looked at: all in one call, which is quick.
LOOK = """() => {
    const all = selector => [...document.querySelectorAll(selector)];
    const bare = document.querySelector(".md-content").cloneNode(true);
    bare.querySelectorAll("pre, code, math, script").forEach(node => node.remove());
    return {
        links: all("a[href]").map(a => a.href),
        ids: all("[id], a[name]").map(node => node.id || node.name),
        images: all("img").filter(i => !i.complete || !i.naturalWidth).map(i => i.src),
        text: bare.textContent,
        raw: all(".arithmatex, mjx-container").length,
        formulas: all(".formula").length,
        rendered: all(".formula > math").filter(m => m.getBoundingClientRect().width)
            .length,
    };
}"""
RAW = re.compile(r"\$[^$\n]{1,80}\$|\\\(|\\\[|\\[a-z]{2,}\{")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *words):
        pass


def browser_path():
    """Return where Chromium is, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def build(folder):
    """Build the site into a folder, warnings being errors."""
    subprocess.run(
        # Not --quiet, with which mkdocs overlooks its own warnings.
        (sys.executable, "-m", "mkdocs", "build", "--strict", "-d", folder),
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
    )


def serve(folder):
    """Serve a folder on a free port; return the address and the server."""
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/", server


class Walk:
    """A walk over the pages of a site, and what was found wrong on them."""

    def __init__(self, folder, address, screenshots):
        self.folder = Path(folder)
        self.address = address
        self.screenshots = screenshots
        self.problems = []
        self.ids = {}
        self.links = []
        self.formulas = 0
        self.notebooks = 0

    def complain(self, page, problem):
        self.problems.append(f"{page or 'home'}: {problem}")

    def pages(self):
        """Return the paths of all pages, as the folder has them."""
        found = sorted(self.folder.rglob("*.html"))
        return [
            path.relative_to(self.folder).as_posix().removesuffix("index.html")
            for path in found
            if REPORTS not in path.parts  # no pages: `test_report.py` opens some
        ]

    def listen(self, tab, page):
        """Note what goes wrong while a page loads."""

        def requested(request):
            own = request.url.startswith((self.address, "data:", "blob:"))
            if not own:
                self.complain(page(), f"request to {request.url}")

        def answered(response):
            if response.status >= 400:
                self.complain(page(), f"{response.status} for {response.url}")

        def said(message):
            if message.type in ("error", "warning"):
                self.complain(page(), f"console: {message.text}")

        tab.on("request", requested)
        tab.on("response", answered)
        tab.on("requestfailed", lambda r: self.complain(page(), f"failed: {r.url}"))
        tab.on("console", said)
        tab.on("pageerror", lambda error: self.complain(page(), f"error: {error}"))

    def visit(self, tab, page):
        """Open a page wide and as on a phone, and look at it."""
        tab.set_viewport_size(WIDE)
        tab.goto(self.address + page, wait_until="load")
        # Pictures further down load when they come into sight.
        tab.evaluate("document.querySelectorAll('img').forEach(i => i.loading='eager')")
        tab.wait_for_load_state("networkidle")
        seen = tab.evaluate(LOOK)
        self.ids[page] = set(map(unquote, seen["ids"]))
        self.links += [(page, link) for link in seen["links"]]
        self.formulas += seen["rendered"]
        for image in seen["images"]:
            self.complain(page, f"image did not load: {image}")
        if seen["raw"] or seen["formulas"] != seen["rendered"]:
            self.complain(page, "a formula was not rendered")
        if found := RAW.search(seen["text"]):
            self.complain(page, f"a formula in the text: {found[0]!r}")
        if "{{" in seen["text"]:
            self.complain(page, "a line {{ ... }} was not filled in")
        if tab.evaluate("!document.querySelector('.md-content h1')"):
            self.complain(page, "no heading")
        self.shoot(tab, page, "wide")
        tab.set_viewport_size(PHONE)
        width = tab.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            self.complain(page, f"{width} pixels wide on a phone")
        self.shoot(tab, page, "phone")

    def shoot(self, tab, page, kind):
        if self.screenshots:
            tab.wait_for_timeout(1000)  # until what fades in is there
            name = page.strip("/").replace("/", "_").removesuffix(".html") or "home"
            tab.screenshot(path=self.screenshots / f"{name}_{kind}.png", full_page=True)

    def check_links(self):
        """Follow every link within the site, without the browser."""
        for page, link in sorted(set(self.links)):
            if not link.startswith(self.address):
                if urlsplit(link).scheme not in ("http", "https", "mailto"):
                    self.complain(page, f"odd link {link}")
                continue
            target, anchor = urldefrag(link)
            path = unquote(urlsplit(target).path).lstrip("/").removesuffix("index.html")
            file = self.folder / path
            if path in self.ids:
                if anchor and unquote(anchor) not in self.ids[path]:
                    self.complain(page, f"no anchor #{anchor} in {path or 'home'}")
            elif not file.is_file():
                self.complain(page, f"broken link {path}")
            elif file.suffix == ".ipynb":
                self.notebooks += 1
                cells = json.loads(file.read_text())["cells"]
                if not any(cell["cell_type"] == "code" for cell in cells):
                    self.complain(page, f"{path} has no code")

    def search(self, tab):
        """Type a word into the search field."""
        tab.set_viewport_size(WIDE)
        tab.goto(self.address, wait_until="networkidle")
        tab.click(".md-search__input")
        tab.keyboard.type(SEARCHED, delay=30)
        result = f".md-search-result__link[href*='{urljoin('/', FOUND)}']"
        try:
            tab.wait_for_selector(result, state="attached", timeout=20_000)
        except Exception:
            found = tab.eval_on_selector_all(
                ".md-search-result__link", "links => links.map(a => a.pathname)"
            )
            self.complain("search", f"{SEARCHED!r} finds {found}, not {FOUND}")


def walk(folder, browser, screenshots):
    """Walk over a built site; return the walk and how many pages it has."""
    address, server = serve(folder)
    taken = Walk(folder, address, screenshots)
    pages = taken.pages()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=list(FLAGS))
        tab = chromium.new_page()
        now = ""
        taken.listen(tab, lambda: now)
        for now in pages:
            if now == "404.html":  # its own links begin at the site's root
                continue
            taken.visit(tab, now)
        now = "search"
        taken.search(tab)
        chromium.close()
    server.shutdown()
    taken.check_links()
    return taken, len(pages)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--screenshots", type=Path, help="a folder for pictures")
    parser.add_argument("--site", help="a site that is built already")
    arguments = parser.parse_args()
    browser = browser_path()
    if browser is None:
        print("no Chromium here: apt-get install chromium")
        return 1
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        if not arguments.site:
            build(folder)
        taken, pages = walk(arguments.site or folder, browser, arguments.screenshots)
    for problem in dict.fromkeys(taken.problems):
        print(problem)
    print(
        f"{pages} pages, {len(set(taken.links))} links, {taken.formulas} formulas, "
        f"{taken.notebooks} links to notebooks; "
        f"{len(set(taken.problems))} problems"
    )
    return min(len(taken.problems), 1)


if __name__ == "__main__":
    raise SystemExit(main())
