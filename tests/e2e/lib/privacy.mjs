// No caller's number in clear: in no log, no file of the journal, nothing of Postgres.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

function* files(path) {
  if (!existsSync(path)) return
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const at = join(path, entry.name)
    if (entry.isDirectory()) yield* files(at)
    else if (entry.isFile()) yield at
  }
}

/** How a number may be written: as it is, with the prefixes that carriers use, and by every other digit of a UTF-16 text. */
export function shapes(number) {
  const texts = [number, `0${number}`, `86${number}`, `+86${number}`, `0086${number}`, `${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}`, `${number.slice(0, 3)}-${number.slice(3, 7)}-${number.slice(7)}`]
  return [...texts.map((text) => Buffer.from(text)), Buffer.from(number, 'utf16le'), Buffer.from(Buffer.from(number).toString('hex'))]
}

/** Where any of `words` stands in the engine's log and in all files of its data folder: `[{ file, around }]`, the word itself blotted out. */
export function findInFiles(engine, words) {
  const found = []
  for (const file of [engine.logFile, ...files(engine.data)]) {
    if (!existsSync(file) || statSync(file).size === 0) continue
    const bytes = readFileSync(file)
    for (const word of words) {
      const at = bytes.indexOf(word)
      if (at < 0) continue
      const around = bytes.toString('latin1', Math.max(0, at - 160), at + word.length + 60).replaceAll(word.toString('latin1'), '█'.repeat(8))
      found.push({ file: file.replace(engine.directory, ''), around })
    }
  }
  return found
}

/** Where any of `words` stands in any column of any table: what is compressed on disk is in clear here. */
export async function findInTables(engine, words) {
  const tables = await engine.postgres.query("select format('%I.%I', table_schema, table_name) from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')")
  const found = []
  for (const [table] of tables) {
    const like = words.map((word) => `row::text like '%${word.toString('latin1').replaceAll("'", "''")}%'`).join(' or ')
    const [[count]] = await engine.postgres.query(`select count(*) from ${table} row where ${like}`)
    if (count !== '0') found.push({ table, count })
  }
  return found
}
