package judge_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/shape"
	"assay/internal/testsize"
	"assay/internal/traffic"
)

// novelReader is a reader of responses in which everything is new each time: codes, statuses,
// messages, names of members and headers.
type novelReader struct {
	line string
	left int
	rest string
}

func (s *novelReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if s.rest == "" {
			if s.left == 0 {
				break
			}
			s.left--
			s.rest = strings.ReplaceAll(s.line, "NEW", fmt.Sprintf("%c%c%c%c", 'a'+s.left%26, 'a'+s.left/26%26, 'a'+s.left/676%26, 'a'+s.left/17576%26))
		}
		k := copy(p[n:], s.rest)
		n, s.rest = n+k, s.rest[k:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// TestLearn_bounded learns traffic in which nothing occurs twice. The size of the shape is
// limited, and the shape does not depend on the number of workers.
func TestLearn_bounded(t *testing.T) {
	testsize.SkipUnlessFull(t)
	e := enginetest.Load(t)
	j, err := judge.New(e.Catalog, judge.Options{Recorded: true})
	if err != nil {
		t.Fatal(err)
	}
	line := `{"request":{"method":"POST","url":"https://console.ipayments.in/api/v1/service/paycc/init/kyc","headers":{}},` +
		`"response":{"status":200,"headers":{"Content-Type":"application/json","X-NEW":"1"},"body":"{\"code\":\"NEW\",\"status\":\"NEW\",\"message\":\"a NEW message\",\"mNEW\":{\"nNEW\":[{\"oNEW\":\"NEW\"}]},\"data\":{\"NEW\":\"NEW\"}}"}}` + "\n"
	sizes := map[int]int{}
	var texts []string
	const few = 2_000
	for _, n := range []int{few, 3 * few} {
		for _, workers := range []int{1, 3} {
			learnt, err := j.Learn(t.Context(), []string{"-"}, &novelReader{line: line, left: n}, judge.CheckOptions{Workers: workers})
			if err != nil || learnt.Exchanges != int64(n) {
				t.Fatalf("%v, %d exchanges of %d: %v", err, learnt.Exchanges, n, learnt.Why)
			}
			raw, err := shape.Marshal(learnt.Shapes["ipayments/initKyc"])
			if err != nil {
				t.Fatal(err)
			}
			sizes[n] = len(raw)
			texts = append(texts, string(raw))
		}
	}
	if texts[0] != texts[1] || texts[2] != texts[3] {
		t.Error("the shape depends on the number of workers")
	}
	if sizes[3*few] > sizes[few]+sizes[few]/4 || sizes[3*few] > 1<<20 {
		t.Errorf("the shape grows: %v", sizes)
	}
	var m runtime.MemStats
	runtime.GC()
	if runtime.ReadMemStats(&m); m.HeapAlloc > 100<<20 {
		t.Errorf("%d MB are in use", m.HeapAlloc>>20)
	}
}

// TestCheckShapes learns the same shapes while checking as Learn does, with any number of
// workers.
func TestCheckShapes(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	e := enginetest.Load(t)
	var all []byte
	for _, ex := range enginetest.Exchanges(t, e) {
		var err error
		if all, err = traffic.Append(all, ex); err != nil {
			t.Fatal(err)
		}
	}
	all = bytes.Repeat(all, 20)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
	learnt, err := j.Learn(t.Context(), []string{"-"}, bytes.NewReader(all), judge.CheckOptions{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	want, err := shape.MarshalReport(learnt.Shapes)
	if err != nil || len(want) != operations(e) {
		t.Fatalf("%d shapes, %v", len(want), err)
	}
	for _, workers := range []int{1, 3} {
		tally, err := j.Check(t.Context(), []string{"-"}, bytes.NewReader(all), judge.CheckOptions{Workers: workers, Shapes: true})
		if err != nil {
			t.Fatal(err)
		}
		got, err := tally.Shapes()
		if err != nil || fmt.Sprintf("%s", got) != fmt.Sprintf("%s", want) {
			t.Errorf("%d workers: %v\n%s\nwant\n%s", workers, err, got, want)
		}
	}
}
