package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Rewrite replaces each string, number and boolean of a JSON text by the result of
// visit, and each member name by the result of name; nil keeps names. A number is a
// json.Number. All other bytes stay. A body that is not one JSON value is an error.
func Rewrite(body []byte, visit func(pointer Pointer, value any) (json.RawMessage, bool), name func(string) string) ([]byte, error) {
	if len(body) == 0 {
		return nil, io.EOF
	}
	d, _ := decoders.Get().(*jsontext.Decoder)
	defer decoders.Put(d)
	d.Reset(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	w := &rewriter{d: d, body: body, visit: visit, name: name}
	if err := w.value("", 1); err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text follows the JSON value")
	}
	return append(w.clean, body[w.done:]...), nil
}

type rewriter struct {
	d     *jsontext.Decoder
	body  []byte
	visit func(pointer Pointer, value any) (json.RawMessage, bool)
	name  func(string) string
	clean []byte // the output so far
	done  int    // how many bytes of body it covers
}

// put writes raw in place of the value that begins at start and was read last.
func (w *rewriter) put(start int, raw []byte) {
	w.clean = append(append(w.clean, w.body[w.done:start]...), raw...)
	w.done = int(w.d.InputOffset())
}

// start returns where the value or name begins that is read next.
func (w *rewriter) start() int {
	start := int(w.d.InputOffset())
	for start < len(w.body) && bytes.IndexByte([]byte(" \t\r\n,:"), w.body[start]) >= 0 {
		start++
	}
	return start
}

func (w *rewriter) value(pointer Pointer, depth int) error {
	start := w.start()
	t, err := w.d.ReadToken()
	if err != nil {
		return err
	}
	if depth > maxDepth {
		return errors.New("nested too deep")
	}
	var value any
	switch t.Kind() {
	case '{':
		return w.object(pointer, depth)
	case '[':
		return w.list(pointer, depth)
	case '"':
		value = t.String()
	case '0':
		value = json.Number(t.String())
	case 't', 'f':
		value = t.Bool()
	}
	if raw, changed := w.visit(pointer, value); changed {
		w.put(start, raw)
	}
	return nil
}

func (w *rewriter) list(pointer Pointer, depth int) error {
	for i := 0; w.d.PeekKind() != ']'; i++ {
		if err := w.value(pointer.AppendToken(strconv.Itoa(i)), depth+1); err != nil {
			return err
		}
	}
	_, err := w.d.ReadToken()
	return err
}

func (w *rewriter) object(pointer Pointer, depth int) error {
	for w.d.PeekKind() != '}' {
		start := w.start()
		t, err := w.d.ReadToken()
		if err != nil {
			return err
		}
		name := t.String()
		if w.name != nil {
			if clean := w.name(name); clean != name {
				raw, err := Encode(clean)
				if err != nil {
					return err
				}
				w.put(start, raw)
			}
		}
		if len(pointer)+len(name) > MaxPath {
			return errors.New("names too long")
		}
		if err := w.value(pointer.AppendToken(name), depth+1); err != nil {
			return err
		}
	}
	_, err := w.d.ReadToken()
	return err
}
