// Two operators in browsers, Li and Chen: a caller talks with Li, who asks Chen.
import { afterEach } from 'node:test'
import { Browser } from './browser.mjs'
import { Desk } from './desk.mjs'
import { house, untilCallerHears } from './setup.mjs'

/** `patient`: how long they wait for what is heard, with two browsers and all that listens to them, on whatever machine this is. */
export function colleagues(patient) {
  const desks = {}
  const it = house({
    log: 'info',
    async furnish(it) {
      const open = async (name) => {
        const browser = await it.keep(Browser.open({ voice: `operator ${name}` }))
        desks[name] = await it.keep(Desk.open(it.engine, name, { browser }))
      }
      await Promise.all(['li', 'chen'].map(open))
      for (const name of ['li', 'chen']) await desks[name].startShift()
    },
  })

  afterEach(async () => {
    for (const desk of Object.values(desks)) await desk.tidy()
  })

  /** A caller with Li, who asks Chen; she is ready only then, or the call might ring at hers. `since`: what the caller hears from then on. */
  async function asking() {
    const { li, chen } = desks
    const state = await chen.page.getAttribute('[data-testid=desk-state]', 'data-state')
    if (state !== 'not_ready') await chen.rest()
    await li.readyAnyway()
    const caller = await it.caller({ keys: '11' })
    await caller.greeted()
    await caller.press()
    await caller.press()
    await li.rings()
    await li.answer()
    await untilCallerHears(caller, li.voice, 'the first operator', patient)
    await chen.readyAnyway()
    const since = caller.tap.mark()
    await li.click('handover-toggle')
    await li.page.click('[data-testid=target-operator-chen] button >> nth=0')
    await chen.page.waitForSelector('[data-testid=asked-card]')
    return { caller, li, chen, since }
  }

  return { it, asking }
}
