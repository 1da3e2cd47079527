package proxy

import (
	"strconv"
	"time"

	"assay/internal/contract"
)

// Observed is one exchange and what the proxy did with it.
type Observed struct {
	Number    int64     // counts requests from 1, in order of arrival
	Time      time.Time // when the request arrived
	Operation string    // "provider/operation"; "": it matched no documented operation
	Skipped   Reason    // why it was not judged; "": it was
	Refused   string    // "request" or "response", if --enforce refused one
	// Result is the judge's result, with its verdict. It is empty if the exchange was
	// not judged.
	Result contract.Result
	// Exchange is the exchange as judged: its bodies are decoded and have no
	// Content-Encoding. It has no response if the request was refused. Of a request that
	// matched no documented operation it has only method, URL and headers.
	Exchange contract.Exchange
}

// Origin returns the name of the exchange in reports, such as "proxy#7".
func (s Observed) Origin() string { return "proxy#" + strconv.FormatInt(s.Number, 10) }

// Reason is why an exchange was not judged. Its value is the label in metrics.
type Reason string

// The reasons. Error describes each of them.
const (
	Undocumented       Reason = "undocumented"
	TooLarge           Reason = "size"
	UnknownEncoding    Reason = "encoding"
	EventStream        Reason = "stream"
	ProtocolUpgrade    Reason = "upgrade"
	QueueFull          Reason = "busy"
	CheckTimeout       Reason = "late"
	JudgeFailure       Reason = "failed"
	NoResponse         Reason = "lost"
	Unreachable        Reason = "unsent"
	IncompleteResponse Reason = "cut"
	ClientGone         Reason = "gone"
)

// Error describes the reason, with the flag that helps if there is one.
func (r Reason) Error() string {
	switch r {
	case Undocumented:
		return "it matches no documented operation"
	case TooLarge:
		return "a body is too large to check; --max-body raises the limit"
	case UnknownEncoding:
		return "a body has an unknown Content-Encoding, or is too large to check once it is decoded"
	case EventStream:
		return "the response is an event stream, which may never end"
	case ProtocolUpgrade:
		return "the connection switched to another protocol"
	case QueueFull:
		return "too many exchanges were waiting to be checked"
	case CheckTimeout:
		return "the check took too long; --check-timeout raises the limit"
	case JudgeFailure:
		return "the check failed inside assay, which is a bug"
	case Unreachable:
		return "the provider could not be reached, and nothing was sent"
	case NoResponse:
		return "no response came from the provider, which may or may not have accepted the request"
	case IncompleteResponse:
		return "the response ended before it was complete"
	case ClientGone:
		return "the client closed the connection before the response"
	}
	return string(r)
}
