"""Working with the keyboard alone."""

from playwright.sync_api import Locator, Page, expect

MANY_TABS = 200


def look(target: Locator) -> str:
    return target.evaluate(
        """(element) => {
          const style = getComputedStyle(element);
          return [style.outline, style.border, style.backgroundColor, style.boxShadow, style.top].join();
        }"""
    )


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the focus is on the target, and sees that it shows."""
    target.wait_for()
    before = look(target)
    for _ in range(MANY_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            assert look(target) != before, "the focus cannot be seen"
            expect(target).to_be_focused()
            return
    raise AssertionError(f"{MANY_TABS} tabs did not reach {target}")
