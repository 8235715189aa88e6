// Other callers and other operators: a browser at /try, a desk phone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Answerer } from '../lib/answerer.mjs'
import { find } from '../lib/correlate.mjs'
import { Desk, TryPage } from '../lib/desk.mjs'
import { AFTER_HOURS } from '../lib/engine.mjs'
import { prompt } from '../lib/prompts.mjs'
import { freePort } from '../lib/process.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'

const phonePort = await freePort()
const it = house({
  toml: `[operator.phone]
uri = "sip:operator@127.0.0.1:${phonePort}"
skills = ["lang:yue"]
`,
})

test('a worker in a browser at /try, a desk in another', async () => {
  const desk = await it.keep(Desk.ready(it.engine, 'chen'))
  const worker = await it.keep(TryPage.open(it.engine))
  await worker.call()
  await worker.state('menu')
  await worker.listen()
  await worker.untilHeard(prompt('zh-CN', 'welcome'), 'the welcome', 15000)
  await worker.press('1')
  await worker.press('1')
  await desk.rings()
  await desk.answer()
  await worker.state('talking')
  await desk.listen()
  await desk.untilHeard(worker.voice, 'the worker')
  await worker.untilHeard(desk.voice, 'the operator', 15000)
  await worker.hangUp()
  await worker.state('ended')
  await desk.wrapUp('spoken')
  assert.deepEqual(worker.page.faults, [])
  await it.close(worker)
  await it.close(desk)
})

test('/try after hours hears that we are closed', async () => {
  const worker = await it.keep(TryPage.open(it.engine))
  await worker.call({ afterHours: true })
  await worker.listen()
  await worker.untilHeard(prompt('zh-CN', 'emergency_numbers'), 'the emergency numbers first', 15000)
  await worker.hangUp()
  await worker.state('ended')
  await it.close(worker)
  const row = await until(async () => (await it.engine.calls()).find(({ dialled, ended }) => dialled === AFTER_HOURS && ended), 'the call in the log')
  assert.equal(row.open, false)
  assert.equal(row.obligation, 'open')
})

test('a desk phone at a fixed SIP address answers', async () => {
  const phone = await it.keep(Answerer.open({ directory: it.engine.directory, port: phonePort, ringMs: 300 }))
  const caller = await it.caller({ keys: '21' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await phone.tap.until((tap) => find(tap.pcm(), caller.voice).heard, 'the caller at the desk phone', 12000)
  await untilCallerHears(caller, phone.voice, 'the desk phone')
  await caller.hangUp()
  await caller.done()
  const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the end of the call')
  assert.equal(row.cause, 'conversed')
  assert.equal(row.operator, 'phone')
  assert.equal(row.language, 'yue')
})

nobodyIsNamed(it)
