// A colleague is asked while the caller hears music; the caller is with them, or still with the first, and never on a dead line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { colleagues } from '../lib/colleagues.mjs'
import { nobodyIsNamed, untilCallerHears, untilCallerHearsMusic } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'

const PATIENT = { deadlineMs: 30000 }

const { it, asking } = colleagues(PATIENT)

/** She was asked, and the caller hears music meanwhile. */
async function asked() {
  const { caller, li, chen, since } = await asking()
  await untilCallerHearsMusic(caller, 'music while a colleague is asked', { since, ...PATIENT })
  return { caller, li, chen }
}

const heardBy = async (desk, clip, what) => {
  await desk.listen()
  await desk.untilHeard(clip, what, 30000)
}

test('asked, told, back and forth, handed over: the caller goes on with the colleague alone', async () => {
  const { caller, li, chen } = await asked()
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
  const { caller, li, chen } = await asked()
  const since = caller.tap.mark()
  await chen.click('decline-asked')
  await untilCallerHears(caller, li.voice, 'the first operator again', { since, ...PATIENT })
  await until(() => li.page.$('[data-testid=handover]:not(.asking)'), 'the desk shows that nobody is asked any more')
  await caller.hangUp()
  await li.finish('spoken')
})

nobodyIsNamed(it)
