// The judge is judged: it finds what is there, cut, quieter, inverted or as A-law, and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PIECE, find } from '../lib/correlate.mjs'
import { voice } from '../lib/clips.mjs'
import { decode, encodeAlaw } from '../lib/g711.mjs'
import { resample } from '../lib/wav.mjs'

const noise = (length, level, seed = 1) => {
  let state = seed
  return Int16Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return ((state / 4294967296) * 2 - 1) * level
  })
}

function hidden(clip, { at, gain = 1, noiseLevel = 0, seconds = 20 }) {
  const recording = noise(seconds * 8000, noiseLevel)
  clip.forEach((sample, i) => (recording[at + i] += sample * gain))
  return recording
}

test('a clip is found where it is, through A-law, noise and a tenth of the loudness', () => {
  const clip = voice('caller')
  const found = find(decode(8, encodeAlaw(hidden(clip, { at: 40000, gain: 0.1, noiseLevel: 100 }))), clip)
  assert.ok(found.heard && found.peak > 0.9, `peak ${found.peak}`)
  const first = found.pieces[0]
  assert.ok(Math.abs(first.atMs - 5000) <= 1, `found at ${first.atMs} ms`)
})

test('a clip of which only a part came through is found', () => {
  const clip = voice('caller')
  assert.ok(find(hidden(clip.subarray(15000, 33000), { at: 30000 }), clip).heard)
})

test('two pieces that were there, but in the wrong order, are not a voice', () => {
  const clip = voice('caller')
  const recording = noise(160000, 0)
  for (const [piece, at] of [[3, 20000], [2, 40000], [0, 90000]]) recording.set(clip.subarray(piece * 8000, piece * 8000 + 8000), at)
  assert.equal(find(recording, clip).heard, false)
})

test('after a change of the sampling rate and back it is still found', () => {
  const clip = voice('caller')
  assert.ok(find(resample(resample(clip, 8000, 48000), 48000, 8000), clip).peak > 0.9)
})

test('neither noise, silence, a tone nor another voice is taken for it', () => {
  const clip = voice('caller')
  const tone = Int16Array.from({ length: 160000 }, (_, i) => 8000 * Math.sin((2 * Math.PI * 450 * i) / 8000))
  const others = ['desk', 'desk phone', '13800000001', 'baresip'].map((name) => voice(name, 20))
  for (const recording of [noise(160000, 8000), new Int16Array(160000), tone, ...others]) {
    const { heard, peak } = find(recording, clip)
    assert.ok(!heard && peak < PIECE * 0.75, `peak ${peak}`)
  }
})
