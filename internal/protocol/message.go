package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
)

// callMessage is a call as JSON, but for its input.
type callMessage struct {
	ID          string            `json:"id"`
	Operation   string            `json:"operation"`
	BaseURL     string            `json:"baseUrl"`
	Credentials map[string]string `json:"credentials,omitempty"`
	Now         time.Time         `json:"now"`
	Request     *Request          `json:"request,omitempty"`
	Options     json.RawMessage   `json:"options,omitempty"`
	Token       *contract.Token   `json:"token,omitempty"`
	After       *Reply            `json:"after,omitempty"`
}

// MarshalJSON writes a call. The name of the member that holds the input is its kind, such
// as order.
func (c Call) MarshalJSON() ([]byte, error) {
	raw, err := json.Marshal(callMessage{c.ID, c.Operation, c.BaseURL, c.Credentials, c.Now, c.Request, c.Options, c.Token, c.After})
	if err != nil || c.Input == nil {
		return raw, err
	}
	for _, kind := range contract.InputKinds() {
		if reflect.TypeOf(kind.Of) != reflect.TypeOf(c.Input) {
			continue
		}
		input, err := json.Marshal(c.Input)
		if err != nil {
			return nil, err
		}
		return slices.Concat(raw[:len(raw)-1], []byte(`,"`+kind.Member+`":`), input, []byte("}")), nil
	}
	return nil, fmt.Errorf("protocol: there is no kind of input %T", c.Input)
}

// UnmarshalJSON reads a call. It ignores members that it does not know, so that a client
// works with later versions of assay.
func (c *Call) UnmarshalJSON(raw []byte) error {
	var m callMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	*c = Call{m.ID, m.Operation, m.BaseURL, m.Credentials, m.Now, nil, m.Request, m.Options, m.Token, m.After}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	for _, kind := range contract.InputKinds() {
		if member, there := members[kind.Member]; there {
			input := reflect.New(reflect.TypeOf(kind.Of).Elem())
			if err := json.Unmarshal(member, input.Interface()); err != nil {
				return err
			}
			c.Input, _ = input.Interface().(contract.Input)
		}
	}
	return nil
}

// replyMessage is a reply as JSON. A member that is absent is not given.
type replyMessage struct {
	ID                string          `json:"id"`
	Outcome           string          `json:"outcome"`
	Retry             *string         `json:"retry,omitempty"`
	Code              *string         `json:"code,omitempty"`
	Status            string          `json:"status,omitempty"`
	Message           string          `json:"message,omitempty"`
	Reference         *string         `json:"reference,omitempty"`
	ProviderReference *string         `json:"providerReference,omitempty"`
	RedirectURL       *string         `json:"redirectUrl,omitempty"`
	Token             *contract.Token `json:"token,omitempty"`
}

// MarshalJSON writes a reply. It leaves out the parts that the outcome omits.
func (r Reply) MarshalJSON() ([]byte, error) {
	o := r.Outcome
	m := replyMessage{ID: r.ID, Outcome: string(o.State), Status: o.Status, Message: o.Message}
	if r.Refused || r.Errored {
		m = replyMessage{ID: r.ID, Outcome: Refused, Message: o.Message}
		if r.Errored {
			m.Outcome = Errored
		}
		return json.Marshal(m)
	}
	give := func(part contract.OutcomePart, text string) *string {
		if !o.Gives(part) {
			return nil
		}
		return &text
	}
	m.Retry, m.Code = give(contract.RetryPart, string(o.Retry)), give(contract.CodePart, o.Code)
	m.Reference, m.ProviderReference = give(contract.ReferencePart, o.Reference), give(contract.ProviderReferencePart, o.ProviderReference)
	if m.RedirectURL = give(contract.RedirectPart, o.RedirectURL); o.Gives(contract.TokenPart) {
		m.Token = o.Token
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads a reply. The error says which member is wrong, and holds no value.
func (r *Reply) UnmarshalJSON(raw []byte) error {
	value, err := contract.Decode(raw)
	if err != nil {
		return fmt.Errorf("is not JSON: %w", err)
	}
	members, isObject := value.(map[string]any)
	if !isObject {
		return errors.New("is not a JSON object")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var m replyMessage
	var typed *json.UnmarshalTypeError
	switch err := d.Decode(&m); {
	case errors.As(err, &typed): // the text of this error can hold the value
		return fmt.Errorf("has a member %s of the wrong type", typed.Field)
	case err != nil && strings.HasPrefix(err.Error(), "json: unknown field "):
		return fmt.Errorf("has a member that the protocol does not have; it has %s", strings.Join(replyMembers(), ", "))
	case err != nil:
		return errors.New("cannot be read")
	}
	return r.set(m, members)
}

// replyMembers lists the names of the members of a reply.
func replyMembers() []string {
	var names []string
	for field := range reflect.TypeFor[replyMessage]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// set sets a reply from its message. members are those that the message has, also with null.
func (r *Reply) set(m replyMessage, members map[string]any) error {
	*r = Reply{ID: m.ID, Refused: m.Outcome == Refused, Errored: m.Outcome == Errored, Outcome: contract.UnknownOutcome()}
	o := &r.Outcome
	o.Status, o.Message = m.Status, m.Message
	switch state := contract.State(m.Outcome); {
	case r.Refused || r.Errored:
		o.Omits = contract.StateOnly
		return nil
	case m.Outcome == "":
		return errors.New("has no outcome")
	case !slices.Contains(contract.States(), state):
		return fmt.Errorf("has an outcome that is none; the outcomes are %s, %s and %s", joined(contract.States()), Refused, Errored)
	default:
		o.State = state
	}
	take := func(part contract.OutcomePart, name string, from *string, to *string) {
		if _, there := members[name]; !there {
			o.Omits |= part
			return
		}
		if *to = ""; from != nil {
			*to = *from
		}
	}
	var retry string
	take(contract.RetryPart, "retry", m.Retry, &retry)
	take(contract.CodePart, "code", m.Code, &o.Code)
	take(contract.ReferencePart, "reference", m.Reference, &o.Reference)
	take(contract.ProviderReferencePart, "providerReference", m.ProviderReference, &o.ProviderReference)
	take(contract.RedirectPart, "redirectUrl", m.RedirectURL, &o.RedirectURL)
	o.Token = m.Token
	if _, there := members["token"]; !there {
		o.Omits |= contract.TokenPart
	}
	if o.Retry = contract.Retry(retry); o.Gives(contract.RetryPart) && !slices.Contains(contract.Retries(), o.Retry) {
		return fmt.Errorf("has a retry that is none; the values are %s", joined(contract.Retries()))
	}
	return nil
}

func joined[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return strings.Join(texts, ", ")
}
