// Reads a line of JSON a question from standard input, and responses each with
// one: {do: "sign", body, key} gives {signature}, {do: "verify", body, key,
// signature} gives {valid}.
const checksum = require("paytmchecksum");
const lines = require("readline").createInterface({ input: process.stdin });

(async () => {
  console.error = console.log = () => {}; // the package logs what it cannot decode
  for await (const line of lines) {
    const q = JSON.parse(line);
    const response =
      q.do === "sign"
        ? { signature: await checksum.generateSignature(q.body, q.key) }
        : { valid: checksum.verifySignature(q.body, q.key, q.signature) };
    process.stdout.write(JSON.stringify(response) + "\n");
  }
})();
