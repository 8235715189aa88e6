// The table: each work, what we measured, the peers and the floor beside it, and the target.

/** The raw relay of 100 calls where the targets were set, in per cent of a core: what this machine is slower by, CPU targets are larger by. */
const FLOOR_THEN = 5.0

const number = (value, digits = 2) => (value === undefined || Number.isNaN(value) ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits }))
const ms = (us, digits = 2) => number(us === undefined ? undefined : us / 1000, digits)
const ratio = (ours, theirs) => (theirs > 0 ? `${number(ours / theirs)} ×` : '–')
const highest = (steps) => steps?.filter((step) => step.sustained).at(-1)
const lost = (run) => (run ? run.lost[0] + run.lost[1] : 0)
/** What one call more holds, with 400 against 100: what the first ones take for the whole process (code, buffers, threads) is not theirs. */
const perCall = ({ 100: few, 400: many }) => (many ? (many.rss_kb.after - few.rss_kb.after) / (many.established - few.established) : undefined)

/** All rows: work, ours, peer, floor, ratio, target, whether it is met. */
function rows({ floors, ours, disk, theirs }) {
  const slower = floors[100].pct / FLOOR_THEN
  const here = (target) => target * slower
  const judged = (value, target) => (value === undefined || Number.isNaN(value) ? '–' : value <= target ? 'met' : '**missed**')
  const best = highest(ours.ramp)
  const cpu = (work, own, peer, base, target) => [work, number(own), number(peer), number(base), peer ? ratio(own, peer) : ratio(own, base), `${number(target)} → ${number(here(target))}`, judged(own, here(target))]
  const list = [
    cpu('S1a answer + hang-up, 100/s, CPU-s per 1,000', ours.answer.per1000, theirs.answer.per1000, undefined, 0.25),
    cpu(`S1a the same, ${best?.rate ?? '–'}/s`, best?.per1000, theirs.ramp.find((step) => step.rate === best?.rate)?.per1000 ?? highest(theirs.ramp)?.per1000, undefined, 0.25),
    ['S1a sustained on one core, calls/s', number(best?.rate, 0), number(highest(theirs.ramp)?.rate, 0), '–', '–', '≥ 3,000', best?.rate >= 3000 ? 'met' : '**missed**'],
    ['S1a, data folder in memory, 100/s and 3,000/s', `${number(disk.slow.per1000)} and ${number(disk.fast.per1000)}`, '–', '–', ratio(disk.slow.per1000, ours.answer.per1000), 'what the disk adds', '–'],
    ['Postgres beside it, CPU-s per 1,000, 100/s', number(ours.answer.beside), '–', '–', '–', 'told apart', '–'],
    cpu('S1b to an operator’s SIP leg, 50/s, CPU-s per 1,000', ours.operator.cheap.per1000, theirs.operator.cheap.per1000, undefined, 0.6),
  ]
  const through = highest(ours.operator.steps)
  if (through) list.push(cpu(`S1b the same, ${through.rate}/s`, through.per1000, theirs.operator.steps.find((step) => step.rate === through.rate)?.per1000, undefined, 0.6))
  for (const calls of Object.keys(ours.bridged)) {
    const [own, peer, base] = [ours.bridged[calls], theirs.bridged[calls], (floors[calls].pct / calls) * 100]
    list.push([`S3 bridged, ${calls} calls, % of a core per 100`, number(own.cpu_pct_per_100), number(peer.cpu_pct_per_100), number(base), ratio(own.cpu_pct_per_100, base), `1.1 × floor = ${number(1.1 * base)}`, judged(own.cpu_pct_per_100, 1.1 * base)])
    list.push([`S3 packets lost, ${calls} calls`, number(lost(own), 0), number(lost(peer), 0), number(floors[calls].lost, 0), '–', '0', judged(lost(own), 0)])
  }
  const [own, peer, base] = [ours.bridged[100], theirs.bridged[100], floors[100]]
  const delay = (run, p) => Math.max(run.delay_to_operator[p], run.delay_to_caller[p])
  const desks = ours.desks
  const same = ours.bridged[desks.calls]
  // What log-ins gave back may outweigh what legs took: then nothing is known.
  const perDesk = desks.kbPerDesk > 0 ? desks.kbPerDesk : undefined
  list.push(
    ['S3 one-way delay p50, ms', ms(delay(own, 'p50'), 3), ms(delay(peer, 'p50'), 3), ms(base.p50, 3), ratio(delay(own, 'p50'), base.p50), `0.05 → ${number(0.05 * slower, 3)}`, judged(delay(own, 'p50'), 50 * slower)],
    ['S3 one-way delay p99, ms', ms(delay(own, 'p99')), ms(delay(peer, 'p99')), ms(base.p99), ratio(delay(own, 'p99'), base.p99), `0.5 → ${number(0.5 * slower)}`, judged(delay(own, 'p99'), 500 * slower)],
    ['S3 memory of a call, 400 against 100, kB', number(perCall(ours.bridged), 0), number(perCall(theirs.bridged), 0), '–', '–', '30', judged(perCall(ours.bridged), 30)],
    [`S3w bridged to browser legs, ${desks.calls} calls, % per 100`, number(desks.cpu_pct_per_100), '–', '–', `${ratio(desks.cpu_pct_per_100, same.cpu_pct_per_100)} (of S3)`, `2 × S3 of ${desks.calls} calls = ${number(2 * same.cpu_pct_per_100)}`, judged(desks.cpu_pct_per_100, 2 * same.cpu_pct_per_100)],
    ['S3w memory per browser leg, kB', number(perDesk, 0), '–', '–', '–', '110', judged(perDesk, 110)],
    cpu('S2 prompt playing, 100 calls, % of a core per 100', ours.prompt.cpu_pct_per_100, undefined, base.pct, 4),
    ['S2 a key’s first packet → BYE p50, ms', ms(ours.prompt.reaction?.p50), '–', '–', '–', `0.3 → ${number(0.3 * slower)}`, judged(ours.prompt.reaction?.p50, 300 * slower)],
    ['S4 operator free → next offer p50, ms', ms(ours.queue.next_offer?.p50), '–', '–', '–', `1 → ${number(slower)}`, judged(ours.queue.next_offer?.p50, 1000 * slower)],
    ['S4 operator free → next offer p90, ms', ms(ours.queue.next_offer?.p90), '–', '–', '–', `5 → ${number(5 * slower)}`, judged(ours.queue.next_offer?.p90, 5000 * slower)],
    ['S4 operator answers → caller hears p50, ms', ms(ours.queue.heard_operator?.p50), '–', '–', '–', 'the next frame: 20', judged(ours.queue.heard_operator?.p50, 25000)],
  )
  if (ours.grown !== undefined) list.push(['memory after calls 10,001 to 30,000 (300/s), MB more', number(ours.grown, 1), '–', '–', '–', '5', judged(ours.grown, 5)])
  return { slower, list }
}

/** Everything as Markdown. */
export function table(measured) {
  const { slower, list } = rows(measured)
  const lines = [
    ['work', 'helpline', 'kamailio + rtpengine', 'raw UDP', 'ratio', 'target (→ here)', ''],
    ['---', '---', '---', '---', '---', '---', '---'],
    ...list,
  ]
  return `${measured.about}

The process \`helpline\` alone, all its threads on one core, journal synced to disk and every record projected to Postgres; Postgres itself runs
on the other core beside the generator. CPU and delay targets hold for the machine that they were set on; → is the same target here, by
the raw relay of 100 calls in this run (${number(slower)} times the CPU). Runs were repeated while others used more than 30 % of a core; before
the low rates the engine had come to rest.

${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`
}
