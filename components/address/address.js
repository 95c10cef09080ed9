// The address of the view: written here alone, and copied by the button.
// A page and a deliberate step are an entry of the browser's history each; all else replaces it.

const LIVE = "gradcam:drawn" // opacity and colour map, which change in the browser first
const KEPT = ["embed", "embed_options"] // Streamlit's own

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const address = (window.gradcamAddress ??= takeOver())
  address.tell = setTriggerValue
  if (!address.asked || data.heard === address.asked) {
    address.asked = ""
    address.data = data
    address.page = data.page
  } // otherwise it is still of the view that Back left
  if (data.leads_to) lead(data.leads_to)
  else write(address)
  const button = parentElement.querySelector("button")
  button.hidden = data.leads_to !== ""
  button.onclick = () => copy(button)
}

// Streamlit writes an entry for every change of the link, and an empty one for every new page. It
// says from now on which page is shown, and nothing else.
function takeOver() {
  const [push, replace] = ["pushState", "replaceState"].map((name) => history[name].bind(history))
  const address = { push, replace, settled: false, asked: "" }
  for (const [name, write] of [["pushState", push], ["replaceState", replace]]) {
    history[name] = (state, title, target) => {
      const to = new URL(target ?? location.href, location.href)
      if (to.pathname === location.pathname) return
      to.search = location.search
      write(state, title, to)
      address.settled = false // what a new page writes first is of the same entry
    }
  }
  window.addEventListener("popstate", (event) => back(address, event), { capture: true })
  window.addEventListener(LIVE, () => write(address))
  return address
}

// Streamlit hears of a page. Of a view it forgets where a fragment asks for a run at the same time,
// so the server is told as of a click.
function back(address, event) {
  const onPage = Boolean(address.page) && location.pathname.endsWith(`/${address.page}`)
  address.settled = false
  address.data = null // the entry says what is shown, until the server has read it
  delete window.gradcamDrawn
  window.dispatchEvent(new CustomEvent(LIVE))
  address.asked = onPage ? `${performance.now()}` : ""
  if (!onPage) return
  event.stopImmediatePropagation()
  address.tell("went", { search: location.search, asked: address.asked })
}

function write(address) {
  const { data } = address
  if (!data?.query || !location.pathname.endsWith(`/${data.page}`)) return // nothing to say, or of another page
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
