"""What axe and the widths of windows say of a page."""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 760}
# Preloading, axe would put style sheets into the page, against its policy.
RUN = """() => axe.run({preload: false, resultTypes: ["violations"]}).then(
    (results) => results.violations
)"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


def check(visitor, path: str = "", widths: Sequence[dict] = (WIDE, PHONE)) -> None:
    """Have axe look at a page, or at what is shown now, in a wide window and on a phone.

    The page is loaded in the width that the window has, and looked at in that first. So in
    the end about half of the pages were loaded in either.
    """
    page = visitor.go(path) if path else visitor.page
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    for viewport in sorted(widths, key=lambda each: each != page.viewport_size):
        page.set_viewport_size(viewport)
        where = f"{page.url}, {viewport['width']} px"
        violations = page.evaluate(RUN)
        assert not violations, f"{where}:\n{report(violations)}"
        overflow = page.evaluate(OVERFLOW)
        assert overflow <= 0, f"{where}: {overflow} px too wide"


def report(violations: list[dict]) -> str:
    """Return each rule that is broken, and where."""
    lines = []
    for each in violations:
        lines.append(f"{each['id']} ({each['impact']}): {each['help']}")
        for node in each["nodes"]:
            lines += [f"  {node['html']}", f"    {node['failureSummary']}"]
    return "\n".join(lines)
