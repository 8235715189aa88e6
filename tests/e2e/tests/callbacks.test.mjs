// From the evening's wish to the conversation: who could not reach us is rung for at the desk when it is time, dialled through a trunk that shows
// our own number, spoken with, and owed no more. And all that comes between: busy lines, machines, callers who are quicker than we are.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { Carrier } from '../lib/carrier.mjs'
import { voice } from '../lib/clips.mjs'
import { HOTLINE, mask } from '../lib/engine.mjs'
import { prompt } from '../lib/prompts.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'
import { OURS, Shift, trunks } from '../lib/shift.mjs'

const FACTORY = '076922345678'
const carrier = await Carrier.open({ voice: 'who picks up' })
// What after-hours.test.mjs listens to is short here.
const brief = ['closed', 'closed_opens_at', 'callback_menu', 'part_menu', 'callback_discreet', 'goodbye']

const it = house({
  clock: '2026-11-22T22:15:00+08:00',
  log: 'info',
  prompts: Object.fromEntries(brief.map((name) => [`zh-CN/${name}`, voice('a brief word', 0.5)])),
  toml: trunks({ mobile: carrier }),
  settings: { SERVICE__HOTLINE__NUMBERS: `${HOTLINE},${OURS}`, QUEUE__HOTLINE__NOBODY_AFTER_S: 600 },
  furnish: async (it) => {
    await it.keep(carrier)
    it.engine.numbers.push(FACTORY)
    for (const name of ['morning', 'busy', 'machine', 'quicker', 'back', 'shared']) people[name] = it.engine.number()
  },
})
const people = {}
let shift

/** A shift of Li's for all tests of one time of day. */
function at(clock, { ready = true } = {}) {
  before(async () => {
    await it.engine.at(clock)
    shift = await Shift.begin(it, { ready })
  })
  afterEach(() => shift?.tidy())
  after(async () => {
    await shift?.close()
    shift = undefined
  })
}

test('in the evening they are promised a call: one for the morning, the others for whenever it is; some only hang up', async () => {
  const api = await Api.signIn(it.engine, 'wang')
  const wishes = { morning: { keys: '111', steps: ['callback', 'part'] } }
  const callers = []
  // In this order they are owed their calls.
  for (const name of ['morning', 'busy', 'machine', 'quicker', 'back']) {
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
  at('2026-11-23T09:00:00+08:00', { ready: false })

  test('who is quicker than we are goes before all calls of ours, is spoken with, and is not called', async () => {
    const again = await it.caller({ number: people.quicker, keys: '11' })
    await again.greeted()
    await again.press()
    await again.press()
    await shift.api.told(people.quicker, 'queued')
    await shift.desk.beReady()
    await shift.desk.rings()
    assert.ok((await shift.desk.page.textContent('[data-testid=offer-card]')).includes(mask(people.quicker)))
    await shift.desk.answer()
    await shift.desk.listen()
    await shift.desk.untilHeard(again.voice, 'the caller', 30000)
    await untilCallerHears(again, shift.desk.voice, 'the operator', { deadlineMs: 30000 })
    await again.hangUp()
    await shift.desk.finish('spoken')
    const { journeys, attempts } = await shift.spoken(people.quicker)
    assert.deepEqual([journeys, attempts], [2, 0])
  })

  test('who asked for the morning is dialled by our own number, both hear each other, and nothing is owed', async () => {
    const { invite, owed } = await shift.speak(people.morning, carrier, { listen: true })
    assert.match(invite.headers.from, new RegExp(`<sip:${OURS}@`))
    assert.match(invite.headers['p-asserted-identity'], new RegExp(`<sip:${OURS}@`))
    const [[kept]] = await it.engine.postgres.query(`select kept from helpline.promises where obligation = '${owed.obligation}'`)
    assert.equal(kept, 't', 'what was promised is kept')
    const row = await shift.api.call(people.morning)
    assert.deepEqual([row.cause, row.outcome, row.obligation], ['conversed', 'spoken', 'discharged'])
  })

  test('busy: again in a quarter of an hour', async () => {
    carrier.to[people.busy] = 'busy'
    await shift.take(people.busy, carrier)
    await shift.desk.finish('busy')
    const { due, last_attempt, plan_reason } = await shift.api.owed(people.busy, (row) => row.state === 'open' && row.last_result === 'busy' && row.plan_reason === 'busy', 'another try')
    const minutes = (Date.parse(due) - Date.parse(last_attempt)) / 60000
    assert.ok(minutes >= 15 && minutes < 16, `${plan_reason}: again after ${minutes} minutes`)
  })

  test('an answering machine: nothing is said to it, and it is tried again in another part of the day', async () => {
    await shift.take(people.machine, carrier)
    await shift.desk.reached()
    await shift.desk.click('hangup')
    await shift.desk.finish('machine')
    const { due } = await shift.api.owed(people.machine, (row) => row.state === 'open' && row.last_result === 'machine', 'another try')
    assert.equal(due, '2026-11-23T04:00:00Z', 'at noon')
  })

  test('who rings back while we dial them is with that operator, and our call is taken back', async () => {
    carrier.to[people.back] = 'ring'
    const { of } = await shift.take(people.back, carrier)
    await shift.desk.page.waitForSelector('[data-testid=attempt][data-stage=ringing]')
    const back = await it.caller({ number: people.back, to: OURS })
    await back.event('answered')
    await carrier.request('CANCEL', of)
    await shift.desk.listen()
    await shift.desk.untilHeard(back.voice, 'who rang back', 30000)
    await untilCallerHears(back, shift.desk.voice, 'the operator', { deadlineMs: 30000 })
    await back.hangUp()
    await shift.desk.finish('spoken')
    await shift.spoken(people.back)
    const causes = (await shift.api.calls()).filter(({ caller }) => caller === mask(people.back)).map(({ cause }) => cause)
    assert.deepEqual(causes, ['conversed', 'rang_back', 'closed'])
  })
})

describe('half past nine', () => {
  at('2026-11-23T09:30:00+08:00')

  test('the line that was busy is free', async () => {
    carrier.to = {}
    const machine = carrier.invites(people.machine).length
    await shift.speak(people.busy, carrier)
    assert.equal(carrier.invites(people.machine).length, machine, 'the machine is for noon')
  })
})

describe('at noon', () => {
  at('2026-11-23T12:00:00+08:00')

  test('where a machine was, there is a person', () => shift.speak(people.machine, carrier))

  test('a number of several people and a factory’s line were never dialled: a person decides; nobody is lost', async () => {
    for (const [number, reason] of [[people.shared, 'number_shared'], [FACTORY, 'not_unasked']]) {
      assert.equal(carrier.invites(number).length, 0, reason)
      const row = await shift.api.owed(number, ({ state }) => state === 'open', 'what is owed')
      assert.deepEqual([row.list, row.list_reason], ['supervisor', reason])
    }
    const { obligations } = await shift.api.get('/api/obligations?limit=200')
    const open = obligations.filter(({ state }) => state !== 'discharged').map(({ caller }) => caller)
    assert.deepEqual(open.sort(), [mask(people.shared), mask(people.shared), mask(FACTORY)].sort())
    assert.deepEqual(await it.engine.postgres.query('select * from helpline.lost_callers'), [])
    await it.engine.cli(['reconcile'])
  })
})

nobodyIsNamed(it)
