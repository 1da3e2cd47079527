package notify_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"assay/internal/notify"
	"assay/internal/watch"
)

// attacks are texts that try to control what shows them.
func attacks() []string {
	return []string{
		"\x1b[2Jcleared", "a\r\nBcc: everybody@example.org\r\n\r\nbody", "a\nSubject: forged", "\x00zero", "\u202egnihton", "\u200bhidden",
		"<!channel> <@U123> <https://evil.example|ok>", "``` *free* ```", "@channel @here @all", "\"},{\"schema\":\"forged", "##vso[task.complete]", "::error::x",
		"=?utf-8?q?forged?=", "\n.\r\nQUIT\r\n", "\xff\xfe", strings.Repeat("long", 5000), "</script><script>alert(1)</script>",
	}
}

// attacked is an event with a text in every member.
func attacked(text string) watch.Event {
	e := events()[0].event
	e.ID, e.Thing, e.Job, e.Provider, e.Why = text, text, text, text, text
	e.Findings = []watch.Finding{{ID: text, Rule: text, Side: text, Severity: text, Sentence: text}}
	return e
}

// TestHostileTexts sends hostile texts through every channel. None controls anything.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	smtp := (&smtpServer{plain: true}).start(t)
	conf := smtp.config()
	conf.TLS = notify.None
	var posted []byte
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { posted, _ = io.ReadAll(r.Body) }))
	defer web.Close()
	mailer := open(t, conf, notify.Options{})
	slack := open(t, notify.Config{Kind: notify.Slack, URLEnv: "URL"}, notify.Options{Env: env("URL", web.URL)})
	webhook := open(t, notify.Config{Kind: notify.Webhook, URL: web.URL}, notify.Options{})
	for i, text := range attacks() {
		m := notify.NewMessage(attacked(text), "ops", now())
		m.ID = text // of an outbox that does not use NewMessage
		subject, words := notify.Say(m.Event)
		if strings.ContainsFunc(subject, unicode.IsControl) || strings.ContainsFunc(strings.ReplaceAll(words, "\n", ""), func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) || len(words) > 20000 {
			t.Errorf("%q: %q %q", text, subject, words)
		}
		if n := strings.Count(words, "\n"); n != 14 && n != 15 {
			t.Errorf("%q makes %d lines: %s", text, n, words)
		}
		for _, c := range []notify.Channel{mailer, slack, webhook} {
			if err := c.Send(t.Context(), m); err != nil {
				t.Errorf("%T, %q: %v", c, text, err)
			}
			if c != mailer {
				checkPosted(t, text, posted)
			}
		}
		all := smtp.received()
		if len(all) != i+1 {
			t.Fatalf("%q: %d mails", text, len(all))
		}
		h, body := parsed(t, all[i].text)
		if len(h) != 9 || h.Get("Bcc") != "" || len(h["Subject"]) != 1 || !strings.HasPrefix(subjectOf(t, h), "assay: ") || !strings.HasPrefix(body, words) {
			t.Errorf("%q: %d headers %v\n%s", text, len(h), h, body)
		}
		if commands := smtp.commands(); strings.Count(commands, "MAIL") != i+1 || strings.Contains(commands, "Bcc") {
			t.Errorf("%q: %s", text, commands)
		}
	}
}

// checkPosted checks JSON: nothing in it is invisible, and Slack finds nothing to interpret.
func checkPosted(t *testing.T, text string, posted []byte) {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(posted, &got); err != nil {
		t.Errorf("%q: %v: %s", text, err, posted)
		return
	}
	if strings.ContainsFunc(strings.TrimSpace(string(posted)), func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	}) {
		t.Errorf("%q: %s", text, posted)
	}
	if got["schema"] != nil {
		if id := got["id"].(string); strings.Trim(id, "msg_0123456789abcdef") != "" || len(got) != 5 {
			t.Errorf("%q: %s", text, posted)
		}
		return
	}
	for _, one := range mrkdwnOf(got) {
		if strings.ContainsAny(one, "<>@") || strings.Count(one, "`") != 6 {
			t.Errorf("%q: %s", text, one)
		}
	}
}

// mrkdwnOf gives the texts of a message that Slack interprets.
func mrkdwnOf(got map[string]any) []string {
	all := []string{got["text"].(string)}
	for _, b := range got["blocks"].([]any) {
		if text, ok := b.(map[string]any)["text"].(map[string]any); ok && text["type"] == "mrkdwn" {
			all = append(all, text["text"].(string))
		}
	}
	return all
}

// TestPersonalTexts removes personal data from sentences, should one have slipped through.
func TestPersonalTexts(t *testing.T) {
	t.Parallel()
	for _, canary := range []string{"jane.roe@corp.example.org", "ABCPE1234F", "4111 1111 1111 1111"} {
		e := events()[0].event
		e.Why = "the response has " + canary + " in it"
		e.Findings = []watch.Finding{{Rule: "a", Side: "provider", Severity: "error", Sentence: "The member is " + canary + "."}}
		subject, text := notify.Say(e)
		raw, err := notify.JSON(notify.NewMessage(e, "ops", now()))
		if err != nil || strings.Contains(subject+text+string(raw), canary) {
			t.Errorf("%s: %v\n%s\n%s", canary, err, text, raw)
		}
	}
}

// FuzzSay finds no text that makes a control character, a further line, or a fault.
func FuzzSay(f *testing.F) {
	for _, text := range attacks() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := attacked(text)
		subject, words := notify.Say(e)
		if strings.ContainsFunc(subject, unicode.IsControl) || strings.Count(words, "\n") > 15 || strings.ContainsFunc(strings.ReplaceAll(words, "\n", ""), unicode.IsControl) {
			t.Errorf("%q: %q %q", text, subject, words)
		}
		if raw, err := notify.JSON(notify.NewMessage(e, "ops", now())); err != nil || !json.Valid(raw) {
			t.Errorf("%q: %v %s", text, err, raw)
		}
	})
}
