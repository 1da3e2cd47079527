package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
)

// maxConcurrency is the most calls that a client gets at a time.
const maxConcurrency = 64

// readHello reads a line that can be a hello. It reports whether it is one, and what is wrong
// with it.
func readHello(line []byte) (h Hello, is bool, err error) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(line, &members) // what is no JSON is no hello
	if members["hello"] == nil {
		return Hello{}, false, nil
	}
	var wrong *json.UnmarshalTypeError
	switch err := json.Unmarshal(members["hello"], &h); {
	case errors.As(err, &wrong) && wrong.Field != "":
		return Hello{}, true, fmt.Errorf("the hello of the client has a member %s of the wrong type", wrong.Field)
	case err != nil:
		return Hello{}, true, errors.New("the hello of the client is not an object")
	case h.Protocol != "" && h.Protocol != Version:
		return Hello{}, true, fmt.Errorf("the client speaks another protocol; this version of assay speaks %s", Version)
	case h.Concurrency < 0:
		return Hello{}, true, errors.New("the hello of the client has a negative concurrency")
	}
	h.Concurrency = min(h.Concurrency, maxConcurrency)
	return h, true, nil
}
