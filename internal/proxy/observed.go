package proxy

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"assay/internal/contract"
	"assay/internal/report"
)

// Observed is one exchange and what the proxy did with it.
type Observed struct {
	Number    int64     // counts requests from 1, in order of arrival
	Time      time.Time // when the request arrived
	Operation string    // "provider/operation"; "": it matched no documented operation
	Skipped   Reason    // why it was not judged; "": it was
	Refused   string    // "request" or "response", if the proxy refused one
	// Lost: the request asked for the loss of its response, so it was judged alone.
	Lost bool
	// Result is the judge's result, with its verdict. It is empty if the exchange was
	// not judged.
	Result contract.Result
	// Test is what the test that sent the request says about it; nil: nothing.
	Test *contract.Test
	// Fault is what panicked if Skipped is JudgeFailure, and what is wrong with the headers
	// if it is TestUnclear. It may be nil.
	Fault error
	// Exchange is the exchange as judged: its bodies are decoded and have no
	// Content-Encoding. It has no response if the request was refused. Of a request that
	// matched no documented operation it has only method, URL and headers.
	Exchange contract.Exchange
}

// Origin returns the name of the exchange in reports, such as "proxy#7", or
// "test_order (proxy#7)" if its test has a name.
func (s Observed) Origin() string {
	origin := "proxy#" + strconv.FormatInt(s.Number, 10)
	if s.Test != nil && s.Test.Name != "" {
		return s.Test.Name + " (" + origin + ")"
	}
	return origin
}

// Reason is why an exchange was not judged. Its value is the label in metrics.
type Reason string

// The reasons. Error describes each.
const (
	Undocumented       Reason = "undocumented"
	TooLarge           Reason = "size"
	UnknownEncoding    Reason = "encoding"         // of the response
	RequestEncoding    Reason = "request_encoding" // unknown
	ManyEncodings      Reason = "encodings"
	TooLargeDecoded    Reason = "decoded_size"
	EventStream        Reason = "stream"
	ProtocolUpgrade    Reason = "upgrade"
	QueueFull          Reason = "busy"
	MemoryFull         Reason = "memory"
	CheckTimeout       Reason = "late"
	JudgeFailure       Reason = "failed"
	NoResponse         Reason = "lost"
	Unreachable        Reason = "unsent"
	IncompleteResponse Reason = "cut"
	ClientGone         Reason = "gone"
	Stopped            Reason = "stopped"
	TestUnclear        Reason = "test"
)

// reasons returns the description of each reason.
var reasons = sync.OnceValue(func() map[Reason]*contract.Template {
	all := map[Reason]*contract.Template{}
	for why, text := range map[Reason][2]string{ // what happened, and the way out
		Undocumented:       {"it matches no documented operation", "`assay list operations` lists them; --to sets the base URL of the provider"},
		TooLarge:           {"a body is too large to check", "--max-body raises the limit"},
		UnknownEncoding:    {"the response has an unknown Content-Encoding", "make the client accept gzip, deflate, br or zstd only"},
		RequestEncoding:    {"the request has an unknown Content-Encoding", "send gzip, deflate, br or zstd, or no Content-Encoding"},
		ManyEncodings:      {"the Content-Encoding of a body lists more than 4 codings", "send and accept one; 4 are decoded at most"},
		TooLargeDecoded:    {"a body is too large to check once its Content-Encoding is decoded", "--max-body raises the limit"},
		EventStream:        {"the response is an event stream, which may never end", "nothing can be done: assay checks complete responses only"},
		ProtocolUpgrade:    {"the connection switched to another protocol", "nothing can be done: assay checks HTTP only"},
		QueueFull:          {"too many exchanges were waiting to be checked", "use more processors, or several proxies"},
		MemoryFull:         {"too many bodies were being read at the same time", "--body-memory raises the limit"},
		CheckTimeout:       {"the check took too long", "--check-timeout raises the limit"},
		JudgeFailure:       {"the check failed inside assay, which is a bug", "report it with the output of `assay version`"},
		Unreachable:        {"the provider could not be reached, and nothing was sent", "check --to and the network; the request may be sent again"},
		NoResponse:         {"no response came from the provider, which may or may not have accepted the request", "inquire about it, and do not send it again"},
		IncompleteResponse: {"the response ended before it was complete", "inquire about it, and do not send it again"},
		ClientGone:         {"the client closed the connection before the response", "make the client wait longer; for a slow request, --idle-timeout raises the limit"},
		Stopped:            {"assay proxy stopped before the exchange was complete", "inquire about it, and do not send it again; --drain raises the limit"},
		TestUnclear:        {"a header of the test is wrong", "correct Assay-Case or Assay-Expect; see `assay exec --help`"},
	} {
		all[why] = &contract.Template{ID: "proxy." + string(why), Text: text[0], WayOut: text[1]}
	}
	return all
})

// Reasons returns the descriptions of the reasons, in no fixed order.
func Reasons() []*contract.Template { return slices.Collect(maps.Values(reasons())) }

// reasonOf returns the reason that an error is.
func reasonOf(err error) Reason {
	var why Reason
	_ = errors.As(err, &why) // callers have checked that it is one
	return why
}

// Error describes the reason, with the way out.
func (r Reason) Error() string {
	if described := reasons()[r]; described != nil {
		return report.Sentence(described.Says())
	}
	return string(r)
}
