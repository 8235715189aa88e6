// Many short calls, each from a number of its own, under which the engine is killed: SIPp tells which of them heard anything at all.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, start } from './process.mjs'

const head = (to, method, cseq, uri = '[next_url]') => `${method} ${uri} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]K[call_number]
To: <sip:${to}@[remote_ip]:[remote_port]>${method === 'INVITE' ? '' : '[peer_tag_param]'}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:storm@[local_ip]:[local_port]>
Max-Forwards: 70
`
const sdp = (media) => `Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio ${media} RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
`
const heard = '<action><log message="heard [field0]"/></action>'

// Whoever hears nothing for long gives up; a call that the engine forgot is no failure of this one.
const scenario = (to, media, talkMs) => `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="storm">
<send retrans="500"><![CDATA[${head(to, 'INVITE', 1, `sip:${to}@[remote_ip]:[remote_port]`)}${sdp(media)}]]></send>
<recv response="100" optional="true">${heard}</recv>
<recv response="180" optional="true">${heard}</recv>
<recv response="480" optional="true" next="refused">${heard}</recv>
<recv response="200" rrs="true" timeout="12000" ontimeout="over">${heard}</recv>
<send><![CDATA[${head(to, 'ACK', 1)}Content-Length: 0\n\n]]></send>
<pause milliseconds="${talkMs}"/>
<send retrans="500"><![CDATA[${head(to, 'BYE', 2)}Content-Length: 0\n\n]]></send>
<recv response="481" optional="true" next="over"/>
<recv response="200" timeout="4000" ontimeout="over"/>
<nop next="over"/>
<label id="refused"/>
<send><![CDATA[${head(to, 'ACK', 1)}Content-Length: 0\n\n]]></send>
<label id="over"/>
<nop/>
</scenario>
`

/** Starts `calls` calls at `rate` a second to `to`; each stays for `talkMs` after it is answered. */
export async function storm(engine, { to, rate, calls, talkMs = 2000 }) {
  const directory = mkdtempSync(join(engine.directory, 'storm-'))
  const file = join(directory, 'storm.xml')
  const media = await freePort()
  const numbers = Array.from({ length: calls }, (_, n) => numberOf(n))
  // They are alike but for their ends: where one stood in clear, so would these.
  engine.numbers.push(numbers[0], numbers[Math.floor(calls / 2)], numbers[calls - 1])
  writeFileSync(join(directory, 'numbers.csv'), `SEQUENTIAL\n${numbers.join(';\n')};\n`)
  writeFileSync(file, scenario(to, media, talkMs))
  const args = [`127.0.0.1:${engine.ports.sip}`, '-sf', file, '-inf', join(directory, 'numbers.csv'), '-i', '127.0.0.1', '-p', `${await freePort()}`]
  args.push('-r', `${rate}`, '-m', `${calls}`, '-l', '10000', '-nostdin', '-trace_logs', '-timeout', `${Math.ceil(calls / rate) + 60}s`)
  const process = start('sipp', args, { cwd: directory, log: join(directory, 'screen.log') })
  return {
    numbers,
    process,
    /** The numbers whose INVITE got any response at all. */
    heard() {
      const log = readdirSync(directory).find((name) => name.endsWith('_logs.log'))
      const text = log && existsSync(join(directory, log)) ? readFileSync(join(directory, log), 'utf8') : ''
      return new Set([...text.matchAll(/heard (\d+)/g)].map(([, number]) => number))
    },
  }
}

/** The n-th invented number; what people see of it (`139****8096`) is no other's either. */
function numberOf(n) {
  const prefixes = ['130', '131', '132', '133', '134', '135', '136', '137', '138', '139', '150', '151', '152', '155', '156', '157']
  return `${prefixes[Math.floor(n / 10000) % prefixes.length]}7301${String(n % 10000).padStart(4, '0')}`
}
