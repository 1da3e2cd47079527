// Uses Razorpay's own client: node razorpay.js URL KEY SECRET RECEIPT. Prints one line for
// each call: what the client made of the response.
const Razorpay = require("razorpay");
const [url, key_id, key_secret, receipt] = process.argv.slice(2);

function client(secret) {
  const made = new Razorpay({ key_id, key_secret: secret });
  made.api.rq.defaults.baseURL = url;
  return made;
}

async function refused(name, call) {
  try {
    console.log(name, "accepted", JSON.stringify(await call));
  } catch (e) {
    console.log(name, e.statusCode, e.error.code, e.error.reason, e.error.description);
  }
}

(async () => {
  const { orders } = client(key_secret);
  const order = await orders.create({ amount: 50000, currency: "INR", receipt, notes: { shop: "north" } });
  console.log("created", order.id, order.status, order.amount, order.amount_due, order.currency, order.receipt);
  const same = await orders.fetch(order.id);
  console.log("fetched", same.id === order.id, same.entity);
  await refused("duplicate", orders.create({ amount: 50000, currency: "INR", receipt }));
  await refused("invalid", orders.create({ amount: 99, currency: "INR", receipt: receipt + "-2" }));
  await refused("unknown", orders.fetch("order_00000000000000"));
  await refused("unauthorized", client("another-secret").orders.fetch(order.id));
})();
