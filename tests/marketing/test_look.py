"""The recipe's emails as a mail program would show them: nothing runs over, all can be read."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from marketing import recipes, samples
from marketing.flow import SendMessage, walk
from marketing.rendering import Renderer
from marketing.templates import compile_template

LOOKED_AT = ("abandoned-cart", "abandoned-cart-proof", "browse-abandonment", "shipping")
"""Between them they show every block."""
MESSAGES = {
    step.id: step
    for name in LOOKED_AT
    for step in walk(recipes.load(name).steps)
    if isinstance(step, SendMessage)
}
CONTRASTS = """() => {
  const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = s => s.match(/[\\d.]+/g).map(Number);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement, box = e.getBoundingClientRect();
    if (!texts.currentNode.textContent.trim() || box.height < 4) continue;
    const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(behind(e))].sort();
    const [low, high] = a < b ? [a, b] : [b, a];
    found.push([(high + 0.05) / (low + 0.05), texts.currentNode.textContent.trim()]);
  }
  return found;
}"""


def in_german() -> dict[str, Any]:
    context = samples.everything() | {"locale": "de-DE"}
    title = "Donaudampfschifffahrtsgesellschaftskapitänsmützenständer aus handgeölter Eiche"
    context["cart"]["items"][0] |= {"title": title, "line_price": 123_456_789, "image_url": None}
    context["cart"] |= {"currency": "EUR", "total": 123_460_489}
    return context


def shown(browser: Browser, step: str, context: dict[str, Any], width: int, scheme: Any) -> Page:
    compiled = compile_template(MESSAGES[step].template, kind=MESSAGES[step].kind)
    size: Any = {"width": width, "height": 800}
    page = browser.new_context(viewport=size, color_scheme=scheme, offline=True).new_page()
    page.set_content(Renderer().render(compiled, context).html)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 600])
@pytest.mark.parametrize("step", MESSAGES)
def test_an_email_fits_its_window_and_can_be_read(
    browser: Browser, step: str, width: int, scheme: str
) -> None:
    for context in (in_german(), samples.as_little_as_possible(), samples.much()):
        page = shown(browser, step, context, width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        faint = [told for told in page.evaluate(CONTRASTS) if told[0] < 4.5]
        assert faint == []
        page.context.close()


@pytest.mark.browser
def test_a_mail_program_that_is_dark_shows_dark_paper(browser: Browser) -> None:
    papers = []
    for scheme in ("light", "dark"):
        page = shown(browser, "reminder", samples.everything(), 600, scheme)
        papers.append(
            page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
        )
        page.context.close()
    assert papers == ["rgb(255, 255, 255)", "rgb(32, 31, 29)"]
