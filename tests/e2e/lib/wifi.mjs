// The air between a desk's page and the engine: its browser's media goes through here, and from a seed some is lost and some late. The page
// is told this place's port in the engine's answer, as behind a router that maps ports. The router is a thread of its own: what a test
// computes meanwhile makes no packet late.
import dgram from 'node:dgram'
import { once } from 'node:events'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { random } from './random.mjs'

export class Wifi {
  static async open({ engine, seed = 1 }) {
    const wifi = new Wifi()
    wifi.router = new Worker(fileURLToPath(import.meta.url), { workerData: { port: engine.ports.browser, seed } })
    const [port] = await once(wifi.router, 'message')
    wifi.port = port
    return wifi
  }

  /** The share `loss` of datagrams is lost, the others come up to `jitterMs` later. Calm at first. */
  air({ loss, jitterMs }) {
    return this.#ask({ loss, jitterMs })
  }

  /** The router gives the desk another address: from now on the engine is spoken to from a new port, and the old one is deaf. */
  roam() {
    return this.#ask({ roam: true })
  }

  /** Leads the media of a desk's page through here, from the next leg that it opens. */
  async lead(page) {
    await page.route('**/api/desk/leg', async (route) => {
      const response = await route.fetch()
      const answer = await response.json()
      const lines = answer.sdp.split('\r\n').filter((line) => !line.startsWith('a=candidate:') || / 127\.0\.0\.1 \d+ typ host/.test(line))
      const sdp = lines.map((line) => (line.startsWith('a=candidate:') ? line.replace(/ 127\.0\.0\.1 \d+ /, ` 127.0.0.1 ${this.port} `) : line)).join('\r\n')
      await route.fulfill({ response, json: { ...answer, sdp } })
    })
  }

  async close() {
    await this.router.terminate()
  }

  async #ask(order) {
    this.router.postMessage(order)
    await once(this.router, 'message')
  }
}

const bound = () => {
  const socket = dgram.createSocket('udp4')
  return new Promise((resolve, reject) => socket.once('error', reject).bind(0, '127.0.0.1', () => resolve(socket)))
}

/** The router's thread: first says its port, then does what it is told, and says when it has. */
async function route({ port, seed }) {
  const draw = random(seed)
  const near = await bound()
  let [far, browser, loss, jitterMs] = [null, null, 0, 0]
  const pass = (send) => {
    const [lost, late] = [draw() < loss, draw() * jitterMs]
    if (lost) return
    if (late < 1) send()
    else setTimeout(send, late)
  }
  const roam = async () => {
    const [old, socket] = [far, await bound()]
    socket.on('message', (bytes) => pass(() => browser && near.send(bytes, browser, '127.0.0.1')))
    far = socket
    old?.close()
  }
  near.on('message', (bytes, from) => {
    browser = from.port
    pass(() => far.send(bytes, port, '127.0.0.1'))
  })
  await roam()
  parentPort.on('message', async (order) => {
    if (order.roam) await roam()
    else ({ loss, jitterMs } = order)
    parentPort.postMessage('done')
  })
  parentPort.postMessage(near.address().port)
}

if (!isMainThread && workerData?.seed !== undefined) await route(workerData)
