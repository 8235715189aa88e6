// The caller, an operator and a colleague talk together: each hears the two others, and not itself.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { colleagues } from '../lib/colleagues.mjs'
import { findLatest } from '../lib/correlate.mjs'
import { nobodyIsNamed, untilCallerHears, untilCallerHearsMusic } from '../lib/setup.mjs'

const PATIENT = { deadlineMs: 45000 }

const { it, asking } = colleagues(PATIENT)

/** She was asked, and has answered. */
async function answered() {
  const { caller, li, chen } = await asking()
  assert.equal(await li.page.$('[data-testid=conference]'), null, 'not before somebody is there')
  await chen.click('answer-asked')
  return { caller, li, chen }
}

/** What a desk hears from now on is each of these, and never its own voice. */
async function hears(desk, clips) {
  await desk.listen()
  for (const [clip, who] of clips) await desk.untilHeard(clip, who, PATIENT.deadlineMs)
  assert.ok(!findLatest(await desk.heard(), desk.voice).heard, 'nobody hears themselves')
}

test('all three hear each other; aside once more; then the operator leaves the two alone', async () => {
  const { caller, li, chen } = await answered()
  let since = caller.tap.mark()
  await li.page.keyboard.press('F9')
  await li.page.waitForSelector('[data-testid=conference]', { state: 'detached' })
  await untilCallerHears(caller, li.voice, 'the first operator, of two', { since, ...PATIENT })
  await untilCallerHears(caller, chen.voice, 'the colleague, of two', { since, ...PATIENT })
  assert.ok(!findLatest(caller.tap.pcm(since), caller.voice).heard, 'callers do not hear themselves')
  await hears(li, [[caller.voice, 'the caller, of two'], [chen.voice, 'the colleague, of two']])
  await hears(chen, [[caller.voice, 'the caller, of two'], [li.voice, 'who asked, of two']])

  await li.click('swap-consult')
  await untilCallerHearsMusic(caller, 'music while the two speak aside', PATIENT)
  await li.click('conference')
  since = caller.tap.mark()
  await untilCallerHears(caller, chen.voice, 'the colleague, together again', { since, ...PATIENT })

  await li.click('complete-consult')
  await li.finish()
  await hears(chen, [[caller.voice, 'the caller alone']])
  since = caller.tap.mark()
  await untilCallerHears(caller, chen.voice, 'the colleague alone', { since, ...PATIENT })
  assert.ok(!findLatest(caller.tap.pcm(since), li.voice).heard, 'who left is not heard')
  await caller.hangUp()
  await caller.done()
  await chen.finish('spoken')
  const api = await Api.signIn(it.engine, 'wang')
  const row = await api.call(caller.number)
  assert.deepEqual([row.operator, row.cause], ['chen', 'conversed'])
  const told = (await api.steps(row.journey)).map(({ event }) => event)
  const story = ['consult_opened', 'consult_answered', 'conference_opened', 'transferred', 'ended']
  assert.deepEqual(story.filter((event) => told.includes(event)), story)
})

nobodyIsNamed(it)
