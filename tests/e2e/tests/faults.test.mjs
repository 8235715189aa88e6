// kill -9 again and again under a stream of calls: whoever heard anything of us stands in the record, once, and nobody is lost.
import { test } from 'node:test'
import { HOTLINE } from '../lib/engine.mjs'
import { random } from '../lib/random.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'
import { agrees, storm } from '../lib/storm.mjs'
import { until } from '../lib/wait.mjs'

const LONG = Boolean(process.env.HELPLINE_LONG)
// Killed at any moment within so long after it is there again; fifty times with --long, as far as a slow machine has them within its time.
const [KILLS, WITHIN_MS, TIME_MS] = LONG ? [50, 3000, 200000] : [4, 2000, 60000]
const RATE = 20
const SEED = Number(process.env.SEED ?? Date.now() % 1e6)

const it = house({ log: 'warn' })

test(`kill -9, up to ${KILLS} times, under ${RATE} calls a second (seed ${SEED}): every call that heard us has its journey, nothing is doubled, nobody is lost`, async (t) => {
  const { engine } = it
  const chance = random(SEED)
  const calls = await storm(engine, { to: HOTLINE, rate: RATE, calls: RATE * 270 })
  const began = performance.now()
  let kills = 0
  for (; kills < KILLS && performance.now() - began < TIME_MS; kills++) {
    const at = performance.now() + chance() * WITHIN_MS
    await until(() => performance.now() >= at, 'the next kill', WITHIN_MS + 1000, 5)
    await engine.kill()
    await engine.up({ postgres: false })
  }
  t.diagnostic(`${kills} kills in ${Math.round((performance.now() - began) / 1000)} s`)
  await calls.over()
  t.diagnostic(await agrees(engine, calls, { least: kills * 10, again: true }))
})

nobodyIsNamed(it)
