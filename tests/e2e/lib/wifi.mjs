// The air between a desk's page and the engine: its browser's media goes through here, and from a seed some is lost and some late. The page
// is told this place's port in the engine's answer, as behind a router that maps ports.
import dgram from 'node:dgram'
import { random } from './random.mjs'

const bound = () => {
  const socket = dgram.createSocket('udp4')
  return new Promise((resolve, reject) => socket.once('error', reject).bind(0, '127.0.0.1', () => resolve(socket)))
}

export class Wifi {
  /** Calm at first: the share `loss` of datagrams is lost, the others come up to `jitterMs` later. */
  loss = 0
  jitterMs = 0
  #closed = false

  static async open({ engine, seed = 1 }) {
    const wifi = new Wifi()
    wifi.engine = engine
    wifi.draw = random(seed)
    wifi.near = await bound()
    wifi.near.on('message', (bytes, { port }) => {
      wifi.browser = port
      wifi.#pass(() => wifi.far.send(bytes, engine.ports.browser, '127.0.0.1'))
    })
    await wifi.roam()
    return wifi
  }

  /** The router gives the desk another address: from now on the engine is spoken to from a new port, and the old one is deaf. */
  async roam() {
    this.far?.close()
    this.far = await bound()
    this.far.on('message', (bytes) => this.#pass(() => this.browser && this.near.send(bytes, this.browser, '127.0.0.1')))
  }

  /** Leads the media of a desk's page through here, from the next leg that it opens. */
  async lead(page) {
    const port = this.near.address().port
    await page.route('**/api/desk/leg', async (route) => {
      const response = await route.fetch()
      const answer = await response.json()
      const lines = answer.sdp.split('\r\n').filter((line) => !line.startsWith('a=candidate:') || / 127\.0\.0\.1 \d+ typ host/.test(line))
      const sdp = lines.map((line) => (line.startsWith('a=candidate:') ? line.replace(/ 127\.0\.0\.1 \d+ /, ` 127.0.0.1 ${port} `) : line)).join('\r\n')
      await route.fulfill({ response, json: { ...answer, sdp } })
    })
  }

  #pass(send) {
    const [lost, late] = [this.draw() < this.loss, this.draw() * this.jitterMs]
    if (lost) return
    const go = () => this.#closed || send()
    if (late < 1) go()
    else setTimeout(go, late)
  }

  async close() {
    this.#closed = true
    this.near.close()
    this.far.close()
  }
}
