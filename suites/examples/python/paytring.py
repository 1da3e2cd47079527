"""A client for Paytring orders that assay can test: assay conform paytring -- python3 paytring.py
It reads a call from each line of standard input, and writes a reply to standard output."""
import base64, hashlib, http.client, json, os, sys, time, urllib.parse

LIMIT = float(os.environ.get("PAYTRING_TIMEOUT", "30"))  # seconds for a whole call
ADDRESS = {"line1": "line1", "line2": "line2", "city": "city", "state": "state", "country": "country", "phone": "phone",
           "zipcode": "postalCode", "firstname": "firstName", "lastname": "lastName"}
UNKNOWN = {"outcome": "unknown", "retry": "after-inquiry"}

def order_body(call):
    order, keys, payer = call["order"], call["credentials"], call["order"]["customer"]
    body = {"key": keys["key"], "amount": order["amount"]["minor"], "currency": order["amount"]["currency"],
            "cname": " ".join(n for n in (payer.get("firstName"), payer.get("lastName")) if n),
            "phone": payer.get("mobile", ""), "email": payer.get("email", ""), "receipt_id": order["reference"],
            "callback_url": order.get("returnUrl", ""), "autocapture": "true"}
    for kind in ("billing", "shipping"):
        if kind in order:
            body[kind + "_address"] = {name: order[kind][ours] for name, ours in ADDRESS.items() if ours in order[kind]}
    body |= {"notes": order["notes"]} if "notes" in order else {}
    for name, value in call.get("options", {}).items():
        body[name] = str(value).lower() if isinstance(value, bool) else value
    hashed = [str(value) for _, value in sorted(body.items()) if not isinstance(value, (dict, list))]
    body["hash"] = hashlib.sha512("|".join(hashed + [keys["secret"]]).encode()).hexdigest()
    return body

def send(base, body, keys):
    """Sends the order once. It follows no redirect, and gives up after LIMIT seconds."""
    url = urllib.parse.urlsplit(base)
    connect = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = connect(url.hostname, url.port, timeout=LIMIT)
    token = base64.b64encode(f"{keys['key']}:{keys['secret']}".encode()).decode()
    connection.request("POST", url.path + "/api/v2/order/create", json.dumps(body),
                       {"Content-Type": "application/json", "Authorization": "Basic " + token})
    return received(connection.getresponse())

def received(response):
    raw, end = b"", time.monotonic() + LIMIT
    while part := response.read1(65536):
        raw += part
        if time.monotonic() > end: raise TimeoutError("the response does not end")
    if response.length: raise ConnectionError("the response is not complete")
    return response.status, raw

def unique(pairs):
    if len(pairs) != len(dict(pairs)):
        raise ValueError("a member occurs twice")
    return dict(pairs)

def address(text):
    """Returns the address to which the payer goes, plain or in base64; None if it is none."""
    if text.startswith("aHR0c"):
        try:
            text = base64.b64decode(text).decode()
        except ValueError:
            return text  # the sample of the documents cannot be decoded
    return text if text.startswith(("http://", "https://")) and urllib.parse.urlsplit(text).netloc else None

def read(status, raw):
    """Reads a response. What is not as documented is unknown, or an exception."""
    body = json.loads(raw.decode(), object_pairs_hook=unique)
    if "exception" in body:  # the server failed, and the order may exist
        return UNKNOWN
    failed = "error" in body
    code = body["error"].get("code") if failed else status
    if (status, code, body["status"], failed) == (400, 400, False, True):
        return {"outcome": "invalid", "retry": "never", "code": "400"}
    goes = address(body["url"]) if "url" in body else ""
    if (status, code, body["status"], failed) != (200, 200, True, False) or goes is None or not body["order_id"].strip():
        return UNKNOWN
    return {"outcome": "succeeded", "retry": "never", "code": "200", "providerReference": body["order_id"], "redirectUrl": goes}

def handle(call):
    try:
        return read(*send(call["baseUrl"], order_body(call), call["credentials"]))
    except Exception:  # whatever went wrong, the order may exist
        return UNKNOWN

if __name__ == "__main__":
    for line in sys.stdin:
        call = json.loads(line)
        print(json.dumps({"id": call["id"], **handle(call)}), flush=True)
