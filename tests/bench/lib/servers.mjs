// What is measured: the engine with its synthetic services, and Debian's kamailio and rtpengine. All of them on the server's core.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Engine } from '../../e2e/lib/engine.mjs'
import { start } from '../../e2e/lib/process.mjs'
import { until } from '../../e2e/lib/wait.mjs'
import { SERVER, aside, named, pause, tree } from './machine.mjs'

const here = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Answers and waits; bridges to `sip:agent@127.0.0.1:5090`; two minutes of prompt that digit 1 ends; a line for SIP operators; one for desks. */
export const NUMBERS = { answer: '4008169601', bridge: '4008169602', prompt: '4008169603', queue: '4008169604', desks: '4008169605' }
export const PASSWORD = 'correct horse battery'

const service = (name, flow) => `[service.${name}]\nnumbers = ["${NUMBERS[name]}"]\nflow = "bench_${flow}"\nlanguage = "zh-CN"\nsynthetic = true\n`
const queue = (name) => `[queue.${name}]\nskills = ["queue:${name}"]\nentry = []\ncomfort = []\nwrap_up_s = 0\nmax_wait_s = "never"\n`
const agent = (n) => `[operator.agent${n}]\nuri = "sip:agent${n}@127.0.0.1:5090"\nskills = ["lang:zh-CN", "queue:queue"]\nqueues = ["queue"]\n`
const TOML = [
  service('answer', 'answer'),
  service('bridge', 'bridge'),
  service('prompt', 'prompt'),
  service('queue', 'queue'),
  service('desks', 'desks'),
  queue('queue'),
  queue('desks'),
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(agent),
].join('\n')

const END = '[steps.end]\ndo = "hangup"\n'
const FLOWS = {
  bench_answer: `start = "say"\n[steps.say]\ndo = "say"\nprompts = ["two_minutes"]\nnext = "end"\n${END}`,
  bench_bridge: `start = "dial"\n[steps.dial]\ndo = "dial"\nuri = "sip:agent@127.0.0.1:5090"\nnext = "end"\n${END}`,
  bench_prompt: `start = "menu"\n[steps.menu]\ndo = "menu"\nprompts = ["two_minutes"]\nkeys = { 1 = { next = "end" } }\notherwise = "end"\n${END}`,
  bench_queue: `start = "line"\n[steps.line]\ndo = "queue"\nqueue = "queue"\nnext = "end"\n${END}`,
  bench_desks: `start = "line"\n[steps.line]\ndo = "queue"\nqueue = "desks"\nnext = "end"\n${END}`,
}

const tone = Int16Array.from({ length: 120 * 8000 }, (_, n) => 8000 * Math.sin((2 * Math.PI * 400 * n) / 8000))

/** The engine, journal and record on. `folder`: where its data folder is made. */
export async function engine({ folder, desks = 0 } = {}) {
  const before = process.env.TMPDIR
  if (folder) process.env.TMPDIR = folder
  const it = await Engine.start({
    before: SERVER,
    binary: process.env.HELPLINE_BINARY ?? join(process.env.CARGO_TARGET_DIR, 'release/helpline'),
    log: 'warn',
    users: false,
    toml: TOML,
    flows: FLOWS,
    prompts: Object.fromEntries(['zh-CN', 'yue', 'en'].map((language) => [`${language}/two_minutes`, tone])),
    ports: { sip: 5060 },
    settings: { LIMITS__JOURNEYS: 20000 },
  })
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  const hire = (n) => it.cli(['user', 'add', `desk${n}`, '--role', 'operator', '--language', 'zh-CN', '--skill', 'queue:desks', '--password-stdin'], PASSWORD)
  for (let n = 1; n <= desks; n += 4) await Promise.all([0, 1, 2, 3].filter((more) => n + more <= desks).map((more) => hire(n + more)))
  // The record's keeper would stand elsewhere: its CPU is told apart, and it does not take the engine's core.
  aside(it.postgres.pids())
  return { it, pids: [it.pid], postgres: () => it.postgres.pids(), stop: () => it.close() }
}

/** Kamailio, with rtpengine (in user space) where `voice`. */
export async function peers({ voice }) {
  const flags = voice ? ['-A', 'RTP'] : []
  const log = { cwd: '/' }
  const started = [start(SERVER[0], [...SERVER.slice(1), 'kamailio', '-DD', '-E', ...flags, '-f', join(here, 'peers/kamailio.cfg')], log)]
  if (voice) {
    // Debian's own file would open more ports, and name a kernel table.
    const options = ['--config-file=none', '--table=-1', '--interface=127.0.0.1', '--listen-ng=127.0.0.1:2223', '--port-min=20000', '--port-max=29900', '--foreground', '--log-stderr', '--log-level=3']
    started.push(start(SERVER[0], [...SERVER.slice(1), 'rtpengine', ...options], log))
  }
  const stop = async () => {
    for (const child of started) child.kill('SIGTERM')
    await Promise.race([Promise.all(started.map((child) => child.ended)), pause(3000)])
    for (const child of started) child.kill('SIGKILL')
  }
  try {
    await until(() => named('kamailio').length > 3 && (!voice || named('rtpengine').length > 0), () => started.map((child) => child.output()).join('\n'), 30000, 100)
  } catch (error) {
    await stop()
    throw error
  }
  await pause(1000)
  return { pids: started.flatMap((child) => tree(child.pid)), stop }
}
