// Pictures of every page in every state, in two languages and two widths, and no barrier in any of them (axe).
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'node:test'
import { Browser } from '../lib/browser.mjs'
import { Desk, TryPage } from '../lib/desk.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const OUT = join(dirname(fileURLToPath(import.meta.url)), '../out/pictures')
const WIDTHS = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } }
mkdirSync(OUT, { recursive: true })

let browser
const it = house({
  settings: { QUEUE__HOTLINE__RING_S: 60 },
  async furnish(it) {
    browser = await it.keep(Browser.open({ voice: 'operator li' }))
  },
})

const barriers = []

/** A picture at each width, and a look by axe; `page` keeps its width. */
async function picture(page, name, locale) {
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    await page.setViewportSize(viewport)
    await page.evaluate(() => Promise.all([document.fonts.ready, ...document.getAnimations().map((animation) => animation.effect?.getComputedTiming().iterations !== Infinity && animation.finished)]))
    await page.screenshot({ path: join(OUT, `${name}-${locale}-${width}.png`), fullPage: true })
    // Through the debugger, where the page's own policy does not reach.
    const { violations } = await page.evaluate(`${AXE}; axe.run({ resultTypes: ['violations'] })`)
    for (const { id, impact, nodes } of violations) barriers.push(`${name} ${locale} ${width}: ${id} (${impact}) ${nodes[0].html.slice(0, 160)}`)
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (wider > 0) barriers.push(`${name} ${locale} ${width}: the page is ${wider} px wider than the window`)
  }
  await page.setViewportSize(WIDTHS.wide)
}

async function inLine() {
  const caller = await it.caller({ keys: '11' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  return caller
}

for (const locale of ['zh-CN', 'en']) {
  describe(locale, () => {
    test('the desk, from before the shift to wrap-up', async () => {
      const page = await browser.page({ locale })
      await page.goto(`${it.engine.url}/login`)
      await page.waitForSelector('[data-testid=login-submit]')
      await picture(page, 'login', locale)
      await page.context().close()
      const desk = await it.keep(Desk.open(it.engine, 'li', { locale, browser }))
      await desk.page.waitForSelector('[data-testid=start-shift]')
      await picture(desk.page, 'desk-before-shift', locale)
      await desk.startShift()
      await desk.beReady()
      await picture(desk.page, 'desk-ready', locale)
      const caller = await inLine()
      await desk.rings()
      await picture(desk.page, 'desk-ringing', locale)
      await desk.answer()
      await desk.listen()
      await desk.untilHeard(caller.voice, 'the caller')
      await picture(desk.page, 'desk-talking', locale)
      await caller.hangUp()
      await desk.page.waitForSelector('[data-testid=wrapup-card]')
      await picture(desk.page, 'desk-wrap-up', locale)
      await desk.wrapUp('spoken')
      await it.engine.call(caller.number, ({ outcome }) => outcome === 'spoken', 'the call with its outcome')
      assert.deepEqual(desk.page.faults, [])
      await it.close(desk)
    })

    test('call log, timeline, obligations', async () => {
      // Someone who gave up: an open obligation.
      const gaveUp = await inLine()
      await gaveUp.hangUp()
      await it.engine.call(gaveUp.number, ({ ended }) => ended, 'the end of the call')
      const console_ = await it.keep(Desk.open(it.engine, 'wang', { locale, browser }))
      const { page } = console_
      await page.waitForSelector('[data-testid=call-row]')
      await picture(page, 'console-calls', locale)
      const row = (await it.engine.calls()).find(({ outcome }) => outcome === 'spoken')
      await page.goto(`${it.engine.url}/console/calls/${row.journey}`)
      await page.waitForSelector('[data-testid=timeline-step]')
      await picture(page, 'console-timeline', locale)
      await page.goto(`${it.engine.url}/console/obligations`)
      await page.waitForSelector('[data-testid=obligation-row]')
      await picture(page, 'console-obligations', locale)
      assert.deepEqual(page.faults, [])
      await it.close(console_)
    })

    test('/try, before and during a call', async () => {
      const worker = await it.keep(TryPage.open(it.engine, { locale }))
      await worker.page.waitForSelector('[data-testid=try-call]')
      await picture(worker.page, 'try', locale)
      await worker.call()
      await worker.state('menu')
      await picture(worker.page, 'try-menu', locale)
      await worker.hangUp()
      await worker.state('ended')
      assert.deepEqual(worker.page.faults, [])
      await it.close(worker)
    })
  })
}

test('no barrier in any of them', () => {
  assert.deepEqual(barriers, [])
})

nobodyIsNamed(it)
