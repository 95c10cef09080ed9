// The keys of a page, and the menu of flags. Keys work wherever the focus is, but for fields that
// one writes in. What was pressed goes to the server as a list that grows until the server has
// answered it, so that quick presses are never lost.
// All text from data goes through textContent, never through markup.

const QUIET = 120 // ms without another step, after which the server is asked for the sample
const NO_TEXT = ["range", "checkbox", "radio", "button", "submit", "reset", "file", "color"]
const pages = new WeakMap()

export default function (component) {
  const { data, parentElement, setStateValue } = component
  let keys = pages.get(parentElement)
  if (!keys) {
    keys = begin(parentElement)
    pages.set(parentElement, keys)
  }
  keys.data = data
  keys.write = (acts) => setStateValue("acts", acts)
  const [visit, last] = data.handled
  if (visit === keys.visit) keys.acts = keys.acts.filter((act) => act.number > last)
  // The server may be another one, which has not heard them: it hears only what is new.
  else if (keys.acts.length) keys.write({ visit: keys.visit, acts: keys.acts, again: ++keys.again })
  draw(keys)
  arrive(keys)
  const [number, words] = data.news
  if (keys.news !== undefined && keys.news !== number) tell(keys, words)
  keys.news = number
  return () => {
    // Streamlit also calls it where newer data overtook a drawing: then this is still on the page.
    if (parentElement.isConnected) return
    keys.ended.abort()
    clearTimeout(keys.timer)
    pages.delete(parentElement)
  }
}

function begin(parentElement) {
  const before = unheard()
  const keys = {
    root: parentElement.querySelector(".keys"),
    visit: before?.visit ?? Math.random().toString(36).slice(2),
    acts: before?.acts ?? [], // what the server has not answered yet
    count: before?.count ?? 0,
    again: 0, // how often they were sent to a server that had answered none
    steps: 0, // not sent yet
    pointer: "", // where it was last
    pointed: "", // sample of the tile under the pointer, or that has the focus
    arriving: null, // the tile of another page that gets the focus
    ended: new AbortController(),
  }
  window.gradcamKeys = { page: location.pathname, keys }
  const listen = (target, name, heard) =>
    target.addEventListener(name, heard, { capture: true, signal: keys.ended.signal })
  listen(document, "keydown", (event) => press(keys, event))
  listen(document, "pointermove", (event) => {
    // Browsers also tell of it when the page moves under a pointer that rests.
    const place = `${event.clientX} ${event.clientY}`
    if (place !== keys.pointer) keys.pointed = sampleOf(event) || focused()
    keys.pointer = place
  })
  listen(document, "pointerdown", (event) => {
    if (keys.menu && !event.composedPath().includes(keys.menu)) closeMenu(keys, true)
  })
  listen(document, "click", leaveList)
  listen(document, "focusin", (event) => (keys.pointed = sampleOf(event) || keys.pointed))
  listen(window, "gradcam:built", () => arrive(keys))
  return keys
}

// What was pressed on this page before it was built anew, as after a break of the connection.
function unheard() {
  const { page, keys } = window.gradcamKeys ?? {}
  if (page !== location.pathname) return null
  clearTimeout(keys.timer)
  if (keys.steps) keys.acts.push({ number: ++keys.count, step: keys.steps })
  return keys
}

// ------------------------------------------------------------------------------ pressing

function press(keys, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (event.key === "Escape" && keys.menu) {
    closeMenu(keys, false)
    event.preventDefault()
    event.stopPropagation()
    return
  }
  if (keys.help?.open && event.key !== "?") return
  if (keys.menu && moveInMenu(keys, event)) return
  if (isWrittenIn(event.composedPath()[0])) return
  const key = event.key.toLowerCase()
  const does = /^[1-9]$/.test(key) ? () => suggest(keys, Number(key) - 1) : DOES[key]
  if (!does) return
  event.preventDefault()
  event.stopPropagation()
  does(keys, event)
}

const DOES = {
  j: (keys) => step(keys, -1),
  k: (keys) => step(keys, 1),
  f: (keys) => (keys.menu ? takeBack(keys) : openMenu(keys)),
  n: (keys) => (keys.menu ? keys.note.focus() : openMenu(keys, "[data-name=note]")),
  d: (keys) => keys.data.done && done(keys),
  u: (keys) => keys.data.undo && act(keys, { undo: true }),
  o: (keys) => overlay(keys),
  p: (keys) => keys.data.plays && play(keys),
  "?": (keys) => help(keys),
}

function play(keys) {
  const sample = keys.pointed || keys.data.sample
  if (sample) window.dispatchEvent(new CustomEvent("gradcam:hear", { detail: sample }))
}

function isWrittenIn(node) {
  if (node.isContentEditable || ["TEXTAREA", "SELECT"].includes(node.tagName)) return true
  return node.tagName === "INPUT" && !NO_TEXT.includes(node.type)
}

// A list keeps the focus after a choice by pointer, and would take the next key for a search.
function leaveList(event) {
  const options = (node) => node.getAttribute?.("role") === "option"
  if (!event.detail || !event.composedPath().some(options)) return
  setTimeout(() => {
    if (document.activeElement?.closest("[data-testid=stSelectbox]")) document.activeElement.blur()
  })
}

// Everything that was not answered is sent again with what is new; the server knows it by number.
function act(keys, what) {
  clearTimeout(keys.timer)
  const all = keys.steps ? [{ step: keys.steps }, what] : [what]
  keys.steps = 0
  for (const each of all) if (each) keys.acts.push({ number: ++keys.count, ...each })
  keys.write({ visit: keys.visit, acts: keys.acts })
}

// -------------------------------------------------------------------------------- drawing

function element(tag, className, text) {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}

function button(className, text, does) {
  const node = element("button", className, text)
  node.type = "button"
  node.addEventListener("click", does)
  return node
}

function draw(keys) {
  const shows = JSON.stringify({ ...keys.data, handled: null, news: null })
  if (keys.menu || keys.help?.open || keys.drawn === shows) return
  keys.drawn = shows
  const { data } = keys
  const held = keys.root.getRootNode().activeElement?.className
  const parts = []
  if (data.walk) {
    parts.push(element("span", "hint", "F flags the sample you point at"))
  } else {
    keys.flag = button("flag", "⚑ Flag", () => (keys.menu ? closeMenu(keys, true) : openMenu(keys)))
    keys.flag.setAttribute("aria-keyshortcuts", "F")
    const words = data.said[data.sample]?.words ?? ""
    const said = element("span", "said", words)
    said.title = words
    parts.push(keys.flag, said)
    if (data.done) {
      const next = button("done", "✓ Done, next", () => done(keys))
      next.setAttribute("aria-keyshortcuts", "D")
      parts.push(next)
    }
  }
  const status = element("span", "status")
  status.setAttribute("role", "status")
  if (data.undo) {
    const undo = button("undo", "Undo", () => act(keys, { undo: true }))
    undo.setAttribute("aria-keyshortcuts", "U")
    undo.title = data.undo
    if (data.walk) status.append(element("span", "last", data.undo))
    status.append(undo)
  }
  parts.push(status)
  if (data.link) parts.push(studioLink(data.link))
  const ask = button("ask", "? Keys", () => help(keys))
  ask.setAttribute("aria-keyshortcuts", "?")
  parts.push(ask)
  if (keys.told?.isConnected) parts.push(keys.told)
  keys.root.replaceChildren(...parts)
  if (keys.told?.isConnected) keys.told.showPopover()
  if (held) keys.root.querySelector(`.${held}`)?.focus()
}

function studioLink({ words, address }) {
  const link = element("a", "link", words)
  Object.assign(link, { href: address, target: "_blank", rel: "noopener noreferrer" })
  return link
}

function help(keys) {
  if (keys.help?.open) return keys.help.close()
  const dialog = element("dialog", "help")
  dialog.setAttribute("aria-label", "Keys")
  const list = element("dl")
  for (const [key, does] of keys.data.help) {
    const term = element("dt")
    term.append(element("kbd", "", key))
    list.append(term, element("dd", "", does))
  }
  const close = button("close", "Close", () => dialog.close())
  dialog.append(element("h2", "", "Keys"), list, close)
  dialog.addEventListener("close", () => {
    dialog.remove()
    draw(keys)
  })
  keys.root.append(dialog)
  keys.help = dialog
  dialog.showModal()
}

// A few words where one looks, at once, while the server follows.
function tell(keys, words) {
  clearTimeout(keys.fading)
  if (!keys.told?.isConnected) {
    keys.told = element("div", "told")
    keys.told.popover = "manual"
    keys.root.append(keys.told)
  }
  keys.told.textContent = words
  if (!keys.told.matches(":popover-open")) keys.told.showPopover()
  keys.fading = setTimeout(() => keys.told.remove(), 1500)
}
