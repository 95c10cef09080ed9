// Sounds of tiles: a board says which is wanted, the server gives it in a run of its own.

const ears = new WeakMap()

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  let ear = ears.get(parentElement)
  if (!ear) {
    ear = { ended: new AbortController() }
    ears.set(parentElement, ear)
    const options = { signal: ear.ended.signal }
    window.addEventListener("gradcam:hear", ({ detail }) => pressSound(detail, () => ear.ask(detail)), options)
  }
  if (sounds().source !== data.source) sounds().kept.clear() // another project's, by the same names
  sounds().source = data.source
  ear.ask = (sample) => setTriggerValue("wanted", sample)
  const { sound } = data
  if (sound && sound.number !== ear.number) {
    ear.number = sound.number // the same data comes again when the page is drawn again
    if (sound.address) giveSound(sound.sample, sound.address)
    else refuseSound(sound.sample)
  }
  parentElement.querySelector(".ear").dataset.listening = "yes"
  return () => {
    // Streamlit also calls it where newer data overtook a drawing: then this is still on the page.
    if (parentElement.isConnected) return
    ear.ended.abort()
    ears.delete(parentElement)
    stopSound()
  }
}
