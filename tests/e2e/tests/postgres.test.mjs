// Postgres goes away under calls: nobody who calls or works notices, and afterwards nothing is missing or doubled.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Desk } from '../lib/desk.mjs'
import { mask } from '../lib/engine.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'

const LONG = Boolean(process.env.HELPLINE_LONG)
const it = house()

async function wholeCall(desk, outcome = 'spoken') {
  const caller = await it.caller({ keys: '11' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await desk.rings()
  await desk.answer()
  await desk.listen()
  await desk.untilHeard(caller.voice, 'the caller')
  await untilCallerHears(caller, desk.voice, 'the operator')
  await caller.hangUp()
  await caller.done()
  await desk.wrapUp(outcome)
  await it.close(caller)
  return caller.number
}

async function onceEach(numbers) {
  for (const number of numbers) {
    const rows = await until(async () => {
      const found = (await it.engine.calls()).filter(({ caller }) => caller === mask(number))
      return found.length > 0 && found.every(({ outcome }) => outcome === 'spoken') && found
    }, 'the call with its outcome', 30000, 200)
    assert.equal(rows.length, 1)
    assert.equal(rows[0].cause, 'conversed')
    assert.equal(rows[0].obligation, 'discharged')
  }
  await it.engine.cli(['reconcile'])
}

test('stopped under a call: the call goes on, the next one goes through, both stand in the log once', async () => {
  const desk = await it.keep(Desk.ready(it.engine, 'li'))
  const before = await wholeCall(desk)
  await it.engine.postgres.stop()
  const after = await wholeCall(desk)
  await onceEach([before, after])
  await it.close(desk)
})

test(`frozen ${LONG ? 'for a minute ' : ''}under calls: an operator signs in and answers, and afterwards all is there once`, async () => {
  const { engine } = it
  const talking = await it.keep(Desk.ready(engine, 'li'))
  const caller = await it.caller({ keys: '11' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await talking.rings()
  await talking.answer()
  await engine.postgres.freeze(true)
  const frozen = performance.now()
  let during
  try {
    const signedIn = await it.keep(Desk.ready(engine, 'chen'))
    during = [await wholeCall(signedIn)]
    if (LONG) while (performance.now() - frozen < 60000) during.push(await wholeCall(signedIn))
    const mark = caller.tap.mark()
    await untilCallerHears(caller, talking.voice, 'the operator, all the time', { since: mark })
    await caller.hangUp()
    await caller.done()
    await talking.wrapUp('spoken')
    await it.close(signedIn)
  } finally {
    await engine.postgres.freeze(false)
  }
  await onceEach([...during, caller.number])
})

nobodyIsNamed(it)
