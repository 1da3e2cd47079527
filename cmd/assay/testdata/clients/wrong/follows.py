"""Wrong: follows HTTP 307 to any host, with its credentials."""
import examples, base64, http.client, json, sys, urllib.parse
import paytring

def send(base, body, keys):
    token = base64.b64encode(f"{keys['key']}:{keys['secret']}".encode()).decode()
    address = base + "/api/v2/order/create"
    while True:
        url = urllib.parse.urlsplit(address)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=paytring.LIMIT)
        connection.request("POST", url.path, json.dumps(body), {"Content-Type": "application/json", "Authorization": "Basic " + token})
        response = connection.getresponse()
        if response.status != 307:
            return paytring.received(response)
        address = response.headers["Location"]

for line in sys.stdin:
    call = json.loads(line)
    try:
        reply = paytring.read(*send(call["baseUrl"], paytring.order_body(call), call["credentials"]))
    except Exception:
        reply = paytring.UNKNOWN
    print(json.dumps({"id": call["id"], **reply}), flush=True)
