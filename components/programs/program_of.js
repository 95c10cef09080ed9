// Where a component finds its program, whichever of the two is here first.
function programOf(name) {
  const programs = (window.gradcamPrograms ??= {})
  if (!programs[name]) {
    const program = { script: "" }
    program.ready = new Promise((give) => (program.give = give))
    programs[name] = program
  }
  return programs[name]
}
