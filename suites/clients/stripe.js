// Stripe's own client under test: assay conform stripe -- node stripe.js
// It keeps the client's defaults, so it may send a request again.
const Stripe = require("stripe");
const serve = require("./serve");

// rejected reads an error by its class, as Stripe's documents describe the classes.
function rejected(e) {
  const code = e.code || e.type;
  switch (e.type) {
    case "StripeCardError":
      return { outcome: "rejected" };
    case "StripeAuthenticationError":
      return { outcome: "unauthorized" };
    case "StripeRateLimitError":
      return { outcome: "unavailable" };
    case "StripeIdempotencyError":
      return { outcome: "invalid" };
    case "StripeInvalidRequestError":
      if (code === "payment_intent_unexpected_state") return { outcome: "rejected" };
      return { outcome: code === "idempotency_key_in_use" ? "pending" : "invalid" };
  }
  return { outcome: "unknown" };
}

function accepted(intent, operation) {
  const outcome = intent.status !== "requires_action" ? "succeeded" : operation === "stripe/retrievePaymentIntent" ? "pending" : "redirect";
  return { outcome, providerReference: intent.id };
}

const hello = { name: "stripe (npm)", version: "18.5.0", concurrency: 16, operations: ["stripe/createPaymentIntent", "stripe/retrievePaymentIntent", "stripe/confirmPaymentIntent"] };
serve(hello, async (call) => {
  const base = new URL(call.baseUrl);
  const client = new Stripe(call.credentials.secretKey, { host: base.hostname, port: base.port, protocol: base.protocol.slice(0, -1), telemetry: false, timeout: 2000 });
  const { body, path = {}, headers = {} } = call.request;
  const key = (headers["Idempotency-Key"] || headers["idempotency-key"] || [])[0];
  const options = key ? { idempotencyKey: key } : undefined;
  try {
    switch (call.operation) {
      case "stripe/createPaymentIntent":
        return accepted(await client.paymentIntents.create(body, options), call.operation);
      case "stripe/confirmPaymentIntent":
        return accepted(await client.paymentIntents.confirm(path.intent, body, options), call.operation);
    }
    return accepted(await client.paymentIntents.retrieve(path.intent), call.operation);
  } catch (e) {
    if (!(e instanceof Stripe.errors.StripeError)) throw e;
    return rejected(e);
  }
});
