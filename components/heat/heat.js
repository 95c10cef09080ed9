// Heat in colour: it comes as a grey picture, grey is 0..1 and transparent is "not seen".

function element(tag, className, text) {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}

function isDark(root) {
  const probe = getComputedStyle(root).getPropertyValue("--st-background-color").trim()
  const [red, green, blue] = (probe.match(/[0-9a-f]{2}/gi) ?? ["ff", "ff", "ff"]).map((part) =>
    Number.parseInt(part, 16),
  )
  return red + green + blue < 384
}

// What the person chose here, until the server has read it from the link. It outlives what draws
// it, because a page change drops the link's parameters.
function onScreen({ alpha, colormap }) {
  return window.gradcamDrawn ?? { alpha, colormap }
}

function loadHeat(canvas, source, loaded) {
  const heat = { canvas, values: null, painted: null }
  const image = new Image()
  image.onload = () => {
    canvas.width = image.naturalWidth
    canvas.height = image.naturalHeight
    const context = canvas.getContext("2d", { willReadFrequently: true })
    context.drawImage(image, 0, 0)
    heat.values = context.getImageData(0, 0, canvas.width, canvas.height)
    loaded(heat)
  }
  image.src = source
  return heat
}

function paint(heat, colormap) {
  if (!heat.values || heat.painted === colormap) return
  const table = TABLES[colormap]
  const { width, height, data } = heat.values
  const drawn = new ImageData(width, height)
  for (let i = 0; i < data.length; i += 4) {
    const at = 3 * data[i]
    drawn.data[i] = table[at]
    drawn.data[i + 1] = table[at + 1]
    drawn.data[i + 2] = table[at + 2]
    drawn.data[i + 3] = data[i + 3]
  }
  heat.canvas.getContext("2d").putImageData(drawn, 0, 0)
  heat.painted = colormap
  heat.canvas.dataset.painted = colormap
}
