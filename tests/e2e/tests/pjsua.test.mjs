// pjsua2 as a caller and as operators at desk phones, over UDP, TCP and TLS: a third maker's SIP and RTP on both sides of a call.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Authority } from '../lib/certificates.mjs'
import { find } from '../lib/correlate.mjs'
import { HOTLINE } from '../lib/engine.mjs'
import { Pjsua } from '../lib/pjsua.mjs'
import { freePort } from '../lib/process.mjs'
import { prompt } from '../lib/prompts.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'
import { never } from '../lib/wait.mjs'

const folder = mkdtempSync(join(tmpdir(), 'helpline-tls-'))
after(() => rmSync(folder, { recursive: true }))
const authority = await Authority.make(folder)
const [ours, theirs] = [await authority.sign('engine'), await authority.sign('phone', 'DNS:phone.example')]
const sip = { tls: await freePort(), phone: { udp: await freePort(), tcp: await freePort(), tls: await freePort() } }

const phone = (transport, language, uri, more = '') => `[operator.${transport}]
uri = "${uri}"
skills = ["lang:${language}"]
${more}
`
const at = `operator@127.0.0.1:`
const it = house({
  users: false,
  settings: { SIP__TLS: `127.0.0.1:${sip.tls}`, SIP__CERTIFICATE: ours.certificate, SIP__KEY: ours.key, QUEUE__HOTLINE__WRAP_UP_S: 0 },
  toml: [
    phone('udp', 'zh-CN', `sip:${at}${sip.phone.udp}`),
    phone('tcp', 'yue', `sip:${at}${sip.phone.tcp};transport=tcp`),
    phone('tls', 'en', `sips:${at}${sip.phone.tls}`, `tls = { name = "phone.example", roots = "${authority.certificate}" }`),
  ].join('\n'),
  async furnish(it) {
    const tls = { believes: authority.certificate, ...theirs }
    operator = await it.keep(Pjsua.open({ directory: it.engine.directory, user: 'operator', ports: sip.phone, tls }))
  },
})
let operator

const uri = (transport, to = HOTLINE) => `sip:${to}@127.0.0.1:${transport === 'tls' ? sip.tls : it.engine.ports.sip};transport=${transport}`

function open(transport, options = {}) {
  const tls = { believes: authority.certificate, certificate: '', key: '' }
  const number = it.engine.number()
  return it.keep(Pjsua.open({ directory: it.engine.directory, user: number, transport, tls, ...options })).then((caller) => Object.assign(caller, { number }))
}

// From the first words to talk both ways.
async function talk(caller, keys, transport = 'udp') {
  const rings = operator.events.length
  const since = operator.heard().length
  await caller.call(uri(transport))
  await caller.untilHeard(prompt('zh-CN', 'welcome'), 'the welcome')
  caller.press(keys[0])
  await caller.untilHeard(prompt(LANGUAGES[keys[0]], 'topic_menu'), 'the topics')
  caller.press(keys[1])
  await operator.event('confirmed', { after: rings, deadlineMs: 15000 })
  await Promise.all([operator.untilHeard(caller.voice, 'the caller', { since }), caller.untilHeard(operator.voice, 'the operator')])
  return { rings, since }
}
const LANGUAGES = { 1: 'zh-CN', 2: 'yue', 3: 'en' }

async function conversed(caller, expected) {
  const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the call in the log')
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, row[key]])), expected)
}

for (const [transport, key, hangsUp] of [['udp', '1', 'caller'], ['tcp', '2', 'operator'], ['tls', '3', 'caller']]) {
  test(`over ${transport} on both sides; the ${hangsUp} hangs up`, async () => {
    const caller = await open(transport)
    const { rings } = await talk(caller, `${key}1`, transport)
    assert.equal(find(caller.heard(), caller.voice).heard, false, 'the caller does not hear themselves')
    ;(hangsUp === 'caller' ? caller : operator).hangUp()
    await Promise.all([caller.ended(), operator.ended(rings)])
    await conversed(caller, { operator: transport, language: LANGUAGES[key], cause: 'conversed' })
    await it.close(caller)
  })
}

test('hold and resume by the caller, and by the operator', async () => {
  const caller = await open('udp')
  const { rings } = await talk(caller, '11')
  for (const [one, other] of [[caller, operator], [operator, caller]]) {
    await one.hold()
    const held = other.heard().length + 4000
    await never(() => find(other.heard(held), one.voice).heard, 'who holds is heard', 2500)
    await one.resume()
    await other.untilHeard(one.voice, 'who held, again', { since: other.heard().length })
  }
  caller.hangUp()
  await Promise.all([caller.ended(), operator.ended(rings)])
  await it.close(caller)
})

test('a caller who hangs up while the operator rings, and one whose BYE meets the operator’s', async () => {
  const early = await open('udp')
  await early.call(uri('udp'))
  early.hangUp()
  await early.ended()
  const caller = await open('tcp')
  const { rings } = await talk(caller, '11', 'tcp')
  caller.hangUp()
  operator.hangUp()
  await Promise.all([caller.ended(), operator.ended(rings)])
  await conversed(caller, { cause: 'conversed' })
  for (const gone of [early, caller]) await it.close(gone)
})

test('a caller who cancels: over UDP and at once, so that CANCEL meets our 200', async () => {
  for (let i = 0; i < 5; i++) {
    const caller = await open('udp')
    caller.dial(uri('udp'))
    await caller.event('calling')
    caller.hangUp()
    await caller.ended()
    const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the call in the log')
    assert.notEqual(row.cause, 'conversed')
    await it.close(caller)
  }
})

nobodyIsNamed(it)
