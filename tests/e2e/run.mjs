// Runs the harness's own tests and the end-to-end tests, each file in a network namespace of its own that has nothing but loopback: whatever
// is sent, nothing leaves this machine and nothing on it is disturbed. Most of them wait for voices more than they compute, so two files run
// at a time; those that weigh the machine, or need it calm, run alone at the end. What failed runs once more, alone, and that counts.
//   node run.mjs [--long] [--test-name-pattern=…] [FILE…]
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ALONE = ['air', 'load', 'faults', 'disk_full', 'postgres_killed']
// What takes longest begins first, so that the lanes end together.
const LONGEST = ['hours', 'after-hours', 'callbacks', 'place_kept', 'desk', 'pjsua', 'transfer', 'call']

const here = dirname(fileURLToPath(import.meta.url))
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'))
const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
if (flags.includes('--long')) process.env.HELPLINE_LONG = '1'
const pattern = flags.filter((flag) => flag.startsWith('--test-name-pattern'))
const root = process.getuid() === 0

const name = (file) => basename(file, '.test.mjs')
const rank = (file) => (LONGEST.includes(name(file)) ? LONGEST.indexOf(name(file)) : LONGEST.length)
const all = ['harness', 'tests'].flatMap((folder) => readdirSync(join(here, folder)).filter((file) => file.endsWith('.test.mjs')).map((file) => join(here, folder, file)))
const files = all.filter((file) => given.length === 0 || given.some((part) => file.includes(part))).sort((a, b) => rank(a) - rank(b))

/** One file, to its end: what it printed, and whether it passed. */
function run(file) {
  const node = [process.execPath, '--test', ...pattern, '--test-timeout=300000', '--test-reporter=tap', file]
  // baresip does not start without an address beside loopback: one for documentation (RFC 5737), on the loopback interface.
  const inside = ['--net', 'sh', '-c', 'ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec "$@"', 'sh', ...node]
  const began = performance.now()
  const child = root ? spawn('unshare', inside) : spawn(node[0], node.slice(1))
  const printed = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => printed.push(bytes))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      const took = ((performance.now() - began) / 1000).toFixed(0)
      resolve({ file, passed: status === 0, text: `# File: ${name(file)}, ${took} s\n${Buffer.concat(printed)}` })
    })
  })
}

/** All of them, so many at a time; resolves to those that failed, which are told of and not counted. */
async function lanes(waiting, count) {
  const queue = [...waiting]
  const failed = []
  const lane = async () => {
    while (queue.length > 0) {
      const { file, passed, text } = await run(queue.shift())
      process.stdout.write(passed ? text : `${text.trimEnd().replace(/^/gm, '# first try: ')}\n`)
      if (!passed) failed.push(file)
    }
  }
  await Promise.all(Array.from({ length: count }, lane))
  return failed
}

const alone = files.filter((file) => ALONE.includes(name(file)))
// Without namespaces of their own they would meet on ports.
const failed = await lanes(files.filter((file) => !alone.includes(file)), root ? 2 : 1)
failed.push(...(await lanes(alone, 1)))
// Once more, alone and in peace: what fails now is a fault, and what does not was the machine's doing.
let sound = true
for (const file of failed) {
  const { passed, text } = await run(file)
  process.stdout.write(text)
  sound &&= passed
}
process.exit(sound ? 0 : 1)
