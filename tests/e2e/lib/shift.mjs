// An operator who makes the calls that we owe, through carriers that tell what reached them.
import assert from 'node:assert/strict'
import { Api } from './api.mjs'
import { findLatest } from './correlate.mjs'
import { Desk } from './desk.mjs'
import { mask } from './engine.mjs'
import { Caller } from './sipp.mjs'
import { until, within } from './wait.mjs'

/** The number on our calls; ringing back reaches us. */
export const OURS = '13925278096'

/** The configuration of trunks that lead to carriers, `{ name: carrier }`, the first of them first. */
export function trunks(carriers) {
  const one = ([name, { port }], n) => `[trunk.${name}]
send_to = "sip:127.0.0.1:${port}"
presents = "${OURS}"
priority = ${n + 1}
patience_s = 1
options_every_s = 1
`
  return Object.entries(carriers).map(one).join('\n')
}

export class Shift {
  /** Li before the shift or ready, with all trunks up, and what a supervisor reads. */
  static async begin(it, { ready = true } = {}) {
    const shift = new Shift()
    shift.it = it
    shift.api = await Api.signIn(it.engine, 'wang')
    const down = async () => (await it.engine.json(['trunks'])).filter(({ trunk, state }) => trunk !== 'local' && state !== 'up')
    await until(async () => (await down()).length === 0, 'all trunks answer', 20000, 200)
    shift.desk = await Desk.open(it.engine, 'li')
    await shift.desk.startShift()
    if (ready) await shift.desk.beReady()
    return shift
  }

  /** Waits until nothing is owed to a number any more; answers what was. */
  async spoken(number) {
    const owed = await this.api.owed(number, ({ state }) => state === 'discharged', 'nothing is owed any more')
    assert.deepEqual([owed.reason, owed.operator], ['spoken', 'li'])
    return owed
  }

  /** Takes the call that is owed to someone, and waits until it is at this carrier; answers with its INVITE. */
  async take(number, carrier) {
    await this.desk.readyAnyway()
    const before = carrier.invites(number).length
    await this.desk.owed(mask(number))
    assert.equal(carrier.invites(number).length, before, 'nobody is dialled before the operator says so')
    const mark = carrier.tap.mark()
    await this.desk.dial()
    const invite = await until(() => carrier.invites(number)[before], 'an INVITE at the carrier', 10000)
    return { invite, mark, of: ({ headers }) => headers['call-id'] === invite.headers['call-id'] }
  }

  /** The whole of a call that reaches someone, whose voice is the carrier's. */
  async speak(number, carrier, { listen = false } = {}) {
    const { invite, mark, of } = await this.take(number, carrier)
    await this.desk.reached()
    if (listen) {
      await this.desk.listen()
      await this.desk.untilHeard(carrier.voice, 'who picks up', 30000)
      await until(() => findLatest(carrier.tap.pcm(mark), this.desk.voice).heard, 'the operator is heard', 30000, 200)
    }
    await this.desk.click('hangup')
    await carrier.request('BYE', of)
    await this.desk.finish('spoken')
    return { invite, owed: await this.spoken(number) }
  }

  /** Leaves nothing of a test to the next one. */
  async tidy() {
    await this.desk.tidy()
    for (const caller of this.it.closing.filter((thing) => thing instanceof Caller)) {
      await within(caller.hangUp(), 'a caller leaves', 2000).catch(() => {})
      await this.it.close(caller)
    }
  }

  close() {
    return this.desk.close()
  }
}
