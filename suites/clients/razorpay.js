// Razorpay's own client under test: assay conform razorpay -- node razorpay.js
// A promise that the client resolves counts as success, since nothing else says so.
const Razorpay = require("razorpay");
const serve = require("./serve");

// outcome reads a rejected promise: the code and the reason as the documents list them.
function outcome(e) {
  const { code, description } = e.error || {};
  if (e.statusCode === 401) return { outcome: "unauthorized", code };
  if (e.statusCode === 400 && code === "BAD_REQUEST_ERROR") {
    return { outcome: description === "Order receipt should be unique." ? "duplicate" : "invalid", code };
  }
  return { outcome: "unknown" };
}

serve({ name: "razorpay (npm)", version: "2.9.6", concurrency: 16, operations: ["razorpay/createOrder", "razorpay/fetchOrder"] }, async (call) => {
  const client = new Razorpay({ key_id: call.credentials.keyId, key_secret: call.credentials.keySecret });
  client.api.rq.defaults.baseURL = call.baseUrl;
  try {
    const order = call.operation === "razorpay/createOrder" ? await client.orders.create(call.request.body) : await client.orders.fetch(call.request.path.id);
    return { outcome: "succeeded", providerReference: order.id, reference: order.receipt };
  } catch (e) {
    if (!e || !("statusCode" in e)) throw e;
    return outcome(e);
  }
});
