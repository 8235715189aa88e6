// Child processes that never outlive the tests.
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import dgram from 'node:dgram'
import net from 'node:net'

const children = new Set()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

/** Starts a program; `child.ended` resolves to `{ code, signal }`, `child.output()` is what it printed. */
export function start(program, args, { log, ...options } = {}) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options })
  children.add(child)
  const file = log && createWriteStream(log, { flags: 'a' })
  const kept = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      file?.write(chunk)
      if (kept.length < 4000) kept.push(chunk)
    })
  }
  child.output = () => Buffer.concat(kept).toString('utf8')
  child.ended = new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, signal: null, error }))
    child.on('close', (code, signal) => {
      children.delete(child)
      file?.end()
      resolve({ code, signal })
    })
  })
  return child
}

/** Runs a program to its end; fails with its output unless it exits with 0 (or `allow`s it). */
export async function run(program, args, { input, allow = [0], deadlineMs = 30000, ...options } = {}) {
  const child = start(program, args, options)
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  const { code, signal, error } = await child.ended
  clearTimeout(timer)
  if (error) throw error
  if (!allow.includes(code)) throw new Error(`${program} ${args.join(' ')}: exit ${code ?? signal}\n${child.output()}`)
  return { code, output: child.output() }
}

/** A port that is free for both UDP and TCP on the loopback addresses. */
export async function freePort() {
  for (;;) {
    const server = net.createServer()
    const port = await new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', () => resolve(server.address().port))
    })
    await new Promise((resolve) => server.close(resolve))
    const socket = dgram.createSocket('udp4')
    const free = await new Promise((resolve) => {
      socket.once('error', () => resolve(false))
      socket.bind(port, '127.0.0.1', () => resolve(true))
    })
    await new Promise((resolve) => (free ? socket.close(resolve) : resolve()))
    if (free) return port
  }
}
