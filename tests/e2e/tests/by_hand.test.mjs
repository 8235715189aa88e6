// A supervisor closes the line for a typhoon: who waits is promised a call back, who calls hears why, and its end survives a restart.
import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { HOTLINE } from '../lib/engine.mjs'
import { prompt } from '../lib/prompts.mjs'
import { house, nobodyIsNamed, untilCallerHears } from '../lib/setup.mjs'

describe('closed by hand', () => {
  const it = house({ clock: '2026-11-22T12:00:00+08:00', settings: { QUEUE__HOTLINE__NOBODY_AFTER_S: 600 } })

  test('whoever waits is led out to a promise, whoever calls hears the reason', async () => {
    const { engine } = it
    const waiting = await it.caller({ to: HOTLINE, keys: '0' })
    await waiting.event('answered')
    await untilCallerHears(waiting, prompt('zh-CN', 'welcome', 3), 'the greeting')
    await waiting.press()
    await untilCallerHears(waiting, prompt('zh-CN', 'queue_entry'), 'that they are in line', { deadlineMs: 15000 })
    const said = await engine.cli(['close', 'hotline', '--until', '20:00', '--reason', 'typhoon', '--waiting', 'callback'])
    assert.match(said, /hotline is closed until 2026-11-22 20:00 \+08:00/)
    await untilCallerHears(waiting, prompt('zh-CN', 'nobody_ready'), 'the way out of the line', { deadlineMs: 15000 })
    await waiting.hangUp()
    await waiting.done()

    const late = await it.caller({ to: HOTLINE })
    await late.event('answered')
    await untilCallerHears(late, prompt('zh-CN', 'notice_typhoon'), 'why it is closed', { deadlineMs: 60000 })
    await late.hangUp()
    await late.done()
    const row = await engine.call(late.number, ({ ended }) => ended, 'the end of the call')
    assert.deepEqual([row.open, row.obligation], [false, 'open'])
  })

  test('the end of it survives a kill, and the page tells who did what', async () => {
    const { engine } = it
    const hours = async () => {
      const [line] = (await engine.json(['hours', 'hotline'])).services
      return line
    }
    await engine.kill()
    await engine.up()
    const closed = await hours()
    assert.deepEqual([closed.open, closed.why, closed.name], [false, 'switched', 'typhoon'])
    assert.equal(closed.changes, '2026-11-22T12:00:00Z')
    const page = await (await Api.signIn(engine, 'wang')).get('/api/hours')
    assert.equal(page.changes[0].event, 'service_switched')
    await engine.at('2026-11-22T20:00:00+08:00')
    const over = await hours()
    assert.deepEqual([over.open, over.why], [true, 'weekly'], 'at its end it is open by itself')
    await engine.cli(['close', 'hotline'])
    assert.equal((await hours()).why, 'switched')
    await engine.cli(['open', 'hotline', '--by-calendar'])
    assert.deepEqual([(await hours()).open, (await hours()).why], [true, 'weekly'])
  })

  test('a command reaches the engine though somebody is in the middle of writing its configuration', async () => {
    const file = join(it.engine.directory, 'config/helpline.toml')
    const whole = readFileSync(file)
    appendFileSync(file, '\n[service.night')
    await assert.rejects(it.engine.cli(['check']), /helpline\.toml/)
    assert.equal((await it.engine.json(['hours', 'hotline'])).services.length, 1)
    writeFileSync(file, whole)
  })

  nobodyIsNamed(it)
})
