package traffic

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/internal/contentcoding"
)

// widest is the largest zstd window in bytes, the default limit of the zstd command.
const widest = 128 << 20

// unpacked decodes gzip, zstd or zlib, recognised by the first bytes.
func (f *file) unpacked(from io.Reader) error {
	plain, name, err := contentcoding.Unpack(from, widest)
	if err != nil {
		return f.unreadable(fmt.Errorf("unpacking %s: %w", name, err))
	}
	defer func() { _ = plain.Close() }() // the caller closes the file
	return f.recognised(newStream(asUTF8(plain)))
}

// recognised reads the text in its format, or in the one that Options.Format names.
func (f *file) recognised(s *stream) error {
	kind := look(s)
	if err := f.ctx.Err(); err != nil {
		return err
	}
	forced := f.options.Format
	broke := s.err != nil && !errors.Is(s.err, io.EOF)
	switch {
	case !f.named && forced != "" && kind != "" && kind != forced:
		return nil // the user asked for another format
	case forced != "" && (f.named || kind != ""):
		kind = forced
	case kind == "" && !f.named && ours(f.path, s.window()):
		return nil
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
		return f.unreadable(fmt.Errorf("reading failed: %w", cause(s.err)))
	}
	if len(bytes.TrimSpace(s.window())) == 0 {
		return f.unreadable(errors.New("the file is empty"))
	}
	return f.unreadable(errKind)
}

// ours reports whether a file in a folder belongs to assay's cassettes and has no
// exchanges: the manifest, or the shape of an operation.
func ours(path string, text []byte) bool {
	name := filepath.Base(path)
	return name == "manifest.yaml" && bytes.Contains(text, []byte("sha256:")) ||
		strings.HasSuffix(name, ".shape.yaml") && bytes.Contains(text, []byte("assay.shape/"))
}

var errKind = errors.New("the format is unknown; expected HAR, NDJSON with one exchange per line (assay.exchange/v1) or a cassette of go-vcr, VCR.py, Ruby VCR or PHP-VCR, plain, gzip, zstd or zlib")

// far is the number of bytes that are read to detect a format.
const far = 1 << 20

// look detects the format from the beginning of a text and reads no more than it needs.
// It drops a byte order mark. The result is empty for an unknown format.
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

// kindOf detects the format of the beginning of a text. last means that there is no
// more text. If sure is false, it needs more text.
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
	if phpJSON(trimmed) {
		return Cassette, true
	}
	if last {
		text = append(bytes.Clone(text), '\n')
	}
	if yamlKey.Match(text) || phpYAML.Match(text) {
		return Cassette, true
	}
	for line := range bytes.Lines(text) { // the first line may be damaged
		if ofJSON(line) == NDJSON {
			return NDJSON, true
		}
	}
	return "", last
}

// yamlKey matches the line that begins the interactions of a cassette. After it only a
// list may follow on the same line: anything else is prose.
var yamlKey = regexp.MustCompile(`(?m)^["']?(?:http_)?interactions["']?:[ \t]*(?:[#\[].*)?\r?\n`)

// ofJSON detects the format from the first members of an object.
func ofJSON(text []byte) string {
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t"), []byte("{")) {
		return ""
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(text[:min(len(text), far)]), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	kind, oneLine := "", !bytes.HasPrefix(text, []byte("{\n")) && !bytes.HasPrefix(text, []byte("{\r"))
	_ = members(d, func(name string) error { // the text may be cut off anywhere
		switch name {
		case "log":
			kind = HAR
		case "interactions", "http_interactions":
			kind = Cassette
		case "request", "response":
			if oneLine {
				kind = NDJSON
			}
		default:
			return d.SkipValue()
		}
		return errDetected
	})
	return kind
}

// errDetected stops the reading: the format is known.
var errDetected = errors.New("the format is known")
