// Who does not want to wait presses a key and keeps their place: it is rung for before all who came later, and the call leaves by whichever trunk
// takes it.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Carrier } from '../lib/carrier.mjs'
import { voice } from '../lib/clips.mjs'
import { HOTLINE, mask } from '../lib/engine.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'
import { OURS, Shift, trunks } from '../lib/shift.mjs'

const carriers = { first: await Carrier.open({ voice: 'who picks up' }), second: await Carrier.open({ voice: 'who picks up elsewhere' }) }
const { first, second } = carriers
const brief = ['queue_entry', 'queue_callback_kept', 'callback_discreet', 'goodbye']

const it = house({
  clock: '2026-11-23T10:00:00+08:00',
  log: 'info',
  prompts: Object.fromEntries(brief.map((name) => [`zh-CN/${name}`, voice('a brief word', 0.5)])),
  toml: trunks(carriers),
  settings: { SERVICE__HOTLINE__NUMBERS: `${HOTLINE},${OURS}`, QUEUE__HOTLINE__NOBODY_AFTER_S: 600 },
  furnish: async (it) => {
    for (const carrier of [first, second]) await it.keep(carrier)
    for (const name of ['refused', 'silent', 'line', 'behind']) people[name] = it.engine.number()
  },
})
const people = {}

describe('nobody is ready', () => {
  let shift
  before(async () => (shift = await Shift.begin(it, { ready: false })))
  afterEach(() => shift?.tidy())
  after(() => shift?.close())

  /** In line. */
  async function waits(number, keys = '11') {
    const caller = await it.caller({ number, keys })
    await caller.event('answered', 20000)
    await caller.greeted()
    await caller.press()
    await caller.press()
    await shift.api.told(number, 'queued')
    return caller
  }

  /** Leaves the line by the key, while nobody is ready. */
  async function leaves(number) {
    if (await shift.desk.page.$('[data-testid=desk-state][data-state=ready]')) await shift.desk.rest()
    const caller = await waits(number, '111')
    await caller.press()
    await caller.event('ended', 30000)
    await caller.done()
    const { plan_reason, promise } = await shift.api.owed(number, ({ due }) => due, 'a call at once')
    assert.equal(plan_reason, 'place_kept')
    assert.ok(promise, 'a time is promised')
  }

  test('the key keeps the place: that call goes before who came later and waits', async () => {
    await leaves(people.line)
    const behind = await waits(people.behind)
    await shift.speak(people.line, first)
    await shift.desk.rings()
    assert.ok((await shift.desk.page.textContent('[data-testid=offer-card]')).includes(mask(people.behind)))
    await shift.desk.answer()
    await untilCallerHears(behind, shift.desk.voice, 'the operator', { deadlineMs: 30000 })
    await behind.hangUp()
    await shift.desk.finish('spoken')
    await shift.spoken(people.behind)
  })

  for (const [name, how, what] of [['refused', 'unavailable', '503'], ['silent', 'silent', 'no word']]) {
    test(`${what} from the first carrier: the second one gets the call, and the record says so`, async () => {
      const number = people[name]
      first.to[number] = how
      await leaves(number)
      const { owed } = await shift.speak(number, second, { listen: true })
      assert.ok(first.invites(number).length > 0, 'the first carrier was asked first')
      const { journey } = await shift.api.call(number)
      const told = (await shift.api.steps(journey)).filter(({ event }) => ['attempt_dialled', 'attempt_failed'].includes(event))
      assert.deepEqual(told.map(({ detail }) => detail.trunk ?? detail.reason), ['first', 'trunk_down', 'second'])
      assert.equal(owed.attempts, 1, 'one attempt, by two trunks')
    })
  }

  test('nobody is lost, and Postgres says the same as the journal', async () => {
    assert.deepEqual(await it.engine.postgres.query('select * from helpline.lost_callers'), [])
    await it.engine.cli(['reconcile'])
  })
})

nobodyIsNamed(it)
