// A bad network between a caller and the engine: from a seed it loses, doubles and reorders datagrams, in both directions.
import dgram from 'node:dgram'
import { random } from './random.mjs'

const bound = (host) => {
  const socket = dgram.createSocket('udp4')
  return new Promise((resolve, reject) => socket.once('error', reject).bind(0, host, () => resolve(socket)))
}

export class LossyLink {
  sent = 0
  lost = 0
  doubled = 0
  late = 0
  #closed = false

  /** Callers send to `near`, and name `far` as where they are. Each share is of datagrams, by their count in each direction. */
  static async open({ engine, seed, loss = 0.1, double = 0.05, reorder = 0.1, host = '127.0.0.1' }) {
    const link = Object.assign(new LossyLink(), { loss, double, reorder })
    const [near, far] = [await bound(host), await bound(host)]
    link.sockets = [near, far]
    let caller
    const [out, back] = [random(seed), random(seed ^ 0x5bd1e995)]
    near.on('message', (bytes, { port }) => {
      caller = port
      link.#pass(out, () => far.send(bytes, engine.ports.sip, host))
    })
    far.on('message', (bytes) => link.#pass(back, () => caller && near.send(bytes, caller, host)))
    return link
  }

  // Four draws for each datagram, whatever becomes of it: the next one's fate does not depend on this one's.
  #pass(draw, send) {
    const [loss, double, reorder, delay] = [draw(), draw(), draw(), draw()]
    const go = (after) => setTimeout(() => this.#closed || send(), after)
    this.sent += 1
    if (loss < this.loss) return void (this.lost += 1)
    if (double < this.double) {
      this.doubled += 1
      go(delay * 80)
    }
    if (reorder < this.reorder) this.late += 1
    go(reorder < this.reorder ? 10 + delay * 60 : 0)
  }

  get near() {
    return this.sockets[0].address().port
  }

  get far() {
    return this.sockets[1].address().port
  }

  async close() {
    this.#closed = true
    for (const socket of this.sockets) socket.close()
  }
}
