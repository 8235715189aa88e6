// Many short calls, each from a number of its own, under which things break: SIPp tells which of them heard anything at all, and the record is
// held against that.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Api } from './api.mjs'
import { mask } from './engine.mjs'
import { freePort, start } from './process.mjs'
import { until, within } from './wait.mjs'

/** From the last INVITE to the end of the longest call: an answer late by 12 s, talk, a BYE that nobody answers; twice that. */
const LAST_MS = 40000

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

// Whoever hears nothing for long gives up; a call that the engine forgot is no failure of this one. SIPp waits at the first of a row of optional
// messages, so that each of them names the patience.
const PATIENCE = 'timeout="12000" ontimeout="over"'
const BYE_PATIENCE = 'timeout="4000" ontimeout="over"'
const scenario = (to, media, talkMs) => `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="storm">
<send retrans="500"><![CDATA[${head(to, 'INVITE', 1, `sip:${to}@[remote_ip]:[remote_port]`)}${sdp(media)}]]></send>
<recv response="100" optional="true" ${PATIENCE}>${heard}</recv>
<recv response="180" optional="true" ${PATIENCE}>${heard}</recv>
<recv response="480" optional="true" next="refused" ${PATIENCE}>${heard}</recv>
<recv response="200" rrs="true" ${PATIENCE}>${heard}</recv>
<send><![CDATA[${head(to, 'ACK', 1)}Content-Length: 0\n\n]]></send>
<pause milliseconds="${talkMs}"/>
<send retrans="500"><![CDATA[${head(to, 'BYE', 2)}Content-Length: 0\n\n]]></send>
<recv response="481" optional="true" next="over" ${BYE_PATIENCE}/>
<recv response="200" ${BYE_PATIENCE}/>
<nop next="over"/>
<label id="refused"/>
<send><![CDATA[${head(to, 'ACK', 1)}Content-Length: 0\n\n]]></send>
<label id="over"/>
<nop/>
</scenario>
`

/** Starts up to `calls` calls at `rate` a second to `to`; each stays for `talkMs` after it is answered. */
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
    /** No new calls; waits until those that there are are over. */
    async over() {
      process.kill('SIGUSR1')
      await within(process.ended, 'the end of SIPp', LAST_MS)
    },
    /** The numbers whose INVITE got any response at all. */
    heard() {
      const log = readdirSync(directory).find((name) => name.endsWith('_logs.log'))
      const text = log && existsSync(join(directory, log)) ? readFileSync(join(directory, log), 'utf8') : ''
      return new Set([...text.matchAll(/heard (\d+)/g)].map(([, number]) => number))
    },
  }
}

/**
 * The record agrees with what SIPp heard once all is calm: whoever got any response stands in it and is owed a call, once; every journey has its
 * end; nobody is lost; journal and Postgres are equal. `least`: so many heard something; `again`: an INVITE may have been sent to several runs of the engine.
 */
export async function agrees(engine, calls, { least, again = false }) {
  const heard = calls.heard()
  assert.ok(heard.size >= least, `${least} calls found an engine, not only ${heard.size}`)
  const api = await Api.signIn(engine, 'wang')
  let rows = []
  const calm = async () => {
    rows = await api.calls()
    const known = new Set(rows.map(({ caller }) => caller))
    return rows.every(({ ended }) => ended) && [...heard].every((number) => known.has(mask(number)))
  }
  await until(calm, () => `each of ${heard.size} who heard us stands in the record of ${rows.length}, with its end`, 60000, 500)
  for (const row of rows) assert.ok(row.cause, `journey ${row.journey} has a terminal cause`)
  const callers = new Set(rows.map(({ caller }) => caller))
  if (!again) assert.equal(rows.length, callers.size, 'one journey for each call')
  assert.deepEqual(rows.filter(({ obligation }) => obligation !== 'open'), [], 'nobody spoke with anyone: every journey is owed')
  const sql = (text) => engine.postgres.query(text)
  assert.deepEqual(await sql('select person from helpline.obligations group by person having count(*) > 1'), [], 'one obligation for each person')
  assert.deepEqual(await sql('select count(*) from helpline.obligations'), [[`${callers.size}`]])
  assert.deepEqual(await sql('select * from helpline.lost_callers'), [])
  const told = (await engine.cli(['reconcile'])).trim().split('\n')
  assert.equal(told.at(-1), 'clean')
  return `${heard.size} calls heard us, ${rows.length} journeys`
}

/** The n-th invented number; what people see of it (`139****8096`) is no other's either. */
function numberOf(n) {
  const prefixes = ['130', '131', '132', '133', '134', '135', '136', '137', '138', '139', '150', '151', '152', '155', '156', '157']
  return `${prefixes[Math.floor(n / 10000) % prefixes.length]}7301${String(n % 10000).padStart(4, '0')}`
}
