// Mono WAV files: written with 16 bits, read with 16 bits or as A-law, resampled.
import { readFileSync, writeFileSync } from 'node:fs'
import { decode } from './g711.mjs'

/** Writes 16-bit mono. */
export function writeWav(path, samples, rate = 8000) {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.length * 2, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.length * 2, 40)
  writeFileSync(path, Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, samples.length * 2)]))
  return path
}

/** Reads mono, 16 bits or A-law; tolerates a data size of 0 (a recorder that was killed). */
export function readWav(path) {
  const bytes = readFileSync(path)
  let rate = 8000
  let alaw = false
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4)
    const stated = bytes.readUInt32LE(at + 4)
    if (name === 'fmt ') {
      rate = bytes.readUInt32LE(at + 12)
      alaw = bytes.readUInt16LE(at + 8) === 6
    }
    if (name === 'data') {
      const size = stated === 0 ? bytes.length - at - 8 : Math.min(stated, bytes.length - at - 8)
      if (alaw) return { rate, samples: decode(8, bytes.subarray(at + 8, at + 8 + size)) }
      const samples = new Int16Array(Math.floor(size / 2))
      for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(at + 8 + i * 2)
      return { rate, samples }
    }
    at += 8 + stated + (stated & 1)
  }
  return { rate, samples: new Int16Array(0) }
}

/** To another rate with a windowed sinc, so that nothing folds over. */
export function resample(samples, from, to) {
  if (from === to) return samples
  const cut = Math.min(1, to / from) * 0.95
  const half = Math.ceil(16 / cut)
  const out = new Int16Array(Math.floor((samples.length * to) / from))
  for (let i = 0; i < out.length; i++) {
    const centre = (i * from) / to
    let sum = 0
    for (let j = Math.max(0, Math.ceil(centre - half)); j <= Math.min(samples.length - 1, centre + half); j++) {
      const x = (j - centre) * cut
      const window = 0.5 + 0.5 * Math.cos((Math.PI * (j - centre)) / half)
      sum += samples[j] * window * cut * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
    }
    out[i] = Math.max(-32768, Math.min(32767, Math.round(sum)))
  }
  return out
}
