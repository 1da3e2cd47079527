// Package overlay proposes changes to a specification as an OpenAPI Overlay 1.0.0
// document. A person reviews it, corrects it and applies it with any overlay tool.
//
// Propose takes a specification, its bytes and a list of changes, and returns the
// overlay and the changes that it skipped, each with the reason. It proposes the
// smallest and most careful change. A new member is marked secret. A member that came
// with another type may have either type. A new result code means nothing for money and
// gets an ambiguity: until somebody has read the provider's page, the code is a warning
// and does not count as documented. Every x-doc that it writes says that nothing was
// checked against the page.
//
// It reads the values of a change (contract.Value), never its message.
package overlay

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Unverified is the x-doc of everything that was not checked against the provider's
// page.
const Unverified = "not checked against the provider's page"

// Proposal is an overlay, and the changes that it does not contain.
type Proposal struct {
	Document []byte // the overlay in YAML; nil if there is nothing to propose
	Skipped  []Skipped
}

// Skipped is a change for which no action is proposed, and the reason.
type Skipped struct {
	Change contract.Change
	Reason contract.Message
}

// Propose makes an overlay for the document that a specification was read from. It
// skips changes of other providers and of operations that are not in the document. The
// error is about a document that cannot be parsed.
func Propose(s *openapi.Spec, document []byte, changes []contract.Change) (Proposal, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return Proposal{}, contract.LocateYAML(s.File, err)
	}
	if len(root.Content) == 0 {
		return Proposal{}, fmt.Errorf("%s: is empty", s.File)
	}
	d := &draft{spec: s, root: root.Content[0]}
	var skipped []Skipped
	for _, c := range parentsFirst(changes) {
		if why := d.change(c); why != nil {
			skipped = append(skipped, Skipped{c, *why})
		}
	}
	if len(d.actions) == 0 {
		return Proposal{Skipped: skipped}, nil
	}
	raw, err := d.document()
	return Proposal{Document: raw, Skipped: skipped}, err
}

// parentsFirst sorts changes so that a member comes after its parent, which may be new
// itself.
func parentsFirst(changes []contract.Change) []contract.Change {
	all := slices.Clone(changes)
	slices.SortStableFunc(all, func(a, b contract.Change) int {
		return cmp.Or(
			cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.At.Depth(), b.At.Depth()),
			cmp.Compare(a.At.General(), b.At.General()), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// draft is an overlay under construction. Every action is applied to root at once, so
// that the next action sees its result.
type draft struct {
	spec    *openapi.Spec
	root    *yaml.Node
	actions []action
}

type action struct {
	target      string // JSONPath
	description string
	update      *yaml.Node // nil: remove
}

// change adds the actions for a change, or returns the reason why there are none.
func (d *draft) change(c contract.Change) (why *contract.Message) {
	provider, id, _ := strings.Cut(c.Operation, "/")
	o := d.spec.Operation(id)
	if provider != d.spec.Provider || o == nil {
		return operationUnknown
	}
	if c.Kind != contract.CodeNew && o.Code(c.Code) == nil && slices.ContainsFunc(o.Result.Code, func(pointer contract.Pointer) bool { return c.At == contract.ResponseBody(pointer) }) {
		return meaningless
	}
	propose := map[contract.Kind]func(*openapi.Operation, contract.Change) *contract.Message{
		contract.MemberAdded:    d.memberAdded,
		contract.MemberRetyped:  d.memberRetyped,
		contract.MemberNull:     d.memberNull,
		contract.MemberAbsent:   d.memberAbsent,
		contract.MemberRemoved:  d.memberAbsent,
		contract.EnumWidened:    d.enumWidened,
		contract.CodeNew:        d.codeNew,
		contract.FormatChanged:  d.formatChanged,
		contract.LengthChanged:  d.boundsChanged,
		contract.SizeChanged:    d.boundsChanged,
		contract.NumberChanged:  d.boundsChanged,
		contract.StatusChanged:  d.statusChanged,
		contract.MessageChanged: d.messageChanged,
		contract.HTTPChanged:    d.httpChanged,
		contract.MediaChanged:   d.mediaChanged,
	}[c.Kind]
	if propose == nil {
		return cmp.Or(skippedKinds()[c.Kind], severalWays)
	}
	return propose(o, c)
}

// skippedKinds are the reasons for skipping some kinds of changes.
func skippedKinds() map[contract.Kind]*contract.Message {
	return map[contract.Kind]*contract.Message{
		contract.CodeGone:      mayComeBack,
		contract.HeaderAdded:   headersUndescribed,
		contract.HeaderRemoved: headersUndescribed,
		contract.HeaderAbsent:  headersUndescribed,
		contract.SignatureGone: keepsSignature,
		contract.Slower:        timesUndescribed,
	}
}

// put adds an action that merges a node into the node at a place.
func (d *draft) put(at path, update *yaml.Node, description string) {
	d.actions = append(d.actions, action{at.selector(d.root), description, update})
	merge(at.node(d.root), update)
}

// remove adds an action that removes the node at a place.
func (d *draft) remove(at path, description string) {
	d.actions = append(d.actions, action{at.selector(d.root), description, nil})
	at.remove(d.root)
}

// replace adds actions that replace the node at a place: an update alone would merge
// the two.
func (d *draft) replace(at path, with *yaml.Node, description string) {
	d.remove(at, description)
	d.put(at[:len(at)-1], mapping(at[len(at)-1], with), description)
}

func (d *draft) document() ([]byte, error) {
	actions := &yaml.Node{Kind: yaml.SequenceNode}
	for _, a := range d.actions {
		n := mapping("target", quoted(a.target), "description", scalar(a.description))
		if a.update == nil {
			n.Content = append(n.Content, scalar("remove"), yes())
		} else {
			n.Content = append(n.Content, scalar("update"), a.update)
		}
		actions.Content = append(actions.Content, n)
	}
	whole := mapping(
		"overlay", scalar("1.0.0"),
		"info", mapping(
			"title", scalar(d.spec.Provider+": proposed from responses"),
			"version", quoted(d.spec.SHA256[:min(12, len(d.spec.SHA256))])), // identifies the document that the overlay is for
		"actions", actions)
	var b bytes.Buffer
	b.WriteString("# Proposed. Review it, and check every x-doc against the provider's page.\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(whole); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// seenTimes says how often a change was found, and where.
func seenTimes(c contract.Change) string {
	text := "seen once"
	if n := c.Times(); n != 1 {
		text = fmt.Sprintf("seen %d times", n)
	}
	switch {
	case c.At.Direction() == contract.InRequest:
		text += " in accepted requests"
	case c.Code != "":
		text += " with code " + c.Code
	}
	return text
}
