// An operator at the desk page, and a worker at /try: what people do there, by the hooks of the page.
import { Browser, heard, listen, untilHeard } from './browser.mjs'
import { PASSWORD } from './engine.mjs'
import { until } from './wait.mjs'

const at = (id) => `[data-testid=${id}]`

export class Desk {
  /** Opens a browser of its own, signs in, and stands before the shift. */
  static async open(engine, name, { locale, viewport, browser } = {}) {
    const desk = new Desk()
    desk.ownsBrowser = !browser
    desk.browser = browser ?? (await Browser.open({ voice: `operator ${name}` }))
    desk.engine = engine
    try {
      desk.page = await desk.browser.page({ locale, viewport })
      await desk.signIn(name)
    } catch (error) {
      if (desk.ownsBrowser) await desk.browser.close()
      throw error
    }
    return desk
  }

  /** Opens a desk and works it until calls may come. */
  static async ready(engine, name, options) {
    const desk = await Desk.open(engine, name, options)
    await desk.startShift()
    await desk.beReady()
    return desk
  }

  get voice() {
    return this.browser.voice
  }

  async signIn(name, password = PASSWORD) {
    await this.page.goto(`${this.engine.url}/login`)
    await this.page.fill(at('login-name'), name)
    await this.page.fill(at('login-password'), password)
    await this.page.click(at('login-submit'))
    await this.page.waitForURL(/\/(desk|console)/)
  }

  async startShift() {
    await this.page.click(at('start-shift'))
    await this.audio('up')
  }

  async beReady() {
    // Whose page went away while ready may be so still; with someone in line it rings at once.
    const ready = `${at('desk-state')}:is([data-state=ready], [data-state=offered])`
    await this.page.waitForSelector(`${ready}, ${at('state-ready')}, ${at('wrapup-card')}`, { state: 'attached' })
    // What a failed test left to be said of its call.
    if (await this.page.$(at('wrapup-card'))) return this.wrapUp()
    if (!(await this.page.$(ready))) await this.page.click(at('state-ready'))
    await this.page.waitForSelector(ready, { state: 'attached' })
  }

  /** Ready, whatever it was before. */
  async readyAnyway() {
    if ((await this.page.getAttribute(at('desk-state'), 'data-state')) === 'not_ready') await this.beReady()
  }

  /** Waits for a state of the desk. */
  async state(state, deadlineMs = 8000) {
    await this.page.waitForSelector(`${at('desk-state')}[data-state=${state}]`, { state: 'attached', timeout: deadlineMs })
  }

  /** Waits until the pill says that audio is up or down. */
  async audio(upOrDown, deadlineMs = 10000) {
    await this.page.waitForSelector(`${at('connection-pill')}[data-audio=${upOrDown}]`, { state: 'attached', timeout: deadlineMs })
  }

  async rings(deadlineMs = 8000) {
    await this.page.waitForSelector(at('offer-card'), { timeout: deadlineMs })
  }

  async answer() {
    await this.page.click(at('answer'))
    await this.page.waitForSelector(at('call-card'))
  }

  /** Waits until it rings for the call that we owe this masked number; what rings for others meanwhile is declined. */
  async owed(masked, deadlineMs = 15000) {
    const theirs = async () => {
      const card = await this.page.$(at('callback-card'))
      if (!card) return false
      if ((await card.textContent()).includes(masked)) return true
      await this.page.click(at('decline'), { timeout: 1000 })
      return false
    }
    await until(theirs, `a call that is owed to ${masked} rings`, deadlineMs, 100)
  }

  /** Calls whom it rings for. */
  async dial() {
    await this.click('dial')
    await this.page.waitForSelector(at('callback-card'), { state: 'detached' })
  }

  /** Waits until who is called answers. */
  async reached(deadlineMs = 10000) {
    await this.page.waitForSelector(`${at('attempt')}[data-stage=answered]`, { timeout: deadlineMs })
  }

  /** Ends the time after a call, and says what came of it, if there is something to be said; the next one may ring at once. */
  async finish(outcome) {
    await this.page.waitForSelector(at('wrapup-card'))
    if (outcome) {
      await this.click(`outcome-${outcome}`)
      await this.page.waitForSelector(`${at(`outcome-${outcome}`)}[aria-pressed=true]`)
    }
    await this.click('finish-wrapup')
    await this.page.waitForSelector(at('wrapup-card'), { state: 'detached' })
  }

  /** Takes a break. */
  async rest(why = 'meal') {
    await this.page.selectOption(at('state-select'), why)
    await this.state('not_ready')
  }

  /** Out of whatever call a failed test has left it in. */
  async tidy() {
    if (await this.page.$(at('call-card'))) {
      await this.click('hangup')
      await this.page.waitForSelector(at('wrapup-card'), { timeout: 3000 }).catch(() => {})
    }
    if (await this.page.$(at('wrapup-card'))) await this.click('finish-wrapup')
  }

  async click(id) {
    await this.page.click(at(id))
  }

  /** Begins to record what the operator hears. */
  async listen() {
    await listen(this.page)
  }

  heard() {
    return heard(this.page)
  }

  untilHeard(clip, what, deadlineMs, options) {
    return untilHeard(this.page, clip, what, deadlineMs, options)
  }

  /** Says what came of the call and is ready again. */
  async wrapUp(outcome = 'spoken') {
    await this.page.waitForSelector(at('wrapup-card'))
    await this.click(`outcome-${outcome}`)
    await this.click('finish-wrapup')
    await this.state('ready')
  }

  /** Waits for a notice with this reason. */
  async notice(reason, deadlineMs = 8000) {
    await this.page.waitForSelector(`${at('notice')}[data-reason=${reason}]`, { timeout: deadlineMs })
  }

  async close() {
    await this.page.context().close()
    if (this.ownsBrowser) await this.browser.close()
  }
}

export class TryPage {
  /** Opens /try in a browser of its own. */
  static async open(engine, { locale, viewport } = {}) {
    const worker = new TryPage()
    worker.browser = await Browser.open({ voice: 'worker in a browser' })
    worker.page = await worker.browser.page({ locale, viewport })
    await worker.page.goto(`${engine.url}/try`)
    return worker
  }

  get voice() {
    return this.browser.voice
  }

  async call({ afterHours = false } = {}) {
    if (afterHours) await this.page.click(at('try-after-hours'))
    await this.page.click(at('try-call'))
  }

  async state(state, deadlineMs = 10000) {
    await this.page.waitForSelector(`${at('try-state')}[data-state=${state}]`, { state: 'attached', timeout: deadlineMs })
  }

  async press(key) {
    await this.page.click(at(`try-key-${key}`))
  }

  async hangUp() {
    await this.page.click(at('try-hangup'))
  }

  listen() {
    return listen(this.page)
  }

  heard() {
    return heard(this.page)
  }

  untilHeard(clip, what, deadlineMs) {
    return untilHeard(this.page, clip, what, deadlineMs)
  }

  async close() {
    await this.browser.close()
  }
}

export { at, until }
