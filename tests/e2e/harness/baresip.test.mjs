// baresip and SIPp hear each other, and baresip's keys arrive.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Answerer } from '../lib/answerer.mjs'
import { Baresip } from '../lib/baresip.mjs'
import { find } from '../lib/correlate.mjs'
import { until } from '../lib/wait.mjs'

const directory = mkdtempSync(join(tmpdir(), 'helpline-harness-'))
const closing = []
after(() => Promise.all(closing.map((thing) => thing.close())))

test('baresip and SIPp hear each other', async () => {
  const operator = await Answerer.open({ directory })
  closing.push(operator)
  const phone = await Baresip.open({ engine: { directory }, number: '13800000002' })
  closing.push(phone)
  await phone.dial(operator.uri)
  phone.press('5')
  await operator.tap.until((tap) => tap.packets.some((p) => p.type === 101 && p.payload[0] === 5), 'the key 5')
  await until(() => find(operator.tap.pcm(), phone.voice).heard, 'baresip at the operator', 10000, 200)
  await until(() => find(phone.heard(), operator.voice).heard, 'the operator at baresip', 10000, 200)
  await phone.hangUp()
})
