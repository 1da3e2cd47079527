// Wrong: looks whether there is a signature, and does not verify it.
import { read, serve } from '../../../../../suites/examples/node/paytm.mjs'

await serve((status, raw, key) => read(status, raw, key, () => true))
