// SIP over TLS, both ways: who proves what to whom, and what happens to those who cannot, or will not.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import tls from 'node:tls'
import { Authority } from '../lib/certificates.mjs'
import { HOTLINE } from '../lib/engine.mjs'
import { freePort } from '../lib/process.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'

const folder = mkdtempSync(join(tmpdir(), 'helpline-tls-'))
after(() => rmSync(folder, { recursive: true }))
const [authority, stranger] = [await Authority.make(folder), await Authority.make(folder, 'stranger')]
const carrier = await authority.sign('carrier')
const towards = await authority.sign('towards')
const phones = { pinned: await stranger.sign('phone', 'DNS:desk.example'), wrong: await stranger.sign('wrong') }
const port = { tls: await freePort(), pinned: await freePort(), wrong: await freePort() }

const it = house({
  users: false,
  // Nothing names a certificate: it is the self-made one of the pages.
  settings: { SIP__TLS: `127.0.0.1:${port.tls},[::1]:${port.tls}` },
  toml: `[trunk.strict]
addresses = ["127.0.0.9"]
tls = { roots = "${authority.certificate}", demand = true }

[operator.pinned]
uri = "sips:desk@127.0.0.21:${port.pinned}"
skills = ["lang:yue"]
tls = { name = "desk.example", pinned = "${phones.pinned.certificate}", certificate = "${towards.certificate}", key = "${towards.key}" }

[operator.wrong]
uri = "sip:desk@127.0.0.22:${port.wrong};transport=tls"
skills = ["lang:en"]
tls = { roots = "${authority.certificate}" }
`,
})

const pem = (file) => readFileSync(file, 'utf8')

/** A peer over TLS that keeps all it hears. */
class Peer {
  text = ''
  static async connect({ host = '127.0.0.1', localAddress, certificate, key } = {}) {
    const ca = pem(join(it.engine.data, 'tls/certificate.pem'))
    const socket = tls.connect({ host, port: port.tls, localAddress, ca, ...(certificate && { cert: pem(certificate), key: pem(key) }) })
    const peer = new Peer(socket)
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    return it.keep(peer)
  }

  constructor(socket) {
    this.socket = socket
    socket.setEncoding('latin1').on('data', (text) => (this.text += text)).on('error', (error) => (this.error = error)).on('end', () => (this.ended = true))
  }

  hears(pattern, what = `${pattern}`) {
    return until(() => pattern.exec(this.text), () => `${what} in ${JSON.stringify(this.text)} ${this.error ?? ''}`)
  }

  async close() {
    this.socket.destroy()
  }
}

let count = 0
function request(method, { scheme = 'sip', number = 'carrier', cseq = 1, tag = '', id = ++count, body = '', port: to = port.tls } = {}) {
  return [
    `${method} ${scheme}:${HOTLINE}@127.0.0.1:${to} SIP/2.0`,
    `Via: SIP/2.0/TLS 127.0.0.1:5999;branch=z9hG4bK${id}${method === 'ACK' ? 'a' : cseq}`,
    `From: <${scheme}:${number}@127.0.0.1>;tag=f${id}`,
    `To: <${scheme}:${HOTLINE}@127.0.0.1>${tag}`,
    `Call-ID: call${id}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <${scheme}:carrier@127.0.0.1:5999;transport=tls>`,
    'Max-Forwards: 70',
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}
const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40998 RTP/AVP 8\r\n'

test('the self-made certificate by default: OPTIONS, keep-alive, and an end that is said', async () => {
  for (const host of ['127.0.0.1', '::1']) {
    const peer = await Peer.connect({ host })
    assert.match(peer.socket.getProtocol(), /^TLSv1\.[23]$/)
    peer.socket.write(request('OPTIONS'))
    assert.match((await peer.hears(/^SIP\/2\.0 200 [^]*?\r\n\r\n/))[0], /\r\nVia: SIP\/2\.0\/TLS /)
    peer.text = ''
    peer.socket.write('\r\n\r\n')
    await peer.hears(/^\r\n$/, 'the pong of RFC 5626 §3.5.1')
    // Their close_notify is answered by ours: `end` comes only by one.
    peer.socket.end()
    await until(() => peer.ended, 'our close_notify')
    assert.equal(peer.error, undefined)
  }
})

test('a call: one message in many records, several in one; Contact is SIP over TLS, or SIPS where SIPS was asked for', async () => {
  for (const [scheme, contact] of [['sip', /\r\nContact: <sip:helpline@127\.0\.0\.1:(\d+);transport=tls>\r\n/], ['sips', /\r\nContact: <sips:helpline@127\.0\.0\.1:(\d+);transport=tcp>\r\n/]]) {
    const peer = await Peer.connect()
    const number = it.engine.number()
    const call = { scheme, number, id: ++count }
    const invite = request('INVITE', { ...call, body: SDP })
    for (let at = 0; at < invite.length; at += 100) peer.socket.write(invite.slice(at, at + 100))
    const [answer] = await peer.hears(/SIP\/2\.0 200 [^]*?m=audio[^]*/)
    assert.equal(contact.exec(answer)?.[1], `${port.tls}`)
    const tag = /\r\nTo: [^\r]*(;tag=[^\r;]*)/.exec(answer)[1]
    peer.text = ''
    peer.socket.write(request('ACK', { ...call, tag }) + request('BYE', { ...call, tag, cseq: 2 }))
    await peer.hears(/SIP\/2\.0 200 [^]*CSeq: 2 BYE/)
    await it.engine.call(number, ({ ended }) => ended, 'the call in the log')
    await it.close(peer)
  }
})

test('our own requests take the connection that the call came by', async () => {
  const peer = await Peer.connect()
  const call = { number: it.engine.number(), id: ++count }
  peer.socket.write(request('INVITE', { ...call, body: SDP }))
  await peer.hears(/SIP\/2\.0 200 /)
  // No ACK comes: our 200 comes again over the same connection.
  peer.text = ''
  await peer.hears(/SIP\/2\.0 200 [^]*CSeq: 1 INVITE/, 'our 200 again')
  await it.close(peer)
})

test('what is no TLS is closed, and the silent disturb nobody', async () => {
  for (const junk of ['OPTIONS sip:x SIP/2.0\r\n\r\n', '\x16\x03\x01\xff\xff' + 'a'.repeat(70000), '\x00']) {
    const socket = net.connect(port.tls, '127.0.0.1')
    socket.on('error', () => {}).resume()
    socket.write(junk, 'latin1')
    if (junk !== '\x00') await until(() => socket.closed, 'it is closed')
    socket.destroy()
  }
  const silent = Array.from({ length: 63 }, () => net.connect(port.tls, '127.0.0.1').on('error', () => {}))
  const peer = await Peer.connect({ localAddress: '127.0.0.2' })
  peer.socket.write(request('OPTIONS'))
  await peer.hears(/^SIP\/2\.0 200 /)
  for (const socket of silent) socket.destroy()
})

test('who must show a certificate shows one, of the right authority, or is refused', async () => {
  const localAddress = '127.0.0.9'
  const peer = await Peer.connect({ localAddress, ...carrier })
  peer.socket.write(request('OPTIONS'))
  await peer.hears(/^SIP\/2\.0 200 /)
  for (const shown of [{}, phones.wrong]) {
    // TLS 1.3: the client is done before it is refused.
    const refused = await Peer.connect({ localAddress, ...shown }).catch((error) => ({ error }))
    await until(() => refused.error, 'an alert')
    assert.match(`${refused.error}`, /certificate|unknown ca|ECONNRESET/i)
  }
})

/** A desk phone over TLS that refuses every call, and what it heard. */
async function phone(host, to, identity) {
  const heard = { text: '', failed: [] }
  const sockets = []
  const server = tls.createServer({ cert: pem(identity.certificate), key: pem(identity.key), requestCert: true, ca: pem(authority.certificate), rejectUnauthorized: false })
  server.on('tlsClientError', (error) => heard.failed.push(error.message))
  server.on('secureConnection', (socket) => {
    sockets.push(socket)
    heard.name = socket.servername
    heard.shown = socket.getPeerCertificate().subject?.CN
    socket.on('error', () => {})
    socket.setEncoding('latin1').on('data', (text) => (heard.text += text))
  })
  await new Promise((resolve) => server.listen(to, host, resolve))
  await it.keep(Promise.resolve({ close: () => (sockets.forEach((socket) => socket.destroy()), new Promise((resolve) => server.close(resolve))) }))
  return heard
}

test('we call over TLS: SNI, our certificate, a pinned one of theirs, SIPS all through', async () => {
  const heard = await phone('127.0.0.21', port.pinned, phones.pinned)
  const caller = await it.caller({ keys: '21' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await until(() => heard.text.includes('\r\n\r\n'), 'an INVITE at the phone', 12000)
  assert.deepEqual([heard.name, heard.shown], ['desk.example', 'towards'])
  assert.match(heard.text, new RegExp(`^INVITE sips:desk@127\\.0\\.0\\.21:${port.pinned} SIP/2\\.0\\r\\nVia: SIP/2\\.0/TLS 127\\.0\\.0\\.1:${port.tls};`))
  assert.match(heard.text, /\r\nFrom: [^\r]*<sips:helpline@/)
  assert.match(heard.text, new RegExp(`\\r\\nContact: <sips:helpline@127\\.0\\.0\\.1:${port.tls};transport=tcp>`))
  await caller.hangUp()
  await caller.done()
})

test('a phone that cannot prove who it is hears nothing of a call', async () => {
  const heard = await phone('127.0.0.22', port.wrong, phones.wrong)
  const caller = await it.caller({ keys: '31' })
  await caller.greeted()
  await caller.press()
  await caller.press()
  await until(() => heard.failed.length > 0, 'the handshake fails', 12000)
  assert.equal(heard.text, '')
  await until(() => it.engine.logTail(1e6).includes('failed to agree on TLS'), 'the log says so')
  await caller.hangUp()
  await caller.done()
})

nobodyIsNamed(it)
