package overlay

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// added proposes a property, in every body that it may have been met in.
func (d *draft) added(o *openapi.Operation, c contract.Change) string {
	bodies, tokens, ok := d.bodies(o, c)
	switch {
	case !ok || len(tokens) == 0:
		return "it does not stand in a body"
	case slices.Contains(tokens, "$ref"):
		return "a schema has no word for a member called $ref"
	}
	schema, description := fresh(c), "A member that was "+met(c)+". It is hidden until somebody has looked at what it holds."
	like, known := d.elsewhere(o, c)
	if known {
		schema, description = like, "A member that was "+met(c)+". It is taken for the one that another response of the operation documents."
	}
	before, documented := len(d.actions), false
	for _, body := range bodies {
		here := d.members([]path{body}, tokens)
		switch {
		case len(here) > 0 && len(here[0].node(d.root).Content) > 0:
			documented = true // by a schema that bodies share, perhaps
		case len(here) > 0: // the items of a list that was added just now
			d.put(here[0], schema, description)
		default:
			d.property(body, tokens, schema, description)
		}
	}
	if known {
		d.retyped(o, c) // it may be documented with another type
	}
	switch {
	case len(d.actions) > before:
		return ""
	case documented:
		return "it is documented"
	}
	return "what it stands in is no documented object"
}

// elsewhere is the schema of a member that another response of the operation documents:
// what is said of its values there, such as that they are secret, is said here.
func (d *draft) elsewhere(o *openapi.Operation, c contract.Change) (*yaml.Node, bool) {
	said := met(c) + "; nobody has read about it here"
	c.Code = ""
	bodies, tokens, _ := d.bodies(o, c)
	for _, at := range d.members(bodies, tokens) {
		schema, like := d.resolve(at).node(d.root), mapping()
		for i := 0; i+1 < len(schema.Content); i += 2 {
			if name := schema.Content[i].Value; name != "description" && name != "x-doc" {
				like.Content = append(like.Content, clone(schema.Content[i]), clone(schema.Content[i+1]))
			}
		}
		if len(like.Content) > 0 {
			like.Content = append(like.Content, scalar("description"), scalar(said), scalar("x-doc"), scalar(Unread))
			return like, true
		}
	}
	return nil, false
}

// property puts one into the object that it stands in, where that is documented.
func (d *draft) property(body path, tokens []string, schema *yaml.Node, description string) {
	name := tokens[len(tokens)-1]
	for _, parent := range d.members([]path{body}, tokens[:len(tokens)-1]) {
		at, ok := d.object(d.resolve(parent))
		if !ok || name == "*" {
			continue
		}
		update := mapping("properties", mapping(name, schema))
		if len(at.node(d.root).Content) == 0 {
			update.Content = append(mapping("type", scalar("object")).Content, update.Content...)
		}
		d.put(at, update, description)
		return
	}
}

// fresh is the schema of a member nobody has read about.
func fresh(c contract.Change) *yaml.Node {
	types, nullable := typesOf(c.Now)
	n := mapping()
	switch {
	case len(types) == 1:
		n = typed(types[0])
	case len(types) > 1:
		n = mapping("anyOf", alternatives(types))
	}
	if nullable {
		n.Content = append(n.Content, scalar("nullable"), yes())
	}
	n.Content = append(n.Content,
		scalar("description"), scalar(met(c)+"; nobody has read about it"),
		scalar("x-doc"), scalar(Unread),
		scalar("x-secret"), yes())
	return n
}

func typed(name string) *yaml.Node {
	n := mapping("type", scalar(name))
	if name == "array" {
		n.Content = append(n.Content, scalar("items"), mapping())
	}
	return n
}

func alternatives(types []string) *yaml.Node {
	all := list()
	for _, t := range types {
		all.Content = append(all.Content, typed(t))
	}
	return all
}

// typesOf are the types that a schema has a word for, and whether null came too.
func typesOf(v contract.Value) (types []string, nullable bool) {
	for _, name := range v.Types {
		if name == "null" {
			nullable = true
		} else {
			types = append(types, name)
		}
	}
	if slices.Contains(types, "number") { // every integer is one
		types = slices.DeleteFunc(types, func(t string) bool { return t == "integer" })
	}
	return types, nullable
}

// retyped proposes that a member may have either type: nothing tells that the
// old one is gone.
func (d *draft) retyped(o *openapi.Operation, c contract.Change) string {
	came := c.Got
	if len(came.Types) == 0 {
		came = c.Now
	}
	types, nullable := typesOf(came)
	if len(types) == 0 && !nullable {
		return "its words name no type"
	}
	places, why := d.documented(o, c)
	done := false
	for _, at := range places {
		before := len(d.actions)
		for _, t := range types {
			d.either(at, t, "It was "+met(c)+" with another type.")
		}
		if nullable {
			d.nullable(at, "It was "+met(c)+" as null.")
		}
		done = done || len(d.actions) > before
	}
	if why == "" && !done {
		return "the schema accepts it"
	}
	return why
}

// documented finds the schemas of a member that the document has.
func (d *draft) documented(o *openapi.Operation, c contract.Change) (places []path, why string) {
	bodies, tokens, ok := d.bodies(o, c)
	if !ok {
		return nil, "it does not stand in a body"
	}
	if places = d.members(bodies, tokens); len(places) == 0 {
		return nil, "the document has no such member"
	}
	return places, ""
}

// either lets a member have one type more.
func (d *draft) either(at path, name, description string) {
	schema := at.node(d.root)
	was := map[string]bool{}
	open := true // a schema without a type takes any
	for _, part := range d.parts(d.resolve(at)) {
		if t := child(part.node(d.root), "type"); t != nil {
			was[t.Value], open = true, false
		}
	}
	switch {
	case open, was[name], was["number"] && name == "integer":
		return
	case len(was) == 1 && was["integer"] && name == "number" && child(schema, "type") != nil:
		d.put(at, mapping("type", scalar("number")), description)
	case child(schema, "anyOf") != nil:
		d.put(at, mapping("anyOf", list(typed(name))), description)
	default:
		d.replace(at, d.wrapped(at, typed(name)), description)
	}
}

// wrapped is a schema beside another that is accepted as well. What the dialect
// says of the member stays outside.
func (d *draft) wrapped(at path, other *yaml.Node) *yaml.Node {
	inner, outer := mapping(), mapping()
	schema := at.node(d.root)
	for i := 0; i+1 < len(schema.Content); i += 2 {
		side := inner
		if name := schema.Content[i].Value; strings.HasPrefix(name, "x-") || name == "description" {
			side = outer
		}
		side.Content = append(side.Content, clone(schema.Content[i]), clone(schema.Content[i+1]))
	}
	outer.Content = append(mapping("anyOf", list(inner, other)).Content, outer.Content...)
	return outer
}

// nulled proposes that a member may be null.
func (d *draft) nulled(o *openapi.Operation, c contract.Change) string {
	places, why := d.documented(o, c)
	done := false
	for _, at := range places {
		done = d.nullable(at, "It was "+met(c)+" as null.") || done
	}
	if why == "" && !done {
		return "the schema accepts null"
	}
	return why
}

// nullable tells whether there was something to do.
func (d *draft) nullable(at path, description string) bool {
	for _, part := range d.parts(d.resolve(at)) {
		if n := child(part.node(d.root), "nullable"); n != nil && n.Value == "true" {
			return false
		}
	}
	schema := at.node(d.root)
	update := mapping("nullable", yes())
	only := mapping("type", scalar("string"), "nullable", yes(), "enum", list(null())) // 3.0 has no type null
	switch {
	case child(schema, "anyOf") != nil:
		d.put(at, mapping("anyOf", list(only)), description)
	case child(schema, "type") == nil || child(schema, "allOf") != nil || child(schema, "oneOf") != nil:
		d.replace(at, d.wrapped(at, only), description)
	default:
		if child(schema, "enum") != nil {
			update.Content = append(update.Content, scalar("enum"), list(null()))
		}
		d.put(at, update, description)
	}
	return true
}

// absent proposes that a member is no longer required.
func (d *draft) absent(o *openapi.Operation, c contract.Change) string {
	bodies, tokens, ok := d.bodies(o, c)
	if !ok || len(tokens) == 0 {
		return "it does not stand in a body"
	}
	signed := o.Sign.Response != nil && c.At.Contains(contract.ResponseBody(o.Sign.Response.At))
	name := tokens[len(tokens)-1]
	done := false
	for _, parent := range d.members(bodies, tokens[:len(tokens)-1]) {
		for _, part := range d.parts(d.resolve(parent)) {
			required := texts(child(part.node(d.root), "required"))
			switch {
			case !slices.Contains(required, name):
				continue
			case signed:
				return weakens
			}
			d.free(part, slices.DeleteFunc(required, func(n string) bool { return n == name }), "A response without "+name+" was "+met(c)+"."+d.ruled(o, c))
			done = true
		}
	}
	if !done {
		return "the schema does not require it"
	}
	return ""
}

// free leaves some names required. An update would add to the list, and an
// empty list the dialect does not know.
func (d *draft) free(schema path, still []string, description string) {
	at := schema.to("required")
	if len(still) == 0 {
		d.remove(at, description)
		return
	}
	names := list()
	for _, n := range still {
		names.Content = append(names.Content, scalar(n))
	}
	d.replace(at, names, description)
}

// ruled names the conditions that a missing member breaks all the same: they
// are for a person to change.
func (d *draft) ruled(o *openapi.Operation, c contract.Change) string {
	pointer, _ := c.At.Pointer()
	var all []string
	for _, r := range o.Rules {
		if r.On == c.At.Direction() && r.At == pointer {
			all = append(all, r.ID)
		}
	}
	if all == nil {
		return ""
	}
	return " To be looked at: the condition " + strings.Join(all, ", ") + " is about it too."
}

// widened proposes values of an enumeration.
func (d *draft) widened(o *openapi.Operation, c contract.Change) string {
	values := c.Got.Values
	if len(values) == 0 {
		values = c.Now.Values
	}
	if len(values) == 0 {
		return "its words show no value"
	}
	places, why := d.documented(o, c)
	done := false
	for _, place := range places {
		for _, part := range d.parts(d.resolve(place)) {
			enum := child(part.node(d.root), "enum")
			more := list()
			for _, v := range values {
				if enum != nil && !slices.Contains(texts(enum), v) {
					more.Content = append(more.Content, like(enum, v))
				}
			}
			if len(more.Content) > 0 {
				d.put(part, mapping("enum", more), "Values that were "+met(c)+".")
				done = true
			}
		}
	}
	if why == "" && !done {
		return "the schema accepts it"
	}
	return why
}

// like is a value of the type that the values of an enumeration have.
func like(enum *yaml.Node, value string) *yaml.Node {
	if len(enum.Content) > 0 && enum.Content[0].Tag != "!!str" {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: enum.Content[0].Tag, Value: value}
	}
	return quoted(value)
}
