// The HTTP API as a page uses it: a session cookie, the own origin.
import { PASSWORD, mask } from './engine.mjs'
import { until } from './wait.mjs'

export class Api {
  #cookie = ''

  static async signIn(engine, name, password = PASSWORD) {
    const api = new Api()
    api.engine = engine
    await api.post('/api/session', { name, password })
    return api
  }

  async #fetch(method, path, body) {
    const headers = { cookie: this.#cookie, origin: this.engine.url, 'content-type': 'application/json' }
    const response = await fetch(`${this.engine.url}${path}`, { method, headers, body: body && JSON.stringify(body) })
    for (const cookie of response.headers.getSetCookie()) this.#cookie = cookie.split(';')[0]
    const text = await response.text()
    if (!response.ok) throw Object.assign(new Error(`${method} ${path}: ${response.status} ${text}`), { status: response.status })
    return text && JSON.parse(text)
  }

  get(path) {
    return this.#fetch('GET', path)
  }

  post(path, body) {
    return this.#fetch('POST', path, body)
  }

  /** Every open obligation. */
  async obligations(state = 'open') {
    return (await this.get(`/api/obligations?state=${state}&limit=200`)).obligations
  }

  /** Every call of the log, newest first. */
  async calls() {
    const calls = []
    let after = ''
    do {
      const page = await this.get(`/api/calls?limit=200${after && `&after=${encodeURIComponent(after)}`}`)
      calls.push(...page.calls)
      after = page.next
    } while (after)
    return calls
  }

  /** The steps of one journey. */
  async steps(journey) {
    return (await this.get(`/api/calls/${journey}`)).steps
  }

  /** The newest call with this number, ours to them counted. */
  async call(number) {
    return (await this.calls()).find(({ caller }) => caller === mask(number))
  }

  /** Waits until something is on record of the newest call with this number. */
  told(number, event, check = () => true, deadlineMs = 20000) {
    const there = async () => {
      const call = await this.call(number)
      return call && (await this.steps(call.journey)).some((step) => step.event === event && check(step.detail))
    }
    return until(there, `"${event}" on record`, deadlineMs, 100)
  }

  /** Waits until what is owed to this number, the newest of it, satisfies `check`; answers its row. */
  owed(number, check, what, deadlineMs = 10000) {
    let seen
    const there = async () => {
      const { obligations } = await this.get('/api/obligations?limit=200')
      seen = obligations.findLast(({ caller }) => caller === mask(number))
      return seen && check(seen) && seen
    }
    return until(there, () => `${what}; there is ${JSON.stringify(seen)}`, deadlineMs, 100)
  }
}
