// What every file of tests does: an engine for the file, everything closed at its end, and last of all the search for callers' numbers.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { findLatest } from './correlate.mjs'
import { Engine } from './engine.mjs'
import { encodeAlaw } from './g711.mjs'
import { findInFiles, findInTables, shapes } from './privacy.mjs'
import { prompt } from './prompts.mjs'
import { Caller } from './sipp.mjs'
import { until } from './wait.mjs'

/** Declares an engine for this file; `house.engine` is there once tests run. `furnish(house)` sets up what all tests of the file share. */
export function house({ furnish, ...options } = {}) {
  const house = { engine: null, closing: [] }
  let shared = 0
  before(async () => {
    house.engine = await Engine.start(options)
    await furnish?.(house)
    shared = house.closing.length
  })
  // What a failed test leaves behind would make the next ones fail too: an operator who is still on a call, a caller who still waits.
  afterEach(async ({ passed }) => {
    if (!passed) await Promise.all(house.closing.splice(shared).map((thing) => thing.close().catch(() => {})))
  })
  after(async () => {
    for (const thing of house.closing.reverse()) await thing.close().catch(() => {})
    await house.engine?.close()
    // A browser or a caller that a failed test left behind does not hold up the rest.
    setTimeout(() => process.exit(), 3000).unref()
  })
  /** Closed at the end of the file. */
  house.keep = async (promise) => {
    const thing = await promise
    house.closing.push(thing)
    return thing
  }
  /** Closed now. */
  house.close = async (thing) => {
    house.closing = house.closing.filter((other) => other !== thing)
    await thing.close()
  }
  /** A caller with a number of their own. */
  house.caller = (options = {}) => house.keep(Caller.dial({ engine: house.engine, number: house.engine.number(), to: '4008169580', ...options }))
  return house
}

/** Declares the last test of a file: no number of its callers stands anywhere in clear. */
export function nobodyIsNamed(house) {
  test('no caller’s number stands in clear in any log, the journal, or Postgres', async () => {
    const { engine } = house
    assert.ok(engine.numbers.length > 0, 'there were callers')
    // The search sees: what may be there is found.
    const known = findInFiles(engine, [Buffer.from('4008169580')])
    assert.ok(known.length > 0, 'the search finds the dialled number')
    const words = engine.numbers.flatMap(shapes)
    assert.deepEqual(await findInTables(engine, engine.numbers.map((number) => Buffer.from(number))), [])
    assert.deepEqual(findInFiles(engine, words).slice(0, 5), [])
  })
}

/** Waits until a caller's port has received the clip since `mark`. */
export function untilCallerHears(caller, clip, what, { since = 0, deadlineMs = 10000, slackMs } = {}) {
  let last = { peak: 0 }
  return until(
    () => {
      last = findLatest(caller.tap.pcm(since), clip, { slackMs })
      return last.heard && last
    },
    () => `the caller hears ${what} (best match ${last.peak.toFixed(2)}, ${caller.tap.packets.length} packets); ${caller.complaint()}`,
    deadlineMs,
    200,
  )
}

// Twice over, for it goes round.
const music = encodeAlaw(prompt('music', 'waiting', Infinity))
const round = Buffer.concat([music, music])

/** Waits until the last second that reached a caller's port is, byte for byte, a piece of our music, from wherever in it. */
export function untilCallerHearsMusic(caller, what, { since = 0, deadlineMs = 10000 } = {}) {
  const latest = () => caller.tap.packets.slice(since).slice(-50)
  return until(
    () => latest().length === 50 && round.includes(Buffer.concat(latest().map(({ payload }) => payload))),
    () => `the caller hears ${what} (${caller.tap.packets.length} packets); ${caller.complaint()}`,
    deadlineMs,
    100,
  )
}
