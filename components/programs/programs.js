// Makes programs of the scripts that come as data, and gives them to the components that wait.

export default function ({ data }) {
  const told = JSON.parse(new TextDecoder().decode(data))
  for (const [name, { script, style }] of Object.entries(told)) {
    const program = programOf(name)
    if (program.script === script) continue
    program.script = script
    const begun = begin(script, style)
    program.give(begun) // to those who wait for the first one
    program.ready = begun // a server that was updated meanwhile has another one
  }
}

async function begin(script, style) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
  const { default: draw } = await import(address)
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  return (component) => {
    component.parentElement.adoptedStyleSheets = [sheet]
    return draw(component)
  }
}
