// A sound as a figure: waveform with its windows, spectrogram with the heat over it, players, and a
// line that moves over both while something is heard.
// All text from data goes through textContent, never through markup.

const figures = new WeakMap()
const SVG = "http://www.w3.org/2000/svg"

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  let figure = figures.get(parentElement)
  if (!figure) {
    figure = { root: parentElement.querySelector(".listening"), ended: new AbortController() }
    figures.set(parentElement, figure)
    const options = { signal: figure.ended.signal }
    window.addEventListener("gradcam:drawn", () => sync(figure), options)
    window.addEventListener("gradcam:sounds", () => follow(figure), options)
  }
  Object.assign(figure, { data, setTriggerValue })
  if (figure.signature !== data.signature) {
    const held = figure.root.getRootNode().activeElement?.dataset?.name
    build(figure)
    figure.signature = data.signature
    if (held) figure.root.querySelector(`[data-name="${CSS.escape(held)}"]`)?.focus()
  }
  const { sound } = data
  if (sound && figure.number !== sound.number) {
    figure.number = sound.number // the same data comes again when the page is drawn again
    giveSound(sound.key, sound.address)
  }
  sync(figure)
  follow(figure)
  return () => {
    // Streamlit also calls it where newer data overtook a drawing: then this is still on the page.
    if (parentElement.isConnected) return
    figure.ended.abort()
    cancelAnimationFrame(figure.frame)
    figures.delete(parentElement)
    stopSound()
  }
}

// ------------------------------------------------------------------------------- building

function build(figure) {
  const { data } = figure
  figure.heads = []
  figure.root.classList.toggle("dark", isDark(figure.root))
  const parts = [players(figure), wave(figure)]
  if (data.chips.length) parts.push(chips(figure))
  if (data.picture) parts.push(spectrum(figure))
  figure.root.replaceChildren(...parts)
}

function players(figure) {
  const bar = element("div", "players")
  figure.buttons = figure.data.parts.map((part) => {
    const button = element("button", `player ${part.name}`)
    button.type = "button"
    button.dataset.name = part.name
    button.title = part.about
    button.player = part
    button.addEventListener("click", () => press(figure, part))
    return button
  })
  figure.time = element("output", "time")
  figure.time.setAttribute("aria-label", "Time")
  bar.append(...figure.buttons, figure.time)
  return bar
}

function press(figure, part, from) {
  figure.from = from
  pressSound(part.key, () => figure.setTriggerValue("wanted", part.name))
}

function wave(figure) {
  const { wave } = figure.data
  const plot = element("div", "plot wave")
  plot.append(element("div", "side", ""))
  const stage = element("div", "stage")
  for (const one of wave.windows) stage.append(spanOf(one, wave.seconds, "window"))
  stage.append(envelope(wave))
  for (const one of wave.spans) stage.append(spanOf(one, wave.seconds, "span"))
  stage.setAttribute("role", "img")
  stage.setAttribute("aria-label", wave.alt)
  seeks(figure, stage, 0, wave.seconds)
  plot.append(stage, ticks(wave.ticks))
  return plot
}

function spanOf({ start, stop, words, current }, seconds, kind) {
  const node = element("div", current ? `${kind} current` : kind)
  node.style.left = `${(100 * start) / seconds}%`
  node.style.width = `${(100 * (stop - start)) / seconds}%`
  if (words) node.append(element("span", "", words))
  return node
}

// The lowest and the highest value of each column, as one closed line.
function envelope({ low, high }) {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", `0 -100 ${low.length} 200`)
  svg.setAttribute("preserveAspectRatio", "none")
  const line = document.createElementNS(SVG, "path")
  const above = high.map((value, i) => `${i + 0.5},${-value}`)
  const below = low.map((value, i) => `${i + 0.5},${-value}`).reverse()
  line.setAttribute("d", `M${[...above, ...below].join("L")}Z`)
  svg.append(line)
  return svg
}

function chips(figure) {
  const list = element("div", "chips")
  for (const chip of figure.data.chips) {
    const button = element("button", `chip ${chip.verdict}`)
    button.type = "button"
    button.dataset.name = chip.sample
    button.append(element("span", "glyph", chip.glyph), element("span", "", chip.words))
    if (chip.current) button.setAttribute("aria-current", "true")
    button.addEventListener("click", () => figure.setTriggerValue("clicked", chip.sample))
    list.append(button)
  }
  return list
}

function spectrum(figure) {
  const { data } = figure
  const plot = element("div", "plot spectrum")
  plot.append(rows(data.panels))
  const stage = element("div", "stage")
  stage.style.aspectRatio = data.aspect
  const image = element("img")
  image.src = data.picture
  image.alt = data.alt
  image.draggable = false
  const canvas = element("canvas", "heat")
  stage.append(image, canvas)
  for (const panel of data.panels.slice(1)) {
    const edge = element("div", "edge")
    edge.style.top = `${100 * panel.top}%`
    stage.append(edge)
  }
  figure.heat = data.heat && loadHeat(canvas, data.heat, (heat) => paint(heat, onScreen(data).colormap))
  const { start, seconds } = data.window
  seeks(figure, stage, start, seconds)
  plot.append(stage, ticks(data.ticks))
  return plot
}

function rows(panels) {
  const side = element("div", "side")
  for (const panel of panels) {
    const high = panel.bottom - panel.top
    for (const tick of panel.ticks) {
      const node = element("span", "row", tick.text)
      node.style.top = `${100 * (panel.top + tick.at * high)}%`
      side.append(node)
    }
    const title = element("span", "unit", panel.unit)
    title.style.top = `${100 * panel.top}%`
    side.append(title)
  }
  return side
}

function ticks(all) {
  const line = element("div", "ticks")
  for (const tick of all) {
    const node = element("span", "", tick.text)
    node.style.left = `${100 * tick.at}%`
    line.append(node)
  }
  return line
}

// A click goes to a moment: of what is heard, else of the whole sound.
function seeks(figure, stage, start, seconds) {
  const head = element("div", "head")
  head.hidden = true
  head.setAttribute("aria-hidden", "true")
  stage.append(head)
  figure.heads.push({ head, start, seconds })
  stage.addEventListener("click", (event) => {
    const box = stage.getBoundingClientRect()
    const moment = start + (seconds * (event.clientX - box.left)) / box.width
    const heard = playedPart(figure)
    if (heard && heard.start <= moment && moment < heard.stop) {
      sounds().audio.currentTime = moment - heard.start
    } else {
      stopSound()
      press(figure, figure.data.parts[0], moment)
    }
  })
}

// -------------------------------------------------------------------------------- drawing

function sync(figure) {
  const { alpha, colormap } = onScreen(figure.data)
  figure.root.style.setProperty("--alpha", alpha)
  if (figure.heat) paint(figure.heat, colormap)
}

function playedPart(figure) {
  return figure.data.parts.find((part) => soundState(part.key) === "playing")
}

// Buttons say what is heard; while it is, the line follows it.
function follow(figure) {
  for (const button of figure.buttons) {
    const state = soundState(button.player.key)
    button.textContent = `${state ? "■" : "▶"} ${button.player.title}`
    button.classList.toggle("waiting", state === "waiting")
    button.setAttribute("aria-pressed", String(Boolean(state)))
  }
  cancelAnimationFrame(figure.frame)
  move(figure)
}

function move(figure) {
  const part = playedPart(figure)
  for (const { head } of figure.heads) head.hidden = true
  figure.time.textContent = ""
  if (!part) return
  const { audio } = sounds()
  if (figure.from !== undefined && audio.readyState > 0) {
    audio.currentTime = Math.max(0, figure.from - part.start)
    figure.from = undefined
  }
  const moment = part.start + audio.currentTime
  figure.time.textContent = `${moment.toFixed(2)} s`
  for (const { head, start, seconds } of figure.heads) {
    const at = (moment - start) / seconds
    head.hidden = at < 0 || at > 1
    head.style.left = `${100 * at}%`
  }
  figure.frame = requestAnimationFrame(() => move(figure))
}
