package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"assay/internal/contract"
)

// rewrite replaces each string, number and boolean of a JSON text by the result of
// visit, and each member name by the result of name; nil keeps names. All other bytes
// stay. A body that is not one JSON value is an error.
func rewrite(body []byte, visit func(pointer contract.Pointer, value any) (json.RawMessage, bool), name func(string) string) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	w := &walker{d: d, body: body, visit: visit, name: name}
	if err := w.value(""); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text follows the JSON value")
	}
	return append(w.clean, body[w.done:]...), nil
}

type walker struct {
	d     *json.Decoder
	body  []byte
	visit func(pointer contract.Pointer, value any) (json.RawMessage, bool)
	name  func(string) string
	clean []byte // the output so far
	done  int    // how many bytes of body it covers
	depth int
}

const deepest = 512

// token reads the next token and returns its offset.
func (w *walker) token() (json.Token, int, error) {
	start := int(w.d.InputOffset())
	t, err := w.d.Token()
	for start < len(w.body) && bytes.IndexByte([]byte(" \t\r\n,:"), w.body[start]) >= 0 {
		start++
	}
	return t, start, err
}

func (w *walker) put(start int, raw []byte) {
	w.clean = append(append(w.clean, w.body[w.done:start]...), raw...)
	w.done = int(w.d.InputOffset())
}

func (w *walker) value(pointer contract.Pointer) error {
	t, start, err := w.token()
	if err != nil {
		return err
	}
	if w.depth++; w.depth > deepest {
		return errors.New("nested too deep")
	}
	defer func() { w.depth-- }()
	switch t {
	case json.Delim('{'):
		return w.object(pointer)
	case json.Delim('['):
		for i := 0; w.d.More(); i++ {
			if err := w.value(pointer.AppendToken(strconv.Itoa(i))); err != nil {
				return err
			}
		}
		_, err = w.d.Token()
		return err
	}
	if raw, changed := w.visit(pointer, t); changed {
		w.put(start, raw)
	}
	return nil
}

func (w *walker) object(pointer contract.Pointer) error {
	for w.d.More() {
		t, start, err := w.token()
		if err != nil {
			return err
		}
		name, _ := t.(string) // the decoder allows nothing else here
		if w.name != nil {
			if clean := w.name(name); clean != name {
				raw, err := contract.Encode(clean)
				if err != nil {
					return err
				}
				w.put(start, raw)
			}
		}
		if len(pointer)+len(name) > contract.MaxPath {
			return errors.New("names too long")
		}
		if err := w.value(pointer.AppendToken(name)); err != nil {
			return err
		}
	}
	_, err := w.d.Token()
	return err
}
