// One sound at a time on a page, wherever it is played from. What is played is fetched when it is
// asked for, and kept for as long as the page is there.

const KEPT = 32 // sounds: of one second each a megabyte
const NOTHING =
  "data:audio/wav;base64,UklGRiQAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQAAAAA="

function sounds() {
  return (window.gradcamSounds ??= beginSounds())
}

function beginSounds() {
  const audio = new Audio()
  const all = { audio, playing: "", waiting: "", kept: new Map() }
  audio.addEventListener("ended", () => all.playing && stopSound()) // else it was nothing
  return all
}

// Plays a sound, or stops it where it is the one that is heard or waited for.
function pressSound(key, ask) {
  const all = sounds()
  const again = key === all.playing || key === all.waiting
  stopSound()
  if (again) return
  all.waiting = key
  if (all.kept.has(key)) return playSound(key)
  all.audio.src = NOTHING // some browsers let only a press begin a sound, not what comes after it
  all.audio.play().catch(() => {})
  tellSounds()
  ask()
}

// What the server gave; it is played unless something else was asked for meanwhile.
function giveSound(key, address) {
  const all = sounds()
  all.kept.delete(key)
  all.kept.set(key, address)
  if (all.kept.size > KEPT) all.kept.delete(all.kept.keys().next().value)
  if (all.waiting === key) playSound(key)
}

// What the server could not give.
function refuseSound(key) {
  if (sounds().waiting === key) stopSound()
}

function playSound(key) {
  const all = sounds()
  all.waiting = ""
  all.playing = key
  all.audio.src = all.kept.get(key)
  all.audio.play().catch(() => all.playing === key && stopSound())
  tellSounds()
}

function stopSound() {
  const all = sounds()
  all.audio.pause()
  all.playing = all.waiting = ""
  tellSounds()
}

function tellSounds() {
  window.dispatchEvent(new CustomEvent("gradcam:sounds"))
}

// The state of a sound, for its button: "playing", "waiting" or "".
function soundState(key) {
  const all = window.gradcamSounds
  if (!all || !key) return ""
  return all.playing === key ? "playing" : all.waiting === key ? "waiting" : ""
}
