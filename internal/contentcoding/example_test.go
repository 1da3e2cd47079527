package contentcoding_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"

	"assay/internal/contentcoding"
)

// gzipped returns a text in gzip.
func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text) // a Buffer never fails
	_ = w.Close()
	return b.Bytes()
}

// Decode limits the size of the decoded body, so a small response cannot fill the memory.
func ExampleDecode() {
	header := http.Header{"Content-Encoding": {"gzip"}}
	body := gzipped(`{"code":"0000"}`)
	plain, err := contentcoding.Decode(header, body, 1<<20)
	fmt.Println(string(plain), err)
	_, err = contentcoding.Decode(header, body, 10)
	fmt.Println(err)
	_, err = contentcoding.Decode(http.Header{"Content-Encoding": {"compress"}}, body, 1<<20)
	fmt.Println(err)
	// Output:
	// {"code":"0000"} <nil>
	// the decoded body is too large
	// the Content-Encoding is not one of gzip, deflate, br, zstd
}

// DecodeRecorded also reads recordings whose body was decoded while the header stayed.
func ExampleDecodeRecorded() {
	header := http.Header{"Content-Encoding": {"gzip"}}
	for _, body := range [][]byte{gzipped(`{"code":"0000"}`), []byte(`{"code":"0000"}`)} {
		plain, coded, err := contentcoding.DecodeRecorded(header, body, 1<<20)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s, was still coded: %t\n", plain, coded)
	}
	// Output:
	// {"code":"0000"}, was still coded: true
	// {"code":"0000"}, was still coded: false
}

// Unpack reads a file of recordings, compressed or not.
func ExampleUnpack() {
	for _, file := range [][]byte{gzipped("one line\n"), []byte("another line\n")} {
		plain, coding, err := contentcoding.Unpack(bytes.NewReader(file), contentcoding.Window)
		if err != nil {
			fmt.Println(err)
			return
		}
		content, err := io.ReadAll(plain)
		_ = plain.Close()
		fmt.Printf("%q %q %v\n", coding, content, err)
	}
	// Output:
	// "gzip" "one line\n" <nil>
	// "" "another line\n" <nil>
}
