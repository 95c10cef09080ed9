// Paints a picture whose grey values are known, and tells the server whether they come back.

const CLOSE = 8 // of 255: against being recognised some browsers change numbers a little

export default function ({ setTriggerValue }) {
  const answer = (draws) => setTriggerValue("answer", draws ? "draws" : "fails")
  const image = new Image()
  image.onerror = () => answer(false)
  image.onload = () => {
    try {
      const canvas = document.createElement("canvas")
      canvas.width = LEVELS.length
      canvas.height = 1
      const context = canvas.getContext("2d", { willReadFrequently: true })
      context.drawImage(image, 0, 0)
      const { data } = context.getImageData(0, 0, LEVELS.length, 1)
      answer(LEVELS.every((level, i) => Math.abs(data[4 * i] - level) <= CLOSE))
    } catch {
      answer(false)
    }
  }
  image.src = PICTURE
}
