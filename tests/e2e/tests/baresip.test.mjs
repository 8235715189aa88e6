// baresip as the caller: another maker's SIP and RTP. It names an address of this machine beside loopback, so the engine
// stands there too, as in earnest: a trial stays on loopback.
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { Baresip } from '../lib/baresip.mjs'
import { find } from '../lib/correlate.mjs'
import { Desk } from '../lib/desk.mjs'
import { HOTLINE } from '../lib/engine.mjs'
import { freePort } from '../lib/process.mjs'
import { prompt } from '../lib/prompts.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'

const host = Object.values(networkInterfaces()).flat().find(({ family, address }) => family === 'IPv4' && !address.startsWith('127.')).address
const sip = await freePort()
const it = house({
  trial: false,
  settings: { SIP__UDP: `${host}:${sip}`, SIP__TCP: `127.0.0.1:${sip}`, MEDIA__RTP_ADDRESSES: host },
  ports: { sip },
  toml: `[trunk.beside]\naddresses = ["${host}"]\n`,
})

test('baresip calls and a desk answers', async () => {
  const desk = await it.keep(Desk.ready(it.engine, 'chen'))
  const number = it.engine.number()
  const phone = await it.keep(Baresip.open({ engine: it.engine, number, host }))
  await phone.dial(`sip:${HOTLINE}@${host}:${it.engine.ports.sip}`)
  phone.press('1')
  await until(() => find(phone.heard(), prompt('zh-CN', 'topic_menu')).heard, 'baresip hears the topics', 12000, 250)
  phone.press('1')
  await desk.rings()
  await desk.answer()
  await desk.listen()
  await desk.untilHeard(phone.voice, 'baresip')
  await until(() => find(phone.heard(), desk.voice).heard, 'baresip hears the operator', 12000, 250)
  await phone.hangUp()
  await desk.wrapUp('spoken')
  const row = await it.engine.call(number, ({ outcome }) => outcome === 'spoken', 'the call with its outcome')
  assert.equal(row.cause, 'conversed')
  await it.close(desk)
})

nobodyIsNamed(it)
