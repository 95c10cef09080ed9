// Steps from sample to sample: in a list by its place, or from tile to tile of the boards.

function step(keys, by) {
  if (keys.menu) closeMenu(keys, false)
  if (keys.data.walk) return walk(keys, by)
  if (!keys.data.count) return
  const { place, count } = keys.data
  const sent = keys.acts.reduce((sum, each) => sum + (each.step ?? 0), 0)
  const clamped = (to) => Math.min(Math.max(to, 0), count - 1)
  const from = clamped(place + sent)
  const to = clamped(from + keys.steps + by)
  keys.steps = to - from
  tell(keys, `${to + 1} of ${count}`)
  clearTimeout(keys.timer)
  if (keys.steps) keys.timer = setTimeout(() => act(keys, null), QUIET)
}

function walk(keys, by) {
  const all = stops(keys)
  if (!all.length) return // nothing is drawn yet
  const at = all.findIndex((frames) => frames.some((frame) => frame.dataset.sample === keys.pointed))
  const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by
  if (keys.arriving && keys.arriving.page !== keys.data.walk.page) {
    keys.arriving.place += by // the page is still on its way
    return
  }
  keys.arriving = null
  if (all[to]) return focus(keys, all[to][0])
  const page = keys.data.walk.page + by
  if (page < 1 || page > keys.data.walk.pages) return
  keys.arriving = { page, place: by > 0 ? 0 : -1 }
  act(keys, { page })
}

// Frames in the order of the page: each a stop, or all of a board one.
function stops(keys) {
  const { boards, whole } = keys.data.walk
  const named = `[class*="st-key-${boards}"]`
  return boardsDrawn()
    .filter((root) => root.getRootNode().host?.closest(named))
    .map((root) => [...root.querySelectorAll("button.frame[data-sample]")])
    .flatMap((frames) => (whole ? [frames] : frames.map((frame) => [frame])))
    .filter((frames) => frames.length)
}

function boardsDrawn() {
  const place = (root) => root.getRootNode().host ?? root
  return [...(window.gradcamBoards ?? [])]
    .filter((root) => root.isConnected)
    .sort((a, b) => (place(a).compareDocumentPosition(place(b)) & 4 ? -1 : 1))
}

// Boards are drawn one by one after a page was turned: the focus follows until a key is pressed.
function arrive(keys) {
  if (!keys.arriving || keys.data.walk?.page !== keys.arriving.page) return
  const frame = stops(keys).at(keys.arriving.place)?.[0]
  if (frame) focus(keys, frame)
}

function focus(keys, frame) {
  frame.focus({ focusVisible: true })
  frame.scrollIntoView({ block: "nearest" })
  keys.pointed = frame.dataset.sample
}

function sampleOf(event) {
  const inside = (node) => node.dataset?.sample
  return event.composedPath().find(inside)?.dataset.sample ?? ""
}

function focused() {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
  return node?.dataset?.sample ?? ""
}

function overlay(keys) {
  const drawn = boardsDrawn().some((root) => root.querySelector(".heat.overlay"))
  if (!drawn && !keys.data.overlays) return
  if (keys.data.overlays) return act(keys, { overlay: true })
  window.gradcamBare = !window.gradcamBare
  window.dispatchEvent(new CustomEvent("gradcam:drawn"))
}
