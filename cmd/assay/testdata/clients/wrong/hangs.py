"""Wrong: waits for ever."""
import examples, json, sys
import paytring

paytring.LIMIT = 1e6
for line in sys.stdin:
    call = json.loads(line)
    print(json.dumps({"id": call["id"], **paytring.handle(call)}), flush=True)
