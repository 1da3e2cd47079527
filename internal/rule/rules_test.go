package rule_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
)

// probe is one change to a conforming exchange, and the finding that it must produce.
type probe struct {
	name   string
	change func(*bench)
	at     string // the finding's place
	says   string // a part of its message
}

func success(ex contract.Exchange) contract.Outcome {
	return contract.Outcome{State: contract.Succeeded, Retry: contract.Never, Code: "0000"}
}

// contradiction is the change of a probe to the specification.
var contradiction = &contract.Template{ID: "fault.test", Text: "contradicts itself"}

// probes makes every rule fail at least once.
func probes() map[string][]probe {
	return map[string][]probe{
		"request-documented": {
			{"a missing member", func(b *bench) { b.ask(`"mid":"216820000002516036253",`, "") }, "request#/body/mid", "is missing"},
			{"another method", func(b *bench) { b.exchange.Request.Method = "PUT" }, "request.method", "the method is PUT; the documented one is POST"},
			{"no query", func(b *bench) { b.query("mid", "") }, "request.query.mid", "is missing"},
			{"a parameter twice, another value", func(b *bench) { b.exchange.Request.URL.RawQuery += "&mid=another" }, "request.query.mid", "stands more than once"},
			{"a parameter twice, the same value", func(b *bench) { b.exchange.Request.URL.RawQuery += "&" + b.exchange.Request.URL.RawQuery }, "request.query.orderId", "stands more than once"},
			{"a parameter twice, coded", func(b *bench) { b.exchange.Request.URL.RawQuery += "&%6Did=" }, "request.query.mid", "stands more than once"},
			{"two media types", func(b *bench) { b.exchange.Request.Header.Add("Content-Type", "text/html") }, "request.header.content-type", "stands more than once"},
			{"a media type twice", func(b *bench) { b.exchange.Request.Header.Add("Content-Type", "application/json") }, "request.header.content-type", "stands more than once"},
			{"another media type", func(b *bench) { b.exchange.Request.Header.Set("Content-Type", "text/plain") }, "request.header.content-type", "application/json"},
			{"a body cut short", func(b *bench) { b.exchange.Request.Body = b.exchange.Request.Body[:40] }, "request#", "does not parse"},
		},
		"request-closed": {
			{"a member more", func(b *bench) { b.ask(`"custId"`, `"custid":"x","custId"`) }, "request#/body/userInfo/custid", "is not documented"},
			{"a parameter more", func(b *bench) { b.query("debug", "1") }, "request.query.debug", "is not documented"},
		},
		"request-authenticated": {
			{"nothing", func(b *bench) { b.basic() }, "request.header.authorization", "the Authorization header is missing"},
			{"another pair", func(b *bench) {
				b.basic()
				(&http.Request{Header: b.exchange.Request.Header}).SetBasicAuth("mid", "wrong")
			}, "request.header.authorization", "is not the documented one"},
			{"another scheme", func(b *bench) {
				b.basic()
				b.exchange.Request.Header.Set("Authorization", "Bearer x")
			}, "request.header.authorization", "is not the documented one"},
			{"an expired token", func(b *bench) {
				b.basic()
				b.pass = func(p *rule.Subject) { p.View.Authentication = "expired" }
			}, "request.header.authorization", "expired"},
		},
		"request-signed": {
			{"a body changed after", func(b *bench) {
				b.exchange.Request.Body = []byte(strings.Replace(string(b.exchange.Request.Body), `"1.00"`, `"9.00"`, 1))
			}, "request#/head/signature", "the signature at /head/signature is wrong: paytm-checksum of /body"},
			{"none, with the checksum on", func(b *bench) {
				body := string(b.exchange.Request.Body)
				inner, _ := contract.Raw([]byte(body), "/body")
				b.exchange.Request.Body = []byte(`{"body":` + string(inner) + `}`)
			}, "request#/head/signature", "the signature at /head/signature is missing"},
			{"a number", func(b *bench) {
				b.exchange.Request.Body = contract.Replace(b.exchange.Request.Body, "/head/signature", []byte("7"))
			}, "request#/head/signature", "the signature at /head/signature is wrong: paytm-checksum of /body"},
		},
		"request-rules": {
			{"query against body", func(b *bench) { b.query("orderId", "R2") }, "request#", "order-agrees"},
			{"neither of two", func(b *bench) { b.ask(`"websiteName":"retail",`, "") }, "request#", "website-or-callback"},
		},
		"sent-once": {
			{"twice", func(b *bench) { b.tried(2, nil) }, "request#", "the client sent the same order 2 times, although the first request got a response"},
			{"again after a failure", func(b *bench) {
				b.tried(1, func(t *contract.Trial) { t.Requests = append(t.Requests, t.Requests...) })
			}, "request#", "after HTTP 502, the client sent the order again: 2 requests arrived; the order may exist 2 times"},
			{"again after changed responses", func(b *bench) {
				b.replayed(func(t *contract.Trial) { t.Requests = append(t.Requests, t.Requests...) })
			}, "request#", "after assay replaced the code by an undocumented one and signed the response again, the client sent the order again: 2 requests arrived; the order may exist 2 times; other changes of the response with the same result: "},
		},
		"refused-unsent": {
			{"the first call", func(b *bench) {
				b.tried(1, nil)
				tried := b.pass
				b.pass = func(p *rule.Subject) { tried(p); p.UnderTest.Refused = true }
			}, "response#", "the client says that it refused to send the request, but the request arrived; it can know at best that the result is unknown"},
			{"after a failure", func(b *bench) { b.tried(1, func(t *contract.Trial) { t.Refused = true }) }, "response#", "after a time-out, the client says that it refused to send the request, but the request arrived; the result is unknown"},
			{"after a changed response", func(b *bench) { b.replayed(func(t *contract.Trial) { t.Refused = true }) }, "response#", "after assay replaced the code by an undocumented one and signed the response again, the client says that it refused to send the request, but the request arrived; the result is unknown"},
		},
		"details-kept": {
			{"another code", func(b *bench) {
				b.tried(1, nil)
				b.read = func(contract.Exchange) contract.Outcome {
					return contract.Outcome{State: contract.Succeeded, Retry: contract.Never, Code: "1"}
				}
			}, "response#/body/resultInfo/resultCode", "the client gives another code than the response, which has 0000"},
			{"a redirect address that is none", func(b *bench) {
				b.tried(1, nil)
				b.read = func(contract.Exchange) contract.Outcome {
					return contract.Outcome{State: contract.Succeeded, Retry: contract.Never, Code: "0000", RedirectURL: "x"}
				}
			}, "response#", "that is no absolute http or https URL"},
		},
		"failure-unknown": {
			{"read as failed", func(b *bench) { b.tried(1, func(t *contract.Trial) { t.Outcome.State = contract.Rejected }) }, "response#", "after a truncated response, the client reads the result as rejected (retry: after-inquiry); expected unknown"},
			{"to be sent again", func(b *bench) {
				b.tried(1, func(t *contract.Trial) {
					t.Outcome = contract.Outcome{State: contract.Unavailable, Retry: contract.SameReference}
				})
			}, "response#", "after HTTP 503, the client reads the result as unavailable (retry: same-reference); expected unknown"},
		},
		"gives-up": {
			{"waits", func(b *bench) { b.tried(1, func(t *contract.Trial) { t.Hung = true }) }, "response#", "after a response that never ends, the client gave no result within 60 s"},
		},
		"credentials-kept": {
			{"sends all", func(b *bench) { b.tried(1, func(t *contract.Trial) { t.Elsewhere = t.Requests }) }, "request#", "after a redirect (307), the client sent the credential mid to the other host"},
			{"sends personal data", func(b *bench) {
				b.tried(1, func(t *contract.Trial) {
					r := t.Requests[0]
					r.Body = []byte(`{"who":"` + b.c.Input.People()[0].Text + `"}`)
					t.Elsewhere = []contract.Request{r}
				})
			}, "request#", "after a redirect (302), the client sent personal data of the customer (email) to the other host"},
		},
		"connection-verified": {
			{"accepts all", func(b *bench) { b.tried(1, nil) }, "request#", "with a certificate for another host, the client sent its request all the same"},
		},
		"strict-interpretation": {
			{"one decimal", func(b *bench) { b.ask(`"1.00"`, `"1.0"`) }, "request#/body/txnAmount/value", "C8"},
			{"a list's item", func(b *bench) { b.ask(`"userInfo"`, `"goodsInfo":[{},{"price":"1"}],"userInfo"`) }, "request#/body/goodsInfo/1/price", "C1"},
		},
		"amount-exact": {
			{"a hundred times", func(b *bench) { b.ask(`"1.00"`, `"100.00"`) }, "request#/body/txnAmount/value", "asks for 10000 minor units; the order has 100"},
			{"another currency", func(b *bench) { b.ask(`"INR"`, `"USD"`) }, "request#/body/txnAmount/currency", "the currency is not INR"},
			{"no amount", func(b *bench) { b.ask(`"1.00"`, `"one"`) }, "request#/body/txnAmount/value", "is not an amount: not a plain decimal amount"},
		},
		"code-expected": {
			{"a code that is no word", func(b *bench) { b.swap(`"0000"`, `"no such code"`) }, "response#/body/resultInfo/resultCode", "the case expects result code 0000"},
			{"a code that is too long", func(b *bench) { b.swap(`"0000"`, `"0123456789012345678901234"`) }, "response#/body/resultInfo/resultCode", "the case expects result code 0000"},
			{"a code just short enough", func(b *bench) { b.swap(`"0000"`, `"A.b_c-7890123456789012XYZ"`[:25]+`"`) }, "response#/body/resultInfo/resultCode", "result code is A.b_c-7890123456789012XY; the case expects 0000"},
			{"another code", func(b *bench) { b.response("324") }, "response#/body/resultInfo/resultCode", "result code is 324; the case expects 0000"},
			{"a page", func(b *bench) { b.exchange.Response.Body = []byte("<html>") }, "response#", "no result code"},
			{"no code", func(b *bench) { b.signed(`{"head":{},"body":{}}`) }, "response.status", "result code is 200; the case expects 0000"},
		},
		"status-documented": {
			{"another status", func(b *bench) { b.exchange.Response.Status = 502 }, "response.status", "502"},
		},
		"times-plausible": {
			{"seconds", func(b *bench) { b.swap(b.timestamp(), "1767610") }, "response#/head/responseTimestamp", "between the years"},
			{"a time long ago", func(b *bench) {
				b.exchange.Response.Header.Set("Date", "Fri, 05 Jan 2080 10:00:00 GMT")
			}, "response#/head/responseTimestamp", "years away"},
		},
		"type-documented": {
			{"HTML", func(b *bench) {
				b.exchange.Response.Header.Set("Content-Type", "text/html")
				b.exchange.Response.Body = []byte("<html>")
			}, "response.header.content-type", "application/json"},
			{"two media types", func(b *bench) { b.exchange.Response.Header.Add("Content-Type", "text/html") }, "response.header.content-type", "stands more than once"},
			{"half a response", func(b *bench) { b.exchange.Response.Body = b.exchange.Response.Body[:30] }, "response#", "does not parse"},
			{"nothing", func(b *bench) { b.exchange.Response.Body = nil }, "response#", "is missing"},
			{"blanks", func(b *bench) { b.exchange.Response.Body = []byte(" \n") }, "response#", "does not parse"},
			{"half a character", func(b *bench) { b.exchange.Response.Body = append(b.exchange.Response.Body, 0xe2, 0x82) }, "response#", "UTF-8"},
		},
		"fields-required": {
			{"a member less", func(b *bench) { b.swap(`"resultCode":"0000",`, "") }, "response#/body/resultInfo/resultCode", "is missing"},
		},
		"fields-typed": {
			{"a number for a text", func(b *bench) { b.swap(`"resultMsg":"Success"`, `"resultMsg":7`) }, "response#/body/resultInfo/resultMsg", "is an integer, not a string"},
			{"null", func(b *bench) { b.swap(`"resultMsg":"Success"`, `"resultMsg":null`) }, "response#/body/resultInfo/resultMsg", "is null"},
			{"outside its list", func(b *bench) { b.swap(`"resultStatus":"S"`, `"resultStatus":"OK"`) }, "response#/body/resultInfo/resultStatus", "is not one of"},
		},
		"fields-documented": {
			{"a member more", func(b *bench) { b.swap(`"txnToken"`, `"isPromoCodeValid":true,"txnToken"`) }, "response#/body/isPromoCodeValid", "is not documented"},
		},
		"code-documented": {
			{"a code that is no word", func(b *bench) { b.swap(`"0000"`, `"no such code"`) }, "response#/body/resultInfo/resultCode", "the result code is not documented; it is hidden, because"},
			{"an undocumented code", func(b *bench) { b.swap(`"0000"`, `"0001"`) }, "response#/body/resultInfo/resultCode", "0001 is not documented"},
			{"one that was seen", func(b *bench) {
				o := *b.op
				row := *o.Codes[0]
				row.Code, row.SeenIn = "0001", "C9"
				o.Codes = append([]*openapi.Code{&row}, o.Codes...)
				b.op = &o
				b.swap(`"0000"`, `"0001"`)
			}, "response#/body/resultInfo/resultCode", "result code 0001 is not documented; it was seen before (`assay explain paytm/createOrder/C9`)"},
		},
		"code-agrees": {
			{"another status", func(b *bench) { b.swap(`"resultStatus":"S"`, `"resultStatus":"F"`) }, "response#/body/resultInfo/resultStatus", "code 0000 comes with the status F; the documented one is S"},
			{"no status", func(b *bench) { b.swap(`"resultStatus":"S",`, ``) }, "response#/body/resultInfo/resultStatus", "code 0000 comes with another status than the documented S"},
			{"another HTTP status", func(b *bench) { b.exchange.Response.Status = 400 }, "response.status", "HTTP status 400"},
			{"other words", func(b *bench) { b.swap(`"resultMsg":"Success"`, `"resultMsg":"Great success"`) }, "response#/body/resultInfo/resultMsg", "the documents list another message for code 0000: Success;"},
		},
		"response-signed": {
			{"a success without a signature", func(b *bench) {
				b.exchange.Response.Body = []byte(`{"head":{},"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"txnToken":"t"}}`)
			}, "response#/head/signature", "the signature at /head/signature is missing"},
			{"tampered with", func(b *bench) {
				b.exchange.Response.Body = []byte(strings.Replace(string(b.exchange.Response.Body), "Success", "success", 1))
			}, "response#/head/signature", "the signature at /head/signature is wrong: paytm-checksum of /body"},
		},
		"operation-documented": {
			{"another method", func(b *bench) { b.exchange.Request.Method = "PUT" }, "request.method", "has the method PUT; the documented one is POST"},
			{"a method in lower case", func(b *bench) { b.exchange.Request.Method = "post" }, "request.method", "methods are case-sensitive"},
			{"a method that is data", func(b *bench) { b.exchange.Request.Method = "canary@example.com" }, "request.method", "has the method {…}"},
			{"a slash", func(b *bench) { b.nearly("/aoa-acquiring-biz/v2/order/") }, "request.path", "differs from the documented /aoa-acquiring-biz/v2/order in a slash"},
			{"case", func(b *bench) { b.nearly("/aoa-acquiring-biz/V2/order") }, "request.path", "in upper and lower case"},
			{"base path", func(b *bench) { b.nearly("/live/aoa-acquiring-biz/v2/order") }, "request.path", "begins differently than the documented"},
		},
		"request-encrypted": {
			{"a signature over http", func(b *bench) { b.exchange.Request.URL.Scheme = "http" }, "request.path", "credentials are sent over http"},
			{"a header over http", func(b *bench) {
				b.exchange.Request.URL.Scheme = "http"
				b.exchange.Request.Header.Set("Authorization", "Basic abcdef12345")
			}, "request.path", "credentials are sent over http"},
		},
		"code-explained": {
			{"a refusal without its cause", func(b *bench) { b.response("2013") }, "response#/body/resultInfo/resultCode", "refused the request with code 2013 (Mid in the query"},
			{"a refusal with its cause", func(b *bench) { b.query("orderId", "R2"); b.response("2014") }, "response#/body/resultInfo/resultCode", "for this request, `request.query.orderId != request.body.body.orderId` is true"},
			{"a success of a request to refuse", func(b *bench) { b.query("orderId", "R2") }, "response#/body/resultInfo/resultCode", "accepted this request although `request.query.orderId != request.body.body.orderId` is true; the documents list code 2014"},
		},
		"idempotency-key-unique": {
			{"another request", func(b *bench) { b.repeats(rule.Repeat{Again: true}, "324") }, "request#/body/orderId", "the idempotency key was used before, for a request with another path, query or body; the documents list 324 for this"},
			{"another request, undocumented", func(b *bench) { b.repeats(rule.Repeat{Again: true}, "") }, "request#/body/orderId", "the idempotency key was used before"},
		},
		"repeat-same-order": {
			{"another request accepted", func(b *bench) { b.repeats(rule.Repeat{Again: true}, "324") }, "response#/body/resultInfo/resultCode", "the provider accepted a request whose idempotency key was used for another one; the documents list 324 for this"},
			{"the same refused", func(b *bench) {
				b.repeats(rule.Repeat{Again: true, Same: true}, "324")
				b.response("324")
			}, "response#/body/resultInfo/resultCode", "but the provider responds with 324, which the documents list for another request"},
		},
		"response-rules": {
			{"a success without token", func(b *bench) {
				b.signed(`{"head":{"signature":""},"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"}}}`)
			}, "response#/body/txnToken", "token-on-success"},
		},
		"outcome-agrees": {
			{"a duplicate read as success", func(b *bench) { b.response("324"); b.read = success }, "response#/body/resultInfo/resultCode", "reads code 324 as succeeded"},
			{"another again", func(b *bench) {
				b.response("501")
				b.read = func(contract.Exchange) contract.Outcome {
					return contract.Outcome{State: contract.Unavailable, Retry: contract.SameReference}
				}
			}, "response#/body/resultInfo/resultCode", "retry same-reference"},
			{"an undocumented code read as pending", func(b *bench) {
				b.swap(`"0000"`, `"0001"`)
				b.read = func(contract.Exchange) contract.Outcome {
					return contract.Outcome{State: contract.Pending, Retry: contract.AfterInquiry}
				}
			}, "response#/body/resultInfo/resultCode", "as pending"},
		},
		"unknown-never-succeeds": {
			{"everything succeeds", func(b *bench) { b.read = success }, "response#/body/resultInfo/resultCode", "after assay replaced the code by an undocumented one and signed the response again, the client reads the response as succeeded"},
		},
		"reference-kept": {
			{"forgotten", func(b *bench) {
				b.own().Operation("createOrder").Responses[200].Member("/body/txnToken").Means = "provider-reference"
			}, "response#/body/txnToken", "the client loses the provider reference of the response"},
		},
		"extra-tolerated": {
			{"a strict reader", func(b *bench) {
				whole := len(b.exchange.Response.Body)
				b.read = func(ex contract.Exchange) contract.Outcome {
					if len(ex.Response.Body) > whole {
						return contract.UnknownOutcome()
					}
					return success(ex)
				}
			}, "response#", "the client reads the response as succeeded; after assay added an unknown member to every object and signed the response again, it reads it as unknown"},
		},
		"damage-survived": {
			{"a reader that looks for a word", func(b *bench) {
				b.response("324")
				b.read = func(ex contract.Exchange) contract.Outcome {
					if strings.Contains(string(ex.Response.Body), "Duplicate") {
						return contract.Outcome{State: contract.Duplicate, Retry: contract.Never}
					}
					return success(ex)
				}
			}, "response#", "as succeeded"},
			{"a reader that does not need the status", func(b *bench) {
				read := b.read
				b.read = func(ex contract.Exchange) contract.Outcome {
					if strings.Contains(string(ex.Response.Body), `"resultCode":"0000"`) {
						return success(ex)
					}
					return read(ex)
				}
			}, "response#/body/resultInfo/resultStatus", "still reads the response as succeeded"},
		},
		"signature-verified": {
			{"a reader that does not look", func(b *bench) { b.read = success }, "response#/head/signature", "a character of the signature was changed"},
			{"a reader that wants one and believes any", func(b *bench) {
				read := b.read
				b.read = func(ex contract.Exchange) contract.Outcome {
					if bytes.Contains(ex.Response.Body, []byte(`"signature"`)) {
						return success(ex)
					}
					return read(ex)
				}
			}, "response#/head/signature", "made with another key"},
			{"a reader that believes what is not signed", func(b *bench) {
				read := b.read
				b.read = func(ex contract.Exchange) contract.Outcome {
					if !bytes.Contains(ex.Response.Body, []byte(`"signature"`)) {
						return success(ex)
					}
					return read(ex)
				}
			}, "response#/head/signature", "there is no signature"},
			{"an unsigned failure", func(b *bench) {
				b.response("324")
				b.read = func(contract.Exchange) contract.Outcome {
					return contract.Outcome{State: contract.Duplicate, Retry: contract.Never}
				}
			}, "response#/head/signature", "after assay forged the signature (the body was changed after it was signed), the client reads the response as duplicate"},
		},
		"reference-carried": {
			{"another in the body", func(b *bench) { b.ask(`"orderId":"R1"`, `"orderId":"R2"`) }, "request#/body/orderId", "is not the reference of the order"},
			{"another in the query", func(b *bench) { b.query("orderId", "R2") }, "request.query.orderId", "is not the reference of the order"},
			{"not the fresh one", func(b *bench) { b.pass = func(p *rule.Subject) { p.References = []string{"R7"} } }, "request#/body/orderId", "is not the reference of the order"},
		},
		"person-carried": {
			{"another mobile", func(b *bench) { b.ask("0000000001", "0000000002") }, "request#/body/userInfo/mobile", "is not the mobile of the customer"},
			{"somebody else's e-mail", func(b *bench) { b.ask("canary@example.com", "other@example.com") }, "request#/body/userInfo/email", "is not the email of the customer"},
		},
		"members-carried": {
			{"another member than the case states", func(b *bench) {
				b.pass = func(p *rule.Subject) {
					request := &contract.StatedRequest{Body: json.RawMessage(`{"body":{"websiteName":"other"}}`)}
					c := *p.Case
					c.Request = request
					p.Case, p.UnderTest = &c, &rule.UnderTest{Stated: request}
				}
			}, "request#/body/websiteName", "is not what the case states"},
		},
		"cassette-intact": {
			{"edited", func(b *bench) { b.pass = func(p *rule.Subject) { p.Recording.SHA256 = "b" } }, "cassettes/paytm/createOrder/test.yaml", "sha256"},
			{"not listed", func(b *bench) { b.pass = func(p *rule.Subject) { p.Recording.InManifest = false } }, "cassettes/paytm/createOrder/test.yaml", "no entry"},
		},
		"cassette-clean": {
			{"a person's mobile", recorded(func(ex *contract.Exchange) { ex.Request.Body = swapped(ex.Request.Body, "0000000001", "9988000000") }), "request#/body/userInfo/mobile", "contains a value that redaction replaces"},
			{"a token", recorded(func(ex *contract.Exchange) { ex.Response.Body = swapped(ex.Response.Body, "REDACTED", "abcdef12345") }), "response#/body/txnToken", "contains a value that redaction replaces"},
			{"an echo of the token", recorded(func(ex *contract.Exchange) {
				ex.Response.Body = swapped(swapped(ex.Response.Body, "REDACTED", "abcdef12345"), `"Success"`, `"token ABCDEF12345 made"`)
			}), "response#/body/resultInfo/resultMsg", "response#/body/resultInfo/resultMsg contains a value that redaction replaces (secret, personal, a copy of one, or in an undocumented header); expected a mark or a surrogate"},
			{"an undocumented header", recorded(func(ex *contract.Exchange) { ex.Response.Header = http.Header{"Set-Cookie": {"a=b"}} }), "response.header.set-cookie", "contains a value that redaction replaces"},
			{"a PAN in a message", recorded(func(ex *contract.Exchange) {
				ex.Response.Body = swapped(ex.Response.Body, `"Success"`, `"ABCPE1234F is known"`)
			}), "response#/body/resultInfo/resultMsg", "response#/body/resultInfo/resultMsg looks like a PAN, and the specification does not describe this place"},
			{"a card number at an undocumented place", recorded(func(ex *contract.Exchange) {
				ex.Response.Body = swapped(ex.Response.Body, `"txnToken"`, `"card":"4111 1111 1111 1111","txnToken"`)
			}), "response#/body/card", "response#/body/card looks like a card number, and the specification does not describe this place"},
		},
		"cassette-fresh": {
			{"older than ninety days", func(b *bench) {
				b.pass = func(p *rule.Subject) { p.Recording.Evidence, p.Recording.Date = contract.Sandbox, "2025-10-01" }
			}, "cassettes/paytm/createOrder/test.yaml", "cassettes/paytm/createOrder/test.yaml was recorded on 2025-10-01; that is 33 days older than the 90 days that x-fresh-days allows"},
		},
		"cassette-used": {
			{"an interaction too many", func(b *bench) {
				b.pass = func(p *rule.Subject) { p.Orphans = []string{"cassette:paytm/createOrder/test#2"} }
			}, "cassette:paytm/createOrder/test#2", "no case plays"},
		},
		"spec-sound": {
			{"a fault", func(b *bench) {
				b.own().Faults = func() []openapi.Fault { return []openapi.Fault{{Detail: "x", Line: 7, Message: contradiction.Says()}} }
			}, "specs/paytm.yaml:7", "contradicts itself"},
			{"an unknown scheme", func(b *bench) { b.own().Operation("createOrder").Sign.Request.Scheme = "md5" }, "specs/paytm.yaml:46", `no scheme "md5"`},
		},
		"operation-covered": {
			{"no case", func(b *bench) { b.pass = func(p *rule.Subject) { p.PlayedCases = nil } }, "specs/paytm.yaml", "no case tests paytm/createOrder"},
		},
		"code-covered": {
			{"no response", func(b *bench) {}, "paytm/createOrder/324", "no case shows result code 324 of paytm/createOrder"},
		},
		"field-covered": {
			{"a field that no request has", func(b *bench) {}, "createOrder request#/body/peonUrl", "no case shows"},
			{"a field that no response has", func(b *bench) {}, "createOrder response#/body/extraParamsMap", "no case shows"},
		},
		"value-covered": {
			{"a value that no request has", func(b *bench) {}, "createOrder request#/body/integrationType", "no case shows the value CUSTOM_CHECKOUT at request#/body/integrationType"},
		},
		"condition-covered": {
			{"a condition that is never violated", func(b *bench) {}, "paytm/createOrder", "the condition website-or-callback of paytm/createOrder is violated in no case"},
		},
		"waiver-justified": {
			{"without owner", waiving(func(w *contract.Waiver) { w.Owner, w.Reason = "", "" }), "fixtures/waivers.yaml:3", "the waiver of code-agrees has no owner, no reason, so its findings count"},
			{"for ever", waiving(func(w *contract.Waiver) { w.Expires = time.Time{} }), "fixtures/waivers.yaml:3", "the waiver of code-agrees has no expires, so its findings count"},
			{"expired", waiving(func(w *contract.Waiver) { w.Expires = w.Expires.AddDate(-2, 0, 0) }), "fixtures/waivers.yaml:3", "expired on 2025-01-01 (owner: Asha)"},
		},
		"waiver-used": {
			{"for nothing", waiving(func(*contract.Waiver) {}), "fixtures/waivers.yaml:3", "the waiver of code-agrees (owner: Asha) matches no finding"},
		},
		"ambiguity-settled": {
			{"nothing departs", func(b *bench) {}, "request#/body/goodsInfo/*/price", "C1"},
		},
	}
}

// waiving adds a valid waiver after a change to it.
func waiving(change func(w *contract.Waiver)) func(*bench) {
	w := contract.Waiver{
		Rule: "code-agrees", Where: "paytm/*/*", Owner: "Asha", Reason: "agreed", Evidence: "a message",
		Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Source: "fixtures/waivers.yaml:3",
	}
	change(&w)
	return func(b *bench) {
		b.pass = func(p *rule.Subject) {
			p.Waivers, p.Now = []contract.Waiver{w}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		}
	}
}

// recorded changes the content of the cassette and nothing else.
func recorded(change func(ex *contract.Exchange)) func(*bench) {
	return func(b *bench) {
		b.pass = func(p *rule.Subject) { change(&p.Recording.Exchanges[0]) }
	}
}

// swapped replaces a text that must exist.
func swapped(body []byte, old, replacement string) []byte {
	if !bytes.Contains(body, []byte(old)) {
		panic(old + " does not stand in the body")
	}
	return bytes.Replace(body, []byte(old), []byte(replacement), 1)
}

// TestCassetteIsLeftAlone checks that the cassette rules do not report correct
// recordings.
func TestCassetteIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(p *rule.Subject){
		"as it is":                         func(*rule.Subject) {},
		"what a document prints":           func(p *rule.Subject) { p.Recording.Evidence = contract.Documented; unredact(p) },
		"a simulated response has no age":  func(p *rule.Subject) { p.Recording.Date, p.Recording.Evidence = "2020-01-01", contract.Simulated },
		"a documented response has no age": func(p *rule.Subject) { p.Recording.Date, p.Recording.Evidence = "2020-01-01", contract.Documented },
		"recorded yesterday":               func(p *rule.Subject) { p.Recording.Date, p.Recording.Evidence = "2026-01-31", contract.Sandbox },
		"a reference like a card number":   func(p *rule.Subject) { swapAll(p, `"R1"`, `"4111111111111111"`) },
		"a timestamp like a card number":   func(p *rule.Subject) { swapAll(p, "1700000000000", "4000000000006") },
	} {
		b := newBench(t)
		pass := b.made()
		change(pass)
		for _, r := range rule.Rules() {
			if r.Family != "cassette" || r.Whole {
				continue
			}
			for _, f := range apply(t, r.ID, pass).Findings {
				t.Errorf("%s: %s at %s: %s", name, f.Rule, f.At, report.Sentence(f.Message))
			}
		}
	}
}

func unredact(p *rule.Subject) { p.Recording.Exchanges = []contract.Exchange{p.View.Exchange} }

// tried makes the subject one of a client under test that sends its request n times. change
// changes what it does in each trial.
func (b *bench) tried(n int, change func(t *contract.Trial)) {
	b.pass = func(p *rule.Subject) {
		p.UnderTest = &rule.UnderTest{Failures: true, TLS: true, Timeout: time.Minute, People: b.c.Input.People(), Arrived: slices.Repeat([]contract.Request{b.exchange.Request}, n)}
		p.UnderTest.Read = func(ex contract.Exchange) contract.Trial {
			return contract.Trial{Requests: p.UnderTest.Arrived[:min(1, n)], Outcome: b.read(ex)}
		}
		p.UnderTest.Try = func(failures ...contract.Failure) []contract.Trial {
			var all []contract.Trial
			for _, f := range failures {
				t := contract.Trial{Failure: f, Requests: []contract.Request{b.exchange.Request}, Outcome: contract.UnknownOutcome()}
				if change != nil {
					change(&t)
				}
				all = append(all, t)
			}
			return all
		}
	}
}

// replayed makes the subject one of a client under test, and lets it make its call again with
// changed responses. change changes what it does then.
func (b *bench) replayed(change func(t *contract.Trial)) {
	b.tried(1, nil)
	tried := b.pass
	b.pass = func(p *rule.Subject) {
		tried(p)
		read := p.UnderTest.Read
		p.UnderTest.Read = func(ex contract.Exchange) contract.Trial {
			t := read(ex)
			if !bytes.Equal(ex.Response.Body, b.exchange.Response.Body) {
				change(&t)
			}
			return t
		}
		for _, r := range rule.Rules() {
			if r.Family == "client" && r.ID != "damage-survived" && r.Applies(p) {
				rule.Apply(r, p)
			}
		}
	}
}

// nearly sends the request to a path that the judge would take for a near miss.
func (b *bench) nearly(path string) {
	b.exchange.Request.URL.Path = path
	b.pass = func(p *rule.Subject) { p.DocumentedPath = p.Operation.Path }
}

func swapAll(p *rule.Subject, old, replacement string) {
	ex := &p.Recording.Exchanges[0]
	ex.Request.Body = bytes.ReplaceAll(ex.Request.Body, []byte(old), []byte(replacement))
	ex.Response.Body = bytes.ReplaceAll(ex.Response.Body, []byte(old), []byte(replacement))
}

// TestAbsentMessage checks that code-agrees does not report a missing message;
// fields-required does.
func TestAbsentMessage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.swap(`,"resultMsg":"Success"`, "")
	if found := apply(t, "code-agrees", b.made()).Findings; len(found) > 0 {
		t.Errorf("found %+v", found)
	}
	if found := apply(t, "fields-required", b.made()).Findings; len(found) != 1 {
		t.Errorf("fields-required found %+v", found)
	}
}

// TestDamagedWhole checks a response that is damaged when it arrives and read as
// unknown. Without the damaged member, the client may read it as its new content.
func TestDamagedWhole(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.swap(`"txnToken"`, `"extraParamsMap":[],"txnToken"`)
	adapter := b.read
	b.read = func(ex contract.Exchange) contract.Outcome {
		if bytes.Contains(ex.Response.Body, []byte(`"extraParamsMap":[`)) {
			return contract.UnknownOutcome()
		}
		return adapter(ex)
	}
	for _, f := range apply(t, "damage-survived", b.made()).Findings {
		if f.Detail == "dropped" {
			t.Errorf("%s: %s", f.At, report.Sentence(f.Message))
		}
	}
}

// TestEveryRuleCanFail applies each probe and expects its finding.
func TestEveryRuleCanFail(t *testing.T) {
	t.Parallel()
	all := probes()
	for _, r := range rule.Rules() {
		if len(all[r.ID]) == 0 {
			t.Errorf("nothing makes %s fail", r.ID)
		}
		for _, p := range all[r.ID] {
			t.Run(r.ID+"/"+strings.ReplaceAll(p.name, " ", "_"), func(t *testing.T) {
				t.Parallel()
				found := probed(t, r, p)
				if !slices.ContainsFunc(found, func(f contract.Finding) bool {
					return string(f.At) == p.at && strings.Contains(report.Sentence(f.Message), p.says) && f.Rule == r.ID && f.Fingerprint != "" && f.Doc != ""
				}) {
					t.Errorf("found %+v; want %q at %s", found, p.says, p.at)
				}
				for _, f := range found {
					raw, err := json.Marshal(report.FindingOf(f)) // the arguments too
					if err != nil {
						t.Fatal(err)
					}
					for _, personal := range []string{"canary@example.com", "other@example.com", "0000000001", "0000000002", "9988000000", "ABCPE1234F", "4111 1111", "abcdef12345"} {
						if strings.Contains(strings.ToLower(string(raw)), strings.ToLower(personal)) {
							t.Errorf("a personal value stands in %s", raw)
						}
					}
				}
			})
		}
	}
	ids := map[string]bool{}
	for _, r := range rule.Rules() {
		ids[r.ID] = true
	}
	for id := range maps.Keys(all) {
		if !ids[id] {
			t.Errorf("there is no rule %s to make fail", id)
		}
	}
}

// TestNoRuleTouchesWhatConforms applies every rule of exchanges to a conforming one and
// expects no finding.
func TestNoRuleTouchesWhatConforms(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, code := range []string{"0000", "324", "501", "1011", "2013"} {
		b.response(code)
		b.c.Want.Code = code
		for _, r := range rule.For(b.made()) {
			if applied := rule.Apply(r, b.made()); len(applied.Findings) > 0 {
				t.Errorf("%s finds in a conforming %s: %+v", r.ID, code, applied.Findings)
			}
		}
	}
	whole := b.whole()
	for _, id := range []string{"spec-sound", "operation-covered"} {
		if applied := apply(t, id, whole); len(applied.Findings) > 0 {
			t.Errorf("%s finds in a sound specification: %+v", id, applied.Findings)
		}
	}
}

// TestRuleList checks the description of every rule.
func TestRuleList(t *testing.T) {
	t.Parallel()
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, r := range rule.Rules() {
		if ids[r.ID] || titles[r.Family+r.Title] {
			t.Errorf("%s: id or title stands twice", r.ID)
		}
		ids[r.ID], titles[r.Family+r.Title] = true, true
		if r.ID != strings.ToLower(r.ID) || r.Title == "" || r.About == "" || r.Remedy == "" || r.Run == nil || r.Side == "" || r.Severity == "" {
			t.Errorf("%s leaves something out", r.ID)
		}
		if !slices.Contains([]string{"request", "response", "client", "cassette", "specification"}, r.Family) {
			t.Errorf("%s is of no family", r.ID)
		}
	}
}

func TestExpected(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.ask(`"custId":"C1"`, `"custId":"C1","x":1`)
	b.c.Want.Findings = []contract.ExpectedFinding{{Rule: "request-closed", At: "request#/body/userInfo/x"}, {Rule: "request-closed", At: "request#/body/y"}}
	found := apply(t, "request-closed", b.made()).Findings
	if len(found) != 2 || !found[0].Expected || found[1].Expected || found[1].Side != contract.TestDataSide || found[1].Severity != contract.Error || found[1].At != "request#/body/y" {
		t.Errorf("found %+v", found)
	}
	b.c.Want.Findings = []contract.ExpectedFinding{{Rule: "request-closed"}}
	if found := apply(t, "request-closed", b.made()).Findings; len(found) != 1 || !found[0].Expected {
		t.Errorf("anywhere: %+v", found)
	}
}

func TestWaived(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	const id, all = "request-closed", "paytm/*/*"
	later := now.AddDate(0, 0, 1)
	whole := contract.Waiver{Rule: id, Where: all, Owner: "o", Reason: "r", Evidence: "e", Expires: later}
	with := func(change func(w *contract.Waiver)) contract.Waiver {
		w := whole
		change(&w)
		return w
	}
	for name, c := range map[string]struct {
		waiver contract.Waiver
		want   bool
	}{
		"this":             {with(func(w *contract.Waiver) { w.Where, w.At = "paytm/createOrder/*", "request#/body/userInfo/x" }), true},
		"anywhere":         {with(func(w *contract.Waiver) { w.Where = "paytm/*/test" }), true},
		"expired":          {with(func(w *contract.Waiver) { w.Expires = now }), false},
		"without owner":    {with(func(w *contract.Waiver) { w.Owner = "" }), false},
		"without reason":   {with(func(w *contract.Waiver) { w.Reason = "" }), false},
		"without evidence": {with(func(w *contract.Waiver) { w.Evidence = "" }), false},
		"without end":      {with(func(w *contract.Waiver) { w.Expires = time.Time{} }), false},
		"another rule":     {with(func(w *contract.Waiver) { w.Rule = "strict-interpretation" }), false},
		"elsewhere":        {with(func(w *contract.Waiver) { w.Where = "enkash/*/*" }), false},
		"another spot":     {with(func(w *contract.Waiver) { w.At = "request#/z" }), false},
	} {
		b := newBench(t)
		b.ask(`"custId":"C1"`, `"custId":"C1","x":1`)
		b.pass = func(p *rule.Subject) { p.Waivers, p.Now = []contract.Waiver{c.waiver}, now }
		found := apply(t, id, b.made()).Findings
		if len(found) != 1 || (found[0].Waived != nil) != c.want || found[0].Counts() == c.want {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// TestStrict checks that the strict profile reports departures as errors.
func TestStrict(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.ask(`"1.00"`, `"1"`)
	if found := apply(t, "strict-interpretation", b.made()).Findings; len(found) != 1 || found[0].Severity != contract.Info {
		t.Errorf("by default: %+v", found)
	}
	b.pass = func(p *rule.Subject) { p.Strict = true }
	if found := apply(t, "strict-interpretation", b.made()).Findings; len(found) != 1 || found[0].Severity != contract.Error {
		t.Errorf("strictly: %+v", found)
	}
}

// TestStrictOfRefused checks that a value which the specification refuses is no departure as well:
// the message would say that the specification accepts it.
func TestStrictOfRefused(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]int{`"1"`: 1, `"1.000"`: 0, `1`: 0, `""`: 0} {
		b := newBench(t)
		b.ask(`"1.00"`, value)
		if found := apply(t, "strict-interpretation", b.made()).Findings; len(found) != want {
			t.Errorf("%s: %+v", value, found)
		}
		if documented := apply(t, "request-documented", b.made()).Findings; (len(documented) == 0) != (want == 1) {
			t.Errorf("%s: %+v", value, documented)
		}
	}
}

// TestSides checks that a departure in a response is reported against the provider and
// one in a request against the client.
func TestSides(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.own()
	b.ask(`"1.00"`, `"1"`)
	b.op.Ambiguities[10].At = append(b.op.Ambiguities[10].At, "response#/body/txnToken") // before anybody looks at an exchange
	sides := map[contract.Place]contract.Side{}
	for _, f := range apply(t, "strict-interpretation", b.made()).Findings {
		sides[f.At] = f.Side
	}
	if sides["request#/body/txnAmount/value"] != contract.ClientSide || sides["response#/body/txnToken"] != contract.ProviderSide {
		t.Errorf("the sides are %v", sides)
	}
}

func TestSeverities(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.own()
	b.exchange.Response.Status = 502
	if found := apply(t, "status-documented", b.made()).Findings; len(found) != 1 || found[0].Severity != contract.Warning {
		t.Errorf("where the page lists no statuses: %+v", found)
	}
	b.op.Responses[200].Assumed = false
	if found := apply(t, "status-documented", b.made()).Findings; len(found) != 1 || found[0].Severity != contract.Error {
		t.Errorf("where it does: %+v", found)
	}
	b = newBench(t)
	b.swap(`"resultMsg":"Success"`, `"resultMsg":"x"`)
	if found := apply(t, "code-agrees", b.made()).Findings; len(found) != 1 || found[0].Severity != contract.Info {
		t.Errorf("a message of other words: %+v", found)
	}
}

// TestInconclusive expects a reason wherever a rule cannot check.
func TestInconclusive(t *testing.T) {
	t.Parallel()
	page := func(b *bench) { b.exchange.Response.Body = []byte("<html>") }
	for id, change := range map[string]func(*bench){
		"response-signed": func(b *bench) {
			b.exchange.Response.Body = []byte(`{"head":{},"body":{"resultInfo":{"resultStatus":"F","resultCode":"324","resultMsg":"x"}}}`)
		},
		"fields-required": page, "fields-typed": page, "fields-documented": page, "code-documented": page, "code-agrees": page,
		"unknown-never-succeeds": page, "extra-tolerated": page, "response-rules": page, "times-plausible": page,
		"type-documented": func(b *bench) { b.exchange.Response.Status = 502 },
		"request-signed": func(b *bench) {
			b.merchant = nil
			b.exchange.Request.Body = []byte(`{"body":{}}`)
			b.pass = func(p *rule.Subject) { p.View.Merchant = map[string]bool{"checksum": false} }
		},
		"request-rules": func(b *bench) { b.exchange.Request.Body = nil },
		"amount-exact": func(b *bench) {
			b.c.Send = []byte(`[{"op":"replace","path":"/body/body/txnAmount/value","value":"7"}]`)
		},
	} {
		b := newBench(t)
		change(b)
		applied := apply(t, id, b.made())
		if applied.Inconclusive == nil || len(applied.Findings) > 0 {
			t.Errorf("%s: %+v", id, applied)
		}
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	o := *b.op
	o.Authorization = &openapi.Authorization{Scheme: "bearer"}
	now := time.Unix(1, 0)
	for header, want := range map[string]contract.AuthenticationState{"Bearer tok": "valid", "bearer tok": "valid", "Bearer other": "invalid", "tok": "invalid", "": "missing", "Bearer": "invalid"} {
		r := contract.Request{URL: mustURL(t, "https://x.example.com"), Header: map[string][]string{}}
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		if got := rule.Authentication(&o, r, nil, contract.Token{Value: "tok", Expires: now.Add(time.Second)}, now); got != want {
			t.Errorf("%q is %s, want %s", header, got, want)
		}
	}
	r := contract.Request{Header: map[string][]string{"Authorization": {"Bearer tok"}}}
	if got := rule.Authentication(&o, r, nil, contract.Token{Value: "tok", Expires: now}, now); got != "expired" {
		t.Errorf("a token at its end is %s", got)
	}
	o.Authorization.Bare = true
	r = contract.Request{Header: map[string][]string{"Authorization": {"tok"}}}
	if got := rule.Authentication(&o, r, nil, contract.Token{Value: "tok", Expires: now.Add(time.Second)}, now); got != "valid" {
		t.Errorf("a bare token is %s", got)
	}
}

// timestamp returns the time in the response.
func (b *bench) timestamp() string {
	raw, _ := contract.Raw(b.exchange.Response.Body, "/head/responseTimestamp")
	text, ok := contract.String(raw)
	if !ok {
		b.t.Fatal("the response has no time")
	}
	return text
}
