// The raw messages of RFC 4475 and RFC 5118, over UDP and TCP: the engine lives, and answers OPTIONS after each.
// They name addresses of others, so they are sent only where nothing can leave.
import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import { readFileSync, readdirSync } from 'node:fs'
import net from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { REPOSITORY } from '../lib/engine.mjs'
import { house } from '../lib/setup.mjs'
import { options } from '../lib/sipp.mjs'

const alone = Object.keys(networkInterfaces()).every((name) => name === 'lo')
const it = house({ users: false })

const messages = ['rfc4475', 'rfc5118'].flatMap((folder) => {
  const path = join(REPOSITORY, 'crates/sip/tests/torture', folder)
  return readdirSync(path).filter((name) => name.endsWith('.dat')).map((name) => ({ name: `${folder}/${name}`, bytes: readFileSync(join(path, name)) }))
})

function overUdp(bytes) {
  const socket = dgram.createSocket('udp4')
  return new Promise((resolve, reject) => socket.send(bytes, it.engine.ports.sip, '127.0.0.1', (error) => (error ? reject(error) : socket.close(resolve))))
}

// Written whole, then the connection's end; what comes back is read and dropped.
function overTcp(bytes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(it.engine.ports.sip, '127.0.0.1', () => socket.end(bytes))
    socket.on('data', () => {})
    socket.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve() : reject(error)))
    socket.on('close', () => resolve())
    socket.setTimeout(3000, () => socket.destroy())
  })
}

test('all 61 torture messages, over UDP and TCP, leave the engine alive', { skip: !alone && 'only in a network namespace of its own' }, async () => {
  assert.equal(messages.length, 61)
  for (const { name, bytes } of messages) {
    await overUdp(bytes)
    await overTcp(bytes)
    assert.equal((await fetch(`${it.engine.url}/healthz`)).status, 200, `alive after ${name}`)
  }
  for (const transport of ['udp', 'tcp']) await options(it.engine, { transport })
  await options(it.engine, { host: '::1' })
  assert.ok(!it.engine.logTail(1e6).includes('panicked'), 'nothing panicked')
})
