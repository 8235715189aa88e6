// Voice encrypted with keys in the SDP (RFC 4568), pjsua2 on both sides: offered by a caller over TLS, demanded of an operator's phone, and
// refused where anybody could read the keys.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Authority } from '../lib/certificates.mjs'
import { HOTLINE } from '../lib/engine.mjs'
import { Pjsua } from '../lib/pjsua.mjs'
import { freePort } from '../lib/process.mjs'
import { prompt } from '../lib/prompts.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'

const folder = mkdtempSync(join(tmpdir(), 'helpline-srtp-'))
after(() => rmSync(folder, { recursive: true }))
const authority = await Authority.make(folder)
const [ours, theirs] = [await authority.sign('engine'), await authority.sign('phone', 'DNS:phone.example')]
const port = { sip: await freePort(), phone: await freePort() }
const PHONE = '127.0.0.31'

const it = house({
  users: false,
  settings: { SIP__TLS: `127.0.0.1:${port.sip}`, SIP__CERTIFICATE: ours.certificate, SIP__KEY: ours.key, QUEUE__HOTLINE__WRAP_UP_S: 0 },
  toml: `[trunk.desk_phones]
addresses = ["${PHONE}"]
srtp = "required"

[operator.phone]
uri = "sips:operator@${PHONE}:${port.phone}"
skills = ["lang:zh-CN"]
tls = { name = "phone.example", roots = "${authority.certificate}" }
`,
  async furnish(it) {
    const tls = { believes: authority.certificate, ...theirs }
    operator = await it.keep(Pjsua.open({ directory: it.engine.directory, user: 'operator', host: PHONE, ports: { tls: port.phone }, tls, srtp: 'must' }))
  },
})
let operator

function open(transport, srtp) {
  const tls = { believes: authority.certificate, certificate: '', key: '' }
  const number = it.engine.number()
  return it.keep(Pjsua.open({ directory: it.engine.directory, user: number, transport, tls, srtp })).then((caller) => Object.assign(caller, { number }))
}

const uri = (transport) => `sip:${HOTLINE}@127.0.0.1:${transport === 'tls' ? port.sip : it.engine.ports.sip};transport=${transport}`

for (const srtp of ['must', 'may']) {
  test(`a caller who ${srtp} encrypt and an operator who must hear each other`, async () => {
    const caller = await open('tls', srtp)
    const rings = operator.events.length
    const since = operator.heard().length
    await caller.call(uri('tls'))
    await caller.untilHeard(prompt('zh-CN', 'welcome'), 'the welcome')
    caller.press('1')
    await caller.untilHeard(prompt('zh-CN', 'topic_menu'), 'the topics')
    caller.press('1')
    await operator.event('confirmed', { after: rings, deadlineMs: 15000 })
    await Promise.all([operator.untilHeard(caller.voice, 'the caller', { since }), caller.untilHeard(operator.voice, 'the operator')])
    caller.hangUp()
    await Promise.all([caller.ended(), operator.ended(rings)])
    const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the call in the log')
    assert.equal(row.cause, 'conversed')
    await it.close(caller)
  })
}

test('keys that anybody could read are not taken: 488, and the call is owed', async () => {
  const caller = await open('udp', 'must')
  caller.dial(uri('udp'))
  const { status } = await caller.ended()
  assert.equal(status, 488)
  const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the call in the log')
  assert.notEqual(row.cause, 'conversed')
  await it.close(caller)
})

test('no key is in the log', () => assert.doesNotMatch(it.engine.logTail(1e7), /inline:|AES_CM/))

nobodyIsNamed(it)
