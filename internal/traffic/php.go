package traffic

import (
	"bytes"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/go-json-experiment/json/jsontext"
)

// PHP-VCR writes a list of recordings, as YAML or as JSON, without an object around it.
// https://php-vcr.github.io/php-vcr/reference/storage-backends

// phpYAML matches the first recording of a list in YAML.
var phpYAML = regexp.MustCompile(`\A(?:---[ \t]*\r?\n|[ \t]*(?:#[^\n]*)?\r?\n)*-(?:[ \t]*\r?\n)? +["']?(?:request|response)["']?:`)

// phpJSON reports whether a text begins a list of recordings in JSON.
func phpJSON(text []byte) bool {
	rest, list := bytes.CutPrefix(text, []byte("["))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if !list || !bytes.HasPrefix(rest, []byte("{")) {
		return false
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(rest[:min(len(rest), far)]), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	found := false
	_ = members(d, func(name string) error { // the text may be cut off anywhere
		if found = name == "request" || name == "response"; found {
			return errDetected
		}
		return d.SkipValue()
	})
	return found
}

// encryptedText is how an encrypted value begins.
const encryptedText = "vcr:enc:"

// php reads what only PHP-VCR writes: fields of a form, base64 of binary bodies, and
// encrypted values. It drops encrypted headers.
func (r *recorded) php() error {
	for _, headers := range []recordedHeaders{r.Request.Headers, r.Response.Headers} {
		for name, values := range headers {
			if strings.HasPrefix(strings.Join(values, ""), encryptedText) {
				delete(headers, name)
			}
		}
	}
	switch {
	case bytes.HasPrefix(r.Request.Body, []byte(encryptedText)), strings.HasPrefix(r.Request.Fields.Value, encryptedText):
		return errors.New("the request's body is encrypted; record it without encryption")
	case r.Request.Files.Kind != 0 && len(r.Request.Files.Content) > 0:
		return errors.New("the request uploads files, which are not in the recording; send the body as text")
	}
	r.encrypted = bytes.HasPrefix(r.Response.Body, []byte(encryptedText))
	if fields := &r.Request.Fields; len(r.Request.Body) == 0 && fields.Kind == yaml.MappingNode && len(fields.Content) > 0 {
		if r.unknownBody = !strings.HasPrefix(r.Request.Headers.first("Content-Type"), urlencoded); !r.unknownBody {
			r.Request.Body = recordedText(strings.Join(formOf("", fields), "&"))
		} // otherwise curl sent multipart/form-data
	}
	if strings.Contains(r.Response.Headers.first("Content-Type"), "application/x-gzip") || r.Response.Headers.first("Content-Transfer-Encoding") == "binary" {
		body, err := decodedBase64(string(r.Response.Body))
		if err != nil {
			return err
		}
		r.Response.Body = body
	}
	return nil
}

// first returns the first value of a header.
func (h recordedHeaders) first(name string) string {
	for have, values := range h {
		if strings.EqualFold(have, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// formOf returns the fields of a form as PHP writes them: a[b]=c.
func formOf(name string, node *yaml.Node) (all []string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, node.Content[i+1]
		if name != "" {
			key = name + "[" + key + "]"
		}
		if value.Kind == yaml.MappingNode {
			all = append(all, formOf(key, value)...)
			continue
		}
		all = append(all, url.QueryEscape(key)+"="+url.QueryEscape(value.Value))
	}
	return all
}
