// Many calls at once by SIPp, and ports that count instead of keeping.
import dgram from 'node:dgram'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { voice } from './clips.mjs'
import { start } from './process.mjs'
import { parse, stream, writePcap } from './rtp.mjs'

const SDP = `v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [auto_media_port+10] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=ptime:20
`
const BODY = `Content-Type: application/sdp\nContent-Length: [len]\n\n${SDP}`
const head = (to, method, cseq, uri = '[next_url]') => `${method} ${uri} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:load@[local_ip]:[local_port]>;tag=[pid]L[call_number]
To: <sip:${to}@[remote_ip]:[remote_port]>${method === 'INVITE' ? '' : '[peer_tag_param]'}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:load@[local_ip]:[local_port]>
Max-Forwards: 70
`
const reply = (tag, body) => `<send${body ? ' retrans="500"' : ''}><![CDATA[SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]${tag}
[last_Call-ID:]
[last_CSeq:]
[last_Record-Route:]
Contact: <sip:load@[local_ip]:[local_port]>
${body ?? 'Content-Length: 0\n\n'}]]></send>`
const invite = (to) => `<send retrans="500"><![CDATA[${head(to, 'INVITE', 1, `sip:${to}@[remote_ip]:[remote_port]`)}${BODY}]]></send>
<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="183" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[${head(to, 'ACK', 1)}Content-Length: 0\n\n]]></send>`

/** A caller who listens until the other side hangs up. */
export const LISTENER = (to) => `${invite(to)}<recv request="BYE"/>${reply('')}`

/** A caller who speaks `pcap` for `ms`, and hangs up. */
export const SPEAKER = (to, pcap, ms) => `${invite(to)}<nop><action><exec play_pcap_audio="${pcap}"/></action></nop><pause milliseconds="${ms}"/>
<send retrans="500"><![CDATA[${head(to, 'BYE', 2)}Content-Length: 0\n\n]]></send><recv response="200"/>`

/** Whom they are bridged to: answers, speaks `pcap`, waits for the end. */
export const ANSWERER = (pcap) => `<recv request="INVITE" rrs="true"/>${reply(';tag=[pid]A[call_number]', BODY)}<recv request="ACK"/>
<nop><action><exec play_pcap_audio="${pcap}"/></action></nop><recv request="BYE"/>${reply('')}`

/** Frames that carry their number. */
export function countedPcap(directory, name, seconds, ssrc) {
  return writePcap(join(directory, `${name}.pcap`), stream({ samples: voice(name), seconds, ssrc, counted: true }))
}

/** Starts SIPp. Call n speaks and listens at `media + 10 + 4 (n − 1)`. */
export function sipp(engine, scenario, { remote = `127.0.0.1:${engine.ports.sip}`, port, media, rate, calls }) {
  const directory = mkdtempSync(join(engine.directory, 'load-'))
  const file = join(directory, 'load.xml')
  writeFileSync(file, `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="load">\n${scenario}\n</scenario>\n`)
  const args = [...(rate ? [remote, '-r', `${rate}`] : []), '-m', `${calls}`, '-l', '10000', '-sf', file, '-i', '127.0.0.1', '-mi', '127.0.0.1', '-p', `${port}`, '-mp', `${media}`]
  args.push('-nostdin', '-timeout', '170s', '-timeout_error', '-recv_timeout', '100000', '-trace_err', '-error_file', join(directory, 'errors.log'))
  return start('sipp', args, { cwd: directory, log: join(directory, 'screen.log') })
}

// Frames above are none of ours: the engine's own silence between two parties.
const MOST = 1e6

/**
 * Ports that count: per stream (its SSRC) how many packets came, and which numbers their frames carry; `counted`: of
 * frames that carry one.
 */
export class Counters {
  /** ssrc → { count, first, last, seen } */
  streams = new Map()
  #sockets = []

  static async open(media, calls, { counted = false } = {}) {
    const counters = new Counters()
    for (let n = 0; n < calls; n++) counters.#sockets.push(await counters.#bind(media + 10 + 4 * n, counted))
    return counters
  }

  #bind(port, counted) {
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
    socket.on('message', (data) => {
      const packet = parse(data)
      if (!packet || packet.payload.length < 4) return
      const number = packet.payload.readUInt32BE(0)
      if (counted && number > MOST) return
      const seen = this.streams.get(packet.ssrc)
      if (!seen) this.streams.set(packet.ssrc, { count: 1, first: number, last: number, numbers: new Set([number]) })
      else {
        seen.count += 1
        seen.last = number
        seen.numbers.add(number)
      }
    })
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(port, '127.0.0.1', () => resolve(socket))
    })
  }

  /** Packets that this machine dropped before we read them (the harness is to blame then, not the engine). */
  dropped() {
    const ours = new Set(this.#sockets.map((socket) => socket.address().port))
    const lines = readFileSync('/proc/net/udp', 'utf8').trim().split('\n').slice(1)
    return lines.reduce((sum, line) => {
      const fields = line.trim().split(/\s+/)
      return sum + (ours.has(Number.parseInt(fields[1].split(':')[1], 16)) ? Number(fields[12]) : 0)
    }, 0)
  }

  async close() {
    await Promise.all(this.#sockets.map((socket) => new Promise((resolve) => socket.close(resolve))))
  }
}
