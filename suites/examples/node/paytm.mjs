// A client for Paytm orders that assay can test: assay conform paytm -- node paytm.mjs
// It reads a call from each line of standard input, and writes a reply to standard output.
import crypto from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'
const limit = Number(process.env.PAYTM_TIMEOUT ?? 30) * 1000 // milliseconds for a whole call
const vector = '@@@@&&&&####$$$$'
const unknown = { outcome: 'unknown', retry: 'after-inquiry' }
const codes = new Map([['0000', 'succeeded'], ['324', 'duplicate'], ['501', 'unavailable'], ['2005', 'unauthorized'],
  ...['1001', '1007', '1011', '1012', '2006', '2007', '2012', '2013', '2014', '2222'].map(code => [code, 'invalid'])])
const digest = (text, salt) => crypto.createHash('sha256').update(`${text}|${salt}`).digest('hex') + salt
const aes = (make, key) => make(`aes-${key.length * 8}-cbc`, key, vector)
function sign (text, key) {
  const c = aes(crypto.createCipheriv, key)
  return c.update(digest(text, crypto.randomBytes(3).toString('base64')), 'utf8', 'base64') + c.final('base64')
}
export function signed (text, key, signature) {
  const d = aes(crypto.createDecipheriv, key)
  const plain = d.update(signature, 'base64', 'utf8') + d.final('utf8')
  return signature === Buffer.from(signature, 'base64').toString('base64') && plain === digest(text, plain.slice(64))
}
// money writes amounts in minor units as decimals in rupees: {"value": "1.00", "currency": "INR"}.
const money = value => Array.isArray(value) ? value.map(money)
  : value?.minor !== undefined ? { value: `${Math.trunc(value.minor / 100)}.${String(value.minor % 100).padStart(2, '0')}`, currency: value.currency }
    : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, money(one)])) : value
function requestOf ({ order, credentials, options = {}, now }) {
  const { channelId, ...more } = options
  const { id, mobile, email, firstName, lastName } = order.customer
  const body = JSON.stringify({
    requestType: 'PAYMENT', mid: credentials.mid, orderId: order.reference, txnAmount: money(order.amount),
    userInfo: { custId: id, mobile, email, firstName, lastName }, callbackUrl: order.returnUrl, peonUrl: order.notifyUrl, extendInfo: order.notes, ...money(more)
  })
  const head = { requestTimeStamp: String(Date.parse(now)), channelId, signature: sign(body, credentials.merchantKey) }
  return `{"head":${JSON.stringify(head)},"body":${body}}`
}
// send sends the order once. It follows no redirect, and gives up after the limit.
const send = (url, text) => new Promise((resolve, reject) => {
  const request = (url.protocol === 'https:' ? https : http).request(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, signal: AbortSignal.timeout(limit) })
  request.on('error', reject).on('response', async response => {
    try { resolve([response.statusCode, Buffer.concat(await response.toArray())]) } catch (e) { reject(e) }
  }).end(text)
})
// parse reads JSON in which no name occurs twice. It also returns the text of the member body.
export function parse (raw) {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)
  const value = JSON.parse(text); const open = []; let body = ''; let from = -1
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, -1))
      if (open.at(-1).has(name)) throw new Error('a name occurs twice')
      if (open.at(-1).add(name) && open.length === 1) from = name === 'body' ? index + token.length : -1
    } else if ('{['.includes(token)) open.push(new Set())
    else if ('}]'.includes(token) && open.pop() && open.length === 1 && from >= 0) { body = text.slice(from, index + 1).trim(); from = -1 }
  }
  return [value, body]
}
export function read (status, raw, key, verified = signed) {
  const [{ head, body }, text] = parse(raw)
  const { resultCode: code, resultStatus: result } = body.resultInfo
  const outcome = typeof code === 'string' && status === 200 ? codes.get(code) : undefined
  const good = outcome === 'succeeded'
  if (!outcome || result !== (good ? 'S' : 'F') || (good && !(head?.signature && typeof body.txnToken === 'string' && body.txnToken))) return unknown
  if (head?.signature !== undefined && !verified(text, key, head.signature)) return unknown
  return { outcome, retry: outcome === 'unavailable' ? 'after-inquiry' : 'never', code, token: good ? { value: body.txnToken } : null }
}

export async function serve (readAs = read) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const call = JSON.parse(line); let reply = unknown
    try {
      const query = new URLSearchParams({ mid: call.credentials.mid, orderId: call.order.reference })
      reply = readAs(...await send(new URL(`${call.baseUrl}/aoa-acquiring-biz/v2/order?${query}`), requestOf(call)), call.credentials.merchantKey)
    } catch {} // whatever went wrong, the order may exist
    console.log(JSON.stringify({ id: call.id, ...reply }))
  }
}
if (import.meta.url === pathToFileURL(process.argv[1]).href) await serve()
