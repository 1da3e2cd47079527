package client

import (
	"bytes"
	"encoding/json"
	"strconv"

	"assay/internal/contract"
)

// put returns a body with a value at a pointer. The members keep their order; a member that
// is not there comes last. The body stays as it is if the pointer leads to no object.
func put(body json.RawMessage, pointer contract.Pointer, raw json.RawMessage) json.RawMessage {
	tokens := contract.TokensOf(pointer)
	if len(tokens) == 0 {
		return raw
	}
	return putBelow(body, tokens, raw)
}

func putBelow(value json.RawMessage, tokens []string, raw json.RawMessage) json.RawMessage {
	if len(tokens) == 0 {
		return raw
	}
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil && list != nil {
		for i := range list {
			if strconv.Itoa(i) == tokens[0] {
				list[i] = putBelow(list[i], tokens[1:], raw)
			}
		}
		return must(list, value)
	}
	first := contract.PointerTo(tokens[0])
	if old, there := contract.Raw(value, first); there {
		return contract.Replace(value, first, putBelow(old, tokens[1:], raw))
	}
	open := bytes.TrimSpace(value)
	if len(tokens) > 1 || len(open) < 2 || open[0] != '{' {
		return value
	}
	name, err := contract.Encode(tokens[0])
	if err != nil {
		return value
	}
	separator := ","
	if len(bytes.TrimSpace(open[1:len(open)-1])) == 0 {
		separator = ""
	}
	return bytes.Join([][]byte{open[:len(open)-1], []byte(separator), name, []byte(":"), raw, []byte("}")}, nil)
}

// must encodes a list, and returns the original if that is impossible.
func must(list []json.RawMessage, original json.RawMessage) json.RawMessage {
	raw, err := contract.Encode(list)
	if err != nil {
		return original
	}
	return raw
}
