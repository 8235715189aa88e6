// A colleague is asked while the caller hears music; the caller is with them, or still with the first, and never on a dead line.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { Browser } from '../lib/browser.mjs'
import { Desk } from '../lib/desk.mjs'
import { house, nobodyIsNamed, untilCallerHears, untilCallerHearsMusic } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'

// Two browsers, and all that listens to them, on whatever machine this is.
const PATIENT = { deadlineMs: 30000 }

const it = house({
  log: 'info',
  async furnish(it) {
    const open = async (name) => it.keep(Desk.open(it.engine, name, { browser: await it.keep(Browser.open({ voice: `operator ${name}` })) }))
    ;[li, chen] = await Promise.all(['li', 'chen'].map(open))
    for (const desk of [li, chen]) await desk.startShift()
  },
})
let li, chen

afterEach(async () => {
  for (const desk of [li, chen]) await desk?.tidy()
})

/** A caller with Li, who asks Chen; she is ready only then, or the call might ring at hers. */
async function asked() {
  const state = await chen.page.getAttribute('[data-testid=desk-state]', 'data-state')
  if (state !== 'not_ready') await chen.rest()
  await li.readyAnyway()
  const caller = await it.caller({ keys: '11' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await li.rings()
  await li.answer()
  await untilCallerHears(caller, li.voice, 'the first operator', PATIENT)
  await chen.readyAnyway()
  const since = caller.tap.mark()
  await li.click('handover-toggle')
  await li.page.click('[data-testid=target-operator-chen] button >> nth=0')
  await chen.page.waitForSelector('[data-testid=asked-card]')
  await untilCallerHearsMusic(caller, 'music while a colleague is asked', { since, ...PATIENT })
  return caller
}

const heardBy = async (desk, clip, what) => {
  await desk.listen()
  await desk.untilHeard(clip, what, 30000)
}

test('asked, told, back and forth, handed over: the caller goes on with the colleague alone', async () => {
  const caller = await asked()
  await chen.click('answer-asked')
  await heardBy(li, chen.voice, 'the colleague')
  await heardBy(chen, li.voice, 'who asks')
  await untilCallerHearsMusic(caller, 'music while they speak of them', PATIENT)
  await li.click('swap-consult')
  const since = caller.tap.mark()
  await untilCallerHears(caller, li.voice, 'the first operator, in between', { since, ...PATIENT })
  await li.click('swap-consult')
  await untilCallerHearsMusic(caller, 'music again', PATIENT)
  const handedOver = caller.tap.mark()
  await li.click('complete-consult')
  await li.finish()
  await untilCallerHears(caller, chen.voice, 'the colleague', { since: handedOver, ...PATIENT })
  await heardBy(chen, caller.voice, 'the caller')
  assert.ok(!caller.events.some(({ name }) => name === 'ended'))
  await caller.hangUp()
  await caller.done()
  await chen.finish('spoken')
  const api = await Api.signIn(it.engine, 'wang')
  const owed = await api.owed(caller.number, ({ state }) => state === 'discharged', 'nothing is owed')
  assert.equal(owed.reason, 'spoken')
  const row = await api.call(caller.number)
  assert.deepEqual([row.operator, row.cause], ['chen', 'conversed'])
  const told = (await api.steps(row.journey)).map(({ event }) => event)
  const story = ['consult_opened', 'consult_answered', 'consult_swapped', 'transferred', 'ended']
  assert.deepEqual(story.filter((event) => told.includes(event)), story)
})

test('a colleague who says no: the caller hears the first operator at once', async () => {
  const caller = await asked()
  const since = caller.tap.mark()
  await chen.click('decline-asked')
  await untilCallerHears(caller, li.voice, 'the first operator again', { since, ...PATIENT })
  await until(() => li.page.$('[data-testid=handover]:not(.asking)'), 'the desk shows that nobody is asked any more')
  await caller.hangUp()
  await li.finish('spoken')
})

nobodyIsNamed(it)
