// Reads a report with the reader of its format, and writes what the reader found as JSON:
// node read.js FORMAT FILE
import { readFileSync } from 'node:fs'
import { parse, validateStrict } from 'ctrf'
import { parse as parseJUnit } from 'junit2json'

const [format, file] = process.argv.slice(2)
const text = readFileSync(file, 'utf8')
const readers = {
  ctrf: () => {
    const report = parse(text)
    validateStrict(report) // throws
    return report.results.summary
  },
  junit: async () => {
    const { tests, failures, errors, skipped, testsuite = [] } = await parseJUnit(text)
    const cases = testsuite.flatMap((suite) => suite.testcase ?? [])
    const messages = cases.flatMap((one) => one.failure ?? []).map((failure) => failure.message)
    return { tests, failures, errors: errors ?? 0, skipped, cases: cases.length, messages }
  },
}
console.log(JSON.stringify(await readers[format]()))
