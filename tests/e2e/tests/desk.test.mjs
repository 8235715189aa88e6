// What happens when people or machines do not do as they should while a desk rings or talks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { find } from '../lib/correlate.mjs'
import { Desk } from '../lib/desk.mjs'
import { mask } from '../lib/engine.mjs'
import { house, nobodyIsNamed, untilCallerHears, untilCallerHearsMusic } from '../lib/setup.mjs'
import { never, until } from '../lib/wait.mjs'

const it = house({ settings: { QUEUE__HOTLINE__RING_S: 5 } })

async function inLine(keys = '11') {
  const caller = await it.caller({ keys })
  await caller.greeted()
  await caller.press()
  await caller.press()
  return caller
}

async function talking(desk) {
  const caller = await inLine()
  await desk.rings()
  await desk.answer()
  await desk.listen()
  await desk.untilHeard(caller.voice, 'the caller')
  await untilCallerHears(caller, desk.voice, 'the operator')
  return caller
}

test('the caller hangs up while the desk rings: it stops within 200 ms, and no ghost rings after', async () => {
  const desk = await it.keep(Desk.ready(it.engine, 'li'))
  const caller = await inLine()
  await desk.rings()
  // The page's own clock and ours are one machine's.
  await desk.page.evaluate(() => {
    window.__gone = new Promise((resolve) => {
      const look = () => !document.querySelector('[data-testid=offer-card]') && resolve(Date.now())
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
    })
  })
  const began = Date.now()
  await caller.hangUp()
  await caller.done()
  const tookMs = (await desk.page.evaluate(() => window.__gone)) - began
  assert.ok(tookMs < 200, `the desk rang for ${tookMs} ms after the caller had gone`)
  await desk.state('ready')
  await never(() => desk.page.$('[data-testid=offer-card]'), 'a ghost rings', 1500)
  const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the end of the call')
  assert.equal(row.cause, 'abandoned')
  assert.equal(row.obligation, 'open')
  await it.close(desk)
})

test('no answer: the operator is taken out, the next one rings, the caller keeps the head of the line', async () => {
  const li = await it.keep(Desk.ready(it.engine, 'li'))
  const chen = await it.keep(Desk.ready(it.engine, 'chen'))
  const first = await inLine()
  await li.rings()
  await li.state('not_ready', 10000)
  await li.notice('no_answer')
  const card = async () => (await chen.page.textContent('[data-testid=offer-card]', { timeout: 500 }).catch(() => '')) ?? ''
  await until(async () => (await card()).includes(mask(first.number)), 'the first caller rings at the next operator', 8000)
  // The last one who is ready misses too, with a second caller behind: the first one rings again, and stays first.
  const second = await inLine()
  const api = await Api.signIn(it.engine, 'wang')
  const { journey } = await it.engine.call(first.number)
  const offers = async () => (await api.steps(journey)).filter(({ event }) => event === 'offered').length
  await until(async () => (await offers()) === 3, 'a third offer', 10000)
  await until(async () => (await card()).includes(mask(first.number)), 'the first caller still rings', 8000)
  await chen.answer()
  await chen.listen()
  await chen.untilHeard(first.voice, 'the first caller')
  await second.hangUp()
  await first.hangUp()
  await chen.wrapUp('spoken')
  const row = await it.engine.call(first.number, ({ ended }) => ended, 'the end of the call')
  assert.equal(row.operator, 'chen')
  assert.ok(JSON.stringify(await api.steps(row.journey)).includes('no_answer'))
  await it.close(li)
  await it.close(chen)
})

test('the page reloads in mid-call: audio is back within 5 s and the caller never left', async () => {
  const desk = await it.keep(Desk.ready(it.engine, 'li'))
  const caller = await talking(desk)
  const began = performance.now()
  await desk.page.reload()
  await desk.listen()
  const listening = performance.now()
  const back = await desk.untilHeard(caller.voice, 'the caller after the reload')
  const deskBackMs = listening - began + back.atMs
  // The last second that the caller heard before the silence, and the first packet with the operator's voice after it.
  const since = caller.tap.packets.findIndex(({ at }) => at >= began + 1500)
  const heard = await untilCallerHears(caller, desk.voice, 'the operator after the reload', { since })
  const callerBackMs = caller.tap.packets[since].at - began + heard.atMs
  assert.ok(deskBackMs < 5000, `the operator heard nothing for ${deskBackMs} ms`)
  assert.ok(callerBackMs < 5000, `the caller heard nothing for ${callerBackMs} ms`)
  assert.ok(!caller.events.some(({ name }) => name === 'ended'))
  await caller.hangUp()
  await caller.done()
  await desk.wrapUp('spoken')
  const row = await it.engine.call(caller.number, ({ ended }) => ended, 'the end of the call')
  assert.equal(row.cause, 'conversed')
  await it.close(desk)
})

test('no packets from the desk: the caller is back at the head within 4 s, and the desk is told why', async () => {
  const desk = await it.keep(Desk.ready(it.engine, 'li'))
  const caller = await talking(desk)
  const mark = caller.tap.mark()
  const began = performance.now()
  await desk.page.evaluate(() => Promise.all(window.__connections.flatMap((pc) => pc.getSenders().map((sender) => sender.replaceTrack(null)))))
  await desk.notice('desk_silent', 5000)
  const tookMs = performance.now() - began
  assert.ok(tookMs < 4000, `the desk was told after ${tookMs} ms`)
  await desk.state('not_ready')
  const row = await it.engine.call(caller.number)
  const api = await Api.signIn(it.engine, 'wang')
  await until(async () => (await api.steps(row.journey)).some(({ event }) => event === 'requeued'), 'the caller is back in line')
  await untilCallerHearsMusic(caller, 'music again', { since: mark })
  assert.equal(find(caller.tap.pcm(caller.tap.mark() - 50), desk.voice).heard, false)
  const other = await it.keep(Desk.ready(it.engine, 'chen'))
  await other.rings()
  await other.answer()
  await other.listen()
  await other.untilHeard(caller.voice, 'the caller at the next operator')
  await caller.hangUp()
  await caller.done()
  await it.close(desk)
  await it.close(other)
})

nobodyIsNamed(it)
