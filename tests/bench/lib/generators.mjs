// What calls the server: SIPp for signalling, the probe for voice, desks for browser legs. All of them on the generator's core.
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, start } from '../../e2e/lib/process.mjs'
import { until, within } from '../../e2e/lib/wait.mjs'
import { GENERATOR, busy, cpu, memory, pause } from './machine.mjs'

const here = join(dirname(fileURLToPath(import.meta.url)), '..')
const TOOLS = process.env.BENCH_TOOLS
const folder = mkdtempSync(join(tmpdir(), 'helpline-bench-'))
const SIP = '127.0.0.1:5060'

const on = (core, program, args, options) => start(core[0], [...core.slice(1), program, ...args], options)

/**
 * Calls to `number`, `rate` a second, each hung up as soon as it stands. Answers CPU seconds per 1,000 calls of `pids` and of `beside`,
 * and how busy others were, in per cent of a core.
 */
export async function shortCalls({ number, rate, calls, pids, beside = [] }) {
  const file = join(folder, 'calls.csv')
  const args = [SIP, '-sf', join(here, 'sipp/caller.xml'), '-s', number, '-i', '127.0.0.1', '-p', '5080', '-r', `${rate}`, '-m', `${calls}`, '-l', '20000', '-recv_timeout', '10000', '-nostdin', '-trace_stat', '-stf', file, '-fd', '1']
  const before = { at: performance.now(), busy: busy(), cpu: cpu(pids), beside: cpu(beside), rss: memory(pids) }
  const sipp = on(GENERATOR, 'sipp', args, { cwd: folder })
  let own = 0
  const watch = setInterval(() => (own = cpu([sipp.pid]) || own), 100)
  await within(sipp.ended, 'the calls end', 120000)
  clearInterval(watch)
  const seconds = (performance.now() - before.at) / 1000
  // What is left to do for these calls belongs to them.
  await pause(1000)
  const after = { busy: busy(), cpu: cpu(pids), beside: cpu(beside) }
  const [heads, ...rows] = readFileSync(file, 'utf8').trim().split('\n').map((row) => row.split(';'))
  const last = (name) => Number(rows.at(-1)[heads.indexOf(name)] ?? 0)
  const [ok, failed, repeats] = [last('SuccessfulCall(C)'), last('FailedCall(C)'), last('Retransmissions(C)')]
  const used = after.cpu - before.cpu
  const others = after.busy - before.busy - used - own - (after.beside - before.beside)
  const result = {
    rate,
    ok,
    failed,
    repeats,
    per1000: (used / ok) * 1000,
    beside: ((after.beside - before.beside) / ok) * 1000,
    others: (others / (seconds + 1)) * 100,
    achieved: (ok + failed) / seconds,
    sustained: ok > 0 && failed / (ok + failed) < 0.001 && (ok + failed) / seconds > rate * 0.9,
    rss: { before: before.rss, after: memory(pids) },
  }
  return result
}

/** The operator whom short calls reach; `stop()` ends it. */
export async function operator() {
  const sipp = on(GENERATOR, 'sipp', ['-sf', join(here, 'sipp/operator.xml'), '-i', '127.0.0.1', '-p', '5090', '-nostdin', '-timeout', '300s'], { cwd: folder })
  await pause(500)
  return async () => {
    sipp.kill('SIGKILL')
    await sipp.ended
  }
}

/** Calls with voice; see probe/main.c. Answers what it measured. */
export async function voiceCalls({ mode, number, calls, rate = 50, window = 8, talk = 2, settle = 2, pids }) {
  const args = ['-s', SIP, '-m', mode, '-u', number, '-n', calls, '-r', rate, '-d', window, '-t', talk, '-w', settle, '-p', pids.join(',')]
  const { output } = await run(GENERATOR[0], [...GENERATOR.slice(1), join(TOOLS, 'callprobe'), ...args.map(String)], { deadlineMs: 180000 })
  const result = JSON.parse(output)
  return { ...result, others: result.others_pct }
}

/** What the least relay costs at that many packets a second, in per cent of a core, and the delay that it adds. */
export async function floor(packets, seconds) {
  const [sockets, base, port] = ['200', '20000', '33000']
  const from = { busy: busy(), at: performance.now() }
  const forward = on(['taskset', '-c', '0'], join(TOOLS, 'floor'), ['forward', sockets, base, port])
  await pause(300)
  const { output } = await run(GENERATOR[0], [...GENERATOR.slice(1), join(TOOLS, 'floor'), 'blast', `${packets}`, `${seconds}`, sockets, base, port])
  forward.kill('SIGTERM')
  await forward.ended
  const [blast, used] = [JSON.parse(output), JSON.parse(forward.output())]
  const wall = (performance.now() - from.at) / 1000
  return { pct: (used.cpu_s / seconds) * 100, p50: blast.p50, p99: blast.p99, lost: blast.sent - blast.received, others: ((busy() - from.busy - used.cpu_s) / wall) * 100 - 100 }
}

/** Operators at browser-like desks, on the generator's core; resolves when all have signed in, `start()` when all are ready. */
export async function desks(engine, count, password, seconds) {
  const child = on(GENERATOR, join(dirname(engine.binary), 'desks'), [engine.url, `${count}`, password, `${seconds}`])
  const said = (word) => until(() => {
    if (child.exitCode !== null) throw Object.assign(new Error(child.output()), { final: true })
    return child.output().includes(word)
  }, () => `${count} desks: ${word}\n${child.output()}`, 60000, 100)
  await said('signed in')
  return {
    pid: child.pid,
    start: async () => {
      child.stdin.write('\n')
      await said('ready')
    },
    stop: async () => {
      child.kill('SIGTERM')
      await within(child.ended, 'the desks close', 10000)
      return JSON.parse(child.output().trim().split('\n').at(-1))
    },
  }
}
