"""How a page lies in its window: what stands out of it, is cut or too small, and what moved."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

# Shifts of the layout, whoever caused them, and when the page's frame was drawn: its title and its
# controls, none of them a placeholder any more.
WATCH = """(() => {
    if (window.gradcamShifts) return  // a tab that is used again has the script several times
    window.gradcamShifts = []
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) window.gradcamShifts.push({
            at: entry.startTime, value: entry.value,
            moved: entry.sources.map(({ previousRect: from, currentRect: to }) =>
                [from.x, from.y, from.height, to.x, to.y, to.height].map(Math.round).join(' ')),
            who: entry.sources.map(source => source.node).filter(Boolean).map(node =>
                (node.closest ? node : node.parentElement)?.closest?.('[class*=st-key-]')
                    ?.className.match(/st-key-\\S+/)?.[0] ?? node.dataset?.testid ?? node.nodeName),
        })
    }).observe({ type: 'layout-shift', buffered: true })
    const control = '[data-testid=stMain] [class*=st-key-] :is(button, input)'
    const framed = new MutationObserver(() => {
        if (!document.querySelector('h1') || !document.querySelector(control)) return
        if (document.querySelector('[data-testid=stSkeleton]')) return
        window.gradcamFramed = performance.now()
        framed.disconnect()
    })
    framed.observe(document, { childList: true, subtree: true })
})()"""

_MEASURE = """() => {
    const wide = document.documentElement.clientWidth
    const elements = root => [...root.querySelectorAll('*')].flatMap(
        each => each.shadowRoot ? [each, ...elements(each.shadowRoot)] : [each])
    const own = each => [...each.childNodes].some(
        node => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
    const clips = each => each && (/auto|scroll|hidden|clip/.test(getComputedStyle(each).overflowX)
        ? each : clips(each.parentElement ?? each.getRootNode().host))
    // Tables are drawn on a canvas beside one that only a screen reader sees; Plotly draws itself.
    const skipped = each => each.closest?.('[data-testid=stDataFrame], .js-plotly-plot, [hidden],'
        + ' [data-testid=stSkeleton], svg, style, script')
    const name = each => `${each.tagName.toLowerCase()}`
        + ` ${each.closest('[class*=st-key-]')?.className.match(/st-key-\\S+/)?.[0] ?? ''}`
        + ` ${each.dataset?.testid ?? each.className} “${each.textContent.trim().slice(0, 60)}”`
    const found = { outside: [], cut: [], broken: [], small: [] }
    for (const each of elements(document.body)) {
        if (skipped(each)) continue
        const box = each.getBoundingClientRect(), style = getComputedStyle(each)
        if (!box.width || !box.height || style.visibility === 'hidden' || style.opacity === '0')
            continue
        if (box.right <= 0 || box.left >= wide) continue  // a sidebar that is closed
        if (Math.min(box.width, box.height) <= 1 || style.clip !== 'auto') continue  // unseen
        const scrolls = clips(each.parentElement ?? each.getRootNode().host)
        const inside = scrolls && /auto|scroll/.test(getComputedStyle(scrolls).overflowX)
            && scrolls.scrollWidth > scrolls.clientWidth + 1
        if (box.right > wide + 1 && own(each) && !inside) found.outside.push(name(each))
        if (own(each) && each.scrollWidth > each.clientWidth + 1 && style.display !== 'inline'
            && /hidden|clip/.test(style.overflowX) && !each.title) found.cut.push(name(each))
        if (own(each) && style.display !== 'inline') for (const node of each.childNodes) {
            if (node.nodeType !== Node.TEXT_NODE) continue
            for (const word of node.textContent.matchAll(/[\\p{L}\\d]{2,}/gu)) {
                const range = document.createRange()
                range.setStart(node, word.index)
                range.setEnd(node, word.index + word[0].length)
                const lines = new Set([...range.getClientRects()].map(line => Math.round(line.top)))
                if (lines.size > 1) found.broken.push(`${word[0]} in ${name(each)}`)
            }
        }
    }
    // A help icon's button, the thumb of Streamlit's sliders, the board's own slider.
    const touched = '[data-testid=stTooltipHoverTarget] > button[aria-label^="Help for"],'
        + ' .control input[type=range], .stSlider [data-rac][style*="translate(-50%"]'
    for (const each of elements(document.body)) {
        if (!each.matches(touched)) continue
        const box = each.getBoundingClientRect()
        if (box.width && (box.width < 24 || box.height < 24))
            found.small.push(`${name(each)} ${box.width} × ${box.height}`)
    }
    return found
}"""

_SHIFTS = """() => (window.gradcamShifts ?? []).filter(
    each => each.at > (window.gradcamFramed ?? 0))"""


def framed(visitor: Visitor) -> None:
    """Wait until the page's frame is drawn, and everything else that is on its way."""
    visitor.page.wait_for_function("() => window.gradcamFramed")
    expect(visitor.page.get_by_test_id("stSkeleton").filter(visible=True)).to_have_count(0)
    expect(visitor.page.locator("[class*=st-key-stop_]")).to_have_count(0)  # work that has begun
    visitor.at_rest()


def measured(visitor: Visitor) -> dict[str, list[str]]:
    """What lies wrong in the window as it is: texts outside of it or cut, words broken, and
    touch targets below 24 pixels; empty lists where all is well.
    """
    return dict(visitor.page.evaluate(_MEASURE))


def shifts(visitor: Visitor) -> list[dict[str, Any]]:
    """Each shift since the page's frame was drawn: when, how much, and whose."""
    return list(visitor.page.evaluate(_SHIFTS))
