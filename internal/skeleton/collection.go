package skeleton

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"assay/internal/contract"
	"assay/internal/lazy"
)

// The parts of a Postman collection v2.1 that say something about the API.
// https://schema.postman.com/json/collection/v2.1.0/docs/index.html
type (
	collection struct {
		Info     struct{ Name, Schema string }
		Variable []keyValue
		Auth     *postmanAuth
		Item     []collectionItem
	}
	collectionItem struct {
		Name     string
		Item     []collectionItem
		Auth     *postmanAuth
		Request  *postmanRequest
		Response []savedResponse
	}
	postmanRequest struct {
		Method string
		Header headerList
		URL    postmanURL
		Body   *postmanBody
		Auth   *postmanAuth
	}
	postmanBody struct {
		Mode, Raw  string
		URLEncoded []keyValue
	}
	savedResponse struct {
		Name            string
		Code            int
		OriginalRequest *postmanRequest
		Header          headerList
		Body            string
	}
	postmanAuth struct {
		Type   string
		APIKey []keyValue
	}
	keyValue struct {
		Key, ID  string
		Value    any
		Disabled bool
	}
	postmanURL struct {
		Raw      string
		Variable []keyValue
	}
	headerList []keyValue
)

// UnmarshalJSON reads an address, which is a text or an object.
func (u *postmanURL) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &u.Raw)
	}
	type plain postmanURL
	return json.Unmarshal(raw, (*plain)(u))
}

// UnmarshalJSON reads headers, which are a list, a text or null.
func (h *headerList) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '[' {
		return json.Unmarshal(raw, (*[]keyValue)(h))
	}
	return nil
}

func (kv keyValue) text() string {
	if text, ok := kv.Value.(string); ok {
		return text
	}
	if kv.Value == nil {
		return ""
	}
	return fmt.Sprint(kv.Value)
}

func (h headerList) header(variables map[string]string) http.Header {
	all := http.Header{}
	for _, kv := range h {
		if !kv.Disabled {
			all.Add(kv.Key, filled(kv.text(), variables))
		}
	}
	return all
}

// IsCollection reports whether a text is a Postman collection.
func IsCollection(raw []byte) bool {
	var c collection
	return json.Unmarshal(raw, &c) == nil && strings.Contains(c.Info.Schema, "collection") && len(c.Item) > 0
}

// FromCollection makes a skeleton from a Postman collection v2.1: from its requests and the
// responses saved with them. hosts are as in FromTraffic.
func FromCollection(name, source string, raw []byte, hosts ...string) (*Provider, error) {
	var c collection
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("%s is no Postman collection: %w", source, withoutValue(err))
	}
	if !strings.Contains(c.Info.Schema, "v2.1") {
		return nil, fmt.Errorf("%s is a Postman collection of another version than v2.1; export it again", source)
	}
	variables := map[string]string{}
	for _, v := range c.Variable {
		variables[cmp.Or(v.Key, v.ID)] = v.text()
	}
	r := &collectionReader{variables: variables}
	r.items(c.Item, c.Auth)
	p, err := FromTraffic(name, source, r.all, hosts...)
	if err != nil {
		return nil, err
	}
	if c.Info.Name != "" && !personal(c.Info.Name) {
		p.Title = c.Info.Name
	}
	return p, nil
}

// withoutValue drops the value that an error of encoding/json quotes.
func withoutValue(err error) error {
	if at, ok := err.(*json.UnmarshalTypeError); ok { //nolint:errorlint // encoding/json does not wrap it
		return fmt.Errorf("%s has the wrong type (byte %d)", at.Field, at.Offset)
	}
	return err
}

type collectionReader struct {
	variables map[string]string
	all       []Recorded
}

func (r *collectionReader) items(all []collectionItem, auth *postmanAuth) {
	for _, item := range all {
		of := auth
		if item.Auth != nil {
			of = item.Auth
		}
		r.items(item.Item, of)
		if item.Request == nil {
			continue
		}
		if item.Request.Auth != nil {
			of = item.Request.Auth
		}
		if len(item.Response) == 0 {
			r.add(item, *item.Request, nil, of)
		}
		for i := range item.Response {
			request := item.Response[i].OriginalRequest
			if request == nil {
				request = item.Request
			}
			r.add(item, *request, &item.Response[i], of)
		}
	}
}

func (r *collectionReader) add(item collectionItem, request postmanRequest, response *savedResponse, auth *postmanAuth) {
	own := map[string]string{}
	for k, v := range r.variables {
		own[k] = v
	}
	for _, v := range request.URL.Variable {
		own[":"+v.Key] = filled(v.text(), r.variables)
	}
	actual, template := address(request.URL.Raw, own)
	u, err := url.Parse(actual)
	if err != nil {
		return
	}
	rec := Recorded{Absent: response == nil, Name: item.Name, Path: template}
	rec.Exchange.Request = contract.Request{Method: strings.ToUpper(cmp.Or(request.Method, "GET")), URL: u, Header: request.Header.header(r.variables)}
	r.body(&rec.Exchange.Request, request.Body)
	if response != nil {
		rec.Exchange.Response = contract.Response{Status: response.Code, Header: response.Header.header(r.variables), Body: []byte(response.Body)}
	}
	rec.authorize(auth)
	r.all = append(r.all, rec)
}

func (r *collectionReader) body(to *contract.Request, from *postmanBody) {
	if from == nil {
		return
	}
	media := ""
	switch from.Mode {
	case "raw":
		to.Body, media = []byte(filled(from.Raw, r.variables)), jsonType
	case "urlencoded":
		form := url.Values{}
		for _, kv := range from.URLEncoded {
			if !kv.Disabled {
				form.Add(kv.Key, filled(kv.text(), r.variables))
			}
		}
		to.Body, media = []byte(form.Encode()), formType
	}
	if to.Header.Get("Content-Type") == "" {
		to.Header.Set("Content-Type", media)
	}
}

func (rec *Recorded) authorize(auth *postmanAuth) {
	if auth == nil {
		return
	}
	add := func(s Scheme, credentials ...Credential) {
		rec.Schemes, rec.Named = append(rec.Schemes, s), append(rec.Named, credentials...)
	}
	switch auth.Type {
	case "basic":
		s, user, password := basic()
		add(s, user, password)
	case "bearer", "oauth2", "jwt":
		s, token := bearer()
		add(s, token)
	case "apikey":
		in, name := "header", ""
		for _, kv := range auth.APIKey {
			switch kv.Key {
			case "in":
				in = cmp.Or(kv.text(), in)
			case "key":
				name = kv.text()
			}
		}
		if isName(name) && (in == "header" || in == "query") {
			credential := camel(name)
			add(Scheme{credential, apiKey(in, name, credential)}, Credential{credential, "the value of the " + in + " parameter " + name})
		}
	}
}

var (
	variableForm = lazy.Regexp(`\{\{\s*([^{}]*?)\s*\}\}`)
	idName       = lazy.Regexp(`(?i)(^|[_-])id$|Id$|ID$|(?i)(reference|number|uuid)$`)
)

// filled replaces the variables of a text by their values, or by 1.
func filled(text string, variables map[string]string) string {
	for range 4 { // a value may have variables
		if !strings.Contains(text, "{{") {
			break
		}
		text = variableForm().ReplaceAllStringFunc(text, func(found string) string {
			name := variableForm().FindStringSubmatch(found)[1]
			if v := variables[name]; v != "" { // an empty variable is for the reader to fill in
				return v
			}
			if name == "$guid" || name == "$randomUUID" {
				return byFormat["uuid"]
			}
			return "1"
		})
	}
	return text
}

// address returns the address of a request and the template of its path. A segment such as
// :id is a parameter, and so is a variable without a value or with the name of an id.
func address(raw string, variables map[string]string) (actual, template string) {
	raw, query, _ := strings.Cut(raw, "?")
	scheme, rest, found := strings.Cut(raw, "://")
	if !found {
		scheme, rest = "", raw
	}
	segments := strings.Split(rest, "/")
	var values, names []string
	for i, s := range segments {
		name := ""
		if colon, ok := strings.CutPrefix(s, ":"); ok && i > 0 {
			name, s = colon, cmp.Or(variables[s], "1")
		} else if m := variableForm().FindStringSubmatch(s); m != nil && m[0] == s && i > 0 {
			if v, known := variables[m[1]]; !known || v == "" || idName().MatchString(m[1]) {
				name = m[1]
			}
		}
		s = filled(s, variables)
		values = append(values, s)
		if name = camel(name); name != "operation" && i > 0 {
			s = "{" + name + "}"
		}
		names = append(names, s)
	}
	actual, template = strings.Join(values, "/"), strings.Join(names, "/")
	if scheme != "" {
		actual, template = scheme+"://"+actual, scheme+"://"+template
	}
	if !strings.Contains(actual, "://") {
		actual, template = "https://"+actual, "https://"+template
	}
	if query != "" {
		actual += "?" + filled(query, variables)
	}
	_, template, _ = strings.Cut(template, "://")
	_, template, _ = strings.Cut(template, "/")
	return actual, "/" + strings.Trim(template, "/")
}
