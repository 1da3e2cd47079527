"""Wrong: sends amounts as floating-point numbers."""
import examples, json, sys
import paytring

def order_body(call):
    call["order"]["amount"]["minor"] = call["order"]["amount"]["minor"] / 100
    return paytring.order_body(call)

for line in sys.stdin:
    call = json.loads(line)
    try:
        reply = paytring.read(*paytring.send(call["baseUrl"], order_body(call), call["credentials"]))
    except Exception:
        reply = paytring.UNKNOWN
    print(json.dumps({"id": call["id"], **reply}), flush=True)
