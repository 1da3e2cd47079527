package redact_test

import (
	"strings"
	"testing"

	"assay/internal/redact"
)

// TestDocuments redacts what the documents do not describe, and looks for it everywhere.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for title, c := range map[string]struct{ request, response, wantRequest, wantResponse string }{
		"an undocumented member, echoed": {
			`{"known":"k"}`, `{"user":{"name":"Kanary","n":98123456},"message":"for Kanary and 98123456"}`,
			`{"known":"k"}`, `{"user":{"name":"REDACTED","n":0},"message":"for REDACTED and 00000000"}`,
		},
		"in the other body": {
			`{"extra":"kanary-token-1","message":"x"}`, `{"message":"token kanary-token-1"}`,
			`{"extra":"REDACTED","message":"x"}`, `{"message":"token REDACTED"}`,
		},
		"part of an undocumented text": {
			`{"extra":"call 98123 45670 or ask kanary@mail.test"}`, `{"message":"9812345670, KANARY@MAIL.TEST"}`,
			`{"extra":"REDACTED"}`, `{"message":"0000000001, person1@example.com"}`,
		},
		"words of the documents are no secret": {
			`{"extra":"pending"}`, `{"message":"the payment is pending"}`,
			`{"extra":"REDACTED"}`, `{"message":"the payment is pending"}`,
		},
		"a value of a described place is none": {
			`{"known":"ORDER-4711"}`, `{"copy":"ORDER-4711","message":"ORDER-4711"}`,
			`{"known":"ORDER-4711"}`, `{"copy":"REDACTED","message":"ORDER-4711"}`,
		},
		"free text": {
			`{"text":"Deliver to Kanary, flat 17"}`, `{"message":"noted: deliver to kanary, flat 17"}`,
			`{"text":"Zzzzzzz zz Zzzzzz, zzzz 01"}`, `{"message":"noted: Zzzzzzz zz Zzzzzz, zzzz 01"}`,
		},
		"the query of an address": {
			`{"text":"https://shop.test/back?mobile=9812345670&order=1&session=kanary#token=kanary2"}`, `{"message":"kanary2 of kanary, 9812345670"}`,
			`{"text":"https://shop.test/back?mobile=0000000001&order=1&session=REDACTED#token=REDACTED"}`, `{"message":"REDACTED of REDACTED, 0000000001"}`,
		},
		"a user in an address": {
			`{"text":"https://kanary:vogelsang@shop.test/back"}`, `{"message":"x"}`,
			`{"text":"https://REDACTED:REDACTED@shop.test/back"}`, `{"message":"x"}`,
		},
		"an address in a message": {
			`{}`, `{"message":"go to upi://pay?pa=kanary@bank&pn=Kanary now, or /a?b=kanary3"}`,
			`{}`, `{"message":"go to upi://pay?pa=zzzzzz%40zzzy&pn=REDACTED now, or /a?b=REDACTED"}`,
		},
		"x-keep": {
			`{"kept":"https://shop.test/back?order=ab-17"}`, `{"message":"x"}`,
			`{"kept":"https://shop.test/back?order=ab-17"}`, `{"message":"x"}`,
		},
		"names": {
			`{"9812345670":{"known":1},"kanary@mail.test":2}`, `{"message":"of 9812345670","list":{"ABCPE1234F":true,"plain_name":true}}`,
			`{"0000000002":{"known":0},"zzzzzz@zzzz.zzzy":0}`, `{"message":"of 0000000001","list":{"ZZZZZ0001Z":true,"plain_name":true}}`,
		},
		"detected in a message": {
			`{}`, `{"message":"4111-1111.1111 1111, abcpe1234f, +44 20 7946 0123, IFSC HDFC0001234 a/c 50100098765432"}`,
			`{}`, `{"message":"0000-0000.0000 0001, ZZZPZ0001Z, +00 00 0000 0001, IFSC ZZZZ0000001 a/c 00000000000001"}`,
		},
	} {
		redactOnce := func(request, response string) (string, string) {
			ex := exchange(request, response)
			ex.Request.URL.RawQuery = ""
			got := known().Exchange(ex)
			return string(got.Request.Body), string(got.Response.Body)
		}
		request, response := redactOnce(c.request, c.response)
		if !strings.EqualFold(request, c.wantRequest) || !strings.EqualFold(response, c.wantResponse) {
			t.Errorf("%s: %s %s", title, request, response)
		}
		if again, more := redactOnce(request, response); again != request || more != response {
			t.Errorf("%s, twice: %s %s", title, again, more)
		}
	}
	if got := redact.Name("of_9812345670"); strings.Contains(got, "98123") {
		t.Errorf("the name is %s", got)
	}
}
