package contract_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"

	"assay/internal/contract"
)

// reference is an independent decoder, made from the tokens of encoding/json.
func reference(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	value, err := referenceValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more behind it")
	}
	return value, nil
}

func referenceValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	delim, ok := token.(json.Delim)
	if err != nil || !ok {
		return token, err
	}
	list, object := []any{}, map[string]any{}
	for d.More() {
		var name string
		if delim == '{' {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, _ = key.(string)
			if _, twice := object[name]; twice {
				return nil, errors.New("twice")
			}
		}
		value, err := referenceValue(d)
		if err != nil {
			return nil, err
		}
		list, object[name] = append(list, value), value
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if delim == '{' {
		return object, nil
	}
	return list, nil
}

// TestReference compares Decode with reference on bodies and on bodies with a few
// damaged bytes. Both refuse the same bodies and return the same values.
func TestReference(t *testing.T) {
	t.Parallel()
	const damage = "\"\\{}[]:,0123456789eE+-. \n\tntfu\x00\xff"
	r := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for _, body := range []string{
		`{"a":{"b":[1,2.50,-0,1e5,null,true,false,"x\u00e9\ud83d\ude00\ud83d\n"],"c":{}},"d":"é😀"}`,
		`[]`, `{}`, ` "x" `, `nul`, `{"a":1,"a":2}`, `01`, `1.`, `-`, `{"a"}`, `{"a":}`, `[1,]`, `{"a":1,}`, "\"\x01\"", `"\x"`, ``, ` `, `[1]2`, `1 2`, `{"a":1}}`,
	} {
		for i := range 2000 {
			changed := []byte(body)
			for range min(i, 1+r.IntN(3)) {
				if len(changed) == 0 {
					break
				}
				at, c := r.IntN(len(changed)), damage[r.IntN(len(damage))]
				switch r.IntN(3) {
				case 0:
					changed[at] = c
				case 1:
					changed = slices.Delete(changed, at, at+1)
				default:
					changed = slices.Insert(changed, at, c)
				}
			}
			want, refused := reference(changed)
			got, err := contract.Decode(changed)
			if (err == nil) != (refused == nil) || !reflect.DeepEqual(got, want) {
				t.Fatalf("%q is %v (%v), the reference reads %v (%v)", changed, got, err, want, refused)
			}
			if err == nil {
				accepted++
			}
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d bodies were good", accepted)
	}
}
