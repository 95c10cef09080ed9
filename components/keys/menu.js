// The menu of flags, and what a flag is put on.

// Of a sample by itself "" is asked for: the one that the steps before lead to.
function target(keys) {
  if (!keys.data.walk) return { sample: "", name: keys.data.sample, anchor: keys.flag }
  const frames = boardsDrawn().flatMap((root) => [...root.querySelectorAll("[data-sample]")])
  const anchor = frames.find((frame) => frame.dataset.sample === keys.pointed)
  if (anchor) return { sample: keys.pointed, name: keys.pointed, anchor }
  tell(keys, "Point at a tile first, or press K")
  return null
}

function suggest(keys, place) {
  const at = keys.menu ? keys.at : target(keys)
  if (!at) return
  const label = keys.data.labels[place]
  if (label === undefined) return tell(keys, keys.data.none)
  if (keys.menu) closeMenu(keys, true)
  act(keys, { sample: at.sample, flag: "label wrong", label })
}

function takeBack(keys) {
  const { sample, said } = keys.at
  closeMenu(keys, false)
  if (said) act(keys, { sample, taken: true })
}

function done(keys) {
  const at = keys.menu ? keys.at : target(keys)
  if (keys.menu) closeMenu(keys, true)
  if (at) act(keys, { sample: at.sample, done: true })
}

function openMenu(keys, first = "button") {
  const at = target(keys)
  if (!at) return
  if (!keys.data.walk && keys.steps) act(keys, null)
  const said = keys.data.said[at.name]
  keys.at = { ...at, said }
  keys.before = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement
  keys.menu = menu(keys, said ?? { flags: [], label: "", note: "" })
  keys.root.append(keys.menu)
  keys.menu.showPopover()
  beside(keys.menu, at.anchor)
  keys.menu.querySelector(first).focus()
}

function menu(keys, said) {
  const node = element("div", "menu")
  node.popover = "manual"
  node.setAttribute("role", "dialog")
  node.setAttribute("aria-label", `Flag ${keys.at.name}`)
  node.append(element("p", "name", keys.at.name))
  const choose = (act_) => () => {
    closeMenu(keys, true)
    act(keys, { sample: keys.at.sample, ...act_ })
  }
  for (const flag of keys.data.flags) {
    const button = element("button", "choice", flag[0].toUpperCase() + flag.slice(1))
    button.type = "button"
    button.dataset.flag = flag
    button.setAttribute("aria-pressed", said.flags.includes(flag))
    button.addEventListener("click", choose({ flag, label: "" }))
    node.append(button)
  }
  if (keys.data.labels.length) node.append(suggestions(keys, said, choose))
  node.append(noteField(keys, said))
  const back = keys.at.said ? " · F takes it back" : ""
  node.append(element("p", "hint", `Esc closes${back}`))
  return node
}

function suggestions(keys, said, choose) {
  const label = element("label", "field", "Should be")
  const select = element("select")
  select.dataset.name = "label"
  select.append(new Option("–", ""))
  keys.data.labels.forEach((name, place) => {
    select.append(new Option(place < 9 ? `${place + 1} ${name}` : name, name))
  })
  select.value = keys.data.labels.includes(said.label) ? said.label : ""
  select.addEventListener("change", () => {
    if (select.value) choose({ flag: "label wrong", label: select.value })()
  })
  label.append(select)
  return label
}

function noteField(keys, said) {
  const label = element("label", "field", "Note")
  keys.note = element("input")
  Object.assign(keys.note, { type: "text", maxLength: 300, value: said.note })
  keys.note.dataset.name = "note"
  keys.note.addEventListener("keydown", (event) => {
    if (event.key === "Enter") closeMenu(keys, true)
  })
  label.append(keys.note)
  return label
}

function moveInMenu(keys, event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!by || keys.menu.getRootNode().activeElement?.tagName === "SELECT") return false
  const all = [...keys.menu.querySelectorAll("button, select, input")]
  const at = all.indexOf(keys.menu.getRootNode().activeElement)
  all[(at + by + all.length) % all.length].focus()
  event.preventDefault()
  return true
}

function closeMenu(keys, keepsNote) {
  const { menu: open, note, at } = keys
  keys.menu = null
  const written = note.value.trim()
  open.remove()
  if (keys.before?.isConnected) keys.before.focus()
  if (keepsNote && written !== (at.said?.note ?? "")) act(keys, { sample: at.sample, note: written })
}

// Below what it belongs to, or above, and within the window.
function beside(node, anchor) {
  const { left, bottom, top } = anchor.getBoundingClientRect()
  const { width, height } = node.getBoundingClientRect()
  const below = bottom + 6 + height < innerHeight ? bottom + 6 : Math.max(8, top - 6 - height)
  node.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`
  node.style.top = `${Math.max(8, Math.min(below, innerHeight - height - 8))}px`
}
