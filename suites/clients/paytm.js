// Paytm's own SDK under test: assay conform paytm -- node paytm.js
// The SDK speaks to initiateTransaction of the ordinary gateway, and not to the order of the
// AI Router. Signature and result codes are the same, so only what it makes of responses and
// of failures is judged.
const os = require("os");
const sdk = require("paytm-pg-node-sdk");
const serve = require("./serve");

sdk.Config.logfile = os.devNull; // its log has the requests, with the credentials

const outcomes = { "324": "duplicate", "501": "unavailable", "2005": "unauthorized" };
const invalid = ["1001", "1007", "1011", "1012", "2006", "2007", "2012", "2013", "2014", "2222"];

// outcome reads the result that the SDK gives: its status, and the code of the page's table.
function outcome({ resultStatus, resultCode }, token) {
  if (resultStatus === "S") return { outcome: "succeeded", code: resultCode, token: { value: token } };
  if (resultStatus !== "F") return { outcome: "unknown" };
  return { outcome: outcomes[resultCode] || (invalid.includes(resultCode) ? "invalid" : "unknown"), code: resultCode };
}

// uncaught rejects when the SDK throws in a callback of its own, where its caller cannot catch
// it: without a response, it reads the status of a response that is undefined. A program
// without this handler ends there.
const uncaught = () => new Promise((_, reject) => process.removeAllListeners("uncaughtException").once("uncaughtException", reject));

serve({ name: "paytm-pg-node-sdk (npm)", version: "1.0.6", operations: ["paytm/createOrder"] }, async ({ baseUrl, credentials, order }) => {
  sdk.MerchantProperties.initialize("STAGING", credentials.mid, credentials.merchantKey, "retail");
  sdk.MerchantProperties.initiateTxnUrl = baseUrl + "/theia/api/v1/initiateTransaction";
  sdk.MerchantProperties.setCallbackUrl(order.returnUrl || "https://merchant.example.com/back");
  const payer = new sdk.UserInfo(order.customer.id);
  payer.setMobile(order.customer.mobile || "");
  const amount = sdk.Money.constructWithCurrencyAndValue(sdk.EnumCurrency.INR, (order.amount.minor / 100).toFixed(2));
  const detail = new sdk.PaymentDetailBuilder(sdk.EChannelId.WEB, order.reference, amount, payer).build();
  const response = await Promise.race([sdk.Payment.createTxnToken(detail), uncaught()]);
  const body = response.getResponseObject().getBody();
  return outcome(body.getResultInfo() || {}, body.getTxnToken && body.getTxnToken());
});
