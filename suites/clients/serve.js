// Speaks assay.client/v1 over standard input and output, for the clients of this folder.
const readline = require("readline");

// Some libraries log to standard output, which belongs to the protocol.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

// text drops what is not a text: the protocol has no other values.
const text = (value) => (typeof value === "string" ? value : undefined);
const texts = (reply) => Object.fromEntries(Object.entries(reply).map(([name, value]) => [name, name === "token" && value ? (text(value.value) && value) || null : text(value)]));

// serve replies to each line of standard input. If the hello has a concurrency, it does not wait
// for one reply before it reads the next line.
module.exports = async function serve(hello, handle) {
  write(JSON.stringify({ hello: { protocol: "assay.client/v1", ...hello } }) + "\n");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const done = reply(JSON.parse(line), handle);
    if (!hello.concurrency) await done;
  }
};

async function reply(call, handle) {
  let made;
  try {
    made = await handle(call);
  } catch (e) {
    made = { outcome: "error", message: String((e && e.constructor && e.constructor.name) || "") };
  }
  write(JSON.stringify({ id: call.id, ...texts(made) }) + "\n");
}
