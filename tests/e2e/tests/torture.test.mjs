// The raw messages of RFC 4475 and RFC 5118, sent to the whole engine from a trunk's address over UDP and TCP, and held to the table, one by one.
// They name addresses of others, so they are sent only where nothing can leave.
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { Engine, HOTLINE } from '../lib/engine.mjs'
import { house } from '../lib/setup.mjs'
import { options } from '../lib/sipp.mjs'
import { Carrier, toNumber, torture } from '../lib/torture.mjs'

const alone = Object.keys(networkInterfaces()).every((name) => name === 'lo')
const only = { skip: !alone && 'only in a network namespace of its own' }
const it = house({ users: false })
const rows = torture()

// A trunk of the trial, and an address that no trunk has.
const TRUNK = '127.0.0.44'
const STRANGER = '192.0.2.1'

test('the table names all 61 messages', () => assert.equal(rows.length, 61))

test('a stranger gets nothing for any of them', only, async () => {
  const carrier = await it.keep(Carrier.at(STRANGER, it.engine))
  for (const { name, bytes } of rows) {
    await carrier.datagram(bytes)
    await carrier.connection(name).then((connection) => connection.end(bytes))
  }
  // What came would have come before this: one socket, one thread.
  await options(it.engine)
  assert.deepEqual(carrier.answers(), [])
})

test('over UDP each gets what the table says', only, async () => {
  const carrier = await it.keep(Carrier.at(TRUNK, it.engine))
  for (const row of rows) await carrier.overUdp(carrier.apart(row.bytes, row.name), expected(row.udp, '404'), row.name)
  for (const row of rows.filter((row) => row.udp.includes('call'))) {
    await carrier.overUdp(toNumber(row.bytes, HOTLINE, 'udp'), [row.forUs], `${row.name} to our number`)
  }
  await it.close(carrier)
})

test('over TCP each gets what the table says', only, async (t) => {
  // The same messages again would be repetitions to the engine that has had them by UDP.
  // Calls of the other engine still hold its RTP ports.
  const engine = await Engine.start({ users: false, settings: { MEDIA__RTP_PORTS: '20000,20999' } })
  t.after(() => engine.close())
  const carrier = await it.keep(Carrier.at(TRUNK, engine))
  const late = rows.filter((row) => row.tcp === 'closed late').map((row) => carrier.closedLate(row.bytes, row.name))
  for (const row of rows.filter((row) => row.tcp !== 'closed late')) await carrier.overTcp(row.bytes, expected(row.tcp, '404'), row.name)
  for (const row of rows.filter((row) => row.tcp.startsWith('call'))) {
    await carrier.overTcp(toNumber(row.bytes, HOTLINE, 'tcp'), expected(row.tcp, row.forUs), `${row.name} to our number`)
  }
  await Promise.all(late)
  assert.ok(!engine.logTail(1e6).includes('panicked'), 'nothing panicked')
})

test('the engine is well after all of it', only, async () => {
  for (const transport of ['udp', 'tcp']) await options(it.engine, { transport })
  await options(it.engine, { host: '::1' })
  assert.equal((await fetch(`${it.engine.url}/healthz`)).status, 200)
  assert.ok(!it.engine.logTail(1e6).includes('panicked'), 'nothing panicked')
})

// The table's words: a call to nobody's number is refused with 404, once the engine has looked.
function expected(words, call) {
  return words.split(', ').filter((word) => word !== 'dropped').map((word) => (word === 'call' ? call : word))
}
