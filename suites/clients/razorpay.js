// Razorpay's own client under test: assay conform razorpay -- node razorpay.js
// A promise that the client resolves counts as success, since nothing else says so.
const Razorpay = require("razorpay");
const serve = require("./serve");

// outcome reads a rejected promise, by the HTTP status and the code that the documents list.
function outcome(e, operation) {
  const { code, description } = e.error || {};
  const reads = {
    "401 BAD_REQUEST_ERROR": "unauthorized",
    "400 BAD_REQUEST_ERROR": description === "Order receipt should be unique." ? "duplicate" : "invalid",
    "500 SERVER_ERROR": operation === "razorpay/fetchOrder" ? "unavailable" : "unknown",
  };
  return { outcome: reads[e.statusCode + " " + code] || "unknown", code };
}

serve({ name: "razorpay (npm)", version: "2.9.6", concurrency: 16, operations: ["razorpay/createOrder", "razorpay/fetchOrder"] }, async (call) => {
  const client = new Razorpay({ key_id: call.credentials.keyId, key_secret: call.credentials.keySecret });
  client.api.rq.defaults.baseURL = call.baseUrl;
  try {
    const order = call.operation === "razorpay/createOrder" ? await client.orders.create(call.request.body) : await client.orders.fetch(call.request.path.id);
    return { outcome: "succeeded", providerReference: order.id, reference: order.receipt };
  } catch (e) {
    if (!e || !("statusCode" in e)) throw e;
    return outcome(e, call.operation);
  }
});
