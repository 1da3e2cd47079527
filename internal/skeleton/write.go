package skeleton

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// File is a file of a skeleton.
type File struct {
	Path string // below the folder, with slashes
	Data []byte
}

// files renders the specification and the cases.
func (p *Provider) files() ([]File, error) {
	spec, err := p.specification()
	if err != nil {
		return nil, err
	}
	all := []File{{p.specPath(), spec}}
	for _, o := range p.Operations {
		for _, c := range o.Cases {
			data, err := encode(c.yaml(), "")
			if err != nil {
				return nil, err
			}
			all = append(all, File{path.Join("fixtures", p.Name, o.ID, c.Name+".yaml"), data})
		}
	}
	return all, nil
}

func (p *Provider) specPath() string { return path.Join("specs", p.Name+".yaml") }

// encode writes a node with a comment above it.
func encode(n mapping, comment string) ([]byte, error) {
	var b bytes.Buffer
	for line := range strings.Lines(comment) {
		b.WriteString("# " + line)
	}
	if comment != "" {
		b.WriteString("\n")
	}
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n.Node); err != nil {
		return nil, fmt.Errorf("skeleton: %w", err)
	}
	return b.Bytes(), nil
}

func (p *Provider) specification() ([]byte, error) {
	comment := "The beginning of a specification; specs/README.md of assay describes the dialect."
	if p.Source != "" {
		comment += "\nIt was made from " + p.Source + ". Whatever has x-assumed: true was inferred and proves nothing:\ncompare it with the provider's documents, correct it, and remove the mark."
	}
	root := block().put("openapi", "3.0.3")
	root.put("info", block().put("title", p.Title).put("version", quoted("0")).put("description", "TODO: what the API is for, and which version of the documents this describes."))
	var servers []any
	for _, s := range p.Servers {
		servers = append(servers, block().put("url", s.URL).put("description", s.About))
	}
	root.put("servers", servers)
	credentials := block()
	for _, c := range p.Credentials {
		credentials.put(c.Name, block().put("env", p.env(c.Name)).put("test", "assay-test-"+strings.ReplaceAll(snake(c.Name), "_", "-")).put("secret", true).put("about", c.About))
	}
	if len(p.Credentials) == 0 {
		credentials = flow()
	}
	root.put("x-credentials", credentials)
	paths := block()
	byPath := map[string]mapping{}
	for _, o := range p.Operations {
		at, known := byPath[o.Path]
		if !known {
			at = block()
			byPath[o.Path] = at
			paths.put(o.Path, at)
		}
		at.put(strings.ToLower(o.Method), o.yaml())
	}
	root.put("paths", paths)
	components := block()
	if len(p.Schemes) > 0 {
		schemes := block()
		for _, s := range p.Schemes {
			schemes.put(s.Name, s.Is)
		}
		components.put("securitySchemes", schemes)
	}
	if len(p.Schemas) > 0 {
		schemas := block()
		for _, s := range p.Schemas {
			schemas.put(s.Name, s.Schema)
		}
		components.put("schemas", schemas)
	}
	if len(components.Content) > 0 {
		root.put("components", components)
	}
	return encode(root, comment)
}

// env is the environment variable of a credential.
func (p *Provider) env(credential string) string {
	return "ASSAY_" + strings.ToUpper(p.Name+"_"+snake(credential))
}

func (o *Operation) yaml() mapping {
	n := block().put("operationId", o.ID).put("summary", o.Summary)
	if o.Assumed {
		n.put("x-assumed", true)
		n.remark(cmp.Or(map[bool]string{true: fmt.Sprintf("method, path and security, from %s", contract.Plural(o.Seen, "exchange"))}[o.Seen > 0], "method, path and security"))
	}
	n.put("externalDocs", block().put("url", o.Page))
	if strings.HasSuffix(o.Page, ".example/") {
		n.comment("TODO: the page that describes the operation")
	}
	security := []any{}
	if len(o.Security) > 0 {
		needed := flow()
		for _, name := range o.Security {
			needed.put(name, []any{})
		}
		security = append(security, needed)
		if o.Open {
			security = append(security, flow())
		}
	}
	n.put("security", security)
	if o.Open {
		n.comment("some requests had no credentials; if they are needed, remove {}")
	}
	if len(o.Security) == 0 && o.Assumed {
		n.comment("no credentials were seen; recordings often lack them")
	}
	n.put("x-result", o.result()).comment("the result code: " + o.CodeWhy)
	if len(o.Parameters) > 0 {
		var all []any
		for _, p := range o.Parameters {
			all = append(all, p.yaml())
		}
		n.put("parameters", all)
	}
	if o.Request != nil {
		n.put("requestBody", block().set("required", o.RequestRequired).put("content", block().put(o.RequestType, block().put("schema", o.Request))))
	}
	responses := block()
	for _, r := range o.Responses {
		responses.Content = append(responses.Content, quoted(fmt.Sprint(r.Status)), r.yaml().Node)
	}
	return n.put("responses", responses)
}

func (o *Operation) result() mapping {
	at := flow()
	pointers := func(key string, all []string) {
		if len(all) == 1 {
			at.put(key, all[0])
		} else {
			at.put(key, all)
		}
	}
	pointers("code", texts(o.CodeAt))
	if len(o.MessageAt) > 0 {
		pointers("message", texts(o.MessageAt))
	}
	var rows []any
	for _, c := range o.Codes {
		row := flow().put("code", quoted(c.Code)).set("variant", c.Variant)
		if c.Variant != "" {
			row.put("if", fmt.Sprintf("response.status == %d", c.HTTP))
		}
		row.put("http", c.HTTP).put("outcome", "unknown").put("retry", "after-inquiry").put("x-assumed", true).put("x-doc", c.Doc)
		rows = append(rows, row)
	}
	return block().put("at", at).put("codes", rows).comment("TODO: what each code means for money (outcome, retry), and when it comes")
}

func texts[T ~string](all []T) []string {
	out := []string{}
	for _, one := range all {
		out = append(out, string(one))
	}
	return out
}

func (p *Parameter) yaml() mapping {
	return block().put("name", p.Name).put("in", p.In).set("required", p.Required).
		set("x-means", p.Means).set("x-secret", p.Secret).set("x-personal", p.Personal).set("x-assumed", p.Assumed).
		put("x-doc", p.Doc).put("schema", p.Schema)
}

func (r *Response) yaml() mapping {
	n := block().put("description", r.About)
	if r.Schema == nil {
		return n
	}
	media := block().put("schema", r.Schema)
	if len(r.Examples) > 0 {
		examples := block()
		for _, e := range r.Examples {
			examples.Content = append(examples.Content, quoted(e.Row), block().put("value", e.Value).Node)
		}
		media.put("examples", examples)
	}
	return n.put("content", block().put(r.Type, media))
}

func (c *Case) yaml() mapping {
	request := block()
	for _, part := range []struct {
		name string
		of   map[string]any
	}{{"path", c.Path}, {"query", c.Query}, {"headers", c.Headers}} {
		if len(part.of) > 0 {
			request.put(part.name, part.of)
		}
	}
	if c.Body != nil {
		request.put("body", c.Body)
	}
	if len(request.Content) == 0 {
		request = flow()
	}
	want := flow().put("code", quoted(c.Code)).set("variant", c.Variant)
	return block().put("about", c.About).put("source", c.Source).put("request", request).put("want", want)
}
