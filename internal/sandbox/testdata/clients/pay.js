// Creates one order with Paytm's own SDK: node pay.js URL MID KEY ORDER LOGFILE.
// Prints what the SDK made of the response: {status, code, message, token}. Where
// the SDK refuses, its message is an error, of which the code or text is printed.
const sdk = require("paytm-pg-node-sdk");
const [url, mid, key, order, log] = process.argv.slice(2);

(async () => {
  sdk.Config.logfile = log;
  sdk.MerchantProperties.initialize("STAGING", mid, key, "retail");
  sdk.MerchantProperties.initiateTxnUrl = url;
  sdk.MerchantProperties.setCallbackUrl("https://merchant.example.com/back");
  const payer = new sdk.UserInfo("CUST_001");
  payer.setMobile("0000000001");
  const amount = sdk.Money.constructWithCurrencyAndValue(sdk.EnumCurrency.INR, "1.00");
  const detail = new sdk.PaymentDetailBuilder(sdk.EChannelId.WEB, order, amount, payer).build();
  const response = await sdk.Payment.createTxnToken(detail);
  const body = response.getResponseObject().getBody();
  const result = body.getResultInfo() || {};
  const message = result.resultMsg || "";
  process.stdout.write(
    JSON.stringify({
      status: result.resultStatus || "",
      code: result.resultCode || "",
      message: typeof message === "string" ? message : message.code || message.message,
      token: (body.getTxnToken && body.getTxnToken()) || "",
    }) + "\n",
  );
})();
