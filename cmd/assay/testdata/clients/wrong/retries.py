"""Wrong: sends the order again after HTTP 500."""
import examples, json, sys
import paytring

def handle(call):
    try:
        body = paytring.order_body(call)
        status, raw = paytring.send(call["baseUrl"], body, call["credentials"])
        if status == 500:
            status, raw = paytring.send(call["baseUrl"], body, call["credentials"])
        return paytring.read(status, raw)
    except Exception:
        return paytring.UNKNOWN

for line in sys.stdin:
    call = json.loads(line)
    print(json.dumps({"id": call["id"], **handle(call)}), flush=True)
