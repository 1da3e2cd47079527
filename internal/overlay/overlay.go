// Package overlay proposes how a specification would have to change to say what
// a provider has become: an OpenAPI Overlay 1.0.0 document, for a person to
// read, correct and apply with any overlay tool.
//
// What it proposes is the least, and the most careful: a new member is hidden
// until somebody has looked at it, a new result code means nothing for money, a
// member that was met with another type may have either. What stands on the
// provider's page it cannot know, and says so in every x-doc it writes.
//
// It goes by what a change got that did not come before and by what stands there now,
// see contract.Value, and never by a sentence. What it cannot say it leaves, and lists.
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

// Unread is the x-doc of whatever nobody has read on the provider's page yet.
const Unread = "to be read from the provider's page"

// Proposal is what could be proposed, and what could not.
type Proposal struct {
	Document []byte // the overlay, YAML; nil: there is nothing to propose
	Left     []Left
}

// Left is a change that no action says, and why.
type Left struct {
	Change contract.Change
	Why    string
}

// Propose makes an overlay of changes for the document a specification was read
// from. Changes of other providers, and of operations the document does not
// have, are left.
func Propose(s *openapi.Spec, document []byte, changes []contract.Change) (Proposal, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return Proposal{}, contract.LocateYAML(s.File, err)
	}
	if len(root.Content) == 0 {
		return Proposal{}, fmt.Errorf("%s: is empty", s.File)
	}
	d := &draft{spec: s, root: root.Content[0]}
	var left []Left
	for _, c := range ordered(changes) {
		if why := d.change(c); why != "" {
			left = append(left, Left{c, why})
		}
	}
	if len(d.actions) == 0 {
		return Proposal{Left: left}, nil
	}
	raw, err := d.document()
	return Proposal{Document: raw, Left: left}, err
}

// ordered puts what lies deeper behind what it lies in, which may be new itself.
func ordered(changes []contract.Change) []contract.Change {
	all := slices.Clone(changes)
	slices.SortStableFunc(all, func(a, b contract.Change) int {
		return cmp.Or(
			cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.At.Depth(), b.At.Depth()),
			cmp.Compare(a.At.General(), b.At.General()), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// draft is an overlay under way. Every action is applied to root as well, so
// that the next one sees what it did.
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

// change makes actions of a change, or says why there is none.
func (d *draft) change(c contract.Change) (why string) {
	provider, id, _ := strings.Cut(c.Operation, "/")
	o := d.spec.Operation(id)
	if provider != d.spec.Provider || o == nil {
		return "the document has no such operation"
	}
	if c.Kind != contract.CodeNew && o.Code(c.Code) == nil && slices.ContainsFunc(o.Result.Code, func(pointer contract.Pointer) bool { return c.At == contract.ResponseBody(pointer) }) {
		return "a response that says no code of the table says nothing of the money: a person has to decide"
	}
	say := map[contract.Kind]func(*openapi.Operation, contract.Change) string{
		contract.MemberAdded:    d.added,
		contract.MemberRetyped:  d.retyped,
		contract.MemberNull:     d.nulled,
		contract.MemberAbsent:   d.absent,
		contract.MemberRemoved:  d.absent,
		contract.EnumWidened:    d.widened,
		contract.CodeNew:        d.code,
		contract.FormatChanged:  d.formatted,
		contract.LengthChanged:  d.lengthened,
		contract.SizeChanged:    d.lengthened,
		contract.NumberChanged:  d.lengthened,
		contract.StatusChanged:  d.stated,
		contract.MessageChanged: d.worded,
		contract.HTTPChanged:    d.responded,
		contract.MediaChanged:   d.media,
	}[c.Kind]
	if say == nil {
		return cmp.Or(unsaid()[c.Kind], "a specification does not say such a thing, or a person has to decide how")
	}
	return say(o, c)
}

// weakens is why what is signed stays as it is.
const weakens = "nothing that weakens what is verified is proposed: a person has to decide"

// unsaid is why nothing is proposed for some kinds of changes.
func unsaid() map[contract.Kind]string {
	header := "a specification here says nothing of headers"
	return map[contract.Kind]string{
		contract.CodeGone:      "a code that stays away may come again: a person has to decide",
		contract.HeaderAdded:   header,
		contract.HeaderRemoved: header,
		contract.HeaderAbsent:  header,
		contract.SignatureGone: weakens,
		contract.Slower:        "a specification does not say how long a response takes",
	}
}

// put proposes to merge a node into what stands at a place.
func (d *draft) put(at path, update *yaml.Node, description string) {
	d.actions = append(d.actions, action{at.selector(d.root), description, update})
	merge(at.node(d.root), update)
}

// remove proposes to take away what stands at a place.
func (d *draft) remove(at path, description string) {
	d.actions = append(d.actions, action{at.selector(d.root), description, nil})
	at.remove(d.root)
}

// replace proposes to put a node into the place of another: an update alone
// would merge the two.
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
			"title", scalar(d.spec.Provider+": what responses show and the specification does not say"),
			"version", quoted(d.spec.SHA256[:min(12, len(d.spec.SHA256))])), // of the document it was made for
		"actions", actions)
	var b bytes.Buffer
	b.WriteString("# Proposed, to be reviewed: what is unread has to be read from the provider's page.\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(whole); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// met says how often a change was met, and where.
func met(c contract.Change) string {
	text := "met once"
	if n := c.Times(); n != 1 {
		text = fmt.Sprintf("met %d times", n)
	}
	switch {
	case c.At.Direction() == contract.InRequest:
		text += " in requests that were accepted"
	case c.Code != "":
		text += " with code " + c.Code
	}
	return text
}
