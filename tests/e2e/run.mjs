// Runs the harness's own tests and the end-to-end tests, one file after the other, in a network namespace that has nothing but loopback:
// whatever is sent, nothing leaves this machine and nothing on it is disturbed.
//   node run.mjs [--long] [--test-name-pattern=…] [FILE…]
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
if (process.argv.includes('--long')) process.env.HELPLINE_LONG = '1'
const all = ['harness', 'tests'].flatMap((folder) => readdirSync(join(here, folder)).filter((name) => name.endsWith('.test.mjs')).map((name) => join(here, folder, name)))
const files = given.length > 0 ? all.filter((file) => given.some((part) => file.includes(part))) : all
const only = process.argv.filter((argument) => argument.startsWith('--test-name-pattern'))
const node = [process.execPath, '--test', ...only, '--test-concurrency=1', '--test-timeout=300000', '--test-reporter=tap', ...files]

// baresip does not start without an address beside loopback: one for documentation (RFC 5737), on the loopback interface.
const inside = ['-c', 'ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec "$@"', 'sh', ...node]
const alone = process.getuid() === 0
const { status, error } = alone ? spawnSync('unshare', ['--net', 'sh', ...inside], { stdio: 'inherit' }) : spawnSync(node[0], node.slice(1), { stdio: 'inherit' })
if (error) throw error
process.exit(status ?? 1)
