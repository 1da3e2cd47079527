package traffic_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/traffic"
)

// plainLine is a line as anybody would declare it.
type plainLine struct {
	Schema  string `json:"schema"`
	Request struct {
		Method  string         `json:"method"`
		URL     string         `json:"url"`
		Headers map[string]any `json:"headers"`
		Body    string         `json:"body"`
	} `json:"request"`
	Response struct {
		Status     int            `json:"status"`
		Headers    map[string]any `json:"headers"`
		Body       string         `json:"body"`
		DurationMS float64        `json:"durationMs"`
	} `json:"response"`
}

// plainHAR is an entry of HAR as anybody would declare it.
type plainHAR struct {
	Time    float64 `json:"time"`
	Request struct {
		Method   string     `json:"method"`
		URL      string     `json:"url"`
		Headers  []plainHdr `json:"headers"`
		PostData struct {
			Text string `json:"text"`
		} `json:"postData"`
	} `json:"request"`
	Response struct {
		Status  int        `json:"status"`
		Headers []plainHdr `json:"headers"`
		Content struct {
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
}

type plainHdr struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// median is the middle one of some durations.
func median(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2])
}

// timed tells how long something takes.
func timed(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}

// BenchmarkLine parses a line of 2 KiB; ns/100B holds it to the target. In the
// same run encoding/json reads it into a struct and an URL, which is the ratio.
func BenchmarkLine(b *testing.B) {
	line := paddedLine()
	raw := []byte(line)
	ours := func() {
		if _, err := traffic.ParseLine(line); err != nil {
			b.Fatal(err)
		}
	}
	theirs := func() {
		var l plainLine
		if err := json.Unmarshal(raw, &l); err != nil {
			b.Fatal(err)
		}
		if _, err := url.Parse(l.Request.URL); err != nil {
			b.Fatal(err)
		}
		header := http.Header{}
		for name, value := range l.Response.Headers {
			if text, ok := value.(string); ok {
				header.Set(name, text)
			}
		}
	}
	var quick, slow []time.Duration
	for range 2000 {
		quick, slow = append(quick, timed(ours)), append(slow, timed(theirs))
	}
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		ours()
	}
	b.ReportMetric(median(slow)/median(quick), "times-encoding/json")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(line))*100, "ns/100B")
}

// BenchmarkInto parses a line of 2 KiB into memory that is used again. In the same
// run it is parsed in structs, and quickly without such memory, as a copy: the ratios
// are what the quick way of reading and not copying buy.
func BenchmarkInto(b *testing.B) {
	line := []byte(paddedLine())
	var scratch traffic.Scratch
	parse := func(how func([]byte, *traffic.Scratch) (contract.Exchange, error), into func() *traffic.Scratch) func() {
		return func() {
			if _, err := how(line, into()); err != nil {
				b.Fatal(err)
			}
		}
	}
	again := func() *traffic.Scratch { return &scratch }
	ours := parse(traffic.ParseInto, again)
	var quick, structs, copied []time.Duration
	for range 2000 {
		quick = append(quick, timed(ours))
		structs = append(structs, timed(parse(traffic.StructsInto, again)))
		copied = append(copied, timed(parse(traffic.ParseInto, func() *traffic.Scratch { return nil })))
	}
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		ours()
	}
	b.ReportMetric(median(structs)/median(quick), "times-structs")
	b.ReportMetric(median(copied)/median(quick), "times-copied")
}

// BenchmarkHAR reads a HAR file of 100 MB: the entries found, without parsing
// them, then parsed, and by encoding/json's Decoder, entry by entry into a
// struct. The three alternate, and medians are compared.
func BenchmarkHAR(b *testing.B) {
	entry := paddedEntry()
	text := []byte(harOf(slices.Repeat([]string{entry}, 100<<20/len(entry))...))
	walk := func(each func(*traffic.Entry) error) {
		if err := traffic.Read(b.Context(), []string{"-"}, bytes.NewReader(text), traffic.Options{}, each); err != nil {
			b.Fatal(err)
		}
	}
	found := func() { walk(func(*traffic.Entry) error { return nil }) }
	parsed := func() {
		walk(func(e *traffic.Entry) error {
			_, err := e.Exchange()
			return err
		})
	}
	theirs := func() { decodeHAR(b, text) }
	var finding, parsing, decoding []time.Duration
	for b.Loop() {
		finding, parsing, decoding = append(finding, timed(found)), append(parsing, timed(parsed)), append(decoding, timed(theirs))
	}
	b.ReportMetric(median(decoding)/median(finding), "found-times-encoding/json")
	b.ReportMetric(median(decoding)/median(parsing), "parsed-times-encoding/json")
	b.ReportMetric(float64(len(text))/median(finding)*1e3, "found-MB/s")
	b.ReportMetric(float64(len(text))/median(parsing)*1e3, "parsed-MB/s")
}

// decodeHAR reads entries one by one, as a careful reader with encoding/json does.
func decodeHAR(b *testing.B, text []byte) {
	d := json.NewDecoder(bytes.NewReader(text))
	for token, err := d.Token(); token != json.Delim('['); token, err = d.Token() {
		if err != nil {
			b.Fatal(err)
		}
	}
	for d.More() {
		var e plainHAR
		if err := d.Decode(&e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNDJSON reads 100 MB of lines, found and parsed on one goroutine.
func BenchmarkNDJSON(b *testing.B) {
	line := paddedLine() + "\n"
	text := strings.Repeat(line, 100<<20/len(line))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		err := traffic.Read(b.Context(), []string{"-"}, io.MultiReader(strings.NewReader(text)), traffic.Options{}, func(e *traffic.Entry) error {
			_, err := e.Exchange()
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
