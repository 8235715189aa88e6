// A carrier that our own calls go to: it challenges, registers, rings, answers, refuses, or says nothing, as it is told. Over UDP.
import { createHash } from 'node:crypto'
import dgram from 'node:dgram'
import { voice } from './clips.mjs'
import { Tap, stream } from './rtp.mjs'
import { until } from './wait.mjs'

const HASH = { MD5: 'md5', 'SHA-256': 'sha256' }

export class Carrier {
  /** Every request that came, newest last: `{ method, uri, headers, body }`. */
  requests = []
  /** What INVITEs get: answer, busy, ring, silent, unavailable. */
  calls = 'answer'
  /** The same for single numbers. */
  to = {}
  /** Whether anything is answered at all. */
  alive = true
  #socket
  #ringing = new Map()
  #done = new Set()
  #talking = []

  /** `login`: { user, password, realm, algorithm } where it challenges REGISTER and INVITE; `voice`: what it says when it answers. */
  static async open({ port = 0, login, voice: name = 'a service outside' } = {}) {
    const carrier = new Carrier()
    carrier.login = login
    carrier.voice = voice(name)
    carrier.tap = await Tap.open()
    carrier.#socket = dgram.createSocket('udp4')
    carrier.#socket.on('message', (data, from) => carrier.#hear(data.toString('latin1'), from))
    await new Promise((resolve) => carrier.#socket.bind(port, '127.0.0.1', resolve))
    carrier.port = carrier.#socket.address().port
    return carrier
  }

  /** Those of one method. */
  all(method) {
    return this.requests.filter((request) => request.method === method)
  }

  /** Waits for the newest request of a method that satisfies `check`. */
  request(method, check = () => true, deadlineMs = 10000) {
    const found = () => this.all(method).findLast(check)
    return until(found, () => `${method} at the carrier; there were ${this.requests.map(({ method }) => method)}`, deadlineMs)
  }

  /** The INVITEs to one number. */
  invites(number) {
    return this.all('INVITE').filter((request) => dialled(request) === number)
  }

  #hear(text, from) {
    const [head, body = ''] = text.split('\r\n\r\n')
    const [line, ...lines] = head.split('\r\n')
    if (line.startsWith('SIP/2.0') || !this.alive) return
    const headers = {}
    for (const each of lines) {
      const colon = each.indexOf(':')
      const name = each.slice(0, colon).toLowerCase()
      headers[name] ??= each.slice(colon + 1).trim()
    }
    const [method, uri] = line.split(' ')
    const request = { method, uri, headers, body, from, lines }
    this.requests.push(request)
    this[`on${method}`]?.(request)
  }

  #reply(request, status, { more = '', sdp = '' } = {}) {
    const to = request.headers.to.includes(';tag=') ? request.headers.to : `${request.headers.to};tag=c${this.port}`
    const vias = request.lines.filter((each) => each.startsWith('Via:')).join('\r\n')
    const { from, 'call-id': id, cseq } = request.headers
    const kind = sdp && 'Content-Type: application/sdp\r\n'
    const text = `SIP/2.0 ${status}\r\n${vias}\r\nFrom: ${from}\r\nTo: ${to}\r\nCall-ID: ${id}\r\nCSeq: ${cseq}\r\nContact: <sip:carrier@127.0.0.1:${this.port}>\r\n${more}${kind}Content-Length: ${sdp.length}\r\n\r\n${sdp}`
    this.#socket.send(text, request.from.port, request.from.address)
  }

  /** RFC 7616: whether what a request says is right; else it is challenged. */
  #believed(request) {
    if (!this.login) return true
    const { user, password, realm, algorithm = 'SHA-256' } = this.login
    const said = request.headers.authorization ?? ''
    const get = (name) => new RegExp(`\\b${name}="?([^",]+)"?`).exec(said)?.[1] ?? ''
    const hash = (text) => createHash(HASH[algorithm]).update(text).digest('hex')
    const secret = hash(`${user}:${realm}:${password}`)
    const asked = hash(`${request.method}:${get('uri')}`)
    const wanted = hash(`${secret}:${get('nonce')}:${get('nc')}:${get('cnonce')}:auth:${asked}`)
    if (said && get('nonce') === 'n1' && get('response') === wanted && get('uri') === request.uri) return true
    this.#reply(request, '401 Unauthorized', {
      more: `WWW-Authenticate: Digest realm="${realm}", nonce="n1", qop="auth", algorithm=${algorithm}\r\n`,
    })
    return false
  }

  onOPTIONS(request) {
    this.#reply(request, '200 OK')
  }

  onREGISTER(request) {
    if (this.#believed(request)) this.#reply(request, '200 OK', { more: `Expires: ${request.headers.expires}\r\n` })
  }

  onINVITE(request) {
    const id = `${request.headers['call-id']} ${request.headers.cseq}`
    const how = this.to[dialled(request)] ?? this.calls
    if (this.#done.has(id) || how === 'silent') return
    this.#done.add(id)
    if (!this.#believed(request)) return
    if (how === 'busy') return this.#reply(request, '486 Busy Here')
    if (how === 'unavailable') return this.#reply(request, '503 Service Unavailable')
    this.#reply(request, '100 Trying')
    this.#reply(request, '180 Ringing')
    this.#ringing.set(request.headers['call-id'], request)
    if (how === 'answer') this.#answer(request)
  }

  #answer(request) {
    const sdp = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${this.tap.port} RTP/AVP 8\r\n`
    this.#reply(request, '200 OK', { sdp })
    const theirs = Number(/m=audio (\d+)/.exec(request.body)[1])
    const begun = performance.now()
    const packets = stream({ samples: this.voice, seconds: 60, ssrc: 0xca11 })
    const timer = setInterval(() => {
      while (packets.length > 0 && packets[0].atMs <= performance.now() - begun) this.tap.send(packets.shift().data, theirs)
    }, 10)
    this.#talking.push(timer)
  }

  onCANCEL(request) {
    this.#reply(request, '200 OK')
    const invite = this.#ringing.get(request.headers['call-id'])
    if (invite) this.#reply(invite, '487 Request Terminated')
  }

  onBYE(request) {
    this.#talking.splice(0).forEach((timer) => clearInterval(timer))
    this.#reply(request, '200 OK')
  }

  async close() {
    this.#talking.forEach((timer) => clearInterval(timer))
    await new Promise((resolve) => this.#socket.close(resolve))
    await this.tap.close()
  }
}

/** The number in a Request-URI. */
function dialled({ uri }) {
  return /^sips?:([^@;]*)/.exec(uri)?.[1]
}
