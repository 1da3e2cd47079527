package traffic_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"assay/internal/traffic"
)

// inUTF16 encodes a text.
func inUTF16(order binary.AppendByteOrder, text string) []byte {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = order.AppendUint16(raw, unit)
	}
	return raw
}

// TestUTF16 reads each format in UTF-16, in both byte orders, with and without a byte order
// mark, whole and byte by byte. It is read as in UTF-8.
func TestUTF16(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("₹😀x", 9000)
	for format, text := range map[string]string{
		"har":      harOf(entryOf(1), strings.Replace(entryOf(2), `"method"`, `"_note":"`+long+`","method"`, 1)),
		"ndjson":   lineOf(1) + "\n" + strings.Replace(lineOf(2), `"headers":{}`, `"headers":{},"body":"`+long+`"`, 1) + "\n",
		"cassette": cassetteText + "# " + long + "\n",
	} {
		want := read(t, traffic.Options{}, strings.NewReader(text), "-")
		for name, raw := range map[string][]byte{
			"little endian":                inUTF16(binary.LittleEndian, "\ufeff"+text),
			"big endian":                   inUTF16(binary.BigEndian, "\ufeff"+text),
			"little endian without a mark": inUTF16(binary.LittleEndian, text),
			"big endian without a mark":    inUTF16(binary.BigEndian, text),
			"packed":                       gzipped(t, string(inUTF16(binary.LittleEndian, "\ufeff"+text))),
		} {
			for how, from := range map[string]io.Reader{
				"whole": bytes.NewReader(raw), "byte by byte": iotest.OneByteReader(bytes.NewReader(raw)), "with the end": iotest.DataErrReader(bytes.NewReader(raw)),
			} {
				if got := read(t, traffic.Options{}, from, "-"); strings.Join(got, "\n") != strings.Join(want, "\n") || len(got) == 0 {
					t.Errorf("%s, %s, %s: got %d entries, want %d; the first is %.200s", format, name, how, len(got), len(want), strings.Join(got, "\n"))
				}
			}
		}
	}
}

// TestDamagedUTF16 reads texts that end in the middle, and text in UTF-32. None is passed
// over in silence.
func TestDamagedUTF16(t *testing.T) {
	t.Parallel()
	whole := inUTF16(binary.LittleEndian, "\ufeff"+lineOf(1)+"\n"+lineOf(2))
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"half a character":   {whole[:len(whole)-1], "ends in the middle of a character"},
		"half a file":        {whole[:len(whole)/2*2-40], "the JSON ends in the middle of a value"},
		"only the mark":      {whole[:2], "the file is empty"},
		"half of the mark":   {whole[:1], "the format is unknown"},
		"UTF-32":             {append([]byte{0xff, 0xfe, 0, 0}, bytes.Repeat([]byte{'{', 0, 0, 0}, 9)...), "the format is unknown"},
		"a reader that hung": {nil, "the file is empty"},
	} {
		got := strings.Join(read(t, traffic.Options{}, bytes.NewReader(c.raw), "-"), "\n")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
