// A small file system of its own, seen only by what is started inside it: a disk that can be filled.
import { closeSync, fsyncSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { start } from './process.mjs'
import { until } from './wait.mjs'

export class SmallDisk {
  #holder
  #ballast = 0

  /** Mounts one of so many bytes at `path`, in a mount namespace that lives as long as it is kept. Needs root. */
  static async mount(path, bytes) {
    const disk = new SmallDisk()
    disk.path = path
    mkdirSync(path, { recursive: true, mode: 0o711 })
    const mount = 'mount -t tmpfs -o size="$1",mode=0700 helpline "$0" && echo mounted && exec sleep infinity'
    disk.#holder = start('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', mount, path, `${bytes}`])
    await until(() => disk.#holder.output().includes('mounted'), () => `a disk of its own: ${disk.#holder.output()}`)
    return disk
  }

  /** What a program is started by to see it. */
  get inside() {
    return ['nsenter', `--mount=/proc/${this.#holder.pid}/ns/mnt`]
  }

  /** The disk as this process sees it. */
  get here() {
    return `/proc/${this.#holder.pid}/root${this.path}`
  }

  /** Writes until not one byte fits any more. */
  fill() {
    const name = `${this.here}/ballast-${this.#ballast}`
    this.#ballast += 1
    const file = openSync(name, 'w')
    try {
      for (let size = 1 << 20; size > 0; ) {
        try {
          writeSync(file, Buffer.alloc(size, 0x5a))
          fsyncSync(file)
        } catch (error) {
          if (error.code !== 'ENOSPC') throw error
          size >>= 1
        }
      }
    } finally {
      closeSync(file)
    }
  }

  /** Takes all of that away again. */
  free() {
    for (; this.#ballast > 0; this.#ballast--) unlinkSync(`${this.here}/ballast-${this.#ballast - 1}`)
  }

  async close() {
    this.#holder.kill('SIGKILL')
    await this.#holder.ended
  }
}
