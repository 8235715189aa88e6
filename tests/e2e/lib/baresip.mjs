// baresip as a caller: a second, independent SIP and RTP implementation. It plays a WAV, records what it hears, obeys over TCP.
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { voice } from './clips.mjs'
import { freePort, start } from './process.mjs'
import { until } from './wait.mjs'
import { readWav, writeWav } from './wav.mjs'

const CONFIG = ({ host, sip, control, file, recordings, modules }) => `sip_listen ${host}:${sip}
call_local_timeout 120
call_max_calls 1
audio_player aubridge,unheard
audio_source aufile,${file}
audio_alert aubridge,unheard
audio_channels 1
audio_buffer 20-160
rtp_tos 184
rtp_ports 41000-41999
rtp_stats no
module_path ${modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${control}
snd_path ${recordings}
`

export class Baresip {
  events = []
  #text = ''

  /** Starts it with the caller ID `number` at `host`; `dial` calls. */
  static async open({ engine, number, host = '127.0.0.1', modules = '/usr/lib/baresip/modules' }) {
    const phone = new Baresip()
    phone.directory = mkdtempSync(join(engine.directory, 'baresip-'))
    phone.recordings = join(phone.directory, 'heard')
    mkdirSync(phone.recordings)
    phone.voice = voice(`baresip ${number}`)
    const long = new Int16Array(phone.voice.length * 15)
    for (let i = 0; i < 15; i++) long.set(phone.voice, i * phone.voice.length)
    const file = writeWav(join(phone.directory, 'voice.wav'), long)
    const [sip, control] = [await freePort(), await freePort()]
    writeFileSync(join(phone.directory, 'config'), CONFIG({ host, sip, control, file, recordings: phone.recordings, modules }))
    writeFileSync(join(phone.directory, 'accounts'), `<sip:${number}@${host}:${sip}>;regint=0;audio_codecs=pcma/8000/1;dtmfmode=rtpevent\n`)
    writeFileSync(join(phone.directory, 'contacts'), '')
    phone.process = start('baresip', ['-4', '-f', phone.directory], { log: join(phone.directory, 'log') })
    phone.socket = await until(() => connect(control), () => `baresip is up\n${phone.process.output()}`)
    phone.socket.on('data', (data) => phone.#read(data.toString('latin1')))
    return phone
  }

  // Netstrings with JSON inside.
  #read(text) {
    this.#text += text
    for (;;) {
      const colon = this.#text.indexOf(':')
      const length = Number(this.#text.slice(0, colon))
      if (colon < 0 || this.#text.length < colon + length + 2) return
      this.events.push(JSON.parse(this.#text.slice(colon + 1, colon + 1 + length)))
      this.#text = this.#text.slice(colon + length + 2)
    }
  }

  #order(command, params = '') {
    const json = JSON.stringify({ command, params, token: command })
    this.socket.write(`${json.length}:${json},`)
  }

  /** Calls a SIP URI and waits until it is answered. */
  async dial(uri) {
    this.#order('dial', uri)
    await this.event('CALL_ESTABLISHED')
  }

  event(type, deadlineMs = 8000) {
    return until(() => this.events.find((event) => event.type === type), () => `${type} from baresip\n${this.process.output().slice(-2000)}`, deadlineMs)
  }

  /** Presses a key (RFC 4733). */
  press(key) {
    this.#order('sndcode', key)
  }

  async hangUp() {
    this.#order('hangup')
    await this.event('CALL_CLOSED')
  }

  /** What it heard so far, at 8 kHz. */
  heard() {
    const file = readdirSync(this.recordings).find((name) => name.endsWith('-dec.wav'))
    return file ? readWav(join(this.recordings, file)).samples : new Int16Array(0)
  }

  async close() {
    this.socket.destroy()
    this.process.kill('SIGKILL')
    await this.process.ended
  }
}

function connect(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
}
