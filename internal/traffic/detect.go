package traffic

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/go-json-experiment/json/jsontext"

	"assay/internal/contentcoding"
)

// widest is the window of zstd that is taken, in bytes: what its own command
// takes without being told more.
const widest = 128 << 20

// unpacked takes gzip or zstd off, which their first bytes tell.
func (f *file) unpacked(from io.Reader) error {
	plain, name, err := contentcoding.Unpack(from, widest)
	if err != nil {
		return f.unreadable(fmt.Errorf("unpacking %s: %w", name, err))
	}
	defer func() { _ = plain.Close() }() // the file itself is closed elsewhere
	return f.recognised(newStream(plain), name != "")
}

// recognised reads the text as what it is, or what Options.Format says it is.
func (f *file) recognised(s *stream, packed bool) error {
	kind := look(s)
	if err := f.ctx.Err(); err != nil {
		return err
	}
	forced := f.options.Format
	broke := s.err != nil && !errors.Is(s.err, io.EOF)
	switch {
	case !f.named && forced != "" && kind != forced:
		if kind == "" && packed && broke {
			break
		}
		return nil
	case forced != "":
		kind = forced
	case kind == "" && !f.named && (!packed || !broke):
		return nil // any other file of a folder
	}
	f.label = &label{front: kind + ":" + f.path + "#", shown: f.shown()}
	switch kind {
	case HAR:
		return f.har(s)
	case NDJSON:
		return f.ndjson(s)
	case Cassette:
		return f.cassette(s)
	}
	if broke {
		return f.unreadable(fmt.Errorf("reading broke off: %w", cause(s.err)))
	}
	if len(bytes.TrimSpace(s.window())) == 0 {
		return f.unreadable(errors.New("the file is empty: there is no exchange in it"))
	}
	return f.unreadable(errKind)
}

var errKind = errors.New("this is of no known kind; expected HAR, an exchange a line (assay.exchange/v1) or a go-vcr cassette, plain, gzip or zstd")

// far is how many bytes are looked at to recognise a text.
const far = 1 << 20

// look recognises a text by its beginning, of which it reads no more than it
// needs. A byte order mark is dropped. Empty: it is of no known kind.
func look(s *stream) string {
	for {
		all := s.err != nil
		if bytes.HasPrefix(s.window(), []byte("\xef\xbb\xbf")) {
			s.drop(3)
		}
		if kind, sure := kindOf(s.window(), all || len(s.window()) >= far); sure {
			return kind
		}
		if !all {
			s.more()
		}
	}
}

// kindOf recognises the beginning of a text; last says that no more will be
// seen of it. Not sure: more has to be seen.
func kindOf(text []byte, last bool) (kind string, sure bool) {
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == '{' {
		if kind := ofJSON(trimmed); kind != "" {
			return kind, true
		}
		if !last {
			return "", false
		}
	}
	if last {
		text = append(bytes.Clone(text), '\n')
	}
	if yamlKey.Match(text) {
		return Cassette, true
	}
	for line := range bytes.Lines(text) { // the first one may be damaged
		if ofJSON(line) == NDJSON {
			return NDJSON, true
		}
	}
	return "", last
}

// yamlKey is the line that begins the interactions of a cassette. Text may stand
// behind it only as a list: else it is somebody's prose.
var yamlKey = regexp.MustCompile(`(?m)^["']?interactions["']?:[ \t]*(?:[#\[].*)?\r?\n`)

// ofJSON looks at the first members of an object for what they tell.
func ofJSON(text []byte) string {
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t"), []byte("{")) {
		return ""
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(text[:min(len(text), far)]), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	kind, oneLine := "", !bytes.HasPrefix(text, []byte("{\n")) && !bytes.HasPrefix(text, []byte("{\r"))
	_ = members(d, func(name string) error { // it may end anywhere
		switch name {
		case "log":
			kind = HAR
		case "request", "response":
			if oneLine {
				kind = NDJSON
			}
		default:
			return d.SkipValue()
		}
		return errSeen
	})
	return kind
}

// errSeen is that enough was seen.
var errSeen = errors.New("enough was seen")
