// Strangers at the media ports of a call: what they send is heard by nobody, and nobody's voice goes to them (rtpbleed), before it has found its
// way, while both talk, and after its end; neither forged reports nor a flood at the browsers' port disturbs anything.
import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { Answerer } from '../lib/answerer.mjs'
import { voice } from '../lib/clips.mjs'
import { find } from '../lib/correlate.mjs'
import { freePort } from '../lib/process.mjs'
import { prompt } from '../lib/prompts.mjs'
import { stream } from '../lib/rtp.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'

const alone = Object.keys(networkInterfaces()).every((name) => name === 'lo')
const only = { skip: !alone && 'only in a network namespace of its own' }
const port = await freePort()
let operator
const it = house({
  users: false,
  settings: { QUEUE__HOTLINE__WRAP_UP_S: 0 },
  toml: `[operator.phone]\nuri = "sip:operator@127.0.0.1:${port}"\nskills = ["lang:zh-CN"]\n`,
  async furnish(it) {
    operator = await it.keep(Answerer.open({ directory: it.engine.directory, port }))
  },
})

/** A socket at an address that no description named; counts what comes back. */
class Stranger {
  got = 0
  static async at(address) {
    const stranger = new Stranger()
    stranger.socket = dgram.createSocket('udp4').on('message', () => stranger.got++)
    await new Promise((resolve, reject) => stranger.socket.once('error', reject).bind(0, address, resolve))
    return it.keep(stranger)
  }
  send(bytes, to) {
    return new Promise((resolve) => this.socket.send(bytes, to, '127.0.0.1', resolve))
  }
  async close() {
    this.socket.close()
  }
}

const intruder = voice('intruder')
// Two seconds of the intruder's words, as a stream of the caller's own SSRC and numbers.
const words = (ssrc) => stream({ samples: intruder, seconds: 2, sequence: 200, timestamp: 17600, ssrc }).map(({ data }) => data)
// RFC 3550 §6.6: goodbye in the caller's name, and a report that all is lost.
const forged = (ssrc) => {
  const bye = Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 0])
  bye.writeUInt32BE(ssrc, 4)
  return bye
}

test('nobody who was not named gets in or gets anything', only, async () => {
  const caller = await it.caller({ keys: '11' })
  await caller.greeted()
  const ssrc = Number(caller.number.slice(-8))
  const theirs = await Stranger.at('127.0.0.66')
  const towards = () => caller.tap.packets.at(-1).from
  for (const bytes of words(ssrc)) await theirs.send(bytes, towards())
  await theirs.send(forged(ssrc), towards() + 1)
  await caller.press()
  const topics = caller.tap.mark()
  await untilCallerHears(caller, prompt('zh-CN', 'topic_menu'), 'the topics', { since: topics, deadlineMs: 20000 })
  await caller.press()
  await until(() => find(operator.tap.pcm(), caller.voice).heard, 'the operator hears the caller', 20000)

  // While they talk: from another address, and from another port of the caller's own.
  const near = await Stranger.at('127.0.0.1')
  const phone = operator.tap.packets.at(-1).from
  for (const bytes of words(ssrc)) {
    for (const stranger of [theirs, near]) {
      await stranger.send(bytes, towards())
      await stranger.send(bytes, phone)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  for (const stranger of [theirs, near]) await stranger.send(forged(ssrc), towards() + 1)
  const since = caller.tap.mark()
  await untilCallerHears(caller, operator.voice, 'the operator, still', { since })
  await caller.hangUp()
  await caller.done()
  for (const bytes of words(ssrc)) await theirs.send(bytes, towards())

  assert.deepEqual([theirs.got, near.got], [0, 0], 'nothing went to a stranger')
  assert.equal(find(operator.tap.pcm(), intruder).heard, false, 'the operator did not hear the intruder')
  assert.equal(find(caller.tap.pcm(), intruder).heard, false, 'nor did the caller')
  const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the call in the log')
  assert.equal(row.cause, 'conversed')
})

test('a flood at the browsers’ port gets no answer and stops nobody', only, async () => {
  const flood = await Stranger.at('127.0.0.66')
  const caller = await it.caller({ keys: '1' })
  await caller.event('answered')
  for (let n = 0; n < 20000; n++) {
    const name = Buffer.from(`x${n}:y`.padEnd(12))
    const bytes = Buffer.concat([Buffer.from([0, 1, 0, 16, 0x21, 0x12, 0xa4, 0x42]), Buffer.alloc(12, n), Buffer.from([0, 6, 0, 12]), name])
    await flood.send(n % 3 ? bytes : Buffer.from([22, 254, 253, 0, 0, n & 255]), it.engine.ports.browser)
  }
  await untilCallerHears(caller, prompt('zh-CN', 'welcome'), 'the welcome, whole', { deadlineMs: 15000 })
  assert.equal(flood.got, 0)
  assert.equal((await fetch(`${it.engine.url}/healthz`)).status, 200)
  await it.close(caller)
})

nobodyIsNamed(it)
