// Wrong: believes a success without a signature.
import { parse, read, serve } from '../../../../../suites/examples/node/paytm.mjs'

await serve((status, raw, key) => {
  const [{ head, body }] = parse(raw)
  if (status === 200 && head?.signature === undefined && body.resultInfo.resultCode === '0000' && body.resultInfo.resultStatus === 'S' && typeof body.txnToken === 'string' && body.txnToken) {
    return { outcome: 'succeeded', retry: 'never', code: '0000', token: { value: body.txnToken } }
  }
  return read(status, raw, key)
})
