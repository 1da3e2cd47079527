package protocol

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"time"

	"assay/internal/contract"
)

// benchCall is a call of the usual size.
func benchCall(i int) Call {
	o := &contract.Order{Reference: "ORDER-" + strconv.Itoa(i), Description: "shoes"}
	return Call{ID: strconv.Itoa(i), Operation: "acme/pay", BaseURL: "http://127.0.0.1:41233", Credentials: map[string]string{"mid": "m", "key": "0123456789abcdef"}, Now: time.Unix(1654041600, 0).UTC(), Input: o}
}

// BenchmarkPipe measures what a call costs by pipe. The client decodes the call and encodes
// a reply; the part "own" is this work alone, without a pipe. The difference is the price of
// the pipe.
func BenchmarkPipe(b *testing.B) {
	b.Run("pipe", func(b *testing.B) {
		p, err := Start(context.Background(), []string{os.Args[0]}, append(os.Environ(), clientEnv+"=echo"))
		if err != nil {
			b.Fatal(err)
		}
		defer p.Close() //nolint:errcheck // the replies count
		for i := 0; b.Loop(); i++ {
			if _, err := p.Do(b.Context(), benchCall(i)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("own", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			raw, err := json.Marshal(benchCall(i))
			if err != nil {
				b.Fatal(err)
			}
			var c Call
			if err := json.Unmarshal(raw, &c); err != nil {
				b.Fatal(err)
			}
			if raw, err = json.Marshal(replyOf(c)); err != nil {
				b.Fatal(err)
			}
			var r Reply
			if err := json.Unmarshal(raw, &r); err != nil {
				b.Fatal(err)
			}
		}
	})
}
