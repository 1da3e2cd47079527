// Uses Stripe's own client: node stripe.js HOST:PORT KEY. Prints one line for each call: what
// the client made of the response.
const Stripe = require("stripe");
const [address, key] = process.argv.slice(2);
const [host, port] = address.replace(/^http:\/\//, "").split(":");

const client = (secret) => new Stripe(secret, { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false });

async function refused(name, call) {
  try {
    console.log(name, "accepted", JSON.stringify(await call));
  } catch (e) {
    console.log(name, e.constructor.name, e.statusCode, e.type, e.code, e.decline_code, e.message);
  }
}

(async () => {
  const intents = client(key).paymentIntents;
  const opened = await intents.create(
    { amount: 4200, currency: "eur", automatic_payment_methods: { enabled: true }, metadata: { order: "17" } },
    { idempotencyKey: "assay-" + process.pid },
  );
  console.log("created", opened.id, opened.object, opened.status, opened.amount, opened.currency);
  const same = await intents.retrieve(opened.id);
  console.log("retrieved", same.id === opened.id, same.object);
  const paid = await intents.confirm(opened.id, { payment_method: "pm_card_visa" });
  console.log("confirmed", paid.id === opened.id, paid.status);
  const confirm = (payment_method) => intents.confirm(opened.id, { payment_method });
  await refused("declined", confirm("pm_card_visa_chargeDeclinedInsufficientFunds"));
  await refused("expired", confirm("pm_card_chargeDeclinedExpiredCard"));
  await refused("invalid", intents.create({ amount: 4200, currency: "euros" }));
  await refused("missing", intents.create({ currency: "eur" }));
  await refused("unknown", intents.retrieve("pi_0000"));
  await refused("unauthorized", client("sk_test_another").paymentIntents.retrieve(opened.id));
})();
