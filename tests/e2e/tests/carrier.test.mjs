// Trunks that our own calls leave by: registered, believed, asked whether they answer; a service outside called through them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Carrier } from '../lib/carrier.mjs'
import { Desk } from '../lib/desk.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'

// They are there before the engine is, which registers at once.
const login = { user: 'helpline', password: 'from the environment', realm: 'carrier.example' }
const carriers = { first: await Carrier.open({ login }), second: await Carrier.open({ voice: 'the same, by another trunk' }) }
const [first, second] = [carriers.first.port, carriers.second.port]
const OURS = '13925278096'
const it = house({
  // The first carrier wants to know who we are; the second takes what the first does not.
  toml: `[trunk.first]
send_to = "sip:127.0.0.1:${first}"
presents = "${OURS}"
format = [{ prefix = "1", length = 11, put = "+861" }]
priority = 1
patience_s = 1
options_every_s = 1
login = { user = "helpline", password = "from the file" }
register = { user = "+8613925278096", expires_s = 600 }

[trunk.second]
send_to = "sip:127.0.0.1:${second}"
presents = "${OURS}"
patience_s = 1
options_every_s = 1
options_misses = 2

[dial_plan]
referrals = { mind = "12356" }
`,
  settings: { SERVICE__HOTLINE__NUMBERS: `4008169580,${OURS}`, TRUNK__FIRST__LOGIN__PASSWORD: 'from the environment' },
  furnish: async (it) => {
    Object.assign(it, { first: await it.keep(carriers.first), second: await it.keep(carriers.second) })
  },
})

const trunk = async (name) => (await it.engine.json(['trunks'])).find((row) => row.trunk === name)
const state = (name, wanted) =>
  until(async () => (await trunk(name))?.state === wanted, () => `trunk ${name} is ${wanted}`, 15000, 200)

/** A caller with an operator who asks the service outside. */
async function asking() {
  const desk = await it.keep(Desk.ready(it.engine, 'chen'))
  const caller = await it.caller({ keys: '11' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await desk.rings()
  await desk.answer()
  await desk.click('handover-toggle')
  await desk.page.click('[data-testid=target-referral-mind] button >> nth=0', { timeout: 15000 })
  return { desk, caller }
}

async function over({ desk, caller }) {
  await caller.hangUp()
  await desk.wrapUp()
  await it.close(caller)
  await it.close(desk)
}

test('we register with whom we must, in their own words, and both trunks answer', async () => {
  await state('first', 'up')
  await state('second', 'up')
  const register = await it.first.request('REGISTER', ({ headers }) => headers.authorization)
  assert.equal(register.uri, `sip:127.0.0.1:${first}`)
  assert.match(register.headers.to, /<sip:\+8613925278096@/)
  assert.match(register.headers.authorization, /algorithm=SHA-256/)
  assert.equal((await trunk('first')).reason, 'registered')
})

test('a service outside is called by the first trunk, which believes us, and both hear each other; then all three', async () => {
  const call = await asking()
  const invite = await it.first.request('INVITE', ({ headers }) => headers.authorization)
  assert.match(invite.uri, /^sip:12356@127\.0\.0\.1/)
  assert.match(invite.headers.from, /<sip:\+8613925278096@/)
  assert.match(invite.headers['p-asserted-identity'], /<sip:\+8613925278096@/)
  assert.match(invite.body, /m=audio \d+ RTP\/AVP 8 /)
  await it.first.request('ACK', ({ headers }) => headers.authorization)
  await call.desk.listen()
  await call.desk.untilHeard(it.first.voice, 'the service outside', 15000)
  await it.first.tap.until((tap) => tap.packets.length > 50, 'the operator at the service outside')
  const since = call.caller.tap.mark()
  await call.desk.click('conference')
  // Of two voices at once each is half hidden by the other.
  await call.desk.click('mute')
  await untilCallerHears(call.caller, it.first.voice, 'the service outside, beside a silent operator', { since, deadlineMs: 45000 })
  await call.desk.click('cancel-consult')
  await it.first.request('BYE')
  await over(call)
})

test('what is busy is told at once, and asked nowhere else', async () => {
  it.first.calls = 'busy'
  const before = it.second.all('INVITE').length
  const asked = it.first.all('INVITE').length
  const call = await asking()
  await until(() => it.first.all('INVITE').length >= asked + 2, 'both INVITEs at the first carrier: without and with what it asks for')
  await call.desk.page.waitForSelector('[data-testid=handover]:not(.asking)', { timeout: 10000 })
  assert.equal(it.second.all('INVITE').length, before)
  await over(call)
  it.first.calls = 'answer'
})

for (const how of ['unavailable', 'silent']) {
  test(`where the first trunk is ${how}, the second calls the service outside`, async () => {
    it.first.calls = how
    const before = it.second.all('INVITE').length
    const call = await asking()
    await until(() => it.second.all('INVITE').length > before, 'the INVITE at the second carrier')
    const invite = it.second.all('INVITE').at(-1)
    assert.match(invite.uri, /^sip:12356@127\.0\.0\.1/)
    assert.match(invite.headers.from, new RegExp(`<sip:${OURS}@`))
    await call.desk.listen()
    await call.desk.untilHeard(it.second.voice, 'the service outside, through the second trunk', 15000)
    await call.desk.click('cancel-consult')
    await it.second.request('BYE')
    await over(call)
    it.first.calls = 'answer'
  })
}

test('a trunk that falls silent is down, is told of, and up again at its first answer', async () => {
  it.second.alive = false
  await state('second', 'down')
  assert.equal((await trunk('second')).reason, 'silent')
  it.second.alive = true
  await state('second', 'up')
})

test('registrations are taken back at the end', async () => {
  await it.engine.stop()
  await it.first.request('REGISTER', ({ headers }) => headers.expires === '0' && headers.authorization)
  await it.engine.up()
  await state('first', 'up')
})

nobodyIsNamed(it)
