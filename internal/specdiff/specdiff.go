// Package specdiff compares two specifications of a provider, an older and a newer one,
// and returns the changes with their impact on our adapter. No other package imports
// oasdiff.
//
// oasdiff compares schemas, parameters, media types and statuses; its three levels
// become our impacts (standard.go). kin-openapi's document reaches oasdiff through
// Spec.OpenAPI, and no other package names its type. oasdiff's sentences are not
// used: oasdiff.tsv names the arguments of each rule, and a test compares the file with
// oasdiff. An id is made from the rule and the arguments.
//
// oasdiff does not compare every keyword, and not every number exactly. keywords.go tells
// what it leaves out.
//
// This package compares the extensions of the dialect: result codes and their meaning,
// conditions, ambiguities, signatures, authorization, credentials, servers and members.
// A status that only a new code brings is reported once, with the code; the change of
// the status enumeration is left out. If Uses is given, it decides the impact of
// changes in responses.
//
// Compare returns an error if a document cannot be parsed, or if the two are not of one
// provider: they have no server host and no path in common.
package specdiff

import (
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/oasdiff/oasdiff/load"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Document is a specification, and the name that messages use for it. NewDocument makes one.
type Document struct {
	*openapi.Spec
	Name string

	standard func() (*load.SpecInfo, error) // made on first use, for oasdiff
}

// NewDocument returns a document. It can be compared with many others, also at the same time:
// what oasdiff needs of it is made once.
func NewDocument(s *openapi.Spec, name string) Document {
	return Document{s, name, sync.OnceValues(func() (*load.SpecInfo, error) {
		return standard(s, name, nil)
	})}
}

// Uses says what our adapter does with responses. The zero value means that this is not
// known.
type Uses struct {
	// Member returns the impact of a change of a member in an operation's responses,
	// and the reason; "" if it is not known.
	Member func(o *openapi.Operation, pointer contract.Pointer) (impact contract.Impact, why contract.Message)
	// Codes returns the codes of the adapter's table; nil if they are not known.
	Codes func(o *openapi.Operation) []string
	// Documented: no adapter speaks to the provider. Member has the impact on a client that
	// does what the documents require, and a new code breaks such a client.
	Documented bool
}

func (u Uses) member(o *openapi.Operation, pointer contract.Pointer) (contract.Impact, contract.Message) {
	if u.Member == nil || o == nil {
		return "", contract.Message{}
	}
	return u.Member(o, pointer)
}

func (u Uses) codes(o *openapi.Operation) []string {
	if u.Codes == nil || o == nil {
		return nil
	}
	return u.Codes(o)
}

// Compare returns what changed in the newer of two documents, the worst first. Equal
// changes at the same place are one change. The provider's name is that of the older
// document, so the name of the newer one changes no id.
func Compare(older, newer Document, uses Uses) ([]contract.Change, error) {
	if !Related(older.Spec, newer.Spec) {
		return nil, fmt.Errorf("%s and %s have no server and no path in common: they are not documents of one provider", older.Name, newer.Name)
	}
	c := &comparison{older: older, newer: newer, uses: uses}
	if err := c.standard(); err != nil {
		return nil, fmt.Errorf("%s: %w", newer.Name, err)
	}
	c.provider()
	for _, o := range newer.Operations {
		if was := c.olderOf(o); was != nil {
			c.operation(was, o)
			c.keywords(was, o)
		}
	}
	return contract.SortChanges(c.withoutImplied()), nil
}

// withoutImplied removes the changes that another type of a member implies: bounds of
// the old type do not apply to the new one.
func (c *comparison) withoutImplied() []contract.Change {
	type retyping struct {
		operation string
		at        contract.Place
	}
	retyped := map[retyping]bool{}
	for _, change := range c.changes {
		if change.Kind == contract.MemberRetyped {
			retyped[retyping{change.Operation, change.At}] = true
		}
	}
	bounds := []contract.Kind{contract.FormatChanged, contract.LengthChanged, contract.SizeChanged, contract.NumberChanged}
	return slices.DeleteFunc(c.changes, func(change contract.Change) bool {
		return slices.Contains(bounds, change.Kind) && retyped[retyping{change.Operation, change.At}]
	})
}

type comparison struct {
	older, newer Document
	uses         Uses
	changes      []contract.Change
	at           map[string]int       // by id
	messages     [][]contract.Message // the messages of each change
}

// olderOf finds the older version of an operation: by id, or by method and path.
func (c *comparison) olderOf(o *openapi.Operation) *openapi.Operation {
	if was := c.older.Operation(o.ID); was != nil {
		return was
	}
	for _, was := range c.older.Operations {
		if was.Method == o.Method && was.Template().Shape() == o.Template().Shape() {
			return was
		}
	}
	return nil
}

// operation compares the extensions of one operation.
func (c *comparison) operation(was, is *openapi.Operation) {
	c.codes(was, is)
	c.conditions(was, is)
	c.ambiguities(is.ID, was.Ambiguities, is.Ambiguities)
	c.signatures(was, is)
	c.idempotency(was, is)
	c.meanings(was, is)
}

// bothMessages joins two messages of one change.
var bothMessages = &contract.Template{ID: "documents.beside", Text: "{one}; {other}"}

// add adds a change. id is the operation's id, or "" for the provider as a whole.
func (c *comparison) add(id string, line int, change contract.Change) {
	change.Operation = c.older.Provider
	if id != "" {
		change.Operation += "/" + id
	}
	origin := c.newer.Name
	if line > 0 {
		origin = fmt.Sprintf("%s:%d", origin, line)
	}
	change.First, change.Last = origin, origin
	change.Got = newValue(change) // an acknowledgement covers one meaning only
	change.Identify()
	i, exists := c.at[change.ID]
	if !exists {
		if c.at == nil {
			c.at = map[string]int{}
		}
		c.at[change.ID] = len(c.changes)
		c.changes, c.messages = append(c.changes, change), append(c.messages, []contract.Message{change.Message})
		return
	}
	existing := &c.changes[i]
	if !existing.Impact.AtLeast(change.Impact) {
		existing.Impact, existing.Why = change.Impact, change.Why
	}
	existing.Before, existing.Now = existing.Before.Combine(change.Before), existing.Now.Combine(change.Now)
	if !slices.ContainsFunc(c.messages[i], func(m contract.Message) bool { return reflect.DeepEqual(m, change.Message) }) {
		c.messages[i] = append(c.messages[i], change.Message)
		existing.Message = bothMessages.Says(contract.ArgMessage("one", existing.Message), contract.ArgMessage("other", change.Message))
	}
}

// newValue returns the new value, or the value of Got if neither document describes
// one.
func newValue(change contract.Change) contract.Value {
	if !change.Now.IsZero() && !change.Now.Absent {
		return change.Now
	}
	return change.Got
}

// pairs visits two lists by name: items in both, then removed items, then new items,
// each in document order.
func pairs[T any](was, is []T, name func(T) string, visit func(was, is *T)) {
	find := func(all []T, wanted string) *T {
		for i := range all {
			if name(all[i]) == wanted {
				return &all[i]
			}
		}
		return nil
	}
	for i := range was {
		visit(&was[i], find(is, name(was[i])))
	}
	for i := range is {
		if find(was, name(is[i])) == nil {
			visit(nil, &is[i])
		}
	}
}
