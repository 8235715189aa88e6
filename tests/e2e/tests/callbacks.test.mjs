// From the evening's wish to the conversation: who could not reach us is rung for at the desk when it is time, dialled through a trunk that shows
// our own number, spoken with, and owed no more. And all that comes between: busy lines, machines, callers who are quicker than we are.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { Carrier } from '../lib/carrier.mjs'
import { voice } from '../lib/clips.mjs'
import { find } from '../lib/correlate.mjs'
import { Desk } from '../lib/desk.mjs'
import { HOTLINE, mask } from '../lib/engine.mjs'
import { prompt } from '../lib/prompts.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'
import { Caller } from '../lib/sipp.mjs'
import { until, within } from '../lib/wait.mjs'

/** The number on our calls; ringing back reaches us. */
const OURS = '13925278096'
const FACTORY = '076922345678'
const carriers = { first: await Carrier.open({ voice: 'who picks up' }), second: await Carrier.open({ voice: 'who picks up elsewhere' }) }
// What after-hours.test.mjs listens to is short here.
const brief = Object.fromEntries(['closed', 'closed_opens_at', 'callback_menu', 'part_menu', 'callback_discreet', 'goodbye', 'queue_entry', 'queue_callback_kept'].map((name) => [`zh-CN/${name}`, voice('a brief word', 0.5)]))

const trunk = (name, priority) => `[trunk.${name}]
send_to = "sip:127.0.0.1:${carriers[name].port}"
presents = "${OURS}"
priority = ${priority}
patience_s = 1
options_every_s = 1
`

const it = house({
  clock: '2026-11-22T22:15:00+08:00',
  log: 'info',
  prompts: brief,
  toml: `${trunk('first', 1)}\n${trunk('second', 2)}`,
  settings: { SERVICE__HOTLINE__NUMBERS: `${HOTLINE},${OURS}`, QUEUE__HOTLINE__NOBODY_AFTER_S: 600 },
  furnish: async (it) => {
    Object.assign(it, { first: await it.keep(carriers.first), second: await it.keep(carriers.second) })
    it.engine.numbers.push(FACTORY)
    for (const name of ['morning', 'busy', 'machine', 'quicker', 'back', 'refused', 'silent', 'shared', 'line', 'behind']) people[name] = it.engine.number()
  },
})
const people = {}
let api
let desk

const trunksAreUp = () =>
  until(
    async () => (await it.engine.json(['trunks'])).filter(({ state }) => state === 'up').length === 2,
    'both trunks answer',
    15000,
    200,
  )

/** A desk of Li's for all tests of one time of day; a test that fails leaves it free for the next. */
function atDesk({ clock, ready = true }) {
  before(async () => {
    await it.engine.at(clock)
    api = await Api.signIn(it.engine, 'wang')
    await trunksAreUp()
    desk = await Desk.open(it.engine, 'li')
    await desk.startShift()
    if (ready) await desk.beReady()
  })
  afterEach(async () => {
    await desk?.tidy()
    for (const caller of it.closing.filter((thing) => thing instanceof Caller)) {
      await within(caller.hangUp(), 'a caller leaves', 2000).catch(() => {})
      await it.close(caller)
    }
  })
  after(() => desk?.close())
}

const discharged = (number) => api.owed(number, ({ state }) => state === 'discharged', 'nothing is owed any more')

/** Takes the call that is owed to someone, and waits until it is at this carrier; answers with its INVITE. */
async function take(number, carrier) {
  await desk.readyAnyway()
  const before = carrier.invites(number).length
  await desk.owed(mask(number))
  assert.equal(carrier.invites(number).length, before, 'nobody is dialled before the operator says so')
  const mark = carrier.tap.mark()
  await desk.dial()
  const invite = await until(() => carrier.invites(number)[before], 'an INVITE at the carrier', 10000)
  return { invite, mark, of: ({ headers }) => headers['call-id'] === invite.headers['call-id'] }
}

/** The whole of a call that reaches someone, whose voice is the carrier's. */
async function speak(number, carrier, { listen = false } = {}) {
  const { invite, mark, of } = await take(number, carrier)
  await desk.reached()
  if (listen) {
    await desk.listen()
    await desk.untilHeard(carrier.voice, 'who picks up', 30000)
    await until(() => find(carrier.tap.pcm(mark), desk.voice).heard, 'the operator is heard', 30000, 200)
  }
  await desk.click('hangup')
  await carrier.request('BYE', of)
  await desk.finish('spoken')
  const owed = await discharged(number)
  assert.deepEqual([owed.reason, owed.operator], ['spoken', 'li'])
  return { invite, owed }
}

const events = async (number) => (await api.steps((await api.call(number)).journey)).map(({ event, detail }) => ({ event, ...detail }))

test('in the evening they are promised a call: one for the morning, the others for whenever it is; some only hang up', async () => {
  api = await Api.signIn(it.engine, 'wang')
  const wishes = { morning: { keys: '111', steps: ['callback', 'part'] } }
  const callers = []
  // In this order they are owed their calls.
  for (const name of ['morning', 'busy', 'machine', 'quicker', 'back', 'refused', 'silent']) {
    const { keys = '1', steps = [] } = wishes[name] ?? {}
    callers.push({ caller: await it.caller({ number: people[name], to: HOTLINE, keys, voice: null }), steps })
  }
  // Two at once from one number: it is several people's. And a factory's switchboard.
  for (const number of [people.shared, people.shared, FACTORY]) callers.push({ caller: await it.caller({ number, to: HOTLINE, voice: null }), leaves: true })
  const through = async ({ caller, steps, leaves }) => {
    await caller.event('answered', 30000)
    await caller.greeted()
    if (leaves) return caller.hangUp()
    await caller.press()
    for (const step of steps) {
      await api.told(caller.number, 'step_entered', (detail) => detail.step === step)
      await caller.press()
    }
    if (steps.length > 0) await untilCallerHears(caller, prompt('zh-CN', 'promise.by'), 'a promise', { deadlineMs: 25000 })
    await caller.event('ended', 40000)
  }
  for (const { reason } of await Promise.allSettled(callers.map(through))) assert.ifError(reason)
  for (const { caller } of callers) {
    await caller.done()
    await it.close(caller)
  }
  const { part, due } = await api.owed(people.morning, ({ due }) => due, 'a call in the morning')
  assert.deepEqual([part, due], ['morning', '2026-11-23T01:00:00Z'])
})

describe('the next morning', () => {
  atDesk({ clock: '2026-11-23T09:00:00+08:00', ready: false })

  test('who is quicker than we are goes before all calls of ours, is spoken with, and is not called', async () => {
    const again = await it.caller({ number: people.quicker, keys: '11' })
    await again.greeted()
    await again.press()
    await again.press()
    await api.told(people.quicker, 'queued')
    await desk.beReady()
    await desk.rings()
    assert.ok((await desk.page.textContent('[data-testid=offer-card]')).includes(mask(people.quicker)))
    await desk.answer()
    await desk.listen()
    await desk.untilHeard(again.voice, 'the caller', 30000)
    await untilCallerHears(again, desk.voice, 'the operator', { deadlineMs: 30000 })
    await again.hangUp()
    await desk.finish('spoken')
    const { journeys, attempts } = await discharged(people.quicker)
    assert.deepEqual([journeys, attempts], [2, 0])
  })

  test('who asked for the morning is dialled by our own number, both hear each other, and nothing is owed', async () => {
    const { invite, owed } = await speak(people.morning, it.first, { listen: true })
    assert.match(invite.headers.from, new RegExp(`<sip:${OURS}@`))
    assert.match(invite.headers['p-asserted-identity'], new RegExp(`<sip:${OURS}@`))
    const [[kept]] = await it.engine.postgres.query(`select kept from helpline.promises where obligation = '${owed.obligation}'`)
    assert.equal(kept, 't', 'what was promised is kept')
    const row = await api.call(people.morning)
    assert.deepEqual([row.cause, row.outcome, row.obligation], ['conversed', 'spoken', 'discharged'])
  })

  test('busy: again in a quarter of an hour', async () => {
    it.first.to[people.busy] = 'busy'
    await take(people.busy, it.first)
    await desk.finish('busy')
    const { due, last_attempt, plan_reason } = await api.owed(people.busy, (row) => row.state === 'open' && row.last_result === 'busy' && row.plan_reason === 'busy', 'another try')
    const minutes = (Date.parse(due) - Date.parse(last_attempt)) / 60000
    assert.ok(minutes >= 15 && minutes < 16, `${plan_reason}: again after ${minutes} minutes`)
  })

  test('an answering machine: nothing is said to it, and it is tried again in another part of the day', async () => {
    await take(people.machine, it.first)
    await desk.reached()
    await desk.click('hangup')
    await desk.finish('machine')
    const { due } = await api.owed(people.machine, (row) => row.state === 'open' && row.last_result === 'machine', 'another try')
    assert.equal(due, '2026-11-23T04:00:00Z', 'at noon')
  })

  test('who rings back while we dial them is with that operator, and our call is taken back', async () => {
    it.first.to[people.back] = 'ring'
    const { of } = await take(people.back, it.first)
    await desk.page.waitForSelector('[data-testid=attempt][data-stage=ringing]')
    const back = await it.caller({ number: people.back, to: OURS })
    await back.event('answered')
    await it.first.request('CANCEL', of)
    await desk.listen()
    await desk.untilHeard(back.voice, 'who rang back', 30000)
    await untilCallerHears(back, desk.voice, 'the operator', { deadlineMs: 30000 })
    await back.hangUp()
    await desk.finish('spoken')
    await discharged(people.back)
    const causes = (await api.calls()).filter(({ caller }) => caller === mask(people.back)).map(({ cause }) => cause)
    assert.deepEqual(causes, ['conversed', 'rang_back', 'closed'])
  })

  for (const [name, how, what] of [['refused', 'unavailable', '503'], ['silent', 'silent', 'no word']]) {
    test(`${what} from the first carrier: the second one gets the call, and the record says so`, async () => {
      const number = people[name]
      it.first.to[number] = how
      const { owed } = await speak(number, it.second, { listen: true })
      assert.ok(it.first.invites(number).length > 0, 'the first carrier was asked first')
      const told = await events(number)
      const trunks = told.filter(({ event }) => event === 'attempt_dialled').map(({ trunk }) => trunk)
      const failed = told.filter(({ event }) => event === 'attempt_failed').map(({ reason }) => reason)
      assert.deepEqual([trunks, failed], [['first', 'second'], ['trunk_down']])
      assert.equal(owed.attempts, 1, 'one attempt, by two trunks')
    })
  }

  test('the key in line keeps the place: that call goes before who came later', async () => {
    await desk.rest()
    const first = await it.caller({ number: people.line, keys: '111' })
    await first.greeted()
    await first.press()
    await first.press()
    await api.told(people.line, 'queued')
    await first.press()
    await first.event('ended', 20000)
    const behind = await it.caller({ number: people.behind, keys: '11' })
    await behind.greeted()
    await behind.press()
    await behind.press()
    await api.told(people.behind, 'queued')
    await speak(people.line, it.first)
    await desk.rings()
    await desk.answer()
    await untilCallerHears(behind, desk.voice, 'the operator', { deadlineMs: 30000 })
    await behind.hangUp()
    await desk.finish('spoken')
    await discharged(people.behind)
  })
})

describe('half past nine', () => {
  atDesk({ clock: '2026-11-23T09:30:00+08:00' })

  test('the line that was busy is free', async () => {
    it.first.to = {}
    const machine = it.first.invites(people.machine).length
    await speak(people.busy, it.first)
    assert.equal(it.first.invites(people.machine).length, machine, 'the machine is for noon')
  })
})

describe('at noon', () => {
  atDesk({ clock: '2026-11-23T12:00:00+08:00' })

  test('where a machine was, there is a person', () => speak(people.machine, it.first))

  test('a number of several people and a factory’s line were never dialled: a person decides; nobody is lost', async () => {
    for (const [number, reason] of [[people.shared, 'number_shared'], [FACTORY, 'not_unasked']]) {
      assert.equal(it.first.invites(number).length + it.second.invites(number).length, 0, reason)
      const row = await api.owed(number, ({ state }) => state === 'open', 'what is owed')
      assert.deepEqual([row.list, row.list_reason], ['supervisor', reason])
    }
    const { obligations } = await api.get('/api/obligations?limit=200')
    const open = obligations.filter(({ state }) => state !== 'discharged').map(({ caller }) => caller)
    assert.deepEqual(open.sort(), [mask(people.shared), mask(people.shared), mask(FACTORY)].sort())
    assert.deepEqual(await it.engine.postgres.query('select * from helpline.lost_callers'), [])
    await it.engine.cli(['reconcile'])
  })
})

nobodyIsNamed(it)
