// The journal's disk fills up under a stream of calls, its reserve too: someone is woken, nobody is answered who could be lost, and once there
// is room again everyone who heard anything of us stands in the record.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOTLINE } from '../lib/engine.mjs'
import { house, nobodyIsNamed } from '../lib/setup.mjs'
import { agrees, storm } from '../lib/storm.mjs'
import { until } from '../lib/wait.mjs'

const LONG = Boolean(process.env.HELPLINE_LONG)
const TIMES = LONG ? 4 : 1
const RATE = 60
// A segment has up to 1 MB of room set aside, which these calls use up first, each time.
const ROOM_MS = 60000

// The reserve is 4 MB, and twice as much must be free for it to be set aside anew.
const alone = process.getuid() === 0
const it = house({ log: 'info', disk: alone && 20 << 20 })

test(`the journal’s disk full, and its reserve, ${TIMES} times under ${RATE} calls a second: every call that heard us stands in the record once`, { skip: !alone && 'a file system of its own takes root' }, async (t) => {
  const { engine } = it
  const log = () => engine.logTail(1e6)
  const calls = await storm(engine, { to: HOTLINE, rate: RATE, calls: RATE * 270 })
  for (let time = 0; time < TIMES; time++) {
    await until(() => calls.heard().size > time * RATE * 3, 'calls go through', 30000)
    const before = log().length
    const says = (text) => () => log().indexOf(text, before) >= 0
    engine.disk.fill()
    await until(says('the disk is full: callers are still written down in its reserve'), 'someone is woken', ROOM_MS)
    // What the reserve gave is taken as well: nothing can be written at all.
    engine.disk.fill()
    await until(says('no promise is made to callers'), 'someone is woken again', ROOM_MS)
    const refused = calls.heard().size
    await until(() => calls.heard().size > refused + RATE, 'calls come all the same', 30000)
    engine.disk.free()
    await until(says('there is room on the disk again'), 'all is well again', 10000)
  }
  await calls.over()
  t.diagnostic(await agrees(engine, calls, { least: 120 }))
  const refused = (await engine.calls()).filter(({ cause }) => cause === 'overload')
  assert.ok(refused.length > 0, 'while nothing could be written nobody was answered')
})

nobodyIsNamed(it)
