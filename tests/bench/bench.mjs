// The whole measurement: which work, in which order, how often; and the table. tests/bench/run starts it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { release } from 'node:os'
import { desks, floor, operator, shortCalls, voiceCalls } from './lib/generators.mjs'
import { calm, cpu, memory, pause } from './lib/machine.mjs'
import { NUMBERS, PASSWORD, engine, peers } from './lib/servers.mjs'
import { table } from './lib/table.mjs'

const quick = process.argv.includes('--quick')
const began = performance.now()
/** After this no run is repeated for its neighbours' sake. */
const PATIENCE_S = quick ? 120 : 540
const LOUD_PCT = 30
const RAMP = quick ? [3000] : [1000, 2000, 3000, 3500]
const RAMP_OPERATOR = quick ? [500] : [200, 500, 1000]
const DESKS = 100

const elapsed = () => (performance.now() - began) / 1000
const say = (text) => process.stderr.write(`${elapsed().toFixed(0).padStart(4)} s  ${text}\n`)

/** Runs it again, up to twice, while others were loud; keeps the quietest. */
async function measure(what, once) {
  let best
  for (let again = 0; again < 3; again++) {
    const got = await once()
    if (!best || got.others < best.others) best = got
    const { others, ...rest } = got
    say(`${what}: others ${others.toFixed(0)} %${Object.entries(rest).filter(([, value]) => typeof value === 'number').map(([key, value]) => `, ${key} ${Number(value.toFixed(3))}`).join('')}`)
    if (others <= LOUD_PCT || elapsed() > PATIENCE_S) break
    await pause(1000)
  }
  return best
}

const cost = (what, server, number, rate, seconds) =>
  measure(`${what} at ${rate}/s`, () => shortCalls({ number, rate, calls: rate * seconds, pids: server.pids, beside: server.postgres?.() ?? [] }))

async function ramp(what, server, number, rates) {
  const steps = []
  for (const rate of rates) {
    steps.push(await cost(what, server, number, rate, 6))
    if (!steps.at(-1).sustained) break
  }
  return steps
}

async function measureFloor() {
  const at = {}
  for (const calls of quick ? [100] : [100, 400]) at[calls] = await measure(`raw UDP, ${calls} calls`, () => floor(calls * 100, 4))
  return at
}

async function measureVoice(server) {
  const bridged = {}
  for (const calls of quick ? [100] : [100, 400]) {
    bridged[calls] = await measure(`S3 ${calls}`, () => voiceCalls({ mode: 'bridge', number: NUMBERS.bridge, calls, pids: server.pids }))
  }
  return bridged
}

async function measureDesks(server) {
  const at = await desks(server.it, DESKS, PASSWORD, 150)
  const before = memory(server.pids)
  await at.start()
  await pause(1000)
  const kbPerDesk = (memory(server.pids) - before) / DESKS
  const own = await measure(`S3w ${DESKS}`, async () => {
    const [from, used] = [performance.now(), cpu([at.pid])]
    const got = await voiceCalls({ mode: 'call', number: NUMBERS.desks, calls: DESKS, rate: 20, settle: 4, pids: server.pids })
    const desksPct = ((cpu([at.pid]) - used) / (performance.now() - from)) * 1e5
    return { ...got, desksPct, others: got.others - desksPct }
  })
  const { gone, heard } = await at.stop()
  say(`S3w: desks heard ${heard} packets${gone > 0 ? `; ${gone} of them lost their socket, and their callers heard music: this is no measure` : ''}`)
  return { ...own, kbPerDesk, cpu_pct_per_100: gone > 0 ? undefined : own.cpu_pct_per_100 }
}

/** RSS after 10,000 short calls and after 30,000. */
async function measureMemory(server) {
  await shortCalls({ number: NUMBERS.answer, rate: 300, calls: 10000, pids: server.pids })
  const [early] = [memory(server.pids)]
  await shortCalls({ number: NUMBERS.answer, rate: 300, calls: 20000, pids: server.pids })
  const grown = (memory(server.pids) - early) / 1000
  say(`memory after calls 10,001 to 30,000: ${grown.toFixed(1)} MB more`)
  return grown
}

async function throughOperator(what, server, rates) {
  const stop = await operator()
  await calm(server.pids)
  const cheap = await cost(what, server, NUMBERS.bridge, 50, 8)
  const steps = await ramp(what, server, NUMBERS.bridge, rates)
  await stop()
  return { cheap, steps }
}

async function measureEngine() {
  const server = await engine({ desks: DESKS })
  say('the engine is up')
  try {
    const got = { bridged: await measureVoice(server) }
    got.prompt = await measure('S2 100', () => voiceCalls({ mode: 'prompt', number: NUMBERS.prompt, calls: 100, pids: server.pids }))
    got.queue = await measure('S4', () => voiceCalls({ mode: 'queue', number: NUMBERS.queue, calls: quick ? 40 : 64, rate: 32, window: 60, talk: 1, pids: server.pids }))
    got.desks = await measureDesks(server)
    got.grown = quick ? undefined : await measureMemory(server)
    await calm(server.pids)
    got.answer = await cost('S1a', server, NUMBERS.answer, 100, 10)
    got.ramp = await ramp('S1a', server, NUMBERS.answer, RAMP)
    got.operator = await throughOperator('S1b', server, RAMP_OPERATOR)
    return got
  } finally {
    await server.stop()
  }
}

/** The same engine with its data folder in memory: what the disk costs. */
async function measureWithoutDisk() {
  const server = await engine({ folder: '/dev/shm' })
  try {
    const slow = await cost('S1a, journal in memory', server, NUMBERS.answer, 100, 10)
    return { slow, fast: await cost('S1a, journal in memory', server, NUMBERS.answer, 3000, 6) }
  } finally {
    await server.stop()
  }
}

async function measurePeers() {
  let server = await peers({ voice: false })
  const got = {}
  try {
    got.answer = await cost('S1a kamailio', server, NUMBERS.answer, 100, 10)
    got.ramp = await ramp('S1a kamailio', server, NUMBERS.answer, quick ? [3000] : [1000, 2000, 3000])
    got.operator = await throughOperator('S1b kamailio', server, quick ? [] : [500])
  } finally {
    await server.stop()
  }
  server = await peers({ voice: true })
  try {
    got.bridged = await measureVoice(server)
  } finally {
    await server.stop()
  }
  return got
}

const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim()

function about() {
  const model = /model name\s*:\s*(.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown CPU'
  const dirty = git('status', '--porcelain', '--untracked-files=no') ? ' with changes' : ''
  return `${new Date().toISOString().slice(0, 10)}, commit ${git('rev-parse', '--short', 'HEAD')}${dirty}, ${model}, Linux ${release()}, ${quick ? 'tests/bench/run --quick' : 'tests/bench/run'}, ${(elapsed() / 60).toFixed(0)} min`
}

const floors = await measureFloor()
const ours = await measureEngine()
const disk = await measureWithoutDisk()
const theirs = await measurePeers()
process.stdout.write(`\n${table({ floors, ours, disk, theirs, about: about() })}\n`)
process.exit(0)
