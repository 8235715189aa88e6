// Load: callers who hear a second of prompt, and calls that are bridged. Small in every run, whole with --long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { voice } from '../lib/clips.mjs'
import { ANSWERER, Counters, LISTENER, SPEAKER, countedPcap, sipp } from '../lib/load.mjs'
import { freePort } from '../lib/process.mjs'
import { house } from '../lib/setup.mjs'
import { until, within } from '../lib/wait.mjs'

const LONG = Boolean(process.env.HELPLINE_LONG)
// In full, memory is compared once as many transactions end as begin: what is answered is remembered for 32 s (RFC 3261 §17.2.2, §13.3.1.4).
const [SECONDS, EARLY, LATE] = LONG ? [60, 4000, 5990] : [5, 200, 490]
const [BRIDGED, TALK_S] = LONG ? [100, 60] : [20, 10]
const PROMPT = '4008169590'
const DIAL = '4008169591'

const phone = await freePort()
const it = house({
  log: 'warn',
  users: false,
  toml: `[service.load]
numbers = ["${PROMPT}"]
flow = "load"
language = "zh-CN"
synthetic = true

[service.bridge]
numbers = ["${DIAL}"]
flow = "bridge"
language = "zh-CN"
synthetic = true
`,
  flows: {
    load: 'start = "say"\n[steps.say]\ndo = "say"\nprompts = ["load"]\nnext = "end"\n[steps.end]\ndo = "hangup"\n',
    bridge: `start = "dial"\n[steps.dial]\ndo = "dial"\nuri = "sip:load@127.0.0.1:${phone}"\nnext = "end"\n[steps.end]\ndo = "hangup"\n`,
  },
  prompts: Object.fromEntries(['zh-CN', 'yue', 'en'].map((language) => [`${language}/load`, voice('a second of prompt', 1)])),
})

test(`100 calls a second for ${SECONDS} s: none fails, each hears the second of prompt, memory stays`, async (t) => {
  const calls = 100 * SECONDS
  const media = 40000
  const taps = await it.keep(Counters.open(media, calls > 2500 ? 2500 : calls))
  const load = sipp(it.engine, LISTENER(PROMPT), { port: await freePort(), media, rate: 100, calls })
  const memory = (n) => until(() => taps.streams.size >= n && it.engine.memory(), () => `call ${n} (${taps.streams.size} so far)\n${load.output().slice(-1500)}`, 120000, 10)
  const early = await memory(EARLY)
  const late = await memory(LATE)
  const { code } = await within(load.ended, 'the end of the load', 60000)
  assert.equal(code, 0, load.output().slice(-1500))
  assert.equal(taps.dropped(), 0, 'the test itself drops no packet')
  const counts = [...taps.streams.values()].map(({ count }) => count)
  assert.equal(counts.length, calls)
  const fewest = Math.min(...counts)
  const grown = (late - early) / 1e6
  t.diagnostic(`fewest packets ${fewest}; memory ${(early / 1e6).toFixed(1)} MB after ${EARLY} calls, ${grown.toFixed(1)} MB more after ${LATE}`)
  assert.ok(fewest >= 45, `a call heard ${fewest} packets`)
  assert.ok(grown < 5, `memory grew by ${grown.toFixed(1)} MB`)
  await it.close(taps)
})

test(`${BRIDGED} bridged calls for ${TALK_S} s: no packet is lost in either direction`, async (t) => {
  const [near, far] = [40000, 50000]
  const [callers, answerers] = [await it.keep(Counters.open(near, BRIDGED, { counted: true })), await it.keep(Counters.open(far, BRIDGED, { counted: true }))]
  const { directory } = it.engine
  const theirs = countedPcap(directory, 'theirs', TALK_S + 60, 7)
  sipp(it.engine, ANSWERER(theirs), { port: phone, media: far, calls: BRIDGED })
  const load = sipp(it.engine, SPEAKER(DIAL, countedPcap(directory, 'ours', TALK_S, 8), TALK_S * 1000 + 1500), { port: await freePort(), media: near, rate: 20, calls: BRIDGED })
  const { code } = await within(load.ended, 'the end of the calls', TALK_S * 1000 + 40000)
  assert.equal(code, 0, load.output().slice(-1500))
  assert.equal(callers.dropped() + answerers.dropped(), 0, 'the test itself drops no packet')
  for (const [way, streams] of [['to the answerer', answerers.streams], ['to the caller', callers.streams]]) {
    assert.equal(streams.size, BRIDGED, way)
    const lost = [...streams.values()].map(({ first, last, numbers }) => last - first + 1 - numbers.size)
    const late = Math.max(...[...streams.values()].map(({ first }) => first))
    t.diagnostic(`${way}: ${lost.reduce((a, b) => a + b)} lost of ${[...streams.values()].reduce((sum, { count }) => sum + count, 0)}, bridged from frame ${late} on at the latest`)
    assert.ok(lost.every((n) => n === 0), `${way}: lost ${lost.filter((n) => n > 0)}`)
    assert.ok(late < 100, `${way}: bridged only after ${late} frames`)
  }
  for (const { last } of answerers.streams.values()) assert.equal(last, TALK_S * 50 - 1, 'up to the last frame')
})
