// The built binary at work: free ports, a data folder and a configuration of its own, everything on loopback.
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SmallDisk } from './disk.mjs'
import { Postgres } from './postgres.mjs'
import { freePort, run, start } from './process.mjs'
import { until, within } from './wait.mjs'
import { writeWav } from './wav.mjs'

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const TARGET = process.env.CARGO_TARGET_DIR ?? join(REPOSITORY, 'target')
export const BINARY = process.env.HELPLINE_BINARY ?? join(TARGET, 'debug/helpline')

/** The number of the hotline, and of the service that is never open. */
export const HOTLINE = '4008169580'
export const AFTER_HOURS = '4008169581'

/** Who may sign in, beside nobody else. */
export const PASSWORD = 'correct horse battery'
const USERS = [
  ['li', ['--role', 'operator', '--display', '李老师', '--language', 'zh-CN', '--language', 'yue', '--language', 'en']],
  ['chen', ['--role', 'operator', '--display', '陈老师', '--language', 'zh-CN', '--language', 'en']],
  ['wang', ['--role', 'supervisor', '--display', '王主任']],
]

let next = 0

export class Engine {
  numbers = []
  #process

  /**
   * Starts one. `settings`: keys of helpline.toml as the environment names them (`QUEUE__HOTLINE__RING_S`); `toml`: more of
   * it; `before`: what the binary is started by; `trial`: false for an engine as in earnest, always open;
   * `flows`: files for flows/; `prompts`: a supervisor's own, `{ 'zh-CN/name': samples }`; `clock`: when the engine thinks it is; `tz`: the machine's zone; `log`: RUST_LOG;
   * `disk`: the bytes of a file system of its own for the journal (root only).
   */
  static async start({ settings = {}, toml = '', flows = {}, prompts = {}, ports = {}, trial = true, clock, tz, log = 'trace', users = true, binary = BINARY, before = [], disk } = {}) {
    const engine = new Engine()
    Object.assign(engine, { binary, before, trial, clock, tz, log, directory: mkdtempSync(join(tmpdir(), 'helpline-e2e-')) })
    // Postgres runs as a user of its own and must come through.
    chmodSync(engine.directory, 0o711)
    engine.data = join(engine.directory, 'data')
    engine.logFile = join(engine.directory, 'engine.log')
    engine.postgres = new Postgres(engine.data)
    await engine.#configure({ settings, toml, flows, prompts, ports })
    if (disk) engine.disk = await SmallDisk.mount(join(engine.data, 'journal'), disk)
    await engine.up()
    if (users) for (const [name, options] of USERS) await engine.cli(['user', 'add', name, ...options, '--password-stdin'], PASSWORD)
    return engine
  }

  async #configure({ settings, toml, flows, prompts, ports }) {
    const [from, to] = [join(REPOSITORY, 'config'), join(this.directory, 'config')]
    mkdirSync(to)
    for (const name of ['helpline.toml', 'trial.toml', 'flows', 'calendars']) cpSync(join(from, name), join(to, name), { recursive: true })
    symlinkSync(join(from, 'prompts'), join(to, 'prompts'))
    appendFileSync(join(to, this.trial ? 'trial.toml' : 'helpline.toml'), `\n${toml}`)
    if (!this.trial) {
      const main = readFileSync(join(to, 'helpline.toml'), 'utf8')
      writeFileSync(join(to, 'helpline.toml'), main.replace('\ncalendar = "hotline"\n', '\n'))
    }
    for (const [name, text] of Object.entries(flows)) appendFileSync(join(to, 'flows', `${name}.toml`), text)
    for (const [name, samples] of Object.entries(prompts)) {
      const file = join(this.data, 'prompts', `${name}.wav`)
      mkdirSync(dirname(file), { recursive: true })
      writeWav(file, samples)
    }
    if (Object.keys(prompts).length > 0) chmodSync(this.data, 0o711)
    this.ports = { sip: await freePort(), http: await freePort(), https: await freePort(), browser: await freePort(), ...ports }
    const { sip, http, https, browser } = this.ports
    const both = (port) => `127.0.0.1:${port},[::1]:${port}`
    const own = {
      SIP__UDP: both(sip),
      SIP__TCP: both(sip),
      WEB__HTTP: both(http),
      WEB__HTTPS: both(https),
      MEDIA__BROWSER_PORT: `${browser}`,
      MEDIA__BROWSER_ADDRESSES: '127.0.0.1',
      CALLBACK__OPERATORS: '1',
      ...settings,
    }
    this.environment = Object.fromEntries(Object.entries(own).map(([key, value]) => [`HELPLINE_${key}`, `${value}`]))
  }

  #options(extra = {}) {
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('HELPLINE_')))
    return { env: { ...inherited, ...this.environment, ...(this.tz && { TZ: this.tz }), ...extra }, cwd: this.directory }
  }

  get #place() {
    return ['--config', join(this.directory, 'config/helpline.toml'), '--data', this.data, ...(this.trial ? ['--trial'] : [])]
  }

  /** Starts the process (again) and waits until it takes calls; calls do not wait for Postgres,
   * `postgres` does. */
  async up({ postgres = true, deadlineMs = 60000 } = {}) {
    const args = [...this.#place, 'serve', ...(this.clock ? ['--clock', this.clock] : [])]
    const [program, ...rest] = [...(this.disk?.inside ?? []), ...this.before, this.binary, ...args]
    this.#process = start(program, rest, { ...this.#options({ RUST_LOG: this.log, RUST_BACKTRACE: '1' }), log: this.logFile })
    this.pid = this.#process.pid
    const probe = async () => {
      if (this.#process.exitCode !== null) throw Object.assign(new Error(`the engine ended\n${this.logTail()}`), { final: true })
      const response = await fetch(`${this.url}/readyz`)
      return response.status === 200
    }
    await until(probe, () => `the engine is ready\n${this.logTail()}`, deadlineMs, 50)
    if (postgres) await until(() => this.calls(), () => `Postgres is there\n${this.logTail()}`, deadlineMs, 200)
  }

  get url() {
    return `http://localhost:${this.ports.http}`
  }

  logTail(lines = 30) {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : 'no log'
  }

  /** Runs a command of the binary against this engine; answers what it printed. */
  async cli(args, input, allow) {
    const { output } = await run(this.binary, [...this.#place, ...args], { input, allow, ...this.#options({ RUST_LOG: 'error' }) })
    return output
  }

  async json(args) {
    return JSON.parse(await this.cli([...args, '--json']))
  }

  /** The newest calls, as `helpline calls --json` tells them. */
  calls() {
    return this.json(['calls', '--limit', '1000'])
  }

  /** Waits until the newest call of this masked number satisfies `check`; answers its row. */
  call(number, check = () => true, what = 'a call in the log', deadlineMs = 10000) {
    const masked = mask(number)
    let seen
    return until(
      async () => {
        seen = (await this.calls()).find((row) => row.caller === masked)
        return seen && check(seen) && seen
      },
      () => `${what}; the log has ${JSON.stringify(seen)}`,
      deadlineMs,
      100,
    )
  }

  /** An invented number that no other test uses, remembered for the search at the end. */
  number() {
    next += 1
    const number = `13${String(process.pid % 1000).padStart(3, '0')}${String(Date.now() % 1000).padStart(3, '0')}${String(next).padStart(3, '0')}`
    this.numbers.push(number)
    return number
  }

  /** Resident memory, in bytes. */
  memory() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024
  }

  /** kill -9. */
  async kill() {
    this.#process.kill('SIGKILL')
    await this.#process.ended
  }

  /** kill -9, and a start at another moment of its own clock: what was owed, and when, is still known. */
  async at(clock) {
    await this.kill()
    this.clock = clock
    await this.up()
  }

  /** An orderly stop. */
  async stop(deadlineMs = 20000) {
    this.#process.kill('SIGTERM')
    const { code } = await within(this.#process.ended, 'the engine stops', deadlineMs)
    return code
  }

  /** A stop at any price, and the folder away unless KEEP is set. */
  async close() {
    try {
      if (this.#process.exitCode === null && this.#process.signalCode === null) await this.stop()
    } catch {
      await this.kill()
    }
    await this.postgres.close()
    await this.disk?.close()
    if (!process.env.KEEP) rmSync(this.directory, { recursive: true, force: true })
  }
}

/** `139****8096`, as people see a number. */
export function mask(number) {
  // A fixed line keeps its area code and two digits.
  return number.startsWith('0') ? `${number.slice(0, 4)}****${number.slice(-2)}` : `${number.slice(0, 3)}****${number.slice(-4)}`
}
