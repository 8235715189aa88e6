// Opening hours to the millisecond, whatever zone the machine is set to; who calls outside them is owed a call.
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { Engine, HOTLINE, mask } from '../lib/engine.mjs'
import { freePort, run } from '../lib/process.mjs'
import { prompt } from '../lib/prompts.mjs'
import { findInFiles, shapes } from '../lib/privacy.mjs'
import { untilCallerHears } from '../lib/setup.mjs'
import { Caller } from '../lib/sipp.mjs'
import { until } from '../lib/wait.mjs'

const CLOSING = Date.parse('2026-11-22T21:00:00.000+08:00')
// Time for the engine to start in, on a busy machine too.
const START = CLOSING - 30000

// 120 calls in two seconds and a half, each from a number of its own; each leaves as soon as it is answered.
async function burst(engine) {
  const directory = mkdtempSync(join(engine.directory, 'burst-'))
  const numbers = Array.from({ length: 120 }, () => engine.number())
  writeFileSync(join(directory, 'numbers.csv'), `SEQUENTIAL\n${numbers.join(';\n')};\n`)
  writeFileSync(join(directory, 'burst.xml'), `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="one of many"><send retrans="500"><![CDATA[INVITE sip:${HOTLINE}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]B[call_number]
To: <sip:${HOTLINE}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:trunk@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio ${await freePort()} RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
]]></send><recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="200" rrs="true"/>
<send><![CDATA[ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]B[call_number]
To: <sip:${HOTLINE}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send><send retrans="500"><![CDATA[BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]B[call_number]
To: <sip:${HOTLINE}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send><recv response="200"/></scenario>`)
  const args = [`127.0.0.1:${engine.ports.sip}`, '-sf', join(directory, 'burst.xml'), '-inf', join(directory, 'numbers.csv'), '-i', '127.0.0.1', '-p', `${await freePort()}`]
  await run('sipp', [...args, '-r', '48', '-m', '120', '-nostdin', '-timeout', '20s', '-timeout_error'], { cwd: directory })
  return numbers
}

for (const tz of ['America/Los_Angeles', 'Pacific/Kiritimati']) {
  describe(`on a machine set to ${tz}`, () => {
    let engine
    after(() => engine?.close())

    test('up to 20:59:59.999 it is open, from 21:00:00.000 on it is closed', async () => {
      engine = await Engine.start({ clock: new Date(START).toISOString(), tz, users: false, log: 'info' })
      // Its clock began once its settings were read.
      const { now } = await engine.json(['hours'])
      const ahead = Date.parse(now) - Date.now()
      await until(() => Date.now() + ahead > CLOSING - 1200, 'a second before closing', 30000)
      const numbers = await burst(engine)
      const masks = new Set(numbers.map(mask))
      const rows = await until(async () => {
        const found = (await engine.calls()).filter(({ caller }) => masks.has(caller))
        return found.length === numbers.length && found
      }, 'all calls in the log')
      for (const { opened, open } of rows) assert.equal(open, Date.parse(opened) < CLOSING, `opened ${opened}, ${open ? 'open' : 'closed'}`)
      assert.ok(rows.some(({ open }) => open) && rows.some(({ open }) => !open), 'the calls lie around closing time')
    })

    test('after it, a caller hears so, and stands as an open obligation', async () => {
      await engine.cli(['user', 'add', 'wang', '--role', 'supervisor', '--password-stdin'], 'correct horse battery')
      const caller = await Caller.dial({ engine, number: engine.number(), to: HOTLINE })
      await caller.event('answered')
      await untilCallerHears(caller, prompt('zh-CN', 'emergency_numbers'), 'the emergency numbers first', { deadlineMs: 15000 })
      await untilCallerHears(caller, prompt('zh-CN', 'closed'), 'that the line is closed', { deadlineMs: 40000 })
      await untilCallerHears(caller, prompt('zh-CN', 'callback_menu'), 'that they will be called back', { deadlineMs: 90000 })
      await caller.hangUp()
      await caller.done()
      const row = await engine.call(caller.number, ({ ended }) => ended, 'the end of the call')
      assert.equal(row.open, false)
      assert.equal(row.obligation, 'open')
      const owed = await (await Api.signIn(engine, 'wang')).obligations()
      assert.ok(owed.some(({ journey }) => journey === row.journey), 'it stands among the open obligations')
      await caller.close()
      assert.deepEqual(findInFiles(engine, engine.numbers.flatMap(shapes)).slice(0, 5), [])
    })
  })
}
