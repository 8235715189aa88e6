// CPU and memory of processes and of the whole machine, from /proc.
import { cpus } from 'node:os'
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'

const TICKS_PER_S = 100
export const CORES = cpus().length

/** The core of whatever is measured, and that of whatever calls it. */
export const SERVER = ['taskset', '-c', '0']
export const GENERATOR = ['taskset', '-c', '1']

const read = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** User and system time of the processes so far, in seconds. */
export function cpu(pids) {
  return pids.reduce((sum, pid) => {
    const fields = read(`/proc/${pid}/stat`).split(') ').pop().split(' ')
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_S
  }, 0)
}

/** Resident memory of the processes, in kB. */
export const memory = (pids) => pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0), 0)

/** Time that no core spent idle so far, in seconds, from any beginning. The kernel knows idle time exactly and samples the rest. */
export function busy() {
  const [, , , idle, wait] = read('/proc/stat').split('\n')[0].trim().split(/\s+/).slice(1).map(Number)
  return (performance.now() / 1000) * CORES - (idle + wait) / TICKS_PER_S
}

/** A process and all below it. */
export function tree(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(tree)]
}

/** Every process of that name. */
export const named = (name) => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/comm`).trim() === name).map(Number)

/** Moves processes to the generator's core, behind everything else there. */
export function aside(pids) {
  for (const pid of pids) {
    execFileSync('taskset', ['-acp', '1', `${pid}`])
    execFileSync('renice', ['-n', '10', '-p', `${pid}`])
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until the processes rest: what calls before have left to do (transactions that end after 32 s, records on their way to Postgres) is theirs. */
export async function calm(pids, patienceS = 60) {
  for (let waited = 0; waited < patienceS; waited++) {
    const before = cpu(pids)
    await pause(1000)
    if (cpu(pids) - before <= 0.01) return
  }
}
