// What a laptop's air and lid do to a desk: Wi-Fi that loses and delays, another network in mid-call, a page put to sleep, a machine asleep.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Desk, at } from '../lib/desk.mjs'
import { house, nobodyIsNamed, untilCallerHears, untilCallerHearsMusic } from '../lib/setup.mjs'
import { never, until } from '../lib/wait.mjs'
import { Wifi } from '../lib/wifi.mjs'

const it = house({ settings: { QUEUE__HOTLINE__RING_S: 10 } })

/** A desk whose media goes through the air, ready. */
async function desk(name) {
  const wifi = await it.keep(Wifi.open({ engine: it.engine }))
  const desk = await it.keep(Desk.open(it.engine, name))
  await wifi.lead(desk.page)
  await desk.startShift()
  await desk.beReady()
  return { desk, wifi }
}

async function talking(desk) {
  const caller = await it.caller({ keys: '11' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await desk.rings()
  await desk.answer()
  await desk.listen()
  await desk.untilHeard(caller.voice, 'the caller')
  await untilCallerHears(caller, desk.voice, 'the operator')
  return caller
}

async function finish(desk, caller) {
  await caller.hangUp()
  await caller.done()
  await desk.wrapUp('spoken')
  const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the end of the call')
  assert.equal(row.cause, 'conversed')
}

const figure = async (desk, name) => (await desk.page.$$eval(`${at('connection-pill')} dl > div`, (lines) => lines.map((line) => line.textContent))).find((line) => line.startsWith(name)) ?? ''

test('Wi-Fi that loses a tenth and delays up to 200 ms: the call goes on, and the desk says in words how it sounds', async () => {
  const { desk: li, wifi } = await desk('li')
  const caller = await talking(li)
  await wifi.air({ loss: 0.1, jitterMs: 200 })
  await until(async () => /[123] · /.test(await figure(li, '质量')), async () => `the desk says that it sounds bad (${await figure(li, '质量')})`, 15000)
  const mark = caller.tap.mark()
  await untilCallerHears(caller, li.voice, 'the operator through bad air', { since: mark, deadlineMs: 15000, slackMs: 400 })
  await li.listen()
  await li.untilHeard(caller.voice, 'the caller through bad air', 15000, { slackMs: 400 })
  await wifi.air({ loss: 0, jitterMs: 0 })
  await until(async () => /[45] · /.test(await figure(li, '质量')), 'the desk says that it sounds well again', 20000)
  await li.state('on_call')
  await finish(li, caller)
  await it.close(li)
})

test('another network in mid-call: both hear each other again within 5 s', async () => {
  const { desk: li, wifi } = await desk('li')
  const caller = await talking(li)
  const mark = caller.tap.mark()
  const began = performance.now()
  await wifi.roam()
  await li.listen()
  const listening = performance.now()
  const back = await li.untilHeard(caller.voice, 'the caller on the new network')
  const heard = await untilCallerHears(caller, li.voice, 'the operator on the new network', { since: mark })
  const deskMs = listening - began + back.atMs
  const callerMs = caller.tap.packets[mark].at - began + heard.atMs
  assert.ok(deskMs < 5000, `the operator heard nothing for ${deskMs} ms`)
  assert.ok(callerMs < 5000, `the caller heard nothing for ${callerMs} ms`)
  await li.state('on_call')
  await finish(li, caller)
  await it.close(li)
})

test('a page frozen for ten seconds rings and talks as if nothing had been', async () => {
  const { desk: li } = await desk('li')
  const session = await li.page.context().newCDPSession(li.page)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  const taken = async () => (await it.engine.json(['operators'])).some(({ operator, state }) => operator === 'li' && state !== 'ready')
  await never(taken, 'its leg is up all the while, and yet it is taken out', 10000)
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  await li.audio('up')
  await li.readyAnyway()
  await finish(li, await talking(li))
  await it.close(li)
})

test('a machine that sleeps in mid-call: the caller is back in line with music, and rings again when it wakes', async () => {
  const { desk: li } = await desk('li')
  const caller = await talking(li)
  const mark = caller.tap.mark()
  li.browser.sleep()
  await untilCallerHearsMusic(caller, 'music while the desk sleeps', { since: mark, deadlineMs: 20000 })
  // Longer than the engine waits for a browser.
  await until(() => caller.tap.packets.length - mark > 18 * 50, 'eighteen seconds of it', 30000)
  li.browser.wake()
  await li.audio('up', 20000)
  await li.readyAnyway()
  await li.rings()
  await li.answer()
  await li.listen()
  await li.untilHeard(caller.voice, 'the caller again')
  await finish(li, caller)
  await it.close(li)
})

nobodyIsNamed(it)
