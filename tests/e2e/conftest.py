"""A browser, and the site as its users see it."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import chromium

# A machine may be busy with other things.
expect.set_options(timeout=15_000)

PASSWORD = "a password for tests"


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "tests/e2e" in str(item.fspath):
            item.add_marker(pytest.mark.browser)
            if chromium.PATH is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


class Visitor:
    """A person at a browser of their own."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.problems: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "console",
            # A form that is shown again with what is wrong comes as a 409: that is meant.
            lambda result: (
                self.problems.append(result.text)
                if result.type == "error" and "409 (Conflict)" not in result.text
                else None
            ),
        )

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, user: User) -> None:
        """Be signed in. `sign_in_by_form` is the way that users go."""
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}
        self.context.add_cookies([cookie])

    def sign_in_by_form(self, user: User) -> None:
        user.set_password(PASSWORD)
        user.save()
        self.go("/accounts/login/")
        self.page.fill("#id_login", user.username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button.primary")
        self.page.wait_for_url(lambda url: "/login/" not in url)


@pytest.fixture
def visit(browser, live_server, transactional_db) -> Iterator:
    """Open a browser window; nobody's pages may have raised an error at the end."""
    visitors: list[Visitor] = []

    def open_window(language: str = "es-ES", **options) -> Visitor:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = browser.new_context(locale=language, **options)
        context.set_default_timeout(15_000)
        visitors.append(Visitor(context, live_server.url))
        return visitors[-1]

    yield open_window
    for visitor in visitors:
        visitor.context.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []
