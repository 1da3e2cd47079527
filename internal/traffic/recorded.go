package traffic

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// recorded holds the members of an item of interactions that are used: of formats 1 and 2
// of go-vcr, of VCR.py, of Ruby VCR and of PHP-VCR. VCR.py and Ruby VCR have uri in place of
// url; all but go-vcr have status as an object.
type recorded struct {
	Request struct {
		Body    recordedText    `yaml:"body"`
		Form    url.Values      `yaml:"form"`
		Headers recordedHeaders `yaml:"headers"`
		URL     string          `yaml:"url"`
		URI     string          `yaml:"uri"`
		Method  string          `yaml:"method"`
		Length  recordedLength  `yaml:"content_length"`
		Fields  yaml.Node       `yaml:"post_fields"` // of PHP-VCR, as the files
		Files   yaml.Node       `yaml:"post_files"`
	} `yaml:"request"`
	Response struct {
		Body     recordedText    `yaml:"body"`
		Headers  recordedHeaders `yaml:"headers"`
		Status   recordedStatus  `yaml:"status"`
		Code     int             `yaml:"code"`
		Duration string          `yaml:"duration"` // "12ms"; old cassettes have "" or nanoseconds
		Length   recordedLength  `yaml:"content_length"`

		// VCR.py 2 to 5 wrote these two for httpx, in place of body and status.
		Content    recordedText `yaml:"content"`
		StatusCode int          `yaml:"status_code"`
	} `yaml:"response"`
	Recorded yaml.Node `yaml:"recorded_at"` // a text, or a date of YAML

	unknownBody bool // there is no body, and the recording does not say whether there was one
	encrypted   bool // the body of the response is encrypted
}

// recordedLength is the size of a body in bytes, as go-vcr notes it for the request and the
// response. https://pkg.go.dev/gopkg.in/dnaeon/go-vcr.v4/pkg/cassette#Response
type recordedLength struct {
	bytes int64 // below 0: not known
	there bool
}

// UnmarshalYAML reads the size.
func (l *recordedLength) UnmarshalYAML(node *yaml.Node) error {
	l.there = true
	return node.Decode(&l.bytes)
}

// add adds the size to what is known of a body. The size of a coded body is that before
// decoding: it only says that there was a body.
func (l recordedLength) add(to *recordedBody, coded bool) {
	switch {
	case !l.there:
	case l.bytes < 0:
		to.unknown = true
	case !coded || len(to.body) == 0:
		to.sizes = append(to.sizes, l.bytes)
	}
}

// recordedText is a body: a string, an object with string or base64_string, or a value of
// Python that VCR.py wrote.
type recordedText []byte

// UnmarshalYAML reads the body.
func (t *recordedText) UnmarshalYAML(node *yaml.Node) (err error) {
	switch {
	case node.Kind == yaml.ScalarNode:
		*t, err = scalarBytes(node)
		return err
	case strings.HasPrefix(node.ShortTag(), "!!python/"):
		*t, err = pythonBytes(node)
		return err
	}
	var parts struct {
		String yaml.Node `yaml:"string"`
		Base64 string    `yaml:"base64_string"`
		File   bool      `yaml:"file"` // vcr of R: string is the name of the file that holds the body
	}
	if err := node.Decode(&parts); err != nil {
		return err
	}
	switch {
	case parts.File:
		return errBodyFile
	case parts.Base64 != "":
		*t, err = decodedBase64(parts.Base64)
	case parts.String.Kind == 0 && member(node, "base64_string") == nil:
		return errBodyForm // {} too: it may be JSON that somebody wrote without quotes
	default:
		*t, err = scalarBytes(&parts.String)
	}
	return err
}

var (
	errBodyForm = errors.New("a body is neither a string nor an object with string; record it as text")
	errBodyFile = errors.New("a body is in another file; record it into the cassette")
)

// scalarBytes returns the bytes of a string. Ruby tags bytes in base64 with !binary, and others
// with !!binary.
func scalarBytes(node *yaml.Node) ([]byte, error) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch {
	case node.Kind == 0 || node.ShortTag() == "!!null":
		return nil, nil
	case node.Kind != yaml.ScalarNode:
		return nil, &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: no string", node.Line)}}
	case node.Tag == "!binary" || node.ShortTag() == "!!binary":
		return decodedBase64(node.Value)
	}
	return []byte(node.Value), nil
}

func decodedBase64(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, errBase64
	}
	return raw, nil
}

var errBase64 = errors.New("a body is not base64")

// recordedHeaders are headers: each a string or a list of strings.
type recordedHeaders http.Header

// UnmarshalYAML reads the headers.
func (h *recordedHeaders) UnmarshalYAML(node *yaml.Node) error {
	var all map[string]yaml.Node
	if err := node.Decode(&all); err != nil {
		return err
	}
	*h = recordedHeaders{}
	for name, value := range all {
		list := &value
		if list.Kind == yaml.AliasNode {
			list = list.Alias
		}
		values := []*yaml.Node{list}
		if list.Kind == yaml.SequenceNode {
			values = list.Content
		}
		for _, v := range values {
			if v.ShortTag() == "!!null" {
				continue // no value
			}
			text, err := scalarBytes(v)
			if err != nil {
				return err
			}
			(*h)[name] = append((*h)[name], string(text))
		}
	}
	return nil
}

// recordedStatus is a status: "200 OK", or an object with code.
type recordedStatus struct {
	text string
	code int
}

// UnmarshalYAML reads the status.
func (s *recordedStatus) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return node.Decode(&s.text)
	}
	var parts struct {
		Code string `yaml:"code"` // old cassettes of PHP-VCR have a string
	}
	err := node.Decode(&parts)
	s.code, _ = strconv.Atoi(parts.Code) // 0 if it is not a number
	return err
}
