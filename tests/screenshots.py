"""Take the README's pictures of the sample data: run by `make screenshots`."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.config.test_runner import free_port

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PASSWORD = "for the pictures"
WIDE = {"width": 1360, "height": 860}
PHONE = {"width": 390, "height": 844}


def wait(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/healthz/ready", timeout=2)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("Opina did not start")


def window(browser: Browser, url: str, user: str = "", **options) -> Page:
    page = browser.new_context(**options).new_page()
    if user:
        page.goto(f"{url}/accounts/login/")
        page.fill("#id_login", user)
        page.fill("#id_password", PASSWORD)
        page.click("main button.primary")
        page.wait_for_load_state("networkidle")
    return page


def take(browser: Browser, url: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    page = window(browser, url, locale="es-ES", viewport=WIDE)
    page.goto(f"{url}/products/nimbo-campaign/?company_size=11_50")
    page.screenshot(path=IMAGES / "product.png")

    page = window(browser, url, "moderator", locale="en-US", viewport=WIDE)
    page.goto(f"{url}/inbox/?status=pending")
    page.locator("a.row", has_text="Outlook").click()
    page.locator("#review .translated button").click()
    page.locator("#review .translated .prose").first.wait_for()
    page.locator("#review").get_by_role("button", name="Reject… R").click()
    page.screenshot(path=IMAGES / "inbox.png")

    page = window(browser, url, "lead", locale="en-US", viewport=WIDE)
    page.goto(f"{url}/inbox/?queue=true")
    page.locator("a.row", has_text="Buena, pero").click()
    page.locator("#review .translated button").click()
    page.locator("#review .translated .prose").first.wait_for()
    page.locator("#id_note_body").fill("@moderator a phone number, else useful")
    page.keyboard.press("Enter")
    page.locator(".timeline div.note").wait_for()
    page.keyboard.press("d")
    page.screenshot(path=IMAGES / "review.png")

    page.goto(f"{url}/inbox/?language=es&status=published")
    page.locator("a.row", has_text="Se cayó").click()
    page.locator("#review .translated button").click()
    page.locator(".translated .segment").first.wait_for()
    page.locator(".original .segment").nth(1).hover()
    page.screenshot(path=IMAGES / "translation.png")

    page.goto(f"{url}/inbox/clusters/")
    page.locator("main table a").first.click()
    page.locator("ol.members").wait_for()
    page.screenshot(path=IMAGES / "cluster.png")

    decide(page, url)
    page.goto(f"{url}/products/nimbo-desk/transparency/")
    page.set_viewport_size({"width": 1360, "height": 1080})
    page.screenshot(path=IMAGES / "transparency.png")

    page = window(browser, url, "katie", locale="en-US", viewport={"width": 1360, "height": 1000})
    page.goto(f"{url}/desk/?overdue=true")
    page.locator("a.row", has_text="Se cayó").click()
    page.locator("#id_body").fill("")
    page.locator("#id_body").press_sequentially("/out")
    page.locator("#templates").wait_for()
    page.screenshot(path=IMAGES / "template.png")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Translate to Spanish").click()
    page.locator("#id_translation").wait_for()
    page.locator("#review").evaluate("pane => pane.scrollTo(0, 520)")
    page.screenshot(path=IMAGES / "desk.png")
    page.goto(f"{url}/desk/numbers/?vendor=nimbo-software&months=all")
    page.screenshot(path=IMAGES / "desk-numbers.png")

    page = window(browser, url, locale="en-US", viewport=PHONE, color_scheme="dark")
    page.goto(f"{url}/products/nimbo-campaign/?q=large+sends")
    page.locator("article").first.wait_for()
    page.screenshot(path=IMAGES / "phone.png")


def decide(page: Page, url: str) -> None:
    """Work through what waits, by keys: the numbers need decisions to tell of."""
    for query, against in (("signal=lookalike", True), ("signal=promotion", True), ("", False)):
        page.goto(f"{url}/inbox/?status=pending&{query}")
        page.locator("main").focus()
        page.keyboard.press("w")
        for _ in range(20):
            page.wait_for_load_state("networkidle")
            if not page.locator("#review h2").count():
                break
            before = page.url
            page.keyboard.press("r" if against else "p")
            if against:
                page.keyboard.press("ArrowDown")
                page.keyboard.press("ArrowUp")
                page.keyboard.press("Enter")
            page.wait_for_function("before => location.href !== before", arg=before)


def main() -> None:
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="opina-pictures-") as home:
        os.chmod(home, 0o755)  # noqa: S103  the servers' account enters it
        environment = {
            **os.environ,
            "PORT": port,
            "OPINA_HOME": home,
            "OPINA_DEMO_PASSWORD": PASSWORD,
        }
        runner = subprocess.Popen(
            [sys.executable, "-m", "config.embedded.runner"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            wait(url)
            with sync_playwright() as playwright:
                browser = chromium.launch(playwright)
                take(browser, url)
                browser.close()
        finally:
            runner.send_signal(signal.SIGINT)
            runner.wait()


if __name__ == "__main__":
    main()
