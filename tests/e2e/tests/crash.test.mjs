// kill -9 in the middle of everything, and a start after it: nothing is pretended, nobody is forgotten.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { Desk } from '../lib/desk.mjs'
import { mask } from '../lib/engine.mjs'
import { prompt } from '../lib/prompts.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'

const it = house()

test('kill -9 with one talking, one waiting, one in the menu: three journeys lost and three obligations open after the start', async () => {
  const { engine } = it
  const desk = await it.keep(Desk.ready(engine, 'li'))
  const [talking, waiting, menu] = [await it.caller({ keys: '11' }), await it.caller({ keys: '11' }), await it.caller()]
  for (const caller of [talking, waiting]) {
    await caller.greeted()
    await caller.press()
    await caller.press()
    if (caller === talking) {
      await desk.rings()
      await desk.answer()
      await untilCallerHears(talking, desk.voice, 'the operator')
    }
  }
  await untilCallerHears(waiting, prompt('zh-CN', 'queue_entry'), 'that they are in line')
  await menu.event('answered')
  await untilCallerHears(menu, prompt('zh-CN', 'welcome'), 'the welcome', { deadlineMs: 15000 })

  await engine.kill()
  await engine.up()

  for (const caller of [talking, waiting, menu]) {
    await caller.event('ended', 40000)
    await caller.done()
    const row = await engine.call(caller.number, ({ cause }) => cause === 'engine_lost', 'engine_lost')
    assert.equal(row.obligation, 'open')
  }
  const masks = new Set([talking, waiting, menu].map(({ number }) => mask(number)))
  const api = await Api.signIn(engine, 'wang')
  const owed = await until(async () => {
    const open = (await api.obligations()).filter(({ caller }) => masks.has(caller))
    return open.length === 3 && open
  }, 'three open obligations')
  assert.equal(new Set(owed.map(({ obligation }) => obligation)).size, 3)
  await engine.cli(['reconcile'])

  // The desk finds back by itself, and the next call goes through.
  await desk.audio('up', 30000)
  if ((await desk.page.getAttribute('[data-testid=desk-state]', 'data-state')) !== 'ready') await desk.beReady()
  const next = await it.caller({ keys: '11' })
  await next.greeted()
  await next.press()
  await next.press()
  await desk.rings()
  await desk.answer()
  await untilCallerHears(next, desk.voice, 'the operator after the crash')
  await next.hangUp()
  await desk.wrapUp('spoken')
})

nobodyIsNamed(it)
