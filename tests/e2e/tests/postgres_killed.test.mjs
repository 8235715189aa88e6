// Postgres killed under a stream of calls, again and again: it is started anew by itself, callers notice nothing, and it has all of them once.
import { test } from 'node:test'
import { HOTLINE } from '../lib/engine.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'
import { agrees, storm } from '../lib/storm.mjs'
import { until } from '../lib/wait.mjs'

const LONG = Boolean(process.env.HELPLINE_LONG)
const [KILLS, SECONDS] = LONG ? [12, 120] : [2, 8]
const RATE = 20

const it = house({ log: 'warn' })

test(`Postgres killed ${KILLS} times in ${SECONDS} s under ${RATE} calls a second: every call that heard us is in it once, nobody is lost`, async (t) => {
  const { engine } = it
  const calls = await storm(engine, { to: HOTLINE, rate: RATE, calls: RATE * 270 })
  const began = performance.now()
  for (let kill = 1; kill <= KILLS; kill++) {
    const at = ((kill - 0.5) / KILLS) * SECONDS * 1000
    await until(() => performance.now() - began >= at, 'the next kill', SECONDS * 2000, 5)
    await until(() => engine.postgres.kill(), 'there is a Postgres to be killed', 30000, 50)
  }
  await calls.over()
  t.diagnostic(await agrees(engine, calls, { least: (RATE * SECONDS) / 2 }))
})

nobodyIsNamed(it)
