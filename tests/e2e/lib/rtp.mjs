// RTP as a caller has it: what it sends (a pcap for SIPp to play) and what reaches its port (a tap that decodes).
import dgram from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { decode, encodeAlaw } from './g711.mjs'
import { freePort } from './process.mjs'
import { until } from './wait.mjs'

const FRAME = 160
const PCMA = 8
const EVENT = 101

function rtp({ marker = false, type, sequence, timestamp, ssrc, payload }) {
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = (marker ? 0x80 : 0) | type
  head.writeUInt16BE(sequence & 0xffff, 2)
  head.writeUInt32BE(timestamp >>> 0, 4)
  head.writeUInt32BE(ssrc >>> 0, 8)
  return Buffer.concat([head, payload])
}

// RFC 4733 §2.5.1: updates every 20 ms while the key is down, the end sent three times.
function keyPackets(key, { sequence, timestamp, ssrc }, atMs, downMs = 120) {
  const event = '0123456789*#'.indexOf(key)
  const packets = []
  const steps = downMs / 20
  for (let i = 0; i < steps + 3; i++) {
    const end = i >= steps
    const payload = Buffer.alloc(4)
    payload[0] = event
    payload[1] = (end ? 0x80 : 0) | 10
    payload.writeUInt16BE(Math.min(i + 1, steps) * FRAME, 2)
    const data = rtp({ marker: i === 0, type: EVENT, sequence: sequence + i, timestamp, ssrc, payload })
    packets.push({ atMs: atMs + i * 20, data })
  }
  return packets
}

/**
 * A caller's stream from one moment on: first `key` if there is one, then `samples` over and over for `seconds`; `counted`: the
 * first four bytes of each frame are its number, for counting what came through.
 */
export function stream({ samples, key, seconds = 60, sequence = 1, timestamp = FRAME, ssrc = 0x5150, counted = false }) {
  const packets = key ? keyPackets(key, { sequence, timestamp, ssrc }, 0) : []
  const skip = packets.length
  const codes = samples && encodeAlaw(samples)
  const frames = codes ? seconds * 50 : 0
  const perLoop = codes ? Math.floor(codes.length / FRAME) : 1
  for (let i = 0; i < frames; i++) {
    const from = (i % perLoop) * FRAME
    const payload = Buffer.from(codes.subarray(from, from + FRAME))
    if (counted) payload.writeUInt32BE(i, 0)
    packets.push({
      atMs: (skip + i) * 20,
      data: rtp({
        marker: i === 0,
        type: PCMA,
        sequence: sequence + skip + i,
        timestamp: timestamp + (skip + i) * FRAME,
        ssrc,
        payload,
      }),
    })
  }
  return packets
}

/** Writes packets as SIPp's play_pcap_audio reads them: Ethernet, IPv4, UDP; SIPp sets addresses, ports and checksums. */
export function writePcap(path, packets) {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt16LE(2, 4)
  head.writeUInt16LE(4, 6)
  head.writeUInt32LE(65535, 16)
  head.writeUInt32LE(1, 20)
  const chunks = [head]
  for (const { atMs, data } of packets) {
    const record = Buffer.alloc(16 + 14 + 20 + 8)
    const length = 14 + 20 + 8 + data.length
    record.writeUInt32LE(Math.floor(atMs / 1000), 0)
    record.writeUInt32LE((atMs % 1000) * 1000, 4)
    record.writeUInt32LE(length, 8)
    record.writeUInt32LE(length, 12)
    record.writeUInt16BE(0x0800, 28)
    record[30] = 0x45
    record.writeUInt16BE(28 + data.length, 32)
    record[38] = 64
    record[39] = 17
    record.writeUInt32BE(0x7f000001, 42)
    record.writeUInt32BE(0x7f000001, 46)
    record.writeUInt16BE(6000, 50)
    record.writeUInt16BE(6000, 52)
    record.writeUInt16BE(8 + data.length, 54)
    chunks.push(record, data)
  }
  writeFileSync(path, Buffer.concat(chunks))
  return path
}

/** Takes an RTP packet apart; null for what is none (RTCP, STUN, noise). */
export function parse(data) {
  if (data.length < 12 || data[0] >> 6 !== 2) return null
  const type = data[1] & 0x7f
  if (type >= 72 && type <= 76) return null
  let at = 12 + (data[0] & 15) * 4
  const extended = (data[0] & 0x10) !== 0
  if (extended && at + 4 <= data.length) at += 4 + data.readUInt16BE(at + 2) * 4
  const end = data[0] & 0x20 ? data.length - data[data.length - 1] : data.length
  return {
    type,
    marker: (data[1] & 0x80) !== 0,
    extended,
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payload: data.subarray(at, Math.max(at, end)),
  }
}

/** A port that hears: every RTP packet that reaches it, decoded on its own time line. */
export class Tap {
  packets = []
  #socket

  static async open({ host = '127.0.0.1', port = 0 } = {}) {
    const tap = new Tap()
    tap.#socket = dgram.createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4 << 20 })
    tap.#socket.on('message', (data, from) => {
      const packet = parse(data)
      if (packet) tap.packets.push({ ...packet, at: performance.now(), from: from.port, payload: Buffer.from(packet.payload) })
    })
    await new Promise((resolve, reject) => {
      tap.#socket.once('error', reject)
      tap.#socket.bind(port, host, resolve)
    })
    tap.host = host
    tap.port = tap.#socket.address().port
    return tap
  }

  /** A tap on a port that SIPp can speak from: `[media_port+10]`, with `-mp` ten below (SIPp binds that one and the one two above). */
  static async beside({ host } = {}) {
    for (;;) {
      const base = await freePort()
      try {
        return Object.assign(await Tap.open({ host, port: base + 10 }), { base })
      } catch (error) {
        if (error.code !== 'EADDRINUSE' && error.code !== 'ERR_SOCKET_BAD_PORT') throw error
      }
    }
  }

  /** Sends raw bytes from this very port. */
  send(data, port, host = this.host) {
    this.#socket.send(data, port, host)
  }

  /** Where "from now on" begins, for `pcm`. */
  mark() {
    return this.packets.length
  }

  /** What was heard since a mark, 16-bit at 8 kHz, each packet where its timestamp puts it. */
  pcm(since = 0) {
    const packets = this.packets.slice(since).filter(({ type }) => type === 0 || type === PCMA)
    if (packets.length === 0) return new Int16Array(0)
    const start = packets[0].at
    const places = new Map()
    const placed = packets.map((packet) => {
      const arrived = Math.round((packet.at - start) * 8)
      let anchor = places.get(packet.ssrc)
      const along = anchor ? ((packet.timestamp - anchor.timestamp) | 0) + anchor.at : arrived
      // A new source, or one that set its clock anew: placed by arrival.
      if (!anchor || Math.abs(along - arrived) > 16000) {
        anchor = { timestamp: packet.timestamp, at: Math.max(0, arrived) }
        places.set(packet.ssrc, anchor)
        return { at: anchor.at, packet }
      }
      return { at: Math.max(0, along), packet }
    })
    const out = new Int16Array(placed.reduce((end, { at, packet }) => Math.max(end, at + packet.payload.length), 0))
    for (const { at, packet } of placed) out.set(decode(packet.type, packet.payload), at)
    return out
  }

  /** Waits until `check(this)` holds. */
  until(check, what, deadlineMs = 5000) {
    return until(() => check(this), what, deadlineMs)
  }

  close() {
    return new Promise((resolve) => this.#socket.close(resolve))
  }
}
