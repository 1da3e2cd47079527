package watchstore

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"
)

// The first byte of packed content says how it is packed.
const (
	plain    = 0
	deflated = 1
)

// small is the length up to which content is not compressed.
const small = 400

// writers keeps compressors, which are costly to make.
var writers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		panic(err) // only for a level that does not exist
	}
	return w
}}

// pack compresses content, if that makes it shorter.
func pack(content []byte) []byte {
	if len(content) > small {
		out := bytes.NewBuffer(append(make([]byte, 0, len(content)/4), deflated))
		w := writers.Get().(*flate.Writer)
		defer writers.Put(w)
		w.Reset(out)
		_, err := w.Write(content)
		if err == nil && w.Close() == nil && out.Len() <= len(content) {
			return out.Bytes()
		}
	}
	return append(append(make([]byte, 0, len(content)+1+sumLength), plain), content...)
}

// unpack undoes pack.
func unpack(packed []byte) ([]byte, error) {
	if len(packed) == 0 {
		return nil, damage("a row is empty")
	}
	switch packed[0] {
	case plain:
		return packed[1:], nil
	case deflated:
		r := flate.NewReader(bytes.NewReader(packed[1:]))
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, damage("a row cannot be decompressed")
		}
		return content, nil
	}
	return nil, damage("a row is packed in an unknown way")
}
