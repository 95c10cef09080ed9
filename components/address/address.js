// The address of the view: written here alone, and copied by the button.
// A page and a deliberate step are an entry of the browser's history each; all else replaces it.

const LIVE = "gradcam:drawn" // opacity and colour map, which change in the browser first
const KEPT = ["embed", "embed_options"] // Streamlit's own

const APP = "[data-testid=stApp]"
const TRIES = 3
const LOOK = 200 // ms

export default function (component) {
  const { data, parentElement } = component
  const address = (window.gradcamAddress ??= takeOver())
  address.told = data
  if (data.leads_to) lead(data.leads_to)
  else heed(address)
  const button = parentElement.querySelector("button")
  button.hidden = data.leads_to !== ""
  button.onclick = () => copy(button)
}

// Streamlit writes an entry for every change of the link, and an empty one for every new page. It
// says from now on which page is shown, and nothing else.
function takeOver() {
  const [push, replace] = ["pushState", "replaceState"].map((name) => history[name].bind(history))
  const address = { push, replace, settled: false, told: null, data: null, aim: null }
  for (const [name, write] of [["pushState", push], ["replaceState", replace]]) {
    history[name] = (state, title, target) => {
      const to = new URL(target ?? location.href, location.href)
      if (to.pathname === location.pathname) return
      if (address.aim) return // a run that was under way, of the page that Back left
      to.search = location.search
      write(state, title, to)
      address.settled = false // what a new page writes first is of the same entry
    }
  }
  window.addEventListener("popstate", () => back(address), { capture: true })
  tellAfterBreaks()
  window.addEventListener(LIVE, () => write(address))
  for (const name of ["pointerdown", "keydown"]) {
    window.addEventListener(name, () => (address.aim = null), { capture: true })
  }
  return address
}

// After a break Streamlit asks for no run. A server that came in place of another one then knows
// neither the view nor its buttons, and the first press would do nothing.
function tellAfterBreaks() {
  const connection = () => document.querySelector(APP)?.dataset.testConnectionState
  let before = connection()
  const look = () => {
    const now = connection()
    if (now === before) return
    before = now
    if (now === "CONNECTED") window.dispatchEvent(new PopStateEvent("popstate"))
  }
  const attributeFilter = ["data-test-connection-state"]
  new MutationObserver(look).observe(document.body, { subtree: true, attributeFilter })
}

// The entry says what is shown, until the server has drawn it or the person does something else.
function back(address) {
  address.settled = false
  address.data = null
  delete window.gradcamDrawn
  window.dispatchEvent(new CustomEvent(LIVE))
  if (address.aim) clearInterval(address.aim.timer)
  const aim = { tries: address.aim?.again ? address.aim.tries : TRIES, rests: 0, again: false }
  aim.timer = setInterval(() => look(address, aim), LOOK)
  address.aim = aim
}

// Streamlit tells the server, but forgets to where a press or a fragment asks for a run meanwhile:
// once all is at rest it is had to tell again.
function look(address, aim) {
  if (address.aim !== aim) return clearInterval(aim.timer)
  heed(address)
  if (!address.aim) return
  const rests = document.querySelector(APP)?.dataset.testScriptState === "notRunning"
  aim.rests = rests ? aim.rests + 1 : 0
  if (aim.rests < 2) return
  if (aim.tries === 0) {
    address.aim = null
    heed(address)
    return
  }
  aim.tries -= 1
  aim.again = true
  window.dispatchEvent(new PopStateEvent("popstate"))
}

// Take what the server tells, unless it is still of the view that Back left.
function heed(address) {
  const { told } = address
  if (!told || told.leads_to) return
  if (address.aim) {
    if (!isOf(told) || !agree(linked(told), new URLSearchParams(location.search))) return
    address.aim = null
  }
  address.data = told
  write(address)
}

function isOf({ page }) {
  return location.pathname.endsWith(`/${page}`)
}

function agree(one, other) {
  for (const each of [one, other]) {
    for (const name of KEPT) each.delete(name)
    each.sort()
  }
  return one.toString() === other.toString()
}

function write(address) {
  const { data } = address
  if (!data?.opened || !isOf(data)) return // kept as it was asked for, or of another page
  const now = new URLSearchParams(location.search)
  const next = linked(data)
  for (const name of KEPT) for (const value of now.getAll(name)) next.append(name, value)
  const stepped = address.settled && data.stepped.some((name) => now.get(name) !== next.get(name))
  if (data.settled) address.settled = true
  if (next.toString() === now.toString()) return
  const target = `${location.pathname}?${next}`
  if (stepped) address.push({}, "", target)
  else address.replace({}, "", target)
}

// What the server knows, and what was changed since in the browser.
function linked({ query, defaults }) {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(window.gradcamDrawn ?? {})) {
    if (value === defaults[name]) next.delete(name)
    else next.set(name, value)
  }
  return next
}

// In place of the entry, so that Back does not end here.
function lead(page) {
  const path = location.pathname.replace(/[^/]*$/, page)
  window.gradcamAddress.replace({}, "", path + location.search)
  window.dispatchEvent(new PopStateEvent("popstate"))
}

async function copy(button) {
  const address = location.href
  try {
    await navigator.clipboard.writeText(address)
  } catch {
    copyBySelection(address) // without HTTPS a browser has no clipboard
  }
  const label = button.querySelector("span")
  label.textContent = "Copied"
  button.addEventListener("pointerleave", () => (label.textContent = "Copy link"), { once: true })
  button.addEventListener("blur", () => (label.textContent = "Copy link"), { once: true })
}

function copyBySelection(text) {
  const field = document.createElement("textarea")
  field.value = text
  field.style.position = "fixed"
  document.body.append(field)
  field.select()
  document.execCommand("copy")
  field.remove()
}
