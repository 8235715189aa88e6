// SIPp as the carrier's side: one process per caller, told what to do over SIPp's own third-party control (3PCC) socket.
import { mkdtempSync, readFileSync, existsSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { voice } from './clips.mjs'
import { freePort, run, start } from './process.mjs'
import { Tap, stream, writePcap } from './rtp.mjs'
import { until, within } from './wait.mjs'

const SDP = (direction = 'sendrecv') => `v=0
o=- 53655765 ${direction === 'sendrecv' ? 1 : 2} IN IP[media_ip_type] [media_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port+10] RTP/AVP 8 0 101
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=${direction}
`

const head = ({ to, cseq, method, tagged = true, uri = '[next_url]' }) => `${method} ${uri} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
${tagged ? '[routes]\n' : ''}From: <sip:[number]@[local_ip]:[local_port]>;tag=[pid]S[call_number]
To: <sip:${to}@[remote_ip]:[remote_port]>${tagged ? '[peer_tag_param]' : ''}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Max-Forwards: 70
`

const CONTACT = 'Contact: <sip:trunk@[local_ip]:[local_port];transport=[transport]>\n'
const EMPTY = 'Content-Length: 0\n\n'
const BODY = (sdp) => `Content-Type: application/sdp\nContent-Length: [len]\n\n${sdp}`
const OK = `SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
${CONTACT}`
const tell = (word) => `<sendCmd><![CDATA[Call-ID: [call_id]\nEvent: ${word}\n]]></sendCmd>`

// The commands that a caller can be given while the call is up, each with its branch of the scenario.
function orders(keys, to, files) {
  const order = [['bye', `<send retrans="500"><![CDATA[${head({ to, cseq: 9, method: 'BYE' })}${EMPTY}]]></send>
<recv response="200" timeout="8000"/>${tell('gone')}<nop next="over"/>`]]
  for (const [on, direction, cseq] of [['hold', 'sendonly', 3], ['resume', 'sendrecv', 4]]) {
    order.push([on, `<send retrans="500"><![CDATA[${head({ to, cseq, method: 'INVITE' })}${CONTACT}${BODY(SDP(direction))}]]></send>
<recv response="100" optional="true"/><recv response="200" rrs="true"/>
<send><![CDATA[${head({ to, cseq, method: 'ACK' })}${EMPTY}]]></send>${tell(on)}<nop next="wait"/>`])
  }
  ;[...keys].forEach((_, n) => {
    order.push([`key${n}`, `<nop next="wait"><action><exec play_pcap_audio="${files[n + 1]}"/></action></nop>`])
  })
  return order
}

function scenario({ to, keys, files, headers }) {
  const order = orders(keys, to, files)
  const choose = order.map(([word], i) => `<nop hide="true"><action><strcmp assign_to="d" variable="do" value="${word}"/><test assign_to="t${i}" variable="d" compare="equal" value="0"/></action></nop><nop hide="true" next="${word}" test="t${i}"/>`)
  const branches = order.map(([word, body]) => `<label id="${word}"/>${body}`)
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="a caller">
${tell('dialling')}
<send retrans="500"><![CDATA[${head({ to, cseq: 1, method: 'INVITE', tagged: false, uri: `sip:${to}@[remote_ip]:[remote_port]` })}${CONTACT}${headers}Allow: INVITE, ACK, BYE, CANCEL, OPTIONS
${BODY(SDP())}]]></send>
<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="183" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[${head({ to, cseq: 1, method: 'ACK' })}${EMPTY}]]></send>
${tell('answered')}
<nop><action><exec play_pcap_audio="${files[0]}"/></action></nop>
<label id="wait"/>
<recv request="BYE" optional="true" next="ended"/>
<recvCmd><action><ereg regexp="do=([a-z0-9]+)" search_in="msg" check_it="true" assign_to="all,do"/></action></recvCmd>
${choose.join('\n')}
<nop next="wait"/>
${branches.join('\n')}
<label id="ended"/>
<send><![CDATA[${OK}${EMPTY}]]></send>
${tell('ended')}
<label id="over"/>
<Reference variables="all"/>
</scenario>
`.replaceAll('\n', '\r\n').replaceAll('\r\r', '\r')
}

/** Media as ordered by the SDP: a caller's RTP port is a tap that records; SIPp itself sends from it. */
export class Caller {
  events = []
  #twin
  #free = 0
  #process

  /**
   * Dials. `number`: the caller ID; `to`: the number dialled; `keys`: pressed one by one by `press()`; `voice`: the clip's name (null: silence).
   * `transport`: udp or tcp; `host`: 127.0.0.1 or ::1.
   */
  static async dial({ engine, number, to, keys = '', voice: name = number, transport = 'udp', host = '127.0.0.1', headers = '' }) {
    const caller = new Caller()
    caller.number = number
    caller.directory = mkdtempSync(join(engine.directory, `caller-${number}-`))
    caller.tap = await Tap.beside({ host })
    caller.voice = name && voice(name)
    caller.keysLeft = [...keys].map((_, n) => `key${n}`)
    caller.#write({ to, keys, headers })
    await caller.#listen()
    await caller.#start({ engine, transport, host })
    await caller.event('dialling')
    return caller
  }

  #write({ to, keys, headers }) {
    const ssrc = Number(this.number.slice(-8))
    const files = ['', ...keys].map((key, n) => {
      const at = { sequence: 100 + n * 6000, timestamp: 1600 + n * 960000, ssrc }
      return writePcap(join(this.directory, `${n}.pcap`), stream({ samples: this.voice, key, ...at, seconds: 110 }))
    })
    writeFileSync(join(this.directory, 'caller.xml'), scenario({ to, keys, files, headers }))
  }

  async #listen() {
    this.server = net.createServer((socket) => {
      this.#twin = socket
      let text = ''
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
        for (let end = text.indexOf('\x1b'); end >= 0; end = text.indexOf('\x1b')) {
          this.#hear(text.slice(0, end))
          text = text.slice(end + 1)
        }
      })
    })
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve))
  }

  #hear(message) {
    this.callId = /Call-ID: (\S+)/.exec(message)?.[1] ?? this.callId
    const name = /Event: (\S+)/.exec(message)?.[1]
    if (name) this.events.push({ name, at: performance.now() })
  }

  async #start({ engine, transport, host }) {
    this.sipPort = await freePort()
    const bracketed = host.includes(':') ? `[${host}]` : host
    const args = [`${bracketed}:${engine.ports.sip}`, '-sf', join(this.directory, 'caller.xml'), '-i', host, '-mi', host, '-p', `${this.sipPort}`]
    args.push('-mp', `${this.tap.base}`, '-t', transport === 'tcp' ? 't1' : 'u1', '-key', 'number', this.number)
    args.push('-m', '1', '-nostdin', '-3pcc', `127.0.0.1:${this.server.address().port}`, '-timeout', '180s', '-timeout_error')
    args.push('-trace_msg', '-message_file', join(this.directory, 'messages.log'), '-trace_err', '-error_file', join(this.directory, 'errors.log'))
    this.#process = start('sipp', args, { cwd: this.directory, log: join(this.directory, 'screen.log') })
  }

  /** Waits for `dialling`, `answered`, `ended` (their BYE), `gone` (ours was answered), `hold`, `resume`; answers when it came. */
  async event(name, deadlineMs = 8000) {
    return until(
      () => {
        const found = this.events.find((event) => event.name === name)
        if (!found && this.#process.exitCode !== null && this.#process.exitCode !== undefined) throw new Error(this.complaint())
        return found
      },
      () => `caller ${this.number.slice(0, 3)}…: ${name}; ${this.complaint()}`,
      deadlineMs,
    )
  }

  /** Waits until it is answered and the first words are under way. */
  async greeted() {
    await this.event('answered')
    await this.tap.until((tap) => tap.packets.length > 30, 'the first words')
  }

  /** What SIPp found wrong. */
  complaint() {
    const file = join(this.directory, 'errors.log')
    return existsSync(file) ? readFileSync(file, 'latin1').slice(0, 2000) : `no complaint from SIPp, events ${this.events.map((event) => event.name)}`
  }

  // One order at a time: SIPp listens again when the last one is under way, a key when it is up (180 ms on the wire).
  async #order(word, takesMs = 50) {
    await until(() => performance.now() > this.#free, 'the order before is under way')
    this.#free = performance.now() + takesMs
    this.#twin.write(`Call-ID: ${this.callId}\r\ndo=${word}\r\n\x1b`)
  }

  /** Presses the next of the keys. */
  async press() {
    const next = this.keysLeft.shift()
    if (!next) throw new Error('this caller has no keys left')
    await this.#order(next, 250)
  }

  /** Hangs up, and waits until the other side has taken it. */
  async hangUp() {
    await this.#order('bye')
    await this.event('gone')
  }

  /** A re-INVITE by which the carrier holds, or takes back, the call. */
  async hold(on) {
    await this.#order(on ? 'hold' : 'resume')
    await this.event(on ? 'hold' : 'resume')
  }

  /** The exit of SIPp: 0 when every message was as the scenario says. */
  async done(deadlineMs = 8000) {
    const { code } = await within(this.#process.ended, 'the end of SIPp', deadlineMs)
    if (code !== 0) throw new Error(`SIPp: exit ${code}; ${this.complaint()}`)
  }

  async close() {
    this.#process.kill('SIGKILL')
    await this.#process.ended
    this.#twin?.destroy()
    this.server.close()
    await this.tap.close()
  }
}

/** One OPTIONS by SIPp over udp or tcp; true when 200 (or any final answer that a known trunk gets) came back. */
export async function options(engine, { transport = 'udp', host = '127.0.0.1' } = {}) {
  const directory = mkdtempSync(join(engine.directory, 'options-'))
  const file = join(directory, 'options.xml')
  writeFileSync(file, `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="OPTIONS"><send retrans="500"><![CDATA[OPTIONS sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:trunk@[local_ip]:[local_port]>;tag=[pid]O[call_number]
To: <sip:[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 OPTIONS
${CONTACT}Max-Forwards: 70
${EMPTY}]]></send><recv response="200" timeout="4000"/></scenario>`)
  const bracketed = host.includes(':') ? `[${host}]` : host
  const args = [`${bracketed}:${engine.ports.sip}`, '-sf', file, '-i', host, '-m', '1', '-nostdin', '-t', transport === 'tcp' ? 't1' : 'u1', '-timeout', '8s', '-timeout_error']
  await run('sipp', [...args, '-p', `${await freePort()}`], { cwd: directory })
}
