// G.711 (ITU-T G.711), both laws, by the segment formulas; tables once.

function alawToLinear(code) {
  const a = code ^ 0x55
  const exponent = (a >> 4) & 7
  const mantissa = a & 15
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1)
  return a & 0x80 ? magnitude : -magnitude
}

function ulawToLinear(code) {
  const u = ~code & 0xff
  const magnitude = (((u & 15) << 3) + 0x84) << ((u >> 4) & 7)
  return u & 0x80 ? 0x84 - magnitude : magnitude - 0x84
}

const A_TO_LINEAR = Int16Array.from({ length: 256 }, (_, code) => alawToLinear(code))
const U_TO_LINEAR = Int16Array.from({ length: 256 }, (_, code) => ulawToLinear(code))

/** RTP payload type (0: µ-law, 8: A-law) and bytes → 16-bit samples. */
export function decode(payloadType, bytes) {
  const table = payloadType === 8 ? A_TO_LINEAR : payloadType === 0 ? U_TO_LINEAR : null
  if (!table) throw new Error(`payload type ${payloadType} is not G.711`)
  return Int16Array.from(bytes, (code) => table[code])
}

function nearest(table) {
  const order = [...table.keys()].sort((x, y) => table[x] - table[y])
  const codes = new Uint8Array(65536)
  let at = 0
  for (let sample = -32768; sample < 32768; sample++) {
    while (at + 1 < 256 && Math.abs(table[order[at + 1]] - sample) <= Math.abs(table[order[at]] - sample)) at++
    codes[sample + 32768] = order[at]
  }
  return codes
}

const LINEAR_TO_A = nearest(A_TO_LINEAR)

/** 16-bit samples → A-law bytes (the nearest code). */
export function encodeAlaw(samples) {
  return Buffer.from(Uint8Array.from(samples, (sample) => LINEAR_TO_A[sample + 32768]))
}
