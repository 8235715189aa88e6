// The recordings that callers must hear, as they reach a telephone.
import { join } from 'node:path'
import { REPOSITORY } from './engine.mjs'
import { readWav, resample } from './wav.mjs'

/** A prompt, or music with language `music`, at 8 kHz; `seconds`: its beginning only. */
export function prompt(language, name, seconds = 12) {
  const { rate, samples } = readWav(join(REPOSITORY, 'config/prompts', language, `${name}.wav`))
  return Object.assign(resample(samples.slice(0, seconds * rate), rate, 8000), { exact: true })
}
