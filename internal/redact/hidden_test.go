package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/redact"
)

// pem is the beginning and the end of a private key, of no use to anybody.
const (
	pemBegin = "-----BEGIN RSA PRIVATE KEY-----"
	pemBody  = "MIIEfakefakefakefakefakefakefakefake0001\nfakefakefakefakefakefakefakefakefake0002"
	pemEnd   = "-----END RSA PRIVATE KEY-----"
)

// quoted writes a text as JSON.
func quoted(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// unasked is an exchange without a query.
func unasked(request, response string) contract.Exchange {
	ex := exchange(request, response)
	ex.Request.URL.RawQuery = ""
	return ex
}

// person returns a redactor of documents that have the name and the mobile number of a person.
func person() *redact.Redactor {
	s := redact.New([]redact.Place{{At: "request#/name", Personal: "name"}, {At: "request#/mobile", Personal: "mobile"}})
	s.Documents(redact.Documents{
		Described:    func(place contract.Place) bool { return place.Field() == "name" || place.Field() == "mobile" },
		Undocumented: func(contract.Place) bool { return false },
		Words:        redact.NewWords("the payment is pending"),
	})
	return s
}

// TestPrivateKeys expects nothing of a private key in a message, however it is written.
func TestPrivateKeys(t *testing.T) {
	t.Parallel()
	headers := "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011223344556677\n\n"
	texts := map[string]string{
		"plain":       pemBegin + "\n" + pemBody + "\n" + pemEnd,
		"headers":     pemBegin + "\n" + headers + pemBody + "\n" + pemEnd,
		"cut":         pemBegin + "\n" + pemBody,
		"headers cut": pemBegin + "\n" + headers + pemBody,
		"end only":    pemBody + "\n" + pemEnd,
		"openssh":     "-----BEGIN OPENSSH PRIVATE KEY-----\n" + pemBody + "\n-----END OPENSSH PRIVATE KEY-----",
		"pgp":         "-----BEGIN PGP PRIVATE KEY BLOCK-----\nComment: a.b (c)\n\n" + pemBody + "\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----",
		"two":         pemBegin + "\n" + pemBody + "\n" + pemEnd + "\nand\n" + pemBegin + "\n" + headers + pemBody + "\n" + pemEnd,
	}
	for name, text := range texts {
		for form, written := range map[string]string{
			"as it is": text, "escaped": strings.ReplaceAll(text, "\n", `\n`), "one line": strings.ReplaceAll(text, "\n", " "), "CRLF": strings.ReplaceAll(text, "\n", "\r\n"),
			"base64": base64.StdEncoding.EncodeToString([]byte(text)), "percent": percent(text),
		} {
			ex := known().Exchange(unasked(`{}`, `{"message":`+quoted("refused: "+written)+`}`))
			body := string(ex.Response.Body)
			for _, part := range []string{"MIIE", "fake0001", "fake0002", "00112233", base64.StdEncoding.EncodeToString([]byte(text))[:40], percent("fake0002")} {
				if strings.Contains(body, part) {
					t.Errorf("%s, %s: %s stays: %s", name, form, part, body)
				}
			}
			if !strings.Contains(body, "REDACTED") {
				t.Errorf("%s, %s: nothing is redacted: %s", name, form, body)
			}
		}
		if shown := redact.PrivateKeys("before\n" + text + "\n"); strings.Contains(shown, "fake") || !strings.Contains(shown, "REDACTED") {
			t.Errorf("%s: %s", name, shown)
		}
	}
	if text := "the private key is missing\n-----BEGIN PUBLIC KEY-----"; redact.PrivateKeys(text) != text {
		t.Errorf("a text without a private key: %s", redact.PrivateKeys(text))
	}
}

// TestInvisible finds numbers and addresses with invisible characters inside.
func TestInvisible(t *testing.T) {
	t.Parallel()
	for _, r := range []string{"\u200b", "\u00ad", "\ufe0f", "\ufe0f\u20e3", "\u034f", "\u3164", "\u115f", "\u17b4", "\u180b", "\U000e0100", "\u2800", "\uffa0"} {
		written := strings.Join(strings.Split(mobile, ""), r) + r
		if len(redact.DetectPersonal("call "+written)) == 0 {
			t.Errorf("%+q is not found", written)
		}
		ex := known().Exchange(unasked(`{}`, `{"message":`+quoted("call "+written+" now")+`}`))
		if body := string(ex.Response.Body); strings.ContainsAny(body, "98345") {
			t.Errorf("%+q stays: %s", written, body)
		}
	}
	for _, at := range []string{"@", "\uff20", "\ufe6b"} {
		if written := strings.ReplaceAll(mail, "@", at); len(redact.DetectPersonal(written)) == 0 {
			t.Errorf("%s is not found", written)
		}
	}
}

// TestDeflatedInPath finds a number that is deflated in base64, behind words that are base64 too.
func TestDeflatedInPath(t *testing.T) {
	t.Parallel()
	const deflated = "s7QwMTUwNDI2NwcA" // 9845012377
	for _, text := range []string{deflated, "https://shop.test/back/" + deflated, "https://shop.test/a/bcd/" + deflated + "/e", "back-" + deflated, "go/back_" + deflated, "/" + deflated + "?a=b"} {
		if len(redact.DetectPersonal(text)) == 0 {
			t.Errorf("nothing is found in %s", text)
		}
		if shown := redact.Name(text); strings.Contains(shown, deflated) {
			t.Errorf("%s is shown as %s", text, shown)
		}
	}
}

// TestName_mixed shows neither of two personal values, one of which is encoded.
func TestName_mixed(t *testing.T) {
	t.Parallel()
	encoded := base64.StdEncoding.EncodeToString([]byte("phone " + mobile + " now"))
	for _, text := range []string{
		mail + " " + encoded, encoded + " " + mail, "no case " + mail + " and " + encoded, mobile + ":" + encoded, encoded + "\t" + mobile, mail + " " + encoded + " " + pan, percent("+"+mobile) + "%40 " + mail + " " + encoded,
	} {
		if shown := redact.Name(text); strings.Contains(shown, encoded) || strings.Contains(shown, mail) || strings.Contains(shown, mobile) || len(redact.DetectPersonal(shown)) > 0 {
			t.Errorf("%s is shown as %s", text, shown)
		}
	}
	if shown := redact.Name("case " + mail + " and " + encoded + " here"); !strings.HasPrefix(shown, "case ") || !strings.HasSuffix(shown, " here") {
		t.Errorf("the other words are gone: %s", shown)
	}
}

// TestPartsOfPerson looks in a message for the words of a name, and for a telephone number
// without its country code.
func TestPartsOfPerson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ at, value, message, want string }{
		{"name", "Zephyrine Quokkadott", "Dear Quokkadott, hello", "Dear Zzzzzzzzzy, hello"},
		{"name", "Zephyrine Quokkadott", "ZEPHYRINE, hello", ""},
		{"name", "Li Quokka-Dott", "Mr Quokka is here", ""},
		{"mobile", "+14155550134", "call 4155550134 now", ""},
		{"mobile", "+1 415 555 0134", "call 415-555-0134 now", ""},
		{"mobile", "0049 30 901820123", "call 30901820123 now", ""},
	} {
		ex := person().Exchange(unasked(`{"`+c.at+`":`+quoted(c.value)+`}`, `{"message":`+quoted(c.message)+`}`))
		if got := string(ex.Response.Body); got == `{"message":`+quoted(c.message)+`}` || c.want != "" && got != `{"message":"`+c.want+`"}` {
			t.Errorf("%s: %s", c.value, got)
		}
	}
	for _, c := range []struct{ at, value, message string }{
		{"name", "Al Quokkadott", "Al is a short word"}, {"mobile", "9812345670", "of 812345671"}, {"name", "Pending Quokkadott", "the payment is pending"},
	} {
		ex := person().Exchange(unasked(`{"`+c.at+`":`+quoted(c.value)+`}`, `{"message":`+quoted(c.message)+`}`))
		if got := string(ex.Response.Body); got != `{"message":`+quoted(c.message)+`}` {
			t.Errorf("%s: %s", c.value, got)
		}
	}
}

// TestKeys shows no key of a well-known service, wherever it stands.
func TestKeys(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		"sk_live_QuokkaSecretArg", "rk_test_quokkaquokka", "rzp_live_quokkaquokka", "ghp_quokkaQuokkaQuokka", "github_pat_quokkaquokka", "glpat-quokka-quokka", "xoxb-quokka-quokka", "AKIAQUOKKAQUOKKA", "AIzaQuokkaQuokkaQuokka",
	} {
		for _, text := range []string{key, "the key " + key + " is wrong", "é" + key, "{" + key + "}", base64.StdEncoding.EncodeToString([]byte("key=" + key))} {
			if shown := redact.Name(text); strings.Contains(strings.ToLower(shown), "quokka") || strings.Contains(shown, "a2V5P") {
				t.Errorf("%s is shown as %s", text, shown)
			}
			ex := known().Exchange(unasked(`{}`, `{"message":`+quoted(text)+`}`))
			if body := string(ex.Response.Body); strings.Contains(strings.ToLower(body), "quokka") || body == `{"message":`+quoted(text)+`}` {
				t.Errorf("%s stays: %s", text, body)
			}
		}
	}
	for _, text := range []string{"task_live_quokkaquokka", "sk_liver", "risk_test", "pk_transaction_id", "AKIA", "oauth2Token", "merchantUniqueReferenceNumber", "the_ghp_x"} {
		if shown := redact.Name(text); shown != text {
			t.Errorf("%s is shown as %s", text, shown)
		}
	}
}
