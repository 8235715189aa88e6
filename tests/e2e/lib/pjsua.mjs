// pjsua2 as a telephone: a third maker's SIP, SDP, RTP, SRTP and TLS, as a caller and as an operator.
import { existsSync, mkdtempSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { voice } from './clips.mjs'
import { find } from './correlate.mjs'
import { BINARY } from './engine.mjs'
import { freePort, start } from './process.mjs'
import { until } from './wait.mjs'
import { readWav, writeWav } from './wav.mjs'

// `tests/run` makes it, of lib/pjsua/requirements.txt.
const PYTHON = process.env.PJSUA_PYTHON ?? join(dirname(dirname(BINARY)), 'pjsua/bin/python')
const PHONE = join(dirname(fileURLToPath(import.meta.url)), 'pjsua/phone.py')

export class Pjsua {
  events = []
  #text = ''
  #process

  /**
   * Starts one. `user`: its name or number; `transport`: how it calls; `ports`: where it listens, by transport; `tls`: `{ believes, certificate,
   * key, demand }`, PEM files; `srtp`: `no`, `may` or `must`; `answers`: at once, else when told.
   */
  static async open({ directory, user, transport = 'udp', host = '127.0.0.1', ports, tls, srtp = 'no', answers = true }) {
    const phone = new Pjsua()
    phone.directory = mkdtempSync(join(directory, 'pjsua-'))
    phone.voice = voice(`pjsua ${user}`)
    phone.ports = ports ?? { [transport]: await freePort() }
    const settings = {
      id: `<sip:${user}@${host}>`,
      host,
      transport: ports ? undefined : transport,
      ports: phone.ports,
      tls,
      srtp,
      answers,
      voice: writeWav(join(phone.directory, 'voice.wav'), phone.voice),
      heard: join(phone.directory, 'heard.wav'),
      log: join(phone.directory, 'pjsua.log'),
    }
    phone.#process = start(PYTHON, [PHONE, JSON.stringify(settings)], { log: join(phone.directory, 'screen.log') })
    phone.#process.stdin.on('error', () => {})
    phone.#process.stdout.on('data', (chunk) => phone.#read(chunk.toString('utf8')))
    await phone.event('ready', { deadlineMs: 15000 })
    return phone
  }

  #read(text) {
    const lines = (this.#text + text).split('\n')
    this.#text = lines.pop()
    for (const line of lines) if (line.startsWith('{')) this.events.push(JSON.parse(line))
  }

  #order(order) {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`)
  }

  /** Waits for an event after the first `after` of them: `calling`, `early`, `confirmed`, `disconnected`, `rings`, `media`, `digit`, `refused`. */
  event(name, { deadlineMs = 8000, after = 0, check = () => true } = {}) {
    return until(
      () => {
        if (this.#process.exitCode !== null) throw Object.assign(new Error('pjsua ended'), { final: true })
        return this.events.slice(after).find((event) => event.event === name && check(event))
      },
      () => `${name} from pjsua, which says ${JSON.stringify(this.events)}\n${this.#process.output().slice(-2000)}`,
      deadlineMs,
    )
  }

  dial(uri) {
    this.#order({ do: 'dial', uri })
  }

  /** Calls and waits until it is answered. */
  async call(uri) {
    const after = this.events.length
    this.dial(uri)
    return this.event('confirmed', { after })
  }

  answer() {
    this.#order({ do: 'answer' })
  }

  /** Presses a key, by RFC 4733 or by INFO. */
  press(key, by = 'rtp') {
    this.#order({ do: 'press', key, by })
  }

  async hold() {
    const after = this.events.length
    this.#order({ do: 'hold' })
    await this.event('media', { after })
  }

  async resume() {
    const after = this.events.length
    this.#order({ do: 'resume' })
    await this.event('media', { after, check: ({ active }) => active > 0 })
  }

  hangUp() {
    this.#order({ do: 'hangup' })
  }

  /** Waits for the end of the call. */
  ended(after = 0) {
    return this.event('disconnected', { after })
  }

  /** What it heard so far, at 8 kHz, from sample `since` on. */
  heard(since = 0) {
    const file = join(this.directory, 'heard.wav')
    return existsSync(file) ? readWav(file).samples.subarray(since) : new Int16Array(0)
  }

  /** Waits until it hears the clip, from sample `since` on. */
  untilHeard(clip, what, { since = 0, deadlineMs = 15000 } = {}) {
    let last = { peak: 0 }
    return until(
      () => {
        // Its sound device is a timer: on a busy machine it drops and repeats a few frames.
        last = find(this.heard(since), clip, { slackMs: 400 })
        return last.heard && last
      },
      () => `pjsua hears ${what} (best match ${last.peak.toFixed(2)}, ${this.heard(since).length} samples)`,
      deadlineMs,
      200,
    )
  }

  async close() {
    this.#order({ do: 'quit' })
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 2000)
    await this.#process.ended
    clearTimeout(late)
  }
}
