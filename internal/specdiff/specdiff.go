// Package specdiff tells what a changed documentation means to us: two
// specifications of one provider, an older and a newer, come to a list of
// changes. It alone knows oasdiff.
//
// The standard part, schemas, parameters, media types and statuses, is
// oasdiff's, whose three levels become our impacts; in standard.go stands how.
// Only of members of responses our adapter knows better, see Uses.
// What the dialect adds is compared here: codes and what they mean, where they
// stand, conditions, ambiguities, signatures, authorization, credentials, servers
// and what members mean.
package specdiff

import (
	"fmt"
	"reflect"
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Document is a specification, the bytes it was read from, and what messages
// call it.
type Document struct {
	*openapi.Spec
	Raw  []byte
	Name string
}

// Uses is what our adapter does with responses. The zero value knows nothing.
type Uses struct {
	// Member tells what it does when a member of an operation's responses is not what it
	// was, and why; "" where nobody knows.
	Member func(o *openapi.Operation, pointer contract.Pointer) (impact contract.Impact, why contract.Message)
	// Codes are those of the adapter's table; nil where nobody knows.
	Codes func(o *openapi.Operation) []string
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

// Compare tells what is different in the newer of two documents, the worst
// first. What changed in the same way at the same place is one change. Without
// uses nobody knows what our adapter does. The provider is the one that the older
// document is called: what the newer one is called changes no id.
func Compare(older, newer Document, uses Uses) ([]contract.Change, error) {
	if !Related(older.Spec, newer.Spec) {
		return nil, fmt.Errorf("%s and %s have no server and no path in common: they are not of one provider", older.Name, newer.Name)
	}
	c := &comparison{older: older, newer: newer, uses: uses}
	if err := c.standard(); err != nil {
		return nil, fmt.Errorf("%s: %w", newer.Name, err)
	}
	c.whole()
	for _, o := range newer.Operations {
		if was := c.same(o); was != nil {
			c.operation(was, o)
		}
	}
	return contract.SortChanges(c.told()), nil
}

// told leaves out what a member of another type implies: that what was demanded of
// the old one is not demanded of the new.
func (c *comparison) told() []contract.Change {
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
	said         [][]contract.Message // of each change
}

// same finds what an operation was: by its id, or by method and path.
func (c *comparison) same(o *openapi.Operation) *openapi.Operation {
	if was := c.older.Operation(o.ID); was != nil {
		return was
	}
	for _, was := range c.older.Operations {
		if was.Method == o.Method && was.Path == o.Path {
			return was
		}
	}
	return nil
}

// operation compares what the dialect says of one.
func (c *comparison) operation(was, is *openapi.Operation) {
	c.codes(was, is)
	c.conditions(was, is)
	c.ambiguities(is.ID, was.Ambiguities, is.Ambiguities)
	c.signatures(was, is)
	c.meanings(was, is)
}

// beside says two different things of one change.
var beside = &contract.Template{ID: "documents.beside", Text: "{one}; {other}"}

// found adds a change; id is the operation's, "" for the provider as a whole.
func (c *comparison) found(id string, line int, change contract.Change) {
	change.Operation = c.older.Provider
	if id != "" {
		change.Operation += "/" + id
	}
	origin := c.newer.Name
	if line > 0 {
		origin = fmt.Sprintf("%s:%d", origin, line)
	}
	change.First, change.Last = origin, origin
	change.Got = came(change) // who knows of one meaning knows of no other
	change.Identify()
	i, again := c.at[change.ID]
	if !again {
		if c.at == nil {
			c.at = map[string]int{}
		}
		c.at[change.ID] = len(c.changes)
		c.changes, c.said = append(c.changes, change), append(c.said, []contract.Message{change.Message})
		return
	}
	had := &c.changes[i]
	if !had.Impact.AtLeast(change.Impact) {
		had.Impact, had.Why = change.Impact, change.Why
	}
	had.Before, had.Now = had.Before.Combine(change.Before), had.Now.Combine(change.Now)
	if !slices.ContainsFunc(c.said[i], func(said contract.Message) bool { return reflect.DeepEqual(said, change.Message) }) {
		c.said[i] = append(c.said[i], change.Message)
		had.Message = beside.Says(contract.ArgMessage("one", had.Message), contract.ArgMessage("other", change.Message))
	}
}

// came is what did not stand there before: what stands there now, or what is known of
// the change where no document says that.
func came(change contract.Change) contract.Value {
	if !change.Now.IsZero() && !change.Now.Absent {
		return change.Now
	}
	return change.Got
}

// pairs visits two lists of things with names: those of both, then what is gone,
// then what is new, each in the order of its document.
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
