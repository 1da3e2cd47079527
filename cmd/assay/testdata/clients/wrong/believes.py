"""Wrong: reads a code that it does not know as success."""
import examples, json, sys
import paytring

def read(status, raw):
    body = json.loads(raw)
    code = body.get("error", {}).get("code", status)
    if code not in (200, 400):
        return {"outcome": "succeeded", "retry": "never", "code": str(code), "providerReference": body.get("order_id", ""), "redirectUrl": ""}
    return paytring.read(status, raw)

for line in sys.stdin:
    call = json.loads(line)
    try:
        reply = read(*paytring.send(call["baseUrl"], paytring.order_body(call), call["credentials"]))
    except Exception:
        reply = paytring.UNKNOWN
    print(json.dumps({"id": call["id"], **reply}), flush=True)
