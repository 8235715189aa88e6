// The torture messages, what each must get, and a carrier who sends them and listens wherever an answer may come.
import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { REPOSITORY } from './engine.mjs'
import { until } from './wait.mjs'

const FOLDER = join(REPOSITORY, 'crates/sip/tests/torture')

// Where the Vias of the messages want their answers.
const PORTS = [5060, 5050, 6050, 19823]

/** The rows of table.md, each with the bytes of its message. */
export function torture() {
  const rows = readFileSync(join(FOLDER, 'table.md'), 'utf8').split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  return rows
    .filter((row) => row.length === 8 && row[2].includes('§'))
    .map(([, name, section, udp, tcp, forUs]) => ({ name, udp, tcp, forUs, bytes: readFileSync(join(FOLDER, `rfc${section.slice(0, 4)}`, `${name}.dat`)) }))
}

/** The message to another number: the last INVITE in it, under a branch and a Call-ID of its own. */
export function toNumber(bytes, number, mark) {
  const text = bytes.toString('latin1')
  const changed = text
    .slice(text.lastIndexOf('INVITE sip:'))
    .replace(/^INVITE sip:[^ ?]*(\?[^ ]*)? /, `INVITE sip:${number}@example.com$1 `)
    .replace(/^((?:Call-ID|i)[ \t]*:[ \t]*)/im, `$1${mark}-`)
    .replace(/branch=(z9hG4bK)?/, `branch=$1${mark}`)
  return Buffer.from(changed, 'latin1')
}

export class Carrier {
  #heard = []
  #closing = []
  #seen = new Set()

  /** At this address, with a UDP socket and a TCP listener on each port that a Via names. */
  static async at(address, engine) {
    const carrier = new Carrier()
    Object.assign(carrier, { address, engine })
    for (const port of PORTS) {
      const socket = dgram.createSocket('udp4')
      socket.on('message', (bytes) => carrier.#hear(bytes, 'udp'))
      await new Promise((resolve, reject) => socket.once('error', reject).bind(port, address, resolve))
      const server = net.createServer((stream) => carrier.#follow(stream, `to ${port}`))
      await new Promise((resolve, reject) => server.once('error', reject).listen(port, address, resolve))
      carrier.udp ??= socket
      carrier.#closing.push(() => socket.close(), () => server.close())
    }
    return carrier
  }

  async close() {
    for (const close of this.#closing) close()
  }

  /** The status lines of all that came. */
  answers() {
    return this.#heard.map(({ status, key }) => `${status} ${key}`)
  }

  datagram(bytes) {
    return new Promise((resolve, reject) => this.udp.send(bytes, this.engine.ports.sip, '127.0.0.1', (error) => (error ? reject(error) : resolve())))
  }

  /** A connection from this address; what comes over it is heard, its end is remembered. */
  connection(name) {
    return new Promise((resolve, reject) => {
      const stream = net.connect({ port: this.engine.ports.sip, host: '127.0.0.1', localAddress: this.address }, () => resolve(stream))
      stream.once('error', reject)
      this.#follow(stream, name)
      this.#closing.push(() => stream.destroy())
    })
  }

  /** Sends the message and expects exactly these statuses for it. */
  async overUdp(bytes, expected, name) {
    const mark = this.#heard.length
    await this.datagram(bytes)
    await this.#expect(mark, keysOf(bytes), expected, name)
    // Whatever else it would get has come before the answer to this.
    const after = ask(name, 'UDP', this.address)
    await this.datagram(after)
    await this.#expect(mark, keysOf(after), ['200'], `OPTIONS after ${name}`)
    assert.deepEqual(this.#statuses(mark, keysOf(bytes)), expected, name)
  }

  /** The same over a connection; `closed` as the last word: the engine closes it, else it reads on. */
  async overTcp(bytes, words, name) {
    const mark = this.#heard.length
    const closes = words.at(-1) === 'closed'
    const expected = closes ? words.slice(0, -1) : words
    const stream = await this.connection(name)
    stream.write(bytes)
    await this.#expect(mark, keysOf(bytes), expected, name)
    if (closes) {
      await until(() => stream.closed, `${name}: the connection is closed`)
    } else {
      const after = ask(name, 'TCP', this.address)
      stream.write(after)
      await this.#expect(mark, keysOf(after), ['200'], `OPTIONS on the same connection after ${name}`)
    }
    assert.deepEqual(this.#statuses(mark, keysOf(bytes)), expected, name)
    stream.destroy()
  }

  /** A message that never comes whole: the engine waits for it, and closes in the end. */
  async closedLate(bytes, name) {
    const [mark, began] = [this.#heard.length, performance.now()]
    const stream = await this.connection(name)
    stream.write(bytes)
    await until(() => stream.closed, `${name}: the connection is closed in the end`, 40_000, 100)
    assert.ok(performance.now() - began > 31_000, `${name}: not before its time`)
    assert.deepEqual(this.#statuses(mark, keysOf(bytes)), [], name)
  }

  /**
   * The message, set apart from those before it. Some share a branch or a Call-ID: as they stand they would be repetitions of one another, or
   * the same request by another path (RFC 3261 §17.2.3, §8.2.2.2).
   */
  apart(bytes, name) {
    const text = bytes.toString('latin1')
    const marks = [/branch=([^;,\s]+)/i, /^(?:Call-ID|i)[ \t]*:[ \t]*(\S+)/im].map((part) => part.exec(text)?.[1]).filter(Boolean)
    const seen = marks.some((mark) => this.#seen.has(mark))
    for (const mark of marks) this.#seen.add(mark)
    return seen ? Buffer.from(marks.reduce((changed, mark) => changed.replace(mark, `${mark}${name}`), text), 'latin1') : bytes
  }

  #expect(mark, keys, expected, name) {
    const got = () => this.#statuses(mark, keys)
    return until(() => got().length >= expected.length, () => `${name}: ${expected}; it got ${got()}`)
  }

  // Repetitions count once, and 100 never: a slow disk may be the reason for it (rule 1).
  #statuses(mark, keys) {
    const mine = this.#heard.slice(mark).filter(({ status, key }) => keys.includes(key) && status !== '100')
    const final = mine.filter((one, at) => mine.findIndex((other) => other.key === one.key && other.status === one.status) === at)
    return final.sort((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key)).map(({ status }) => status)
  }

  #follow(stream, name) {
    let text = ''
    stream.on('data', (bytes) => {
      text += bytes.toString('latin1')
      for (let end = whole(text); end > 0; end = whole(text)) {
        this.#hear(Buffer.from(text.slice(0, end), 'latin1'), name)
        text = text.slice(end)
      }
    })
    stream.on('error', () => {})
  }

  #hear(bytes) {
    const text = bytes.toString('latin1')
    const status = /^SIP\/2\.0 (\d{3}) /.exec(text)?.[1]
    if (status) this.#heard.push({ status, key: keysOf(bytes)[0] })
  }
}

// Where the first message of a stream ends; 0 while it is not whole.
function whole(text) {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return 0
  const end = head + 4 + Number(/^Content-Length: (\d+)/im.exec(text)?.[1] ?? 0)
  return text.length >= end ? end : 0
}

// What an answer to a message repeats of it: Call-ID and CSeq, white space aside, for each message in the bytes.
function keysOf(bytes) {
  const starts = bytes.toString('latin1').split(/\r\n\r\n\r\n(?=INVITE )/)
  return starts.map((text) => {
    const head = text.split('\r\n\r\n')[0].replaceAll(/\r\n[ \t]+/g, ' ')
    const value = (name) => new RegExp(`^(?:${name})[ \\t]*:[ \\t]*(.*)$`, 'im').exec(head.replaceAll('\r', ''))?.[1].replaceAll(/\s+/g, ' ').trim()
    return `${value('Call-ID|i') ?? ''} ${value('CSeq') ?? ''}`
  })
}

let asked = 0

function ask(name, transport, address) {
  asked += 1
  return Buffer.from(`OPTIONS sip:127.0.0.1 SIP/2.0\r
Via: SIP/2.0/${transport} ${address}:5060;branch=z9hG4bKafter${asked}${transport}\r
Max-Forwards: 70\r
From: <sip:carrier@${address}>;tag=after${asked}\r
To: <sip:127.0.0.1>\r
Call-ID: after-${name.replaceAll(' ', '-')}-${asked}@${address}\r
CSeq: 1 OPTIONS\r
Content-Length: 0\r
\r
`)
}
