package openapi

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/route"
)

// LoadAll reads every <provider>.yaml of a file system, in the order of names. The
// error lists the faults of all documents. The specs may be shared; see LoadShared.
func LoadAll(fsys fs.FS) ([]*Spec, error) {
	names, err := Names(fsys)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("specs: the folder has no <provider>.yaml")
	}
	return LoadProviders(fsys, names...)
}

// LoadProviders reads the documents of the named providers concurrently. The error
// lists the faults of all documents. The specs may be shared; see LoadShared.
func LoadProviders(fsys fs.FS, providers ...string) ([]*Spec, error) {
	all, faults := make([]*Spec, len(providers)), make([]error, len(providers))
	var group sync.WaitGroup
	for i, provider := range providers {
		group.Go(func() {
			if crashed := crash.Contain("reading the specification of "+provider, func() { all[i], faults[i] = LoadShared(fsys, provider) }); crashed != nil {
				faults[i] = crashed
			}
		})
	}
	group.Wait()
	all = slices.DeleteFunc(all, func(s *Spec) bool { return s == nil })
	return all, errors.Join(faults...)
}

// Load reads one document; the spec is not shared. The error lists file and line of
// everything that prevents a check. Compile compiles the expressions later.
func Load(fsys fs.FS, file string) (*Spec, error) {
	spec, err := Inspect(fsys, file)
	if err != nil {
		return nil, err
	}
	return spec, nil
}

// reader is the state while one document is read.
type reader struct {
	file   string
	root   *yaml.Node
	doc    *openapi3.T
	spec   *Spec
	errors []lineError
	faults []Fault
}

func (r *reader) read() {
	for _, s := range r.doc.Servers {
		server := Server{s.URL, s.Description, contract.Production}
		if s.Extensions["x-evidence"] == string(contract.Sandbox) {
			server.Evidence = contract.Sandbox
		}
		r.spec.Servers = append(r.spec.Servers, server)
	}
	each(child(r.root, "x-credentials"), func(name string, n *yaml.Node) {
		r.spec.Credentials = append(r.spec.Credentials, Credential{
			Name: name, Env: text(child(n, "env")), Test: text(child(n, "test")),
			Secret: text(child(n, "secret")) == "true", About: text(child(n, "about")),
			Optional: text(child(n, "optional")) == "true", Bytes: integers(child(n, "bytes")),
		})
	})
	each(child(r.root, "x-merchant"), func(name string, n *yaml.Node) {
		r.spec.Merchant[name] = n.Value == "true"
	})
	r.spec.FreshDays, _ = strconv.Atoi(text(child(r.root, "x-fresh-days"))) // the dialect's schema allows only integers
	r.spec.Ambiguities = r.ambiguities(child(r.root, "x-ambiguities"), "")
	each(child(r.root, "paths"), func(path string, methods *yaml.Node) {
		each(methods, func(method string, n *yaml.Node) {
			r.operation(path, strings.ToUpper(method), n)
		})
	})
}

func (r *reader) operation(path, method string, n *yaml.Node) {
	from := r.doc.Paths.Value(path).GetOperation(method)
	o := &Operation{
		Provider: r.spec.Provider, ID: from.OperationID, Method: method, Path: path,
		Summary: from.Summary, URL: from.ExternalDocs.URL, Line: line(n),
		Responses: map[int]*Response{}, example: map[string]Example{}, cache: &sync.Map{}, name: r.spec.Provider + "/" + from.OperationID,
		source: source{r.root, n},
	}
	o.template, _ = route.Parse(path) // pathFaults has parsed it before
	r.spec.Operations = append(r.spec.Operations, o)
	o.Security = r.security(n)
	o.Authorization = mainAuthorization(o.Authorizations())
	for _, p := range from.Parameters {
		o.Parameters = append(o.Parameters, newParameter(p.Value, o.template))
	}
	if from.RequestBody != nil {
		o.Request = newBody(contract.InRequest, from.RequestBody.Value.Content, from.RequestBody.Value.Required)
	}
	for status, response := range from.Responses.Map() {
		code, _ := strconv.Atoi(status)
		o.Responses[code] = &Response{
			Body:    newBody(contract.InResponse, response.Value.Content, len(response.Value.Content) > 0),
			Assumed: response.Value.Extensions["x-assumed"] == true,
		}
	}
	r.result(o, child(n, "x-result"))
	o.Assumed = flagged(n) || o.partAssumed()
	r.examples(o, child(n, "responses"))
	o.emptyExamples()
	o.collectMessages()
	o.Ambiguities = r.ambiguities(child(n, "x-ambiguities"), o.ID)
	for _, rule := range items(child(n, "x-rules")) {
		o.Rules = append(o.Rules, r.rule(rule))
	}
	signatures := child(n, "x-signature")
	o.Sign = Signatures{r.signature(child(signatures, "request"), contract.InRequest), r.signature(child(signatures, "response"), contract.InResponse)}
	o.Parameters = append(o.Parameters, o.impliedParameters()...)
	o.Idempotency = r.idempotency(child(n, "x-idempotency"))
	of := r.spec
	o.ambiguities = sync.OnceValue(func() []*Ambiguity { return slices.Concat(o.Ambiguities, of.Ambiguities) })
	o.docs = sync.OnceValue(o.docsByPlace)
	o.viewPlan = sync.OnceValue(func() *viewPlan { return newViewPlan(o, of.File, of.AllAmbiguities(o)) })
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

// expression returns the expression at a node.
func (r *reader) expression(n *yaml.Node) *Expression {
	if n == nil {
		return nil
	}
	return &Expression{Source: n.Value, Line: n.Line}
}

func (r *reader) rule(n *yaml.Node) *Rule {
	severity := contract.Severity(text(child(n, "severity")))
	if severity == "" {
		severity = contract.Error
	}
	return &Rule{
		ID: text(child(n, "id")), On: contract.Direction(text(child(n, "on"))), Rule: r.expression(child(n, "rule")),
		At: pointer(child(n, "at")), Message: text(child(n, "message")), Severity: severity, Doc: text(child(n, "x-doc")),
	}
}

func (r *reader) ambiguities(n *yaml.Node, operation string) []*Ambiguity {
	var all []*Ambiguity
	for _, item := range items(n) {
		ambiguity := &Ambiguity{
			Provider: r.spec.Provider, Operation: operation, ID: text(child(item, "id")),
			At: places(child(item, "at")), Held: texts(child(item, "held")), Chosen: text(child(item, "chosen")), Why: text(child(item, "why")), Message: text(child(item, "message")),
			Severity: contract.Severity(text(child(item, "severity"))), Line: item.Line,
		}
		if ambiguity.Severity == "" {
			ambiguity.Severity = contract.Warning
		}
		for _, s := range items(child(item, "sources")) {
			ambiguity.Sources = append(ambiguity.Sources, AmbiguitySource{text(child(s, "source")), text(child(s, "text"))})
		}
		ambiguity.Strict, ambiguity.Lenient = r.strict(child(item, "strict"), ambiguity), r.strict(child(item, "lenient"), ambiguity)
		all = append(all, ambiguity)
	}
	return all
}
