package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"time"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// faults lists the faults that the responses of an operation can have.
func faults(o *openapi.Operation) []string {
	if o.Sign.Response != nil {
		return contract.Faults()
	}
	return slices.DeleteFunc(contract.Faults(), func(fault string) bool { return fault == "unsigned" })
}

// Loses reports whether a request asks for a fault because of which its client may get no whole
// response.
func Loses(h http.Header) bool {
	w, err := preferences(h)
	return err == nil && slices.Contains([]string{"delay", "timeout", "reset", "truncated"}, w.fault)
}

const (
	delayed = time.Second
	hanging = 2 * time.Minute // longer than any client waits
)

// fault returns the preferred fault, or one chosen at random at the configured rate.
func (s *Sandbox) fault(o *openapi.Operation, w wish) string {
	if w.fault != "" || s.options.FaultRate == 0 {
		return w.fault
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.random.Float64() >= s.options.FaultRate {
		return ""
	}
	return faults(o)[s.random.IntN(len(faults(o)))]
}

// write sends a response, with its fault if it has one.
func (s *Sandbox) write(w http.ResponseWriter, r *http.Request, o *operation, asked contract.Request, a contract.Response, fault string) {
	switch fault {
	case "delay", "timeout":
		if !s.wait(w, r, fault) {
			return
		}
	case "reset":
		panic(http.ErrAbortHandler)
	case "truncated":
		w.Header()["Content-Type"] = a.Header["Content-Type"]
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
		w.WriteHeader(a.Status)
		_, _ = w.Write(a.Body[:len(a.Body)/2])
		_ = http.NewResponseController(w).Flush() // the client must receive this part
		panic(http.ErrAbortHandler)
	case "html-502":
		a = contract.Response{Status: http.StatusBadGateway, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("<html><body><h1>502 Bad Gateway</h1></body></html>\n")}
	case "too-many":
		a = contract.Response{Status: http.StatusTooManyRequests, Header: http.Header{"Content-Type": {"text/plain"}, "Retry-After": {"1"}}, Body: []byte("too many requests\n")}
	default:
		a = spoilt(o, asked, a, fault)
	}
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // an error means that the client has closed the connection
}

// wait delays a request. It returns false if mostWaiting requests are delayed already; those
// are refused. If the client has gone, or the sandbox is stopped, it closes the connection.
func (s *Sandbox) wait(w http.ResponseWriter, r *http.Request, fault string) bool {
	select {
	case s.waiting <- struct{}{}:
		defer func() { <-s.waiting }()
	default:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "assay sandbox: too many delayed requests; retry later", http.StatusServiceUnavailable)
		return false
	}
	long := delayed
	if fault == "timeout" {
		long = hanging
	}
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-r.Context().Done(): // the client has gone, or the sandbox is stopped
		panic(http.ErrAbortHandler) // to return would be HTTP 200 without a body
	case <-timer.C:
	}
	if fault == "timeout" {
		panic(http.ErrAbortHandler) // closes the connection without a response
	}
	return true
}

// spoilt changes a response and signs it again, so that the fault is the only thing wrong.
func spoilt(o *operation, asked contract.Request, a contract.Response, fault string) contract.Response {
	switch s := o.Sign.Response; {
	case fault == "":
		return a
	case fault == "half-character":
		a.Body = append(a.Body[:len(a.Body):len(a.Body)], 0xe2, 0x82)
		return a
	case fault == "unsigned" && s.Outside != "":
		_, name := s.Outside.Named()
		a.Header = a.Header.Clone()
		a.Header.Del(name)
		return a
	}
	met, _ := o.ResultCode(a)
	var types *media.Types
	if documented := o.Responses[a.Status]; documented != nil {
		types = documented.FormTypes()
	}
	a.Body = media.Edit(a.Header, a.Body, types, func(raw []byte) []byte {
		return spoiltJSON(o, met, a.Status, raw, fault)
	})
	return signature.SignResponse(o.Sign.Response, contract.Exchange{Request: asked, Response: a}, o.credentials, time.Time{}, signature.Zeros{})
}

// spoiltJSON changes a body, whose result is met.
func spoiltJSON(o *operation, met openapi.ResultCode, status int, body []byte, fault string) []byte {
	value, err := contract.Decode(body)
	object, ok := value.(map[string]any)
	if err != nil || !ok {
		return body
	}
	code, inBody := met.CodeAt.Pointer()
	if !inBody && len(o.Result.Status) > 0 { // the HTTP status is the code, and the body repeats its meaning
		code = o.Result.Status[0]
	}
	switch fault {
	case "unknown-code":
		set(object, code, "assay-unknown", json.Number("987654"))
	case "extra-field":
		object["assayExtra"] = map[string]any{"new": true}
	case "missing-field":
		remove(object, code, o.Operation, status)
	case "number-as-string":
		swap(object)
	case "unsigned":
		if in, name := parent(object, o.Sign.Response.At); in != nil {
			delete(in, name)
		}
	}
	raw, err := contract.Encode(object)
	if err != nil {
		return body
	}
	return raw
}

// parent returns the object that holds a member of a response, and the member's name.
func parent(object map[string]any, pointer contract.Pointer) (in map[string]any, name string) {
	if pointer == "" {
		return nil, ""
	}
	found, _ := contract.Lookup(object, pointer.Parent())
	in, _ = found.(map[string]any)
	return in, pointer.LastToken()
}

func set(object map[string]any, pointer contract.Pointer, text string, number json.Number) {
	in, name := parent(object, pointer)
	if _, isNumber := in[name].(json.Number); isNumber {
		in[name] = number
	} else if in != nil {
		in[name] = text
	}
}

// remove removes a required member, or the result code if no member is required.
func remove(object map[string]any, code contract.Pointer, o *openapi.Operation, status int) {
	for _, m := range o.Responses[status].Members() {
		if in, name := parent(object, m.Pointer); m.Required && in[name] != nil && len(m.Pointer) > 0 {
			if _, isObject := in[name].(map[string]any); !isObject {
				delete(in, name)
				return
			}
		}
	}
	if in, name := parent(object, code); in != nil {
		delete(in, name)
	}
}

// swap turns the first number into a string, or the first string into a number if there
// is no number.
func swap(object map[string]any) bool {
	for _, numbers := range []bool{true, false} {
		if swapped(object, numbers) {
			return true
		}
	}
	return false
}

func swapped(object map[string]any, numbers bool) bool {
	for _, name := range names(object) {
		switch v := object[name].(type) {
		case json.Number:
			if numbers {
				object[name] = v.String()
				return true
			}
		case string:
			if !numbers {
				object[name] = json.Number("7")
				return true
			}
		case map[string]any:
			if swapped(v, numbers) {
				return true
			}
		}
	}
	return false
}

func names(object map[string]any) []string {
	all := make([]string, 0, len(object))
	for name := range object {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}
