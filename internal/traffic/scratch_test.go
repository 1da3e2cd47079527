package traffic_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/traffic"
)

// TestScratch reads one line after the other into the same memory: each is what
// it is when it is read alone, whatever stood there before. What is read alone lasts.
func TestScratch(t *testing.T) {
	t.Parallel()
	var lines []string
	for i, url := range []string{
		"https://a.example.com/x?mid=1", "https://a.example.com/x?mid=2", "https://a.example.com/x", "https://a.example.com/x?", "https://a.example.com/x?a=%41",
		"https://a.example.com/x?a#b", "https://u:p@a.example.com/x?1", "https://a.example.com/x?2", "https://a.example.com/x?é=1", "https://a.example.com/x? y", "/x?1", "/x?2", "https://A.example.com/x?1", ":", "https://a.example.com/x?mid=3",
	} {
		body, more := strings.Repeat(`\"é`, i*7%5), ""
		for n := range i * 5 % 23 {
			more += fmt.Sprintf(`"X-%d": ["a%d", "b"], `, n, i)
		}
		lines = append(lines, fmt.Sprintf(`{"request":{"method":"POST","url":%q,"headers":{%s"A":"%d"},"body":"%s"},"response":{"status":%d,"headers":{"B":"%d"},"body":"%s\n"}}`, url, more, i, body, 200+i, i, body))
	}
	for _, shape := range []string{
		`"A":"1","B":"2"`, `"B":"1","A":"2"`, `"A":"1","C":"2"`, `"A":["1","2"]`, `"A":["3"],"B":["4"]`, `"A":["1","2"],"B":"3"`, `"A":"1","B":["2","3"]`,
		`"A":["1","2","3"]`, `"a":"1","B":"2"`, `"A":"1","a":"2"`, `"A":["1"],"a":["2"]`, `"A":"1","A":"2"`, `":a":"1"`, `"A":[]`, `"A":"","":"1"`, ``, `"A":"1","B":{}`,
		`"D":"1"`, `"E":"1"`, `"F":"1"`, `"G":"1"`, `"H":"1"`, `"I":"1"`, `"J":"1"`, `"K":"` + strings.Repeat("long", 20_000) + `"`,
	} {
		line := `{"request":{"method":"GET","url":"/","headers":{` + shape + `}},"response":{"status":200,"headers":{` + shape + `}}}`
		changed := strings.ReplaceAll(line, `"1"`, `"9"`)
		lines = append(lines, line, line, changed, line, changed, changed) // a text that was read before, and other values of its names
	}
	lines = append(lines, lines...) // the second time they were met before
	lines = append(lines, `{"request":`, lines[0], `{"request":{"method":"GET","url":"/","headers":{}},"response":{"status":200,"headers":{}}}`)
	var scratch traffic.Scratch
	n := 0
	var alone []contract.Exchange
	var written []string
	err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(strings.Join(lines, "\n")), traffic.Options{Format: traffic.NDJSON}, func(e *traffic.Entry) error {
		n++
		want, fault := e.Exchange()
		want.Origin = ""
		if fault == nil {
			alone, written = append(alone, want), append(written, parsed(want, nil))
		}
		got, err := e.Into(&scratch)
		if fmt.Sprint(err) != fmt.Sprint(fault) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v (%v), alone %+v (%v)", e.Where(), got, err, want, fault)
		}
		return nil
	})
	for i := range alone {
		if got := parsed(alone[i], nil); got != written[i] {
			t.Errorf("%s became %s", written[i], got)
		}
	}
	if err != nil || n != len(lines) {
		t.Errorf("read %d of %d: %v", n, len(lines), err)
	}
}
