// kill -9 again and again under a stream of calls: whoever heard anything of us stands in the record, once, and nobody is lost.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Api } from '../lib/api.mjs'
import { HOTLINE, mask } from '../lib/engine.mjs'
import { random } from '../lib/random.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'
import { storm } from '../lib/storm.mjs'
import { until, within } from '../lib/wait.mjs'

const LONG = Boolean(process.env.HELPLINE_LONG)
const [KILLS, SECONDS] = LONG ? [50, 120] : [4, 14]
const RATE = 20
const SEED = Number(process.env.SEED ?? Date.now() % 1e6)

const it = house({ log: 'warn' })

test(`${KILLS} kills in ${SECONDS} s under ${RATE} calls a second (seed ${SEED}): every call that heard us has its journey, nothing is doubled, nobody is lost`, { skip: !LONG && 'with --long: SIPp does not always come to its end in the short form' }, async (t) => {
  const { engine } = it
  const chance = random(SEED)
  const calls = await storm(engine, { to: HOTLINE, rate: RATE, calls: RATE * SECONDS })
  const began = performance.now()
  for (let kill = 1; kill <= KILLS; kill++) {
    // Somewhere in its part of the time, as near to a start as chance will have it.
    const at = ((kill - 1 + chance()) / KILLS) * SECONDS * 1000
    await until(() => performance.now() - began >= at, 'the next kill', SECONDS * 2000, 5)
    await engine.kill()
    await engine.up({ postgres: false })
  }
  await within(calls.process.ended, 'the end of the calls', (SECONDS + 90) * 1000)
  const heard = calls.heard()
  t.diagnostic(`${calls.numbers.length} calls, ${heard.size} of them heard something`)
  assert.ok(heard.size > calls.numbers.length / 4, 'most calls found an engine')

  const rows = await until(async () => {
    const found = await (await Api.signIn(engine, 'wang')).calls()
    return found.length >= heard.size && found.every(({ ended }) => ended) && found
  }, 'every journey has its end', 60000, 500)
  const byCaller = new Set(rows.map(({ caller }) => caller))
  const unknown = [...heard].filter((number) => !byCaller.has(mask(number)))
  assert.deepEqual(unknown.slice(0, 5).map(mask), [], `${unknown.length} calls heard us and stand nowhere`)
  for (const row of rows) assert.ok(row.cause, `journey ${row.journey} has a terminal cause`)
  // What a caller is owed for is one obligation, however often their INVITE had to be sent.
  const owed = rows.filter(({ obligation }) => obligation === 'open').length
  assert.equal(owed, rows.length, 'nobody spoke with anyone: every journey is owed')
  const out = await engine.cli(['reconcile'])
  t.diagnostic(out.trim().split('\n').at(-1))
})

if (LONG) nobodyIsNamed(it)
