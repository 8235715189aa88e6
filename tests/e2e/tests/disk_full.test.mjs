// The journal's disk fills up under a stream of calls, its reserve too: someone is woken, nobody is answered who could be lost, and once there
// is room again everyone who heard anything of us stands in the record.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOTLINE } from '../lib/engine.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'
import { agrees, storm } from '../lib/storm.mjs'
import { until } from '../lib/wait.mjs'

const LONG = Boolean(process.env.HELPLINE_LONG)
const [TIMES, SECONDS] = LONG ? [6, 120] : [1, 9]
const RATE = 20

// The reserve is 4 MB, and twice as much must be free for it to be set aside anew.
const alone = process.getuid() === 0
const it = house({ log: 'info', disk: alone && 20 << 20 })

const says = (text, from) => () => it.engine.logTail(1e6).indexOf(text, from) >= 0

test(`the journal’s disk full ${TIMES} times in ${SECONDS} s under ${RATE} calls a second: every call that heard us stands in the record once`, { skip: !alone && 'a file system of its own takes root' }, async (t) => {
  const { engine } = it
  const calls = await storm(engine, { to: HOTLINE, rate: RATE, calls: RATE * 270 })
  const began = performance.now()
  for (let time = 0; time < TIMES; time++) {
    const at = (share) => until(() => performance.now() - began >= ((time + share) / TIMES) * SECONDS * 1000, 'its time', SECONDS * 2000, 5)
    await at(0.2)
    const before = engine.logTail(1e6).length
    engine.disk.fill()
    await until(says('the disk is full: callers are still written down in its reserve', before), 'someone is woken', 5000)
    await at(0.5)
    // What the reserve gave is taken as well: nothing can be written at all.
    engine.disk.fill()
    await until(says('no promise is made to callers', before), 'someone is woken again', 5000)
    await at(0.7)
    engine.disk.free()
    await until(says('there is room on the disk again', before), 'all is well again', 10000)
  }
  await calls.over()
  t.diagnostic(await agrees(engine, calls, { least: (RATE * SECONDS) / 2 }))
  const refused = (await engine.calls()).filter(({ cause }) => cause === 'overload')
  assert.ok(refused.length > 0, 'while nothing could be written nobody was answered')
})

nobodyIsNamed(it)
