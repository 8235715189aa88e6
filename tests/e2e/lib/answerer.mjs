// SIPp as a party that is called: a static SIP operator, the end of a `dial` step.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { voice } from './clips.mjs'
import { freePort, start } from './process.mjs'
import { Tap, stream, writePcap } from './rtp.mjs'

const reply = (status, { tag = false, sdp } = {}) => `<send${sdp ? ' retrans="500"' : ''}><![CDATA[SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:]${tag ? ';tag=[pid]A[call_number]' : ''}
[last_Call-ID:]
[last_CSeq:]
[last_Record-Route:]
Contact: <sip:operator@[local_ip]:[local_port];transport=[transport]>
${sdp ? `Content-Type: application/sdp\nContent-Length: [len]\n\n${sdp}` : 'Content-Length: 0\n\n'}]]></send>`

function scenario({ offset, pcap, ringMs }) {
  const sdp = `v=0
o=- 1 1 IN IP[media_ip_type] [media_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port${offset}] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
`
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="an operator's desk phone">
<recv request="INVITE" rrs="true"/>
${reply('180 Ringing', { tag: true })}
${ringMs ? `<pause milliseconds="${ringMs}"/>` : ''}
${reply('200 OK', { tag: true, sdp })}
<recv request="ACK"/>
${pcap ? `<nop><action><exec play_pcap_audio="${pcap}"/></action></nop>` : ''}
<recv request="BYE"/>
${reply('200 OK')}
</scenario>
`
}

/** Answers every call on its port after `ringMs`, speaks the clip `voice`, records what it hears, waits for BYE. */
export class Answerer {
  #process

  /** `echo`: no voice of its own; SIPp sends back what it hears (for load; nothing is recorded then). */
  static async open({ directory, voice: name = 'desk phone', ringMs = 0, port, echo = false, transport = 'udp', host = '127.0.0.1' }) {
    const answerer = new Answerer()
    answerer.directory = mkdtempSync(join(directory, 'answerer-'))
    answerer.port = port ?? (await freePort())
    answerer.voice = voice(name)
    const args = ['-i', host, '-mi', host, '-t', transport === 'tcp' ? 't1' : 'u1', '-p', `${answerer.port}`, '-nostdin', '-trace_err', '-timeout', '300s']
    if (echo) {
      args.push('-mp', `${await freePort()}`, '-rtp_echo')
    } else {
      answerer.tap = await Tap.beside({ host })
      args.push('-mp', `${answerer.tap.base}`)
    }
    const pcap = !echo && writePcap(join(answerer.directory, 'voice.pcap'), stream({ samples: answerer.voice, seconds: 110, ssrc: 0xa5 }))
    const file = join(answerer.directory, 'operator.xml')
    writeFileSync(file, scenario({ offset: echo ? '' : '+10', pcap, ringMs }))
    answerer.#process = start('sipp', ['-sf', file, ...args], { cwd: answerer.directory, log: join(answerer.directory, 'screen.log') })
    return answerer
  }

  get uri() {
    return `sip:operator@127.0.0.1:${this.port}`
  }

  async close() {
    this.#process.kill('SIGKILL')
    await this.#process.ended
    await this.tap?.close()
  }
}
