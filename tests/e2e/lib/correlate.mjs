// Is this clip in that recording? Normalised cross-correlation over all lags, second by second of the clip.

const turns = new Map()

/** cos and sin of 2πi/size for the first half of a turn. */
function turn(size) {
  let table = turns.get(size)
  if (!table) {
    table = { cos: new Float64Array(size / 2), sin: new Float64Array(size / 2) }
    for (let i = 0; i < size / 2; i++) {
      table.cos[i] = Math.cos((2 * Math.PI * i) / size)
      table.sin[i] = Math.sin((2 * Math.PI * i) / size)
    }
    turns.set(size, table)
  }
  return table
}

/** In place; the inverse is not divided by the size. */
function fft(re, im, inverse) {
  const n = re.length
  const { cos, sin } = turn(n)
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
    const half = length / 2
    const step = n / length
    for (let i = 0; i < n; i += length) {
      for (let k = 0; k < half; k++) {
        const c = cos[k * step]
        const s = inverse ? sin[k * step] : -sin[k * step]
        const a = i + k
        const b = a + half
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

/** The spectrum of one real signal, or of two, the second as the imaginary part; filled up with silence to `size`. */
function spectrum(size, real, imaginary = []) {
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  re.set(real)
  im.set(imaginary)
  fft(re, im, false)
  return { re, im }
}

/** Where two pieces (the second may be missing) fit best in a recording whose spectrum and energies are known. */
function matchPair(recording, first, second) {
  const { size, re: ar, im: ai } = recording
  const { re, im } = spectrum(size, first, second)
  // Of real signals: F(a)·conj(F(b₁)) + i·F(a)·conj(F(b₂)) at k is F(a) at k times F(b₁ + i·b₂) at −k.
  const pr = new Float64Array(size)
  const pi = new Float64Array(size)
  for (let k = 0; k < size; k++) {
    const m = (size - k) % size
    pr[k] = ar[k] * re[m] - ai[k] * im[m]
    pi[k] = ar[k] * im[m] + ai[k] * re[m]
  }
  fft(pr, pi, true)
  const found = [best(recording, first, pr)]
  if (second) found.push(best(recording, second, pi))
  return found
}

function best({ samples, sums, size }, piece, correlation) {
  let own = 0
  for (const sample of piece) own += sample * sample
  // Near silence a quotient says nothing: −60 dBov is the floor.
  const floor = piece.length * 33 ** 2
  let found = { peak: 0, at: -1 }
  for (let lag = 0; lag + piece.length <= samples.length; lag++) {
    const energy = Math.max(sums[lag + piece.length] - sums[lag], floor)
    const peak = correlation[lag] / size / Math.sqrt(own * energy)
    if (Math.abs(peak) > Math.abs(found.peak)) found = { peak, at: lag }
  }
  return found
}

/** The best match of each piece (all of one length) anywhere in `samples`: `{ peak, at }`, peak between −1 and 1, at in samples. */
export function bestMatches(samples, pieces) {
  const length = pieces[0]?.length ?? 0
  if (samples.length < length) return pieces.map(() => ({ peak: 0, at: -1 }))
  let size = 1
  while (size < samples.length + length) size <<= 1
  const sums = new Float64Array(samples.length + 1)
  for (let i = 0; i < samples.length; i++) sums[i + 1] = sums[i] + samples[i] ** 2
  const recording = { samples, sums, size, ...spectrum(size, samples) }
  const found = []
  for (let i = 0; i < pieces.length; i += 2) found.push(...matchPair(recording, pieces[i], pieces[i + 1]))
  return found
}

/**
 * What a piece of a voice that is there scores at least. Through A-law alone it is above 0.95, through a browser's noise suppression, which
 * turns phases, about 0.65; of other voices no piece reaches 0.3 (harness/correlate.test.mjs).
 */
export const PIECE = 0.45

/** What a piece of a recording that went through no processing scores at least. */
export const EXACT = 0.8

/** How far two pieces that follow each other may be moved against each other, in ms. */
const STEADY_MS = 40

/**
 * Looks for `clip` (which may come round and round) in `recording`, both at 8 kHz, in pieces of a second.
 * Heard: two pieces that follow each other in the clip follow each other in the recording too, each above `PIECE`.
 * `slackMs`: what a jitter buffer on bad air may stretch or shorten between the two. A clip marked `exact` has come through G.711 alone and
 * must match closely: recorded words share syllables.
 * Answers `{ heard, peak, atMs, pieces }`: the better of the pair, and where the pair begins in the recording.
 */
export function find(recording, clip, { slackMs = STEADY_MS } = {}) {
  const length = 8000
  const enough = clip.exact ? EXACT : PIECE
  const cut = []
  for (let from = 0; from + length <= clip.length; from += length) cut.push(clip.subarray(from, from + length))
  const pieces = bestMatches(recording, cut).map(({ peak, at }) => ({ peak: Math.abs(peak), atMs: at / 8 }))
  const found = { heard: false, peak: Math.max(0, ...pieces.map(({ peak }) => peak)), atMs: -1, pieces }
  pieces.forEach((piece, i) => {
    const next = pieces[(i + 1) % pieces.length]
    const apart = next.atMs - piece.atMs - 1000
    const round = clip.length / 8
    const roundAndRound = ((((apart + slackMs) % round) + round) % round) - slackMs
    if (Math.min(piece.peak, next.peak) < enough || Math.abs(roundAndRound) > slackMs) return
    const peak = Math.max(piece.peak, next.peak)
    if (!found.heard || peak > found.peak) Object.assign(found, { heard: true, peak, atMs: Math.min(piece.atMs, next.atMs) })
  })
  return found
}

/** `find` in the newest eight seconds alone, for who asks again and again while a recording grows: two pieces fit in them. */
export function findLatest(recording, clip, options) {
  const from = Math.max(0, recording.length - 64000)
  const found = find(recording.subarray(from), clip, options)
  return { ...found, atMs: found.heard ? found.atMs + from / 8 : -1 }
}
