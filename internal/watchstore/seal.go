package watchstore

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// damage is the error for a row that is not what was written.
type damage string

func (d damage) Error() string { return string(d) }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sumLength is the length of a checksum.
const sumLength = 4

// key names a row: its table and the columns of its key. It is part of the checksum.
type key []byte

// keyOf makes a key of integers, texts and bytes.
func keyOf(table string, columns ...any) key {
	k := append(make(key, 0, 64), table...)
	for _, c := range columns {
		switch c := c.(type) {
		case int64:
			k = binary.AppendVarint(append(k, 0), c)
		case string:
			k = append(binary.AppendUvarint(append(k, 1), uint64(len(c))), c...)
		case []byte:
			k = append(binary.AppendUvarint(append(k, 1), uint64(len(c))), c...)
		default:
			panic(fmt.Sprintf("watchstore: a key of %T", c))
		}
	}
	return k
}

// sum is the checksum of a row.
func (k key) sum(content []byte) uint32 {
	return crc32.Update(crc32.Checksum(k, castagnoli), castagnoli, content)
}

// seal adds the checksum to the content of a row.
func (k key) seal(content []byte) []byte {
	return binary.LittleEndian.AppendUint32(content, k.sum(content))
}

// open gives the content of a row, if it is what was written.
func (k key) open(sealed []byte) ([]byte, error) {
	n := len(sealed) - sumLength
	if n < 0 || k.sum(sealed[:n]) != binary.LittleEndian.Uint32(sealed[n:]) {
		return nil, damage("a row is not what was written")
	}
	return sealed[:n], nil
}

// reader reads numbers of a content. The first one that is not there is its error.
type reader struct {
	rest []byte
	err  error
}

// int reads a number.
func (r *reader) int() int64 {
	n, length := binary.Varint(r.rest)
	if length <= 0 {
		r.rest, r.err = nil, damage("a row is cut short")
		return 0
	}
	r.rest = r.rest[length:]
	return n
}

// count reads how many numbers or pairs follow.
func (r *reader) count() int {
	n := r.int()
	if n < 0 || n > int64(len(r.rest)) {
		r.rest, r.err = nil, damage("a row is cut short")
		return 0
	}
	return int(n)
}

// ints writes numbers.
func ints(all ...int64) []byte {
	content := make([]byte, 0, 8*len(all)+sumLength)
	for _, n := range all {
		content = binary.AppendVarint(content, n)
	}
	return content
}

// readInts reads as many numbers from a row as there are places for them.
func readInts(k key, sealed []byte, into ...*int64) error {
	content, err := k.open(sealed)
	if err != nil {
		return err
	}
	r := reader{rest: content}
	for _, place := range into {
		*place = r.int()
	}
	return r.err
}
