// Is this clip in that recording? Normalised cross-correlation over all lags, second by second of the clip.

function fft(re, im, inverse) {
  const n = re.length
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      ;[re[i], re[j]] = [re[j], re[i]]
      ;[im[i], im[j]] = [im[j], im[i]]
    }
  }
  for (let length = 2; length <= n; length <<= 1) {
    const angle = ((inverse ? 2 : -2) * Math.PI) / length
    for (let i = 0; i < n; i += length) {
      for (let k = 0; k < length / 2; k++) {
        const c = Math.cos(angle * k)
        const s = Math.sin(angle * k)
        const a = i + k
        const b = a + length / 2
        const x = re[b] * c - im[b] * s
        const y = re[b] * s + im[b] * c
        re[b] = re[a] - x
        im[b] = im[a] - y
        re[a] += x
        im[a] += y
      }
    }
  }
}

/** The best match of `window` anywhere in `recording`: `{ peak, at }`, peak between −1 and 1, at in samples. */
export function bestMatch(recording, window) {
  if (recording.length < window.length) return { peak: 0, at: -1 }
  let size = 1
  while (size < recording.length + window.length) size <<= 1
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  re.set(recording)
  // Both real signals in one transform: the recording as the real part, the window as the imaginary.
  im.set(window)
  fft(re, im, false)
  const pr = new Float64Array(size)
  const pi = new Float64Array(size)
  for (let k = 0; k < size; k++) {
    const m = (size - k) % size
    const ar = (re[k] + re[m]) / 2
    const ai = (im[k] - im[m]) / 2
    const br = (im[k] + im[m]) / 2
    const bi = (re[m] - re[k]) / 2
    pr[k] = ar * br + ai * bi
    pi[k] = ai * br - ar * bi
  }
  fft(pr, pi, true)
  let windowEnergy = 0
  for (const sample of window) windowEnergy += sample * sample
  let energy = 0
  for (let i = 0; i < window.length; i++) energy += recording[i] ** 2
  let best = { peak: 0, at: -1 }
  for (let lag = 0; lag + window.length <= recording.length; lag++) {
    // Near silence a quotient says nothing: −60 dBov is the floor.
    const floor = window.length * 33 ** 2
    const peak = pr[lag] / size / Math.sqrt(windowEnergy * Math.max(energy, floor))
    if (Math.abs(peak) > Math.abs(best.peak)) best = { peak, at: lag }
    energy += (recording[lag + window.length] ?? 0) ** 2 - recording[lag] ** 2
  }
  return best
}

/**
 * What a piece of a voice that is there scores at least. Through A-law alone it is above 0.95, through a browser's noise suppression, which
 * turns phases, about 0.65; of other voices no piece reaches 0.3 (harness/correlate.test.mjs).
 */
export const PIECE = 0.45

/** What a piece of a recording that went through no processing scores at least. */
export const EXACT = 0.8

/**
 * Looks for `clip` (which may come round and round) in `recording`, both at 8 kHz, in pieces of a second.
 * Heard: two pieces that follow each other in the clip follow each other in the recording too, each above `PIECE`.
 * A clip marked `exact` has come through G.711 alone and must match closely: recorded words share syllables.
 * Answers `{ heard, peak, atMs, pieces }`: the better of the pair, and where the pair begins in the recording.
 */
export function find(recording, clip) {
  const length = 8000
  const enough = clip.exact ? EXACT : PIECE
  const pieces = []
  for (let from = 0; from + length <= clip.length; from += length) {
    const { peak, at } = bestMatch(recording, clip.subarray(from, from + length))
    pieces.push({ peak: Math.abs(peak), atMs: at / 8 })
  }
  const found = { heard: false, peak: Math.max(0, ...pieces.map(({ peak }) => peak)), atMs: -1, pieces }
  pieces.forEach((piece, i) => {
    const next = pieces[(i + 1) % pieces.length]
    const apart = next.atMs - piece.atMs - 1000
    const round = clip.length / 8
    const roundAndRound = ((((apart + 40) % round) + round) % round) - 40
    if (Math.min(piece.peak, next.peak) < enough || Math.abs(roundAndRound) > 40) return
    const peak = Math.max(piece.peak, next.peak)
    if (!found.heard || peak > found.peak) Object.assign(found, { heard: true, peak, atMs: Math.min(piece.atMs, next.atMs) })
  })
  return found
}
