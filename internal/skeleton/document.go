package skeleton

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// document is an OpenAPI document that is being read.
type document struct {
	root    *yaml.Node
	p       *Provider
	shared  map[string]string // the names of the schemas that are used, by pointer
	pending []string
	lost    map[string]int // keywords that the dialect does not have
	made    int            // schemas, so far
}

// mostSchemas is how many schemas are converted: aliases can make a small document large.
const mostSchemas = 100_000

// FromDocument makes a skeleton from an OpenAPI document, 3.0 or 3.1. wanted are the
// operations to keep, by operationId or "METHOD /path"; none: all.
func FromDocument(name, source string, raw []byte, wanted []string) (*Provider, error) {
	var parsed yaml.Node
	if err := yaml.Unmarshal(raw, &parsed); err != nil {
		return nil, contract.LocateYAML(source, err)
	}
	if len(parsed.Content) == 0 {
		return nil, fmt.Errorf("%s is empty", source)
	}
	d := &document{root: parsed.Content[0], shared: map[string]string{}, lost: map[string]int{}}
	version := textAt(d.root, "openapi")
	if !strings.HasPrefix(version, "3.0") && !strings.HasPrefix(version, "3.1") {
		return nil, fmt.Errorf("%s: OpenAPI %s is not supported, only 3.0 and 3.1", source, cmp.Or(version, textAt(d.root, "swagger"), "(no version)"))
	}
	d.p = &Provider{Name: name, Title: cmp.Or(textAt(valueAt(d.root, "info"), "title"), name), Source: source}
	d.servers()
	found := map[string]bool{}
	var known []string
	each(valueAt(d.root, "paths"), func(path string, methods *yaml.Node) {
		methods = d.resolve(methods)
		each(methods, func(method string, n *yaml.Node) {
			if !methodNames[method] {
				return
			}
			key, id := strings.ToUpper(method)+" "+path, textAt(n, "operationId")
			known = append(known, cmp.Or(id, key))
			if len(wanted) > 0 && !slices.Contains(wanted, key) && !slices.Contains(wanted, id) {
				return
			}
			found[key], found[id] = true, true
			d.operation(path, method, methods, n)
		})
	})
	for _, name := range wanted {
		if !found[name] {
			return nil, fmt.Errorf("%s has no operation %q; it has %s", source, name, strings.Join(known[:min(len(known), 12)], ", "))
		}
	}
	if len(d.p.Operations) == 0 {
		return nil, fmt.Errorf("%s has no operation", source)
	}
	d.p.uniqueIDs()
	d.schemas()
	if d.made > mostSchemas {
		return nil, fmt.Errorf("%s has more than %d schemas; choose operations with --operation", source, mostSchemas)
	}
	for _, keyword := range sortedNames(d.lost) {
		often := "once"
		if n := d.lost[keyword]; n > 1 {
			often = strconv.Itoa(n) + " times"
		}
		d.p.Left = append(d.p.Left, keyword+" ("+often+")")
	}
	return d.p, nil
}

var methodNames = map[string]bool{"get": true, "post": true, "put": true, "patch": true, "delete": true}

// each visits the keys of a mapping, in order.
func each(n *yaml.Node, visit func(key string, value *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		visit(n.Content[i].Value, plainNode(n.Content[i+1]))
	}
}

// plainNode follows an alias.
func plainNode(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// resolve follows local references.
func (d *document) resolve(n *yaml.Node) *yaml.Node {
	for range 8 {
		ref := textAt(n, "$ref")
		if ref == "" {
			return plainNode(n)
		}
		n = d.at(ref)
	}
	return nil
}

// at returns what a local reference names, or nil.
func (d *document) at(ref string) *yaml.Node {
	pointer, local := strings.CutPrefix(ref, "#/")
	if !local {
		d.lost["references to other files"]++
		return nil
	}
	n := d.root
	for token := range strings.SplitSeq(pointer, "/") {
		n = plainNode(valueAt(n, strings.NewReplacer("~1", "/", "~0", "~").Replace(token)))
	}
	return n
}

func (d *document) servers() {
	for _, s := range itemsOf(valueAt(d.root, "servers")) {
		if at := textAt(s, "url"); strings.HasPrefix(at, "https://") || strings.HasPrefix(at, "http://") {
			if strings.Contains(at, "{") {
				d.lost["servers with variables"]++
				continue
			}
			d.p.Servers = append(d.p.Servers, Server{strings.TrimSuffix(at, "/"), cmp.Or(textAt(s, "description"), "from "+d.p.Source)})
		}
	}
	if len(d.p.Servers) == 0 {
		d.p.Servers = []Server{{"https://" + d.p.Name + ".example", "unknown: the document names no server"}}
	}
}

func itemsOf(n *yaml.Node) []*yaml.Node {
	n = plainNode(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

func (d *document) operation(path, method string, of, n *yaml.Node) {
	where := "paths" + path + "/" + method
	o := &Operation{Method: strings.ToUpper(method), Path: path, ID: camel(cmp.Or(textAt(n, "operationId"), operationID(method, path)))}
	o.Summary = cmp.Or(textAt(n, "summary"), o.Method+" "+path)
	o.Page = d.p.page()
	if page := textAt(valueAt(n, "externalDocs"), "url"); strings.HasPrefix(page, "https://") {
		o.Page = page
	}
	d.security(o, n)
	seen := map[string]bool{}
	for _, list := range []*yaml.Node{valueAt(n, "parameters"), valueAt(of, "parameters")} {
		for _, item := range itemsOf(list) {
			item = d.resolve(item)
			in, name := textAt(item, "in"), textAt(item, "name")
			if in == "cookie" || in == "" || seen[in+name] || in == "header" && ordinary().MatchString(name) {
				continue
			}
			seen[in+name] = true
			p := &Parameter{In: in, Name: name, Required: in == "path" || textAt(item, "required") == "true", Doc: where + " " + in + " " + name, Schema: flow().put("type", "string").Node}
			if schema := valueAt(item, "schema"); schema != nil {
				p.Schema = d.schema(d.resolve(schema), "", 0).Node
			}
			p.Personal, p.Secret = hiddenAs(name)
			o.Parameters = append(o.Parameters, p)
		}
	}
	if body := d.resolve(valueAt(n, "requestBody")); body != nil {
		if media, schema := d.content(body); schema != nil {
			o.RequestType, o.Request, o.RequestRequired = media, d.schemaRef(schema, "request", 0), textAt(body, "required") == "true"
		}
	}
	each(valueAt(n, "responses"), func(status string, r *yaml.Node) { d.response(o, status, d.resolve(r)) })
	if len(o.Responses) == 0 {
		o.Responses = []*Response{{Status: 200, About: "Assumed: the document lists no status."}}
	}
	slices.SortFunc(o.Responses, func(a, b *Response) int { return cmp.Compare(a.Status, b.Status) })
	d.codes(o)
	d.p.Operations = append(d.p.Operations, o)
}

// content chooses a media type: JSON, or else a form.
func (d *document) content(n *yaml.Node) (media string, schema *yaml.Node) {
	best := 0
	each(valueAt(n, "content"), func(name string, m *yaml.Node) {
		rank := 1
		switch {
		case name == jsonType:
			rank = 4
		case strings.Contains(name, "json"):
			rank = 3
		case name == formType:
			rank = 2
		}
		if s := valueAt(m, "schema"); s != nil && rank > best {
			best, media, schema = rank, name, s
		}
	})
	return media, schema
}

func (d *document) response(o *Operation, status string, n *yaml.Node) {
	code, err := strconv.Atoi(status)
	about := "From " + d.p.Source + "."
	if err != nil {
		class := strings.TrimSuffix(strings.ToUpper(status), "XX")
		if len(class) != 1 || !strings.Contains("12345", class) {
			d.lost["responses by default"]++
			if code, about = 200, "Assumed: the document lists only a response by default."; slices.ContainsFunc(o.Responses, func(r *Response) bool { return r.Status < 400 }) {
				return
			}
		} else {
			code, _ = strconv.Atoi(class)
			code, about = 100*code, "Assumed: the document says "+status+"."
		}
	}
	if o.response(code) != nil {
		return
	}
	r := &Response{Status: code, About: about}
	if media, schema := d.content(n); schema != nil {
		r.Type, r.Schema = media, d.schemaRef(schema, "response", 0)
	}
	o.Responses = append(o.Responses, r)
}

// security reads the first requirement, which is often the only one.
func (d *document) security(o *Operation, n *yaml.Node) {
	list := valueAt(n, "security")
	if list == nil {
		list = valueAt(d.root, "security")
	}
	all := itemsOf(list)
	for i, requirement := range all {
		if len(plainNode(requirement).Content) == 0 {
			o.Open = true
			continue
		}
		if len(o.Security) > 0 {
			if i == 1 {
				d.lost["further alternatives of security"]++
			}
			continue
		}
		each(requirement, func(name string, _ *yaml.Node) {
			s := d.resolve(valueAt(valueAt(valueAt(d.root, "components"), "securitySchemes"), name))
			switch kind := textAt(s, "type"); {
			case kind == "http" && strings.EqualFold(textAt(s, "scheme"), "basic"):
				d.p.scheme(basic())
				o.secure(basicScheme)
			case kind == "http" && strings.EqualFold(textAt(s, "scheme"), "bearer"), kind == "oauth2", kind == "openIdConnect":
				d.p.scheme(bearer())
				o.secure(bearerScheme)
			case kind == "apiKey" && textAt(s, "in") != "cookie":
				credential := camel(name)
				d.p.scheme(Scheme{credential, apiKey(textAt(s, "in"), textAt(s, "name"), credential)}, Credential{credential, "the value of the " + textAt(s, "in") + " parameter " + textAt(s, "name")})
				o.secure(credential)
			default:
				d.lost["security schemes of type "+kind]++
			}
		})
	}
	o.Open = o.Open && len(o.Security) > 0
}
