// The harness proves itself without the engine: what one SIPp says, the other hears, and nobody hears what was not said.
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Answerer } from '../lib/answerer.mjs'
import { find } from '../lib/correlate.mjs'
import { voice } from '../lib/clips.mjs'
import { Caller } from '../lib/sipp.mjs'

const directory = mkdtempSync(join(tmpdir(), 'helpline-harness-'))
const closing = []
after(() => Promise.all(closing.map((thing) => thing.close())))

for (const [transport, host] of [['udp', '127.0.0.1'], ['tcp', '127.0.0.1'], ['udp', '::1']]) {
  test(`two SIPps hear each other (${transport}, ${host})`, async () => {
    const operator = await Answerer.open({ directory, transport, host })
    closing.push(operator)
    const caller = await Caller.dial({ engine: { directory, ports: { sip: operator.port } }, number: '13800000001', to: '100', keys: '15', transport, host })
    closing.push(caller)
    await caller.event('answered')
    await caller.press()
    await operator.tap.until((tap) => tap.packets.some((p) => p.type === 101), 'a key packet')
    await caller.press()
    await operator.tap.until((tap) => tap.packets.filter((p) => p.type === 101).length === 18, 'two keys of nine packets')
    await operator.tap.until((tap) => find(tap.pcm(), caller.voice).heard, 'the caller at the operator')
    await caller.tap.until((tap) => find(tap.pcm(), operator.voice).heard, 'the operator at the caller')
    assert.equal(find(caller.tap.pcm(), caller.voice).heard, false)
    assert.equal(find(operator.tap.pcm(), voice('somebody else')).heard, false)
    // Each speaks from the port that it named: a carrier does, and the engine latches onto nothing else.
    assert.equal(operator.tap.packets[0].from, caller.tap.port)
    assert.equal(caller.tap.packets[0].from, operator.tap.port)
    await caller.hangUp()
    await caller.done()
  })
}
