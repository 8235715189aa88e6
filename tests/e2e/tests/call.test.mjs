// A worker's call is heard, answered and remembered: SIPp as the carrier, Chromium as the desk, voices known on both sides.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { find } from '../lib/correlate.mjs'
import { Desk } from '../lib/desk.mjs'
import { prompt } from '../lib/prompts.mjs'
import { never } from '../lib/wait.mjs'
import { house, nobodyIsNamed, untilCallerHears, untilCallerHearsMusic } from '../lib/setup.mjs'

let desk
const it = house({
  async furnish(it) {
    desk = await it.keep(Desk.open(it.engine, 'li'))
    await desk.startShift()
  },
})

async function talk(caller) {
  await desk.readyAnyway()
  await desk.rings()
  await desk.answer()
  await desk.listen()
  const since = caller.tap.mark()
  await desk.untilHeard(caller.voice, 'the caller')
  await untilCallerHears(caller, desk.voice, 'the operator', { since })
  assert.equal(find(await desk.heard(), desk.voice).heard, false, 'the operator does not hear themselves')
  assert.equal(find(caller.tap.pcm(), caller.voice).heard, false, 'the caller does not hear themselves')
}

async function remembered(caller, expected) {
  const row = await it.engine.call(caller.number, ({ ended, outcome }) => ended && outcome, 'the call with its outcome')
  assert.deepEqual({ ...expected }, Object.fromEntries(Object.keys(expected).map((key) => [key, row[key]])))
  return row
}

test('over UDP: greeting, keys, music, an operator in a browser, both hear each other, and it stands in the log', async () => {
  const caller = await it.caller({ keys: '11' })
  await caller.event('answered')
  await untilCallerHears(caller, prompt('zh-CN', 'welcome'), 'the welcome in Mandarin', { deadlineMs: 15000 })
  await caller.press()
  const topics = caller.tap.mark()
  await untilCallerHears(caller, prompt('zh-CN', 'topic_menu'), 'the topics', { since: topics })
  await caller.press()
  const line = caller.tap.mark()
  await untilCallerHears(caller, prompt('zh-CN', 'queue_entry'), 'that they are in line', { since: line })
  await untilCallerHearsMusic(caller, 'music', { since: line, deadlineMs: 20000 })
  await talk(caller)
  await caller.hangUp()
  await caller.done()
  await desk.wrapUp('spoken')
  const row = await remembered(caller, { service: 'hotline', language: 'zh-CN', topic: 'wages', operator: 'li', cause: 'conversed', outcome: 'spoken', obligation: 'discharged' })
  assert.ok(row.wait_ms > 0 && row.talk_ms > 0)

  const steps = (await (await Api.signIn(it.engine, 'wang')).steps(row.journey)).map(({ event }) => event)
  const story = ['journey_opened', 'obligation_opened', 'answered', 'language_chosen', 'topic_chosen', 'queued', 'offered', 'offer_ended', 'conversing', 'ended']
  assert.deepEqual(story.filter((event) => steps.includes(event)), story)
  assert.ok(steps.indexOf('obligation_opened') < steps.indexOf('answered'), 'owed before answered')
  const ladder = await it.engine.cli(['trace', row.journey])
  assert.match(ladder, /INVITE/)
  assert.match(ladder, /BYE/)
  assert.ok(!ladder.includes(caller.number), 'the ladder is masked')
})

test('over TCP: the operator hangs up', async () => {
  const caller = await it.caller({ keys: '12', transport: 'tcp' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await talk(caller)
  await desk.click('hangup')
  await caller.event('ended')
  await caller.done()
  await desk.wrapUp('not_spoken')
  await remembered(caller, { topic: 'health', cause: 'conversed', outcome: 'not_spoken', obligation: 'open' })
})

test('over IPv6, in English', async () => {
  const caller = await it.caller({ keys: '33', host: '::1' })
  await caller.greeted()
  await caller.press()
  await untilCallerHears(caller, prompt('en', 'topic_menu'), 'the topics in English')
  await caller.press()
  await talk(caller)
  await caller.hangUp()
  await caller.done()
  await desk.wrapUp('spoken')
  await remembered(caller, { language: 'en', topic: 'other', cause: 'conversed', outcome: 'spoken', obligation: 'discharged' })
})

test('mute, hold by the operator, hold by the carrier', async () => {
  const caller = await it.caller({ keys: '11' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await talk(caller)

  await desk.click('hold')
  let since = caller.tap.mark()
  await untilCallerHearsMusic(caller, 'music on hold', { since, deadlineMs: 15000 })
  await desk.click('hold')
  since = caller.tap.mark()
  await untilCallerHears(caller, desk.voice, 'the operator again', { since })

  await desk.click('mute')
  await desk.page.waitForSelector('[data-testid=mute][aria-pressed=true]')
  since = caller.tap.mark()
  await never(() => find(caller.tap.pcm(since + 10), desk.voice).heard, 'a muted operator is heard', 3000)
  await desk.click('mute')

  await caller.hold(true)
  await caller.hold(false)
  since = caller.tap.mark()
  await untilCallerHears(caller, desk.voice, 'the operator after the carrier’s hold', { since })
  await caller.hangUp()
  await caller.done()
  await desk.wrapUp('spoken')
  assert.deepEqual(desk.page.faults, [])
})

nobodyIsNamed(it)
