// A bad line to the carrier: of all datagrams of SIP one in ten is lost, some come twice, some come late. Every call has its journey on
// record, once, with its end; nothing is left over.
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HOTLINE, mask } from '../lib/engine.mjs'
import { LossyLink } from '../lib/lossy.mjs'
import { freePort, run } from '../lib/process.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'
import { until } from '../lib/wait.mjs'
import { voice } from '../lib/clips.mjs'

const CALLS = 25
const BRIEF = '4008169582'
const SEED = Number(process.env.HELPLINE_SEED ?? 20261122)

const it = house({
  users: false,
  toml: `[service.brief]
numbers = ["${BRIEF}"]
flow = "brief"
language = "zh-CN"
`,
  flows: {
    brief: `start = "word"
queue = "hotline"

[steps.word]
do = "say"
prompts = ["brief"]
notice = true
next = "end"

[steps.line]
do = "queue"
queue = "hotline"
next = "word"

[steps.end]
do = "hangup"
`,
  },
  prompts: Object.fromEntries(['zh-CN', 'yue', 'en'].map((language) => [`${language}/brief`, voice('a brief word', 1)])),
})

const head = (method, cseq, to, tagged) => `${method} ${tagged ? '[next_url]' : `sip:${to}@[remote_ip]:[remote_port]`} SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch];rport
${tagged ? '[routes]\n' : ''}From: <sip:[field0]@[local_ip]>;tag=[pid]L[call_number]
To: <sip:${to}@[remote_ip]>${tagged ? '[peer_tag_param]' : ''}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:carrier@[local_ip]:[far]>
Max-Forwards: 70
`
const EMPTY = 'Content-Length: 0\n\n'
const SDP = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [media_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
`
const OK = `SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
${EMPTY}`

// Each response by its transaction: a late 200 to INVITE is none to BYE.
const begin = (to) => `<send retrans="500" start_txn="invite"><![CDATA[${head('INVITE', 1, to)}${SDP}]]></send>
<recv response="100" optional="true" response_txn="invite"/>
<recv response="200" rrs="true" response_txn="invite"/>
<send ack_txn="invite"><![CDATA[${head('ACK', 1, to, true)}${EMPTY}]]></send>`
const HANGS_UP = `${begin(HOTLINE)}
<pause distribution="uniform" min="100" max="1500"/>
<send retrans="500" start_txn="bye"><![CDATA[${head('BYE', 2, HOTLINE, true)}${EMPTY}]]></send>
<recv response="200" response_txn="bye"/>
<timewait milliseconds="1000"/>`
const IS_HUNG_UP_ON = `${begin(BRIEF)}
<recv request="BYE"/>
<send><![CDATA[${OK}]]></send>
<timewait milliseconds="4000"/>`

// Callers of SIPp, all through one link. Answers their numbers.
async function callThrough(link, scenario) {
  const directory = mkdtempSync(join(it.engine.directory, 'lossy-'))
  const [file, list] = [join(directory, 'callers.xml'), join(directory, 'numbers.csv')]
  const numbers = Array.from({ length: CALLS }, () => it.engine.number())
  writeFileSync(file, `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="callers on a bad line">\n${scenario}\n</scenario>\n`)
  writeFileSync(list, `SEQUENTIAL\n${numbers.map((number) => `${number};`).join('\n')}\n`)
  const args = [`127.0.0.1:${link.near}`, '-sf', file, '-inf', list, '-i', '127.0.0.1', '-p', `${await freePort()}`, '-mp', `${await freePort()}`, '-t', 'u1']
  args.push('-m', `${CALLS}`, '-r', '20', '-nostdin', '-key', 'far', `${link.far}`, '-timeout', '40s', '-timeout_error', '-trace_err', '-error_file', join(directory, 'errors.log'))
  await run('sipp', args, { cwd: directory, deadlineMs: 50000 })
  return numbers
}

async function allOnRecord(dialled, scenario) {
  const link = await it.keep(LossyLink.open({ engine: it.engine, seed: SEED }))
  const numbers = await callThrough(link, scenario)
  assert.ok(link.lost > CALLS / 4 && link.doubled > 0 && link.late > 0, 'the line was bad')
  const masked = new Set(numbers.map(mask))
  let rows = []
  const over = async () => {
    rows = (await it.engine.calls()).filter(({ caller, dialled: to }) => masked.has(caller) && to === dialled)
    return rows.length >= CALLS && rows.every(({ ended }) => ended)
  }
  await until(over, () => `every call is on record and has ended; these are not: ${JSON.stringify(rows.filter(({ ended }) => !ended))} of ${rows.length}`, 20000, 200)
  assert.equal(rows.length, CALLS, 'none is there twice')
  assert.equal(new Set(rows.map(({ caller }) => caller)).size, CALLS, 'one journey for each caller')
  assert.ok(rows.every(({ obligation }) => obligation === 'open'), 'each is owed a call')
}

test('calls over a bad line: half of the callers hang up, on the other half the engine does', () =>
  Promise.all([allOnRecord(HOTLINE, HANGS_UP), allOnRecord(BRIEF, IS_HUNG_UP_ON)]))

test('nothing of these calls is left', async () => {
  assert.ok(!it.engine.logTail(1e6).includes('panicked'))
  await until(async () => (await fetch(`${it.engine.url}/healthz`)).status === 200, 'the engine lives')
  const journeys = (await it.engine.calls()).map(({ journey }) => journey)
  assert.equal(journeys.length, new Set(journeys).size)
})

nobodyIsNamed(it)
