package openapi

import (
	"net/http"
	"strconv"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

func (r *reader) result(o *Operation, n *yaml.Node) {
	where := child(n, "at")
	o.Result = ResultAt{pointers(child(where, "code")), pointers(child(where, "status")), pointers(child(where, "message"))}
	for _, pointer := range o.Result.pointers() {
		o.resultAt = append(o.resultAt, contract.ResponseBody(pointer))
	}
	for _, class := range items(child(n, "equivalent")) {
		o.Equivalent = append(o.Equivalent, texts(class))
	}
	for _, row := range items(resolve(r.root, child(n, "codes"))) {
		if tag := child(row, "code").Tag; tag != "!!str" {
			r.errors = append(r.errors, lineError{line(row), "a result code must be quoted; YAML reads this one as a number"})
		}
		c := &Code{
			Code: text(child(row, "code")), Variant: text(child(row, "variant")), If: r.expression(child(row, "if")), Status: text(child(row, "status")), Messages: texts(child(row, "message")),
			HTTP: http.StatusOK, State: contract.State(text(child(row, "outcome"))), Retry: contract.Retry(text(child(row, "retry"))),
			When: r.expression(child(row, "when")), SeenIn: text(child(row, "seen")), Assumed: flagged(row), Doc: text(child(row, "x-doc")), Line: row.Line,
		}
		if status, err := strconv.Atoi(text(child(row, "http"))); err == nil {
			c.HTTP = status
		}
		o.Codes = append(o.Codes, c)
	}
}

// examples reads the example responses, by their code.
func (r *reader) examples(o *Operation, responses *yaml.Node) {
	each(responses, func(status string, response *yaml.Node) {
		code, _ := strconv.Atoi(status)
		each(child(response, "content"), func(_ string, media *yaml.Node) {
			each(child(media, "examples"), func(name string, n *yaml.Node) {
				value := child(resolve(r.root, n), "value")
				if value == nil {
					return
				}
				body, err := toJSON(value)
				if err != nil {
					r.errors = append(r.errors, lineError{line(n), err.Error()})
					return
				}
				o.example[name] = Example{HTTP: code, Body: body}
			})
		})
	})
}

// ResultCode is the result in a response. Numbers are in decimal text.
type ResultCode struct {
	Code, Status, Message string
	Row                   *Code // nil: the documents do not list the code, or no row of it fits
	// Unfit: the documents list the code, and the if of none of its rows is true.
	Unfit bool
	// Undecided is the row whose if costs too much to evaluate for this exchange. Row is nil
	// then; nil: every if was evaluated.
	Undecided *Code
	// CodeAt is the place of the code. It is contract.ResponseStatus if the body has no
	// code, because the HTTP status is then the code.
	CodeAt, StatusAt, MessageAt contract.Place

	reads bool // see Operation.readsLikeRow
}

// ResultCode reads the result from a response. ok is false if the body is not JSON, unless
// the response is documented without one: an HTML page of a proxy is not the provider's
// result. If a row of the code has an if that
// names the request, use ResultCodeOf.
func (o *Operation) ResultCode(response contract.Response) (result ResultCode, ok bool) {
	raw, documented := response.Body, o.Responses[response.Status]
	if documented != nil {
		raw = documented.JSON(response.Header, raw)
	}
	body, err := contract.Decode(raw)
	if err != nil && !documented.Empty() {
		return ResultCode{}, false
	}
	return o.ResultCodeOf(contract.Exchange{Response: response}, body), true
}

// ResultCodeOf is ResultCode for the response of an exchange, whose body is decoded
// already.
func (o *Operation) ResultCodeOf(ex contract.Exchange, body any) ResultCode {
	m := o.resultCode(ex.Response.Status, decodedBody{body})
	if m.Row.varies() {
		x := NewView(o, ex, nil, nil)
		m.choose(x)
		x.Done()
	}
	return m
}

// emptyExamples gives each row whose code is the HTTP status of a response without a body its
// example: there is nothing to write.
func (o *Operation) emptyExamples() {
	for _, row := range o.Codes {
		if _, printed := o.example[row.Name()]; !printed && row.Code == statusText(row.HTTP) && o.Responses[row.HTTP].Empty() {
			o.example[row.Name()] = Example{HTTP: row.HTTP}
		}
	}
}

// resultReader returns the text of a member of the result, by its index and pointer.
// Null is present, with the text "".
type resultReader interface {
	text(i int, pointer contract.Pointer) (text string, there bool)
}

// decodedBody reads texts from a decoded body.
type decodedBody struct{ value any }

func (b decodedBody) text(_ int, pointer contract.Pointer) (string, bool) {
	value, there := contract.Lookup(b.value, pointer)
	text, _ := contract.ResultText(value)
	return text, there
}

// resultCode reads the result. Row is the first row of the code: see choose.
func (o *Operation) resultCode(status int, in resultReader) ResultCode {
	n := 0 // the pointers of the lists before
	first := func(all []contract.Pointer) (text string, place contract.Place) {
		before := n
		n += len(all)
		for i, pointer := range all {
			if text, there := in.text(before+i, pointer); there {
				return text, o.resultAt[before+i]
			}
		}
		return "", ""
	}
	var m ResultCode
	m.Code, m.CodeAt = first(o.Result.Code)
	m.Status, m.StatusAt = first(o.Result.Status)
	m.Message, m.MessageAt = first(o.Result.Message)
	if m.CodeAt == "" {
		m.Code, m.CodeAt = statusText(status), contract.ResponseStatus
	}
	m.Row = o.first(m.Code)
	m.reads = m.Row == nil && o.readsLikeRow(m.Code)
	return m
}

// statusText returns an HTTP status in decimal.
func statusText(status int) string {
	if status == http.StatusOK { // most are; a constant costs no memory
		return "200"
	}
	return strconv.Itoa(status)
}

// Agrees reports whether status text and HTTP status are those of the code's row.
func (m ResultCode) Agrees(response contract.Response) bool {
	return m.Row != nil && m.Row.HTTP == response.Status && (m.Row.Status == "" || m.Row.Status == m.Status)
}
