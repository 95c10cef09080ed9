// A file that is dropped anywhere on the page or pasted into it goes to the server, once.

const mounted = new WeakMap()

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const known = mounted.get(parentElement)
  if (known) {
    Object.assign(known, { data, setTriggerValue })
    return known.leave
  }
  const state = { data, setTriggerValue }

  const take = (file) => {
    if (file.size > state.data.largest) {
      state.setTriggerValue("refused", { name: file.name })
      return
    }
    const reader = new FileReader()
    reader.addEventListener("load", () => {
      const [, content] = reader.result.split(",", 2)
      state.setTriggerValue("brought", { name: file.name || "pasted.png", content: content ?? "" })
    })
    reader.readAsDataURL(file)
  }
  // Streamlit's own field takes what is dropped on it.
  const isTaken = (event) =>
    event.composedPath().some((node) => node.dataset?.testid === "stFileUploaderDropzone")
  const over = (event) => {
    if (event.dataTransfer?.types.includes("Files") && !isTaken(event)) event.preventDefault()
  }
  const drop = (event) => {
    const file = event.dataTransfer?.files[0]
    if (!file || isTaken(event)) return
    event.preventDefault()
    take(file)
  }
  const paste = (event) => {
    const file = event.clipboardData?.files[0]
    if (!file) return
    event.preventDefault()
    take(file)
  }
  document.addEventListener("dragover", over)
  document.addEventListener("drop", drop)
  document.addEventListener("paste", paste)
  parentElement.querySelector(".brought").dataset.listening = "yes"
  state.leave = () => {
    // Streamlit also calls it where newer data overtook a drawing: then this is still on the page.
    if (parentElement.isConnected) return
    document.removeEventListener("dragover", over)
    document.removeEventListener("drop", drop)
    document.removeEventListener("paste", paste)
    mounted.delete(parentElement)
  }
  mounted.set(parentElement, state)
  return state.leave
}
