"""What the HTML report costs: CPU seconds to draw it, its size, and how soon a browser can use it.

    python benchmarks/html_report.py [--checks 1000] [--slices 200] [--chromium /usr/bin/chromium]

The record is that of `benchmarks/reports.py`, every number of it with as many slices. Seven loads of the page from a
file in a new window each, the median: milliseconds from the start of the navigation until the page is painted and its
script has run over every check, and those that one word in the filter takes until it is painted.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from importlib import import_module
from pathlib import Path
from statistics import median

from mlgate.reports.html.reporter import HtmlReporter

reports = import_module("reports")  # its neighbour
TIMES = 7
_INTERACTIVE = """() => new Promise((told) => requestAnimationFrame(() => setTimeout(() => told(Math.max(
  performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
  performance.getEntriesByName("first-contentful-paint")[0].startTime,
)))))"""
_FILTERED = """() => new Promise((told) => {
  const words = document.getElementById("words");
  const started = performance.now();
  words.value = "calibration";
  words.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => setTimeout(() => told(performance.now() - started)));
})"""


def opened(page: str, chromium: str) -> tuple[list[float], list[float]]:
    """Milliseconds until the page can be used, and until a filter shows."""
    from playwright.sync_api import sync_playwright

    ready, filtered = [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "report.html")
        file.write_text(page, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(TIMES):
            window = browser.new_page()
            window.goto(file.as_uri())
            ready.append(float(window.evaluate(_INTERACTIVE)))
            filtered.append(float(window.evaluate(_FILTERED)))
            window.close()
        browser.close()
    return ready, filtered


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checks", type=int, default=1_000)
    parser.add_argument("--slices", type=int, default=200)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    asked = parser.parse_args()
    record = reports.large(asked.checks, asked.slices)
    seconds, length = reports.cpu_seconds(lambda: HtmlReporter().render(record))
    print(f"drawn in {seconds:.2f} CPU s, {length / 2**20:.2f} MiB")
    if asked.chromium is None:
        print("chromium is not here: it is a package of Debian's")
        return
    ready, filtered = opened(HtmlReporter().render(record), asked.chromium)
    for what, times in (("interactive after", ready), ("filtered in", filtered)):
        print(f"{what} {median(times):.0f} ms (from {min(times):.0f} to {max(times):.0f})")


if __name__ == "__main__":
    main()
