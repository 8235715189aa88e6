// Who calls while the line is closed says by keys whether, when and where they want to be called, hears a promise with its time, and is let go.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { HOTLINE } from '../lib/engine.mjs'
import { prompt } from '../lib/prompts.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'

// A Sunday, late in the evening: the line opens at nine.
const it = house({ clock: '2026-11-22T22:15:00+08:00', log: 'info' })

async function pressAll(caller, count) {
  for (let n = 0; n < count; n++) await caller.press()
}

async function steps(journey) {
  return (await Api.signIn(it.engine, 'wang')).steps(journey)
}

async function hears(caller, language, name, since = caller.tap.mark()) {
  await untilCallerHears(caller, prompt(language, name), `${language}/${name}`, { since, deadlineMs: 25000 })
}

async function ended(caller, expected) {
  await caller.event('ended', 25000)
  await caller.done()
  const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the end of the call')
  assert.deepEqual(expected, Object.fromEntries(Object.keys(expected).map((key) => [key, row[key]])))
  return row
}

test('in English, this evening is too late: called back in the evening, by a time that is told', async () => {
  const caller = await it.caller({ to: HOTLINE, keys: '314' })
  await caller.event('answered')
  await hears(caller, 'zh-CN', 'emergency_numbers', 0)
  const chosen = caller.tap.mark()
  await caller.press()
  await hears(caller, 'en', 'emergency_numbers', chosen)
  await hears(caller, 'en', 'closed', chosen)
  await hears(caller, 'en', 'callback_menu', chosen)
  const parts = caller.tap.mark()
  await caller.press()
  await hears(caller, 'en', 'part_menu', parts)
  const promised = caller.tap.mark()
  await caller.press()
  await hears(caller, 'en', 'promise.by', promised)
  await hears(caller, 'en', 'callback_discreet', promised)
  await hears(caller, 'en', 'goodbye', promised)
  const { journey } = await ended(caller, { language: 'en', open: false, cause: 'closed', obligation: 'open' })
  const told = (await steps(journey)).map(({ event }) => event)
  const story = ['callback_wanted', 'part_wanted', 'notice_heard', 'promise_made', 'ended']
  assert.deepEqual(story.filter((event) => told.includes(event)), story)
  assert.ok(told.indexOf('part_wanted') < told.indexOf('promise_made') && told.indexOf('promise_made') < told.indexOf('ended'))
})

test('behind a factory’s line: a safe number is keyed in, read back, confirmed and sealed', async () => {
  const given = it.engine.number()
  const fixed = '076922345678'
  it.engine.numbers.push(fixed)
  const caller = await it.caller({ number: fixed, to: HOTLINE, keys: `11${given}12`, voice: null })
  await caller.event('answered')
  await caller.greeted()
  await caller.press()
  await hears(caller, 'zh-CN', 'no_line_menu', 0)
  const asked = caller.tap.mark()
  await caller.press()
  await hears(caller, 'zh-CN', 'enter_number', asked)
  const keyed = caller.tap.mark()
  await pressAll(caller, given.length)
  await hears(caller, 'zh-CN', 'confirm_number', keyed)
  const confirmed = caller.tap.mark()
  await caller.press()
  await hears(caller, 'zh-CN', 'part_menu', confirmed)
  await caller.press()
  await hears(caller, 'zh-CN', 'promise.by', confirmed)
  const { journey } = await ended(caller, { cause: 'closed', obligation: 'open' })
  const told = (await steps(journey)).map(({ event }) => event)
  const story = ['callback_wanted', 'contact_given', 'promise_made', 'ended']
  assert.deepEqual(story.filter((event) => told.includes(event)), story)
  const ladder = await it.engine.cli(['trace', journey])
  assert.ok(!ladder.includes(given), 'what was keyed in is in no ladder')
})

test('who wants no call is owed none, by their own key', async () => {
  const caller = await it.caller({ to: HOTLINE, keys: '13', voice: null })
  await caller.event('answered')
  await caller.greeted()
  await caller.press()
  await hears(caller, 'zh-CN', 'callback_menu', 0)
  const asked = caller.tap.mark()
  await caller.press()
  await hears(caller, 'zh-CN', 'declined', asked)
  const { journey } = await ended(caller, { cause: 'closed', obligation: 'discharged' })
  assert.ok((await steps(journey)).some(({ event }) => event === 'obligation_discharged'))
})

nobodyIsNamed(it)
