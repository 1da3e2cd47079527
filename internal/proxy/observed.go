package proxy

import (
	"strconv"
	"time"

	"assay/internal/contract"
)

// Seen is what became of one exchange.
type Observed struct {
	N         int64     // the nth that came
	Time      time.Time // when its request came
	Operation string    // "provider/operation"; "": none that is documented
	Skipped   Reason    // why nobody looked at it; "": somebody did
	Refused   string    // what was refused, "request" or "response"; "": neither
	// Result is what the judge says, with its verdict. Where nobody looked it is
	// empty.
	Result contract.Result
	// Exchange is what was judged, its bodies without Content-Encoding. Where a
	// request was refused there is no response.
	Exchange contract.Exchange
}

// Origin names the exchange in results: "proxy#7".
func (s Observed) Origin() string { return "proxy#" + strconv.FormatInt(s.N, 10) }

// Reason is why nobody looked at an exchange, as metrics say it.
type Reason string

// The reasons.
const (
	Undocumented Reason = "undocumented"
	TooLarge     Reason = "size"
	Encoded      Reason = "encoding"
	Streamed     Reason = "stream"
	Upgraded     Reason = "upgrade"
	Busy         Reason = "busy"
	Late         Reason = "late"
	Failed       Reason = "failed"
	Lost         Reason = "lost"
	Unsent       Reason = "unsent"
	Cut          Reason = "cut"
	Gone         Reason = "gone"
)

// Error says it in words.
func (r Reason) Error() string {
	switch r {
	case Undocumented:
		return "it is of no documented operation"
	case TooLarge:
		return "a body is larger than what is judged; --max-body raises it"
	case Encoded:
		return "a body has a Content-Encoding that is not read here"
	case Streamed:
		return "the response is a stream of events"
	case Upgraded:
		return "the connection changed to another protocol"
	case Busy:
		return "too many exchanges waited to be judged"
	case Late:
		return "judging it took too long; --check-timeout raises the time"
	case Failed:
		return "the judge failed"
	case Unsent:
		return "the provider could not be reached, and nothing was sent"
	case Lost:
		return "no response came from the provider; whether it took the request is not known"
	case Cut:
		return "the response broke off"
	case Gone:
		return "the client hung up before it had a response"
	}
	return string(r)
}
