package overlay

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// memberAdded proposes a property in every body that may have had the member.
func (d *draft) memberAdded(o *openapi.Operation, c contract.Change) *contract.Message {
	bodies, tokens, ok := d.bodies(o, c)
	switch {
	case !ok || len(tokens) == 0:
		return outsideBody
	case slices.Contains(tokens, "$ref"):
		return namedRef
	}
	schema, description := newSchema(c), "A member that was "+seenTimes(c)+". It is marked secret until its values were reviewed."
	like, known := d.schemaElsewhere(o, c)
	if known {
		schema, description = like, "A member that was "+seenTimes(c)+". Its schema is copied from another response of the operation."
	}
	before, documented := len(d.actions), false
	for _, body := range bodies {
		here := d.members([]path{body}, tokens)
		switch {
		case len(here) > 0 && len(here[0].node(d.root).Content) > 0:
			documented = true // by a schema that bodies share, perhaps
		case len(here) > 0: // the items of a list that an earlier action added
			d.put(here[0], schema, description)
		default:
			d.property(body, tokens, schema, description)
		}
	}
	if known {
		d.memberRetyped(o, c) // it may be documented with another type
	}
	switch {
	case len(d.actions) > before:
		return nil
	case documented:
		return memberDocumented
	}
	return parentUndocumented
}

// schemaElsewhere returns the schema of the member in another response of the
// operation, so that keywords such as x-secret apply here too.
func (d *draft) schemaElsewhere(o *openapi.Operation, c contract.Change) (*yaml.Node, bool) {
	description := seenTimes(c) + "; not checked against the provider's page here"
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
			like.Content = append(like.Content, scalar("description"), scalar(description), scalar("x-doc"), scalar(Unverified))
			return like, true
		}
	}
	return nil, false
}

// property adds a property to the object that contains it, if that is documented.
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

// newSchema returns the schema of a member that no page was checked for. It is marked
// secret.
func newSchema(c contract.Change) *yaml.Node {
	types, nullable := typesOf(c.Now)
	n := mapping()
	switch {
	case len(types) == 1:
		n = typeSchema(types[0])
	case len(types) > 1:
		n = mapping("anyOf", alternatives(types))
	}
	if nullable {
		n.Content = append(n.Content, scalar("nullable"), yes())
	}
	n.Content = append(n.Content,
		scalar("description"), scalar(seenTimes(c)+"; not checked against the provider's page"),
		scalar("x-doc"), scalar(Unverified),
		scalar("x-secret"), yes())
	return n
}

func typeSchema(name string) *yaml.Node {
	n := mapping("type", scalar(name))
	if name == "array" {
		n.Content = append(n.Content, scalar("items"), mapping())
	}
	return n
}

func alternatives(types []string) *yaml.Node {
	all := list()
	for _, t := range types {
		all.Content = append(all.Content, typeSchema(t))
	}
	return all
}

// typesOf returns the types that a schema can name, and whether null came too.
func typesOf(v contract.Value) (types []string, nullable bool) {
	for _, name := range v.Types {
		if name == "null" {
			nullable = true
		} else {
			types = append(types, name)
		}
	}
	if slices.Contains(types, "number") { // every integer is a number
		types = slices.DeleteFunc(types, func(t string) bool { return t == "integer" })
	}
	return types, nullable
}

// memberRetyped proposes that a member may have either type: the old one may still
// occur.
func (d *draft) memberRetyped(o *openapi.Operation, c contract.Change) *contract.Message {
	came := c.Got
	if len(came.Types) == 0 {
		came = c.Now
	}
	types, nullable := typesOf(came)
	if len(types) == 0 && !nullable {
		return typeUnnamed
	}
	places, why := d.schemasOf(o, c)
	done := false
	for _, at := range places {
		before := len(d.actions)
		for _, t := range types {
			d.allowType(at, t, "It was "+seenTimes(c)+" with another type.")
		}
		if nullable {
			d.allowNull(at, "It was "+seenTimes(c)+" as null.")
		}
		done = done || len(d.actions) > before
	}
	if why == nil && !done {
		return schemaAccepts
	}
	return why
}

// schemasOf finds the schemas of a member in the document, or returns the reason why
// there are none.
func (d *draft) schemasOf(o *openapi.Operation, c contract.Change) (places []path, why *contract.Message) {
	bodies, tokens, ok := d.bodies(o, c)
	if !ok {
		return nil, outsideBody
	}
	if places = d.members(bodies, tokens); len(places) == 0 {
		return nil, memberUnknown
	}
	return places, nil
}

// allowType allows one more type for a member.
func (d *draft) allowType(at path, name, description string) {
	schema := at.node(d.root)
	was := map[string]bool{}
	open := true // a schema without a type accepts any
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
		d.put(at, mapping("anyOf", list(typeSchema(name))), description)
	default:
		d.replace(at, d.anyOf(at, typeSchema(name)), description)
	}
}

// anyOf returns a schema that accepts a value of the old schema or of another one. The
// keywords of the dialect and the description stay outside.
func (d *draft) anyOf(at path, other *yaml.Node) *yaml.Node {
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

// memberNull proposes that a member may be null.
func (d *draft) memberNull(o *openapi.Operation, c contract.Change) *contract.Message {
	places, why := d.schemasOf(o, c)
	done := false
	for _, at := range places {
		done = d.allowNull(at, "It was "+seenTimes(c)+" as null.") || done
	}
	if why == nil && !done {
		return schemaAcceptsNull
	}
	return why
}

// allowNull allows null, and reports whether it changed anything.
func (d *draft) allowNull(at path, description string) bool {
	for _, part := range d.parts(d.resolve(at)) {
		if n := child(part.node(d.root), "nullable"); n != nil && n.Value == "true" {
			return false
		}
	}
	schema := at.node(d.root)
	update := mapping("nullable", yes())
	only := mapping("type", scalar("string"), "nullable", yes(), "enum", list(null())) // OpenAPI 3.0 has no type null
	switch {
	case child(schema, "anyOf") != nil:
		d.put(at, mapping("anyOf", list(only)), description)
	case child(schema, "type") == nil || child(schema, "allOf") != nil || child(schema, "oneOf") != nil:
		d.replace(at, d.anyOf(at, only), description)
	default:
		if child(schema, "enum") != nil {
			update.Content = append(update.Content, scalar("enum"), list(null()))
		}
		d.put(at, update, description)
	}
	return true
}

// memberAbsent proposes that a member is no longer required.
func (d *draft) memberAbsent(o *openapi.Operation, c contract.Change) *contract.Message {
	bodies, tokens, ok := d.bodies(o, c)
	if !ok || len(tokens) == 0 {
		return outsideBody
	}
	signed := o.Sign.Response != nil && c.At.Contains(o.Sign.Response.Place())
	name := tokens[len(tokens)-1]
	done := false
	for _, parent := range d.members(bodies, tokens[:len(tokens)-1]) {
		for _, part := range d.parts(d.resolve(parent)) {
			required := texts(child(part.node(d.root), "required"))
			switch {
			case !slices.Contains(required, name):
				continue
			case signed:
				return keepsSignature
			}
			d.setRequired(part, slices.DeleteFunc(required, func(n string) bool { return n == name }), "A response without "+name+" was "+seenTimes(c)+"."+d.conditions(o, c))
			done = true
		}
	}
	if !done {
		return notRequired
	}
	return nil
}

// setRequired replaces the list of required names. An update would append to the list,
// and the dialect does not allow an empty list.
func (d *draft) setRequired(schema path, still []string, description string) {
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

// conditions names the conditions that a missing member still violates: a person has to
// change them.
func (d *draft) conditions(o *openapi.Operation, c contract.Change) string {
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
	return " Review the condition " + strings.Join(all, ", ") + ", which is about it too."
}

// enumWidened proposes more values for an enumeration.
func (d *draft) enumWidened(o *openapi.Operation, c contract.Change) *contract.Message {
	values := c.Got.Values
	if len(values) == 0 {
		values = c.Now.Values
	}
	if len(values) == 0 {
		return valueUnnamed
	}
	places, why := d.schemasOf(o, c)
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
				d.put(part, mapping("enum", more), "Values that were "+seenTimes(c)+".")
				done = true
			}
		}
	}
	if why == nil && !done {
		return schemaAccepts
	}
	return why
}

// like returns a value with the type that the values of an enumeration have.
func like(enum *yaml.Node, value string) *yaml.Node {
	if len(enum.Content) > 0 && enum.Content[0].Tag != "!!str" {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: enum.Content[0].Tag, Value: value}
	}
	return quoted(value)
}
