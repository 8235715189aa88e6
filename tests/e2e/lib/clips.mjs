// A known voice for every party: speech-like, the same for the same name every time, unlike any other.
// Pitched pulses through wandering formants, in syllables with pauses: what a noise suppressor lets pass and a correlator can tell apart.

const RATE = 8000

function random(name) {
  let state = 2166136261
  for (const char of name) state = Math.imul(state ^ char.charCodeAt(0), 16777619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function resonator() {
  let y1 = 0
  let y2 = 0
  return (input, hertz, width) => {
    const r = Math.exp((-Math.PI * width) / RATE)
    const y = (1 - r) * input + 2 * r * Math.cos((2 * Math.PI * hertz) / RATE) * y1 - r * r * y2
    y2 = y1
    y1 = y
    return y
  }
}

/** Samples at 8 kHz, about −20 dBov. */
export function voice(name, seconds = 6) {
  const rnd = random(name)
  const between = (low, high) => low + (high - low) * rnd()
  const out = new Float64Array(seconds * RATE)
  const formants = [resonator(), resonator(), resonator()]
  const base = between(110, 220)
  for (let at = 0; at < out.length; ) {
    const length = Math.floor(between(0.12, 0.3) * RATE)
    const pause = Math.floor((rnd() < 0.2 ? between(0.1, 0.25) : between(0.01, 0.05)) * RATE)
    const pitch = [base * between(0.8, 1.3), base * between(0.8, 1.3)]
    const from = [between(250, 850), between(900, 2300), between(2400, 3300)]
    const to = [between(250, 850), between(900, 2300), between(2400, 3300)]
    const breath = rnd() < 0.3 ? 0.6 : 0.08
    let phase = 0
    for (let i = 0; i < length && at + i < out.length; i++) {
      const x = i / length
      phase += (pitch[0] + (pitch[1] - pitch[0]) * x) / RATE
      let pulse = 0
      if (phase >= 1) {
        phase -= 1
        pulse = 1
      }
      const source = pulse * 8 + breath * (rnd() * 2 - 1)
      let sum = 0
      formants.forEach((formant, k) => {
        sum += formant(source, from[k] + (to[k] - from[k]) * x, 60 + 40 * k)
      })
      out[at + i] = sum * Math.sin(Math.PI * x) ** 0.5
    }
    at += length + pause
  }
  let power = 0
  for (const sample of out) power += sample * sample
  const gain = 3277 / Math.sqrt(power / out.length)
  return Int16Array.from(out, (sample) => Math.max(-32000, Math.min(32000, Math.round(sample * gain))))
}
