// The embedded Postgres, reached as its own user through its socket: questions to it, and its absence.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './process.mjs'
import { until } from './wait.mjs'

export class Postgres {
  constructor(data) {
    this.data = data
  }

  /** postmaster.pid says where it is (its lines: pid, data folder, start, port, socket folder). */
  #pidFile() {
    const file = join(this.data, 'postgres/cluster/postmaster.pid')
    return existsSync(file) ? file : null
  }

  get #place() {
    const file = this.#pidFile()
    if (!file) throw new Error('Postgres does not run')
    const [pid, , , port, sockets] = readFileSync(file, 'utf8').split('\n')
    return { pid: Number(pid), port, sockets }
  }

  /** Rows as arrays of text. */
  async query(sql, database = 'helpline') {
    const { port, sockets } = this.#place
    const args = ['-h', sockets, '-p', port, '-d', database, '-U', 'helpline', '-XAtq', '-F', '\x1f', '-R', '\x1e', '-v', 'ON_ERROR_STOP=1', '-c', sql]
    const { output } = await this.#as(['psql', ...args])
    return output === '' ? [] : output.replace(/\n$/, '').split('\x1e').map((row) => row.split('\x1f'))
  }

  #as(command) {
    if (process.getuid() !== 0) return run(command[0], command.slice(1))
    return run('runuser', ['-u', 'postgres', '--', ...command], { cwd: '/' })
  }

  /** Stops the server under the engine: connections are cut, as when a machine goes. */
  async stop() {
    const { pid } = this.#place
    process.kill(pid, 'SIGINT')
    await until(() => !alive(pid), 'Postgres stops')
  }

  /** kill -9 of the server; its children end by themselves. False where none runs. */
  kill() {
    if (!this.#pidFile()) return false
    const { pid } = this.#place
    if (!pid || !alive(pid)) return false
    process.kill(pid, 'SIGKILL')
    return true
  }

  /** Freezes every process of it: connections stay and say nothing. */
  async freeze(on) {
    for (const one of this.pids()) process.kill(one, on ? 'SIGSTOP' : 'SIGCONT')
  }

  /** Every process of it, the server first. */
  pids() {
    const { pid } = this.#place
    return [pid, ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)]
  }

  /** Ends a server that its engine left behind. */
  async close() {
    if (!this.#pidFile()) return
    const { pid } = this.#place
    if (!pid || !alive(pid)) return
    try {
      process.kill(pid, 'SIGCONT')
      process.kill(pid, 'SIGINT')
    } catch {
      return
    }
    await until(() => !alive(pid), 'Postgres stops', 10000)
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
