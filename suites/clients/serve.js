// Speaks assay.client/v1 over standard input and output, for the clients of this folder.
const readline = require("readline");

// Some libraries log to standard output, which belongs to the protocol.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

module.exports = async function serve(hello, handle) {
  write(JSON.stringify({ hello: { protocol: "assay.client/v1", ...hello } }) + "\n");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const call = JSON.parse(line);
    let reply;
    try {
      reply = await handle(call);
    } catch (e) {
      reply = { outcome: "error", message: e && e.constructor && e.constructor.name };
    }
    write(JSON.stringify({ id: call.id, ...reply }) + "\n");
  }
};
