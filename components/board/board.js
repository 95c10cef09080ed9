// Draws pictures with their heatmaps. Opacity and colour map change here, with no server run:
// opacity is the CSS opacity of the heat canvas, which is alpha*heat + (1-alpha)*picture.
// All text from data goes through textContent, never through markup.

const boards = new WeakMap()

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  let board = boards.get(parentElement)
  if (!board) {
    board = { signature: null, follow: () => sync(board), listen: () => drawPlays(board) }
    boards.set(parentElement, board)
    window.addEventListener("gradcam:sounds", board.listen)
    window.addEventListener("gradcam:drawn", board.follow)
  }
  board.data = data
  board.setTriggerValue = setTriggerValue
  board.root = parentElement.querySelector(".board")
  ;(window.gradcamBoards ??= new Set()).add(board.root) // for the page's keys
  const drawn = window.gradcamDrawn
  if (drawn && drawn.alpha === data.alpha && drawn.colormap === data.colormap) {
    delete window.gradcamDrawn // the server knows by now
  }
  if (board.signature !== data.signature) {
    const held = focusedPart(board)
    build(board)
    board.signature = data.signature
    if (held) board.root.querySelector(held)?.focus()
    window.dispatchEvent(new CustomEvent("gradcam:built"))
  }
  sync(board)
  tell(board)
  saveSlide(board)
  return () => {
    // Streamlit also calls it where newer data overtook a drawing: then this is still on the page.
    if (parentElement.isConnected) return
    window.removeEventListener("gradcam:drawn", board.follow)
    window.removeEventListener("gradcam:sounds", board.listen)
    window.gradcamBoards.delete(board.root)
    boards.delete(parentElement)
  }
}

// What has the focus, as a selector that finds it again in a board that was built anew.
function focusedPart(board) {
  const { name, id } = board.root.getRootNode().activeElement?.dataset ?? {}
  if (name) return `[data-name="${name}"]`
  return id && `[data-id="${CSS.escape(id)}"]`
}

// ------------------------------------------------------------------------------- building

function build(board) {
  board.heats = []
  board.plays = []
  board.ramp = null
  board.root.classList.toggle("dark", isDark(board.root))
  board.aspect = commonAspect(board.data.groups)
  const parts = []
  if (board.data.controls) parts.push(toolbar(board))
  const groups = element("div", `groups ${board.data.layout}`)
  for (const group of board.data.groups) groups.append(section(board, group))
  parts.push(groups)
  board.root.replaceChildren(...parts)
}

// Tiles of a grid are equally large; pictures of several shapes stand in squares.
function commonAspect(groups) {
  if (groups.some((group) => group.kind === "strip")) return null
  const aspects = groups.flatMap((group) => group.tiles.map((tile) => tile.aspect))
  return Math.max(...aspects) < 1.02 * Math.min(...aspects) ? aspects[0] : 1
}

function toolbar(board) {
  const bar = element("div", "toolbar")
  const opacity = element("label", "control")
  board.slider = element("input")
  Object.assign(board.slider, { type: "range", min: 0, max: 1, step: 0.01, name: "alpha" })
  board.slider.dataset.name = "alpha"
  board.slider.setAttribute("aria-label", "Opacity")
  board.output = element("output", "number")
  board.slider.addEventListener("input", () => touch(board, { alpha: Number(board.slider.value) }))
  board.slider.addEventListener("change", () => tell(board))
  opacity.append(element("span", "", "Opacity"), board.slider, board.output)

  const colour = element("label", "control")
  board.select = element("select")
  board.select.name = "colormap"
  board.select.dataset.name = "colormap"
  for (const name of Object.keys(TABLES)) {
    board.select.append(new Option(name, name))
  }
  board.select.addEventListener("change", () => touch(board, { colormap: board.select.value }))
  board.select.addEventListener("change", () => tell(board))
  colour.append(element("span", "", "Colour map"), board.select)

  leaveAfterPointer(board.slider)
  leaveAfterPointer(board.select)
  if (board.data.has_overlay) bar.append(opacity)
  if (board.data.has_heat) bar.append(colour)
  if (board.data.has_boxes || board.data.marks_said) bar.append(boxSwitch(board))
  if (board.data.download) bar.append(downloads(board))
  if (board.data.has_heat) bar.append(legend(board))
  return bar
}

// The page's keys (J, K) do nothing while a field has the focus; a mouse leaves it after use.
function leaveAfterPointer(field) {
  let pointed = false
  field.addEventListener("pointerdown", () => (pointed = true))
  field.addEventListener("keydown", () => (pointed = false))
  field.addEventListener("change", () => pointed && field.blur())
}

function boxSwitch(board) {
  const label = element("label", "control")
  const box = element("input")
  box.type = "checkbox"
  box.dataset.name = "boxes"
  box.checked = showsBoxes(board)
  box.addEventListener("change", () => {
    window.gradcamBoxes = box.checked // kept from page to page
    window.dispatchEvent(new CustomEvent("gradcam:drawn"))
  })
  leaveAfterPointer(box)
  const words = board.data.marks_said || "Labelled boxes"
  label.append(box, element("span", "", words))
  return label
}

// Where objects are what it is about, they are shown until somebody takes them away.
function showsBoxes(board) {
  return window.gradcamBoxes ?? Boolean(board.data.marks_said)
}

function downloads(board) {
  const both = element("div", "downloads")
  both.append(downloadButton(board))
  if (board.data.has_slide) both.append(slideButton(board))
  return both
}

function downloadButton(board) {
  const button = element("button", "button", "Overlay (PNG)")
  button.type = "button"
  button.dataset.name = "download"
  button.addEventListener("click", () => download(board))
  return button
}

// Made here, so that it is exactly what is on screen.
function download(board) {
  const frame = board.root.querySelector(".heat.overlay").closest(".stage")
  const heat = frame.querySelector(".heat")
  const canvas = element("canvas")
  canvas.width = heat.width
  canvas.height = heat.height
  const context = canvas.getContext("2d")
  context.imageSmoothingEnabled = false
  context.drawImage(frame.querySelector("img"), 0, 0, canvas.width, canvas.height)
  context.globalAlpha = drawnBy(board).alpha
  context.drawImage(heat, 0, 0)
  const seen = frame.querySelector(".unseen")?.seen
  if (seen) {
    const [x, y, width, height] = seen
    context.globalAlpha = 0.8
    context.fillStyle = "#555"
    context.beginPath()
    context.rect(0, 0, canvas.width, canvas.height)
    context.rect(
      x * canvas.width, y * canvas.height, width * canvas.width, height * canvas.height,
    )
    context.fill("evenodd")
  }
  canvas.toBlob((blob) => {
    const address = URL.createObjectURL(blob)
    save(address, board.data.download)
    URL.revokeObjectURL(address)
  }, "image/png")
}

function save(address, name) {
  const link = element("a")
  link.href = address
  link.download = name
  link.click()
}

// Drawn on the server, which has letters for the caption; it is told what is on screen.
function slideButton(board) {
  const button = element("button", "button", "For a slide (PNG)")
  button.type = "button"
  button.title = "Enlarged, with caption and colour bar"
  button.dataset.name = "slide"
  button.addEventListener("click", () => board.setTriggerValue("slide", { ...drawnBy(board) }))
  return button
}

function saveSlide(board) {
  const { file } = board.data
  if (!file || board.saved === file.number) return
  board.saved = file.number // the same data comes again when the page is drawn again
  save(file.address, file.name)
}

function legend(board) {
  const node = element("div", "legend")
  node.setAttribute("role", "img")
  node.setAttribute("aria-label", board.data.legend.alt)
  board.ramp = element("canvas", "ramp")
  board.ramp.width = 256
  board.ramp.height = 1
  node.append(
    element("span", "number", board.data.legend.low),
    board.ramp,
    element("span", "number", board.data.legend.high),
  )
  return node
}

function section(board, group) {
  const node = element("section", `group ${group.kind}`)
  if (group.title) node.append(element("h3", "title", group.title))
  if (group.note) node.append(element("p", "note", group.note))
  if (group.bars.length) node.append(bars(group.bars))
  const tiles = element("div", "tiles")
  tiles.style.setProperty("--tile", `${group.tile_width}px`)
  tiles.style.setProperty("--count", Math.min(group.tiles.length, 8))
  for (const tile of group.tiles) tiles.append(figure(board, tile))
  if (group.tiles.length) node.append(tiles)
  return node
}

function bars(rows) {
  const list = element("ol", "bars")
  for (const row of rows) {
    const item = element("li", row.true ? "true" : "")
    const fill = element("span", "fill")
    fill.style.width = `${(100 * row.score).toFixed(1)}%`
    item.append(
      element("span", "name", row.name + (row.true ? ` (${row.mark})` : "")),
      element("span", "number", row.text),
      fill,
    )
    list.append(item)
  }
  return list
}

function figure(board, tile) {
  const node = element("figure", `tile ${tile.verdict}`)
  const frame = element(tile.id ? "button" : "div", "frame")
  frame.style.aspectRatio = board.aspect ?? tile.aspect
  const stage = element("div", "stage")
  stage.style.aspectRatio = tile.aspect
  stage.classList.toggle("tall", board.aspect !== null && tile.aspect < board.aspect)
  frame.append(stage)
  if (tile.id) {
    frame.type = "button"
    frame.dataset.id = tile.id
    frame.setAttribute("aria-label", tile.alt)
    frame.addEventListener("click", () => board.setTriggerValue("clicked", tile.id))
  }
  if (tile.picture !== null && tile.shows !== "heat") stage.append(picture(board, tile))
  if (tile.heat !== null && tile.shows !== "picture") {
    const canvas = element("canvas", `heat ${tile.shows}`)
    if (tile.shows === "heat") {
      canvas.setAttribute("role", "img")
      canvas.setAttribute("aria-label", tile.alt)
    }
    stage.append(canvas)
    board.heats.push(
      loadHeat(canvas, board.data.pictures[tile.heat], (heat) => paint(heat, drawnBy(board).colormap)),
    )
  }
  if (tile.seen && tile.shows !== "picture") stage.append(unseen(tile.seen))
  for (const box of tile.boxes) stage.append(outline(box))
  if (tile.frame) stage.append(outline(tile.frame, "outline field"))
  for (const one of tile.marks) stage.append(mark(board, one))
  if (tile.sample) frame.dataset.sample = tile.sample
  if (tile.flag) frame.append(flagMark(tile.flag, tile.who))
  if (tile.badge) frame.append(element("span", "badge", tile.badge))
  if (tile.plays) node.append(playButton(board, tile))
  const caption = element("figcaption")
  if (tile.glyph) caption.append(element("span", "glyph", tile.glyph))
  caption.append(words(tile.caption))
  node.title = tile.alt
  node.prepend(frame)
  node.append(caption)
  if (tile.note) node.append(element("p", "note", tile.note))
  return node
}

// Names give way where a tile is narrow, the figure behind them never does.
function words(caption) {
  if (typeof caption === "string") return element("span", "words", caption)
  const node = element("span", "words said")
  if (caption.true) node.append(part(element("span", "name", caption.true), " ", element("span", "", "→")), " ")
  const answer = element("span", "name", caption.answer)
  node.append(caption.figure ? part(answer, " ", element("span", "figure", caption.figure)) : answer)
  return node
}

function part(...nodes) {
  const node = element("span", "part")
  node.append(...nodes)
  return node
}

function flagMark(words, who) {
  const node = element("span", "flag", who ? `⚑ ${who}` : "⚑")
  node.title = words
  return node
}

// It stands on the picture without being part of it: a press plays, and opens nothing.
function playButton(board, tile) {
  const button = element("button", "play")
  button.type = "button"
  button.dataset.name = `play ${tile.sample}`
  button.sound = { sample: tile.sample, name: tile.alt }
  button.addEventListener("click", () => {
    window.dispatchEvent(new CustomEvent("gradcam:hear", { detail: tile.sample }))
  })
  board.plays.push(button)
  return button
}

function drawPlays(board) {
  for (const button of board.plays) {
    const { sample, name } = button.sound
    const state = soundState(sample)
    button.textContent = state ? "■" : "▶"
    button.classList.toggle("waiting", state === "waiting")
    button.setAttribute("aria-label", `${state ? "Stop" : "Play"} ${name}`)
  }
}

function picture(board, tile) {
  const image = element("img", tile.pixelated ? "pixelated" : "")
  image.src = board.data.pictures[tile.picture]
  image.alt = tile.id ? "" : tile.alt // a button is named by its label
  image.draggable = false
  return image
}

function unseen([left, top, width, height]) {
  const node = element("div", "unseen")
  node.seen = [left, top, width, height]
  const [right, bottom] = [left + width, top + height]
  // Four strips around what was seen: Chromium drains all colour from one element with a hole in it
  // where a side of that is narrower than two pixels.
  const strips = [[0, 0, 1, top], [0, bottom, 1, 1], [0, top, left, bottom], [right, top, 1, bottom]]
  for (const [from, above, to, below] of strips) {
    if (to <= from || below <= above) continue
    const strip = element("div")
    strip.style.inset = `${100 * above}% ${100 * (1 - to)}% ${100 * (1 - below)}% ${100 * from}%`
    strip.title = "The network did not see this part"
    node.append(strip)
  }
  return node
}

function mark(board, { x, y, label, kind, glyph, id, chosen }) {
  const node = element(id ? "button" : "span", `mark ${kind}${chosen ? " chosen" : ""}`, glyph)
  node.style.left = `${100 * x}%`
  node.style.top = `${100 * y}%`
  node.title = label
  if (id) {
    node.type = "button"
    node.dataset.name = `mark ${id}`
    node.setAttribute("aria-label", label)
    node.setAttribute("aria-pressed", chosen)
    node.addEventListener("click", () => board.setTriggerValue("clicked", id))
  }
  return node
}

function outline(box, className = "outline") {
  const node = element("div", className)
  node.style.left = `${100 * box.x}%`
  node.style.top = `${100 * box.y}%`
  node.style.width = `${100 * box.width}%`
  node.style.height = `${100 * box.height}%`
  node.append(element("span", "", box.label))
  return node
}

// -------------------------------------------------------------------------------- drawing

function sync(board) {
  const { alpha, colormap } = drawnBy(board)
  board.root.style.setProperty("--alpha", alpha)
  board.root.classList.toggle("with-boxes", showsBoxes(board))
  board.root.classList.toggle("bare", Boolean(window.gradcamBare)) // by the key O
  for (const heat of board.heats) paint(heat, colormap)
  drawPlays(board)
  if (!board.data.controls) return
  if (!board.ramp) return
  board.slider.value = alpha
  board.output.textContent = `${Math.round(100 * alpha)} %`
  board.select.value = colormap
  const context = board.ramp.getContext("2d")
  const ramp = context.createImageData(256, 1)
  const table = TABLES[colormap]
  for (let i = 0; i < 256; i++) ramp.data.set([...table.slice(3 * i, 3 * i + 3), 255], 4 * i)
  context.putImageData(ramp, 0, 0)
}

// --------------------------------------------------------------------------------- telling

// What is on screen of a board.
function drawnBy(board) {
  return onScreen(board.data)
}

function touch(board, change) {
  window.gradcamDrawn = { ...drawnBy(board), ...change }
  window.dispatchEvent(new CustomEvent("gradcam:drawn")) // every board on the page follows
}

// Where the server must know at once what is on screen, as for an export.
function tell(board) {
  const { alpha, colormap } = drawnBy(board)
  const known = alpha === board.data.alpha && colormap === board.data.colormap
  const news = `${alpha} ${colormap}`
  if (board.data.tells && !known && board.told !== news) {
    board.setTriggerValue("drawn", { alpha, colormap })
  }
  board.told = known ? "" : news
}
