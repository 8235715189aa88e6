// The caller, an operator and a colleague talk together: each hears the two others, and not itself.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { Browser } from '../lib/browser.mjs'
import { findLatest } from '../lib/correlate.mjs'
import { Desk } from '../lib/desk.mjs'
import { house, nobodyIsNamed, untilCallerHears, untilCallerHearsMusic } from '../lib/setup.mjs'

// Two browsers, and all that listens to them, on whatever machine this is.
const PATIENT = { deadlineMs: 45000 }

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

/** A caller with Li, and Chen, who was asked and has answered. */
async function asked() {
  await li.readyAnyway()
  const caller = await it.caller({ keys: '11' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await li.rings()
  await li.answer()
  await untilCallerHears(caller, li.voice, 'the first operator', PATIENT)
  await chen.readyAnyway()
  await li.click('handover-toggle')
  await li.page.click('[data-testid=target-operator-chen] button >> nth=0')
  await chen.page.waitForSelector('[data-testid=asked-card]')
  assert.equal(await li.page.$('[data-testid=conference]'), null, 'not before somebody is there')
  await chen.click('answer-asked')
  return caller
}

/** What a desk hears from now on is each of these, and never its own voice. */
async function hears(desk, clips) {
  await desk.listen()
  for (const [clip, who] of clips) await desk.untilHeard(clip, who, PATIENT.deadlineMs)
  assert.ok(!findLatest(await desk.heard(), desk.voice).heard, 'nobody hears themselves')
}

test('all three hear each other; aside once more; then the operator leaves the two alone', async () => {
  const caller = await asked()
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
