// Headless Chromium with a known voice at its microphone, and ears in its pages.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { voice } from './clips.mjs'
import { findLatest } from './correlate.mjs'
import { until } from './wait.mjs'
import { resample, writeWav } from './wav.mjs'

const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--metrics-recording-only',
  '--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,WebRtcHideLocalIpsWithMdns',
  // A name that is not this machine's is never looked up.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
]

/** One browser process: one voice (Chromium plays one file per process, over and over). */
export class Browser {
  static async open({ voice: name, executable = process.env.CHROMIUM ?? '/usr/bin/chromium' }) {
    const browser = new Browser()
    browser.directory = mkdtempSync(join(tmpdir(), 'helpline-browser-'))
    browser.voice = voice(name)
    const microphone = writeWav(join(browser.directory, 'microphone.wav'), resample(browser.voice, 8000, 48000), 48000)
    const args = [...QUIET, '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${microphone}`]
    if (process.getuid() === 0) args.push('--no-sandbox')
    // In a namespace that has nothing but loopback there is no other candidate.
    args.push('--allow-loopback-in-peer-connection')
    browser.chromium = await chromium.launch({ executablePath: executable, headless: true, args })
    return browser
  }

  /** A page in a profile of its own, with the ears ready. Console errors and failures of the page gather in `page.faults`. */
  async page({ locale = 'zh-CN', viewport = { width: 1440, height: 900 }, ...options } = {}) {
    const context = await this.chromium.newContext({ locale, viewport, permissions: ['microphone'], timezoneId: 'America/New_York', ...options })
    await context.addInitScript(ears)
    await context.addInitScript(connections)
    const page = await context.newPage()
    page.faults = []
    page.on('pageerror', (error) => page.faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && page.faults.push(message.text()))
    page.setDefaultTimeout(15000)
    return page
  }

  /** The whole machine goes to sleep: no process of the browser runs. */
  sleep() {
    process.kill(-this.#leader(), 'SIGSTOP')
  }

  /** It wakes. */
  wake() {
    process.kill(-this.#leader(), 'SIGCONT')
  }

  // The browser is the leader of a process group of its own; all its processes are in it.
  #leader() {
    const line = (pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      } catch {
        return ''
      }
    }
    return readdirSync('/proc').map(Number).find((pid) => pid && line(pid).includes(this.directory) && !line(pid).includes('--type='))
  }

  async close() {
    await this.chromium.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

// Runs in the page: records what an <audio> element is given (Opus at 96 kbit/s: decodeAudioData misreads WebM with PCM) and hands it out at 8 kHz.
function ears() {
  const state = { chunks: [], recorder: null }
  window.__ears = {
    start(stream) {
      if (state.recorder && state.recorder.state !== 'inactive') state.recorder.stop()
      const chunks = []
      state.chunks = chunks
      state.recorder = new MediaRecorder(stream, { mimeType: 'audio/webm;codecs=opus', audioBitsPerSecond: 96000 })
      state.recorder.ondataavailable = (event) => chunks.push(event.data)
      state.recorder.start(100)
    },
    async heard() {
      if (state.chunks.length === 0) return ''
      const bytes = await new Blob(state.chunks).arrayBuffer()
      let decoded
      try {
        decoded = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes)
      } catch {
        return ''
      }
      const samples = Int16Array.from(decoded.getChannelData(0), (x) => Math.max(-32768, Math.min(32767, Math.round(x * 32768))))
      const raw = new Uint8Array(samples.buffer)
      let text = ''
      for (let i = 0; i < raw.length; i += 8192) text += String.fromCharCode(...raw.subarray(i, i + 8192))
      return btoa(text)
    },
  }
}

// Runs in the page: keeps hold of its peer connections, for tests that break them.
function connections() {
  window.__connections = []
  const Native = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args)
      window.__connections.push(this)
    }
  }
}

/** Begins to record what `selector` plays, as soon as it has a stream. */
export async function listen(page, selector = '[data-testid=remote-audio]') {
  await page.waitForFunction((s) => document.querySelector(s)?.srcObject instanceof MediaStream, selector)
  await page.evaluate((s) => window.__ears.start(document.querySelector(s).srcObject), selector)
}

/** All that was heard since `listen`, 16-bit at 8 kHz. */
export async function heard(page) {
  const bytes = Buffer.from(await page.evaluate(() => window.__ears.heard()), 'base64')
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)))
}

/** Waits until the page has heard the clip; answers where and how well. */
export function untilHeard(page, clip, what, deadlineMs = 10000, { slackMs } = {}) {
  let last = { peak: 0 }
  return until(
    async () => {
      last = findLatest(await heard(page), clip, { slackMs })
      return last.heard && last
    },
    () => `${what} is heard in the page (best match ${last.peak.toFixed(2)})`,
    deadlineMs,
    250,
  )
}
