// A card with a thumbnail beside the pointer while a Plotly chart is hovered. The chart is drawn
// again whenever its figure changes, so it is looked for at each render and when it is replaced.
// All text from data goes through textContent.

const peeks = new WeakMap()

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  let peek = peeks.get(parentElement)
  if (!peek) {
    peek = { pictures: new Map(), chart: null, source: data.source }
    peek.root = parentElement.querySelector(".peek")
    peek.hover = (event) => show(peek, event)
    peek.leave = () => hide(peek)
    peek.click = (event) => click(peek, event)
    peek.watch = new MutationObserver(() => listen(peek))
    peek.watch.observe(document.body, { childList: true, subtree: true })
    peeks.set(parentElement, peek)
  }
  if (peek.source !== data.source) peek.pictures.clear()
  peek.source = data.source
  peek.data = data
  peek.ask = (position) => setTriggerValue("hovered", position)
  peek.choose = (position) => setTriggerValue("clicked", position)
  if (data.picture) peek.pictures.set(data.position, data)
  if (peek.at !== undefined && data.position === peek.at) draw(peek)
  listen(peek)
  return () => {
    // Streamlit also calls it where newer data overtook a drawing: then this is still on the page.
    if (parentElement.isConnected) return
    peek.watch.disconnect()
    clearTimeout(peek.timer)
    ignore(peek)
    peeks.delete(parentElement)
  }
}

function listen(peek) {
  const chart = document.querySelector(`${peek.data.chart} .js-plotly-plot`)
  if (chart === peek.chart || (chart && !chart.on)) return
  ignore(peek)
  hide(peek)
  peek.chart = chart
  chart?.on("plotly_hover", peek.hover)
  chart?.on("plotly_unhover", peek.leave)
  chart?.on("plotly_click", peek.click)
  chart?.addEventListener("pointerleave", peek.leave)
}

function ignore(peek) {
  peek.chart?.removeListener?.("plotly_hover", peek.hover)
  peek.chart?.removeListener?.("plotly_unhover", peek.leave)
  peek.chart?.removeListener?.("plotly_click", peek.click)
  peek.chart?.removeEventListener("pointerleave", peek.leave)
}

function show(peek, event) {
  const point = event.points.find((one) => Array.isArray(one.customdata))
  if (!point) return
  const [position, caption, verdict] = point.customdata
  Object.assign(peek, { at: position, caption, verdict })
  draw(peek)
  place(peek.root, event.event)
  clearTimeout(peek.timer) // a pointer that only passes by asks for nothing
  if (!peek.pictures.has(position)) peek.timer = setTimeout(() => peek.ask(position), 60)
}

// Streamlit takes no click on a point for a selection where one can be drawn around some.
function click(peek, event) {
  const point = event.points.find((one) => Array.isArray(one.customdata))
  if (!point) return
  hide(peek)
  peek.choose(point.customdata[0])
}

function hide(peek) {
  clearTimeout(peek.timer)
  peek.at = undefined
  peek.root.hidden = true
}

function draw(peek) {
  const stage = element("div", "stage")
  const found = peek.pictures.get(peek.at)
  if (found) {
    const image = element("img", found.pixelated ? "pixelated" : "")
    image.src = found.picture
    image.alt = ""
    stage.append(image)
  }
  const words = element("div", "words")
  const verdict = element("span", "verdict")
  verdict.textContent = peek.verdict
  const caption = element("span", "caption")
  caption.textContent = peek.caption
  words.append(verdict, caption)
  peek.root.replaceChildren(stage, words)
  peek.root.hidden = false
}

// Beside the pointer, on the side where there is room.
function place(root, { clientX, clientY }) {
  const { width, height } = root.getBoundingClientRect()
  const left = clientX + 18 + width < innerWidth ? clientX + 18 : clientX - 18 - width
  const top = Math.min(Math.max(8, clientY - height / 2), innerHeight - height - 8)
  root.style.left = `${Math.max(8, left)}px`
  root.style.top = `${Math.max(8, top)}px`
}

function element(tag, className) {
  const node = document.createElement(tag)
  if (className) node.className = className
  return node
}
